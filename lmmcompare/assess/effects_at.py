"""An effect at each value or level of a predictor that it changes with, by every model: combinations of its coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..comparison.moderator_values import MOST_VALUES, reported_values
from ..design.dtypes import day_name
from ..design.levels import label_text
from ..design.predictors import Predictor
from ..formula.baselines import baseline_of
from ..formula.modifiers import modifiers, origin_of
from ..inference.error_methods import DEFAULT, ErrorMethods
from ..inference.robust import Kind
from ..inference.t_tests import t_tests
from ..model_catalogue import Model
from ..models import NoPoolingResult, Result
from ..models.marginal.estimator import Ddf, columns_of_rows
from ..models.marginal.means import marginal_means, marginal_slopes
from ..text.numbers import brief
from ..work.memo import memoised

LEFT_OUT = (Model.WITHIN_BETWEEN,)
"""Models with further columns: their coefficient is the effect within groups, another question."""


@dataclass(frozen=True)
class EffectQuestion:
    """A question about the effect of one predictor at each value of another.

    Parameters
    ----------
    level, base : str
        Of a predictor with levels the two that are compared.
    """

    predictor: str
    by: str
    level: str = ""
    base: str = ""


@dataclass(frozen=True, eq=False)
class EffectsAt:
    """Estimates of an effect at each value of another predictor, by model.

    Parameters
    ----------
    levels : tuple
        Of a predictor with levels the base and the level that is compared with it, as the table holds them.
    values : tuple
        The values or levels of ``by``; of dates the days since the first.
    texts : tuple of str
        Each value as text for use in a sentence.
    held : mapping
        Where the other predictors are that the effect changes with: a value, or a level.
    frame : DataFrame
        ``model, at, estimate, se, df, t, p, lower, upper``; ``at`` counts the values from 0. NaN for what a model cannot estimate.
    means : (values, 2) array or None
        Of a predictor with levels the mean at its level and at its base, by the formula's own model.
    reasons : mapping
        Why OLS cannot estimate the effect, by the place of the value.
    """

    question: EffectQuestion
    levels: tuple[Any, ...]
    values: tuple[Any, ...]
    texts: tuple[str, ...]
    held: dict[str, Any]
    frame: pd.DataFrame
    means: Array | None
    reasons: dict[int, str]

    def of_model(self, model: Model) -> pd.DataFrame:
        """One model's effects, a row for each value."""
        return self.frame[self.frame["model"] == model].reset_index(drop=True)


def evaluation_points(comparison: Comparison, name: str) -> list[Any]:
    """The levels of a predictor, some of its values, or a low, the mean and a high one; none where there are too many levels."""
    predictor = Predictor(comparison.design, name)
    if predictor.levels is not None:
        levels = list(predictor.levels)
        return levels if 2 <= len(levels) <= MOST_VALUES else []
    values = reported_values(predictor.values)
    return values if len(values) > 1 else []


@memoised
def effects_at(comparison: Comparison, question: EffectQuestion, methods: ErrorMethods = DEFAULT) -> EffectsAt:
    """Work out an effect at each value of another predictor, the others that it changes with held where the formula has them.

    Raises
    ------
    LmmCompareError
        Where a predictor is not there, or the grid is too large.
    """
    values, held = evaluation_points(comparison, question.by), _held(comparison, question)
    at, means = held | {question.by: values}, None
    ddf: Ddf | None = None if methods.kenward_roger else "satterthwaite"
    if question.base:
        of_predictor = Predictor(comparison.design, question.predictor).levels
        assert of_predictor is not None  # of a predictor that has a baseline
        levels = {label_text(level): level for level in of_predictor}
        at[question.predictor] = [levels[question.base], levels[question.level]]
        pairs = marginal_means(comparison.ols, question.predictor, question.by, at, nested=False).rows.reshape(
            len(values), 2, -1
        )
        rows = pairs[:, 1] - pairs[:, 0]
        both = comparison.mixed.estimator(ddf).estimates(pairs.reshape(-1, pairs.shape[2]))[0]
        means = both.reshape(-1, 2)[:, ::-1]
    else:
        rows = marginal_slopes(comparison.ols, question.predictor, question.by, at, nested=False).rows
    plain = comparison.ols.estimator()
    reasons = {int(k): plain.missing(rows[k]) for k in np.flatnonzero(~plain.estimable(rows))}
    parts = []
    for model, fit in _models(comparison, methods.robust).items():
        own = None if isinstance(fit, NoPoolingResult) or model in (Model.OLS, Model.OLS_ROBUST) else ddf
        result = _of_dummies(fit, rows) if isinstance(fit, NoPoolingResult) else fit.estimator(own).estimates(rows)
        parts.append(_table(model, *result))
    return EffectsAt(
        question,
        tuple(at.get(question.predictor, ())),
        tuple(values),
        _texts(comparison, question.by, values),
        held,
        pd.concat(parts, ignore_index=True),
        means,
        reasons,
    )


def _models(comparison: Comparison, robust: Kind) -> dict[Model, Result]:
    """The models in the order of the page, OLS with both kinds of error."""
    result: dict[Model, Result] = {}
    for model, fit in comparison.fits.items():
        if model not in LEFT_OUT:
            result[model] = fit
        if model == Model.OLS:
            result[Model.OLS_ROBUST] = comparison.clustered_ols(robust)
    return result


def _held(comparison: Comparison, question: EffectQuestion) -> dict[str, Any]:
    """Where the formula's coefficients hold: at a baseline or an origin; what is averaged or at its mean is left out."""
    result: dict[str, Any] = {}
    for name in modifiers(comparison.spec, question.predictor):
        if name == question.by:
            continue
        levels = Predictor(comparison.design, name).levels
        if levels is None:
            origin = origin_of(comparison.spec, name)
            if isinstance(origin, float):
                result[name] = origin
        elif (named := baseline_of(comparison.spec, name)) is not None:
            result[name] = next((level for level in levels if label_text(level) == named), levels[0])
    return result


def _texts(comparison: Comparison, name: str, values: list[Any]) -> tuple[str, ...]:
    """Values as text for use in a sentence; dates as dates."""
    first = comparison.design.encoder.origins.get(name)
    if first is not None:
        return tuple(day_name(first + pd.Timedelta(days=float(value))) for value in values)
    return tuple(map(moderator_text, values))


def moderator_text(value: object) -> str:
    """A value or a level by itself."""
    return brief(float(value)) if isinstance(value, float | int) and not isinstance(value, bool) else label_text(value)


def _of_dummies(fit: NoPoolingResult, rows: Array) -> tuple[Array, Array, Array]:
    """Estimates, errors and degrees of freedom of differences by the group dummies; NaN of what they absorb."""
    place = {k: at for at, k in enumerate(columns_of_rows(fit.design, fit.columns))}
    own, beta = rows[:, [place[k] for k in fit.columns]], fit.params.to_numpy()
    known = np.isfinite(beta)
    there = ~own[:, ~known].any(axis=1)
    covariance = fit.cov_params().to_numpy()[np.ix_(known, known)]
    inside = own[:, known]
    estimate = np.where(there, inside @ beta[known], np.nan)
    se = np.where(there, np.sqrt(np.einsum("ra,ab,rb->r", inside, covariance, inside)), np.nan)
    return estimate, se, np.where(there, float(fit.df_resid), np.nan)


def _table(model: Model, estimate: Array, se: Array, df: Array) -> pd.DataFrame:
    return pd.DataFrame({"model": str(model), "at": np.arange(len(estimate)), **t_tests(estimate, se, df)})
