"""One coefficient's numbers in one model, with the inference that the reader chose, and the contrast of two slopes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..assess.between_degrees import between_degrees
from ..comparison.comparison import Comparison
from ..fit.linear import ols
from ..inference.robust import cluster_robust
from ..inference.t_tests import t_quantile, t_tests
from ..model_catalogue import Model
from ..models import MixedResult
from ..work.memo import memoised
from .coefficient_spreads import has_random_slope, slopes_differ
from .predictor_level import Level, Place, level


def inference_row(comparison: Comparison, model: Model, term: str, frame: pd.DataFrame | None) -> pd.Series:
    """``estimate, se, df, t, p, lower, upper`` of one coefficient.

    Parameters
    ----------
    frame : DataFrame or None
        The coefficients with the inference chosen, as `Comparison.coefficients` gives them; None for the fit's own.
    """
    if frame is None:
        row: pd.Series = comparison.fits[model].table().loc[term]
        return row
    result: pd.Series = frame.loc[(frame["model"] == model) & (frame["term"] == term)].iloc[0]
    return result


@dataclass(frozen=True)
class Contrast:
    """What compares groups in a mixed model: the slope between them minus the slope within, or a comparison of what is constant in them.

    Parameters
    ----------
    name : str
        The model and the coefficient that it is; of two slopes a group mean's beside its predictor's.
    """

    model: Model
    name: str
    value: float
    se: float
    df: float
    lower: float
    upper: float
    p: float


def contrast(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> Contrast | None:
    """The contrast of a coefficient's two slopes: within-between's, or the formula's own model's where it has the group means.

    Mundlak (1978), On the pooling of time series and cross section data, Econometrica 46.
    """
    column = comparison.column_of(term)
    model, name = _place(comparison, term, level(comparison, column))
    return None if name is None else _told(comparison, model, name, frame)


def slopes_apart(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> Contrast | None:
    """The contrast of a coefficient's two slopes as it is told: clustered where a random intercept's error is not to be relied on."""
    return clustered_contrast(comparison, term) or contrast(comparison, term, frame)


@memoised
def clustered_contrast(comparison: Comparison, term: str) -> Contrast | None:
    """The contrast by OLS on predictors and group means with CR2, where the slope differs between groups by AIC.

    There a random intercept counts rows where groups count: its test at 5% rejects what holds in 8% to 15% of simulations, that with
    CR2 in 4% to 7%. None elsewhere, and where one group alone tells the slope between.
    """
    fit, name = comparison.fits.get(Model.WITHIN_BETWEEN), comparison.mean_name(term)
    if not isinstance(fit, MixedResult) or name is None or not has_random_slope(comparison, term):
        return None
    if not slopes_differ(comparison):
        return None
    errors, at = cluster_robust(fit.moments, fit.columns, "CR2"), fit.names.index(name)
    value, se, df = float(ols(fit.moments, fit.columns).beta[at]), float(errors.se[at]), errors.df[at]
    if not se > 0:
        return None
    tested = t_tests(np.asarray(value), np.asarray(se), np.asarray(df))
    return Contrast(
        Model.WITHIN_BETWEEN, name, value, se, float(df), *(float(tested[c]) for c in ("lower", "upper", "p"))
    )


def bounded_rows(comparison: Comparison, frame: pd.DataFrame | None = None) -> list[tuple[Contrast, float]]:
    """What compares groups and would have fewer degrees of freedom than its row in ``frame``, with those of the row.

    The contrasts, and the coefficients of what is constant within groups in the formula's own model and within-between.
    """
    found = []
    for term in comparison.ols.names:
        if term == comparison.constant:
            continue
        at = level(comparison, comparison.column_of(term)).level
        if at is Level.BETWEEN:
            told = [_told(comparison, m, term, frame) for m in (comparison.formula_model, Model.WITHIN_BETWEEN)]
        elif at in (Level.BOTH, Level.CONTEXTUAL):
            told = [contrast(comparison, term, frame)]
        else:
            told = []
        for one in filter(None, told):
            df = float(inference_row(comparison, one.model, one.name, frame)["df"])
            if one.df < df:
                found.append((one, df))
    return found


def _told(comparison: Comparison, model: Model, name: str, frame: pd.DataFrame | None) -> Contrast | None:
    """A mixed model's coefficient with the degrees of freedom that the groups leave; None where the model has none."""
    fit = comparison.fits.get(model)
    if not isinstance(fit, MixedResult) or name not in fit.names:
        return None
    row = _bounded(inference_row(comparison, model, name, frame), fit, name)
    return Contrast(model, name, *(float(row[c]) for c in ("estimate", "se", "df", "lower", "upper", "p")))


def is_kenward_roger(comparison: Comparison, model: Model, frame: pd.DataFrame | None) -> bool:
    """Whether a mixed model's rows of ``frame`` have other degrees of freedom than Satterthwaite's: Kenward and Roger's."""
    fit = comparison.fits.get(model)
    if frame is None or not isinstance(fit, MixedResult):
        return False
    rows = frame[frame["model"] == model].set_index("term")
    return not np.allclose(rows.loc[fit.names, "df"].to_numpy(dtype=float), fit.df.to_numpy())


def _bounded(row: pd.Series, fit: MixedResult, name: str) -> pd.Series:
    """What compares groups with no more degrees of freedom than these leave, where their variance is estimated as 0.

    Not Kenward and Roger's, which do not take that variance for known.
    """
    most = between_degrees(fit)
    if most is None or not row["df"] > most or not np.isclose(row["df"], float(fit.df[name])):
        return row
    tested = {k: float(v) for k, v in t_tests(row["estimate"], row["se"], np.asarray(most)).items()}
    if not np.isclose(row["upper"] - row["estimate"], t_quantile(row["df"]) * row["se"]):  # of a profile or a bootstrap
        tested |= {"lower": row["lower"], "upper": row["upper"]}
    return pd.concat([row.drop(list(tested)), pd.Series(tested)])


def _place(comparison: Comparison, term: str, place: Place) -> tuple[Model, str | None]:
    """Which model has the contrast, and what it calls it."""
    if place.level is Level.CONTEXTUAL:
        return contextual_model(comparison, place), term
    if place.level is Level.WITHIN_GIVEN_MEANS and len(place.companions) == 1:
        companion = level(comparison, place.companions[0])
        if companion.level is Level.CONTEXTUAL:
            return contextual_model(comparison, companion), comparison.design.columns[place.companions[0]].name
    return Model.WITHIN_BETWEEN, comparison.mean_name(term)


def contextual_model(comparison: Comparison, place: Place) -> Model:
    """The model that tells the coefficient of a predictor's group mean: the random slope for a random intercept that AIC doubts."""
    own = comparison.design.columns[place.companions[0]].name
    sloped = comparison.formula_model == Model.RANDOM_INTERCEPT and slopes_differ(comparison)
    return Model.RANDOM_SLOPE if sloped and has_random_slope(comparison, own) else comparison.formula_model
