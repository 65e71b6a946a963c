"""Adjusted means or simple slopes by several models side by side: the possible questions, and the results."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..comparison.comparison import Comparison
from ..comparison.moderator_values import reported_values
from ..design.categories import level_text
from ..design.predictors import Predictor
from ..errors import DesignError, OptionError
from ..formula.expressions import value_columns
from ..formula.modifiers import modifiers
from ..inference.contrast_families import USUAL, Family, contrast_family
from ..inference.error_methods import DEFAULT, ErrorMethods
from ..inference.multiplicity import Adjustment
from ..inference.robust import Kind
from ..model_catalogue import Model
from ..models import Result
from ..models.marginal.estimates import MarginalEstimates
from ..models.marginal.estimator import Ddf
from ..models.marginal.grid import Weights
from ..models.marginal.johnson_neyman import JohnsonNeyman
from ..models.marginal.means import has_steps_only
from ..text.numbers import MINUS, brief

MOST_LEVELS = 12
"""Of a predictor with more levels the means, and their pairs, are too many to be seen beside each other."""
FAMILIES: dict[Family, str] = {
    "revpairwise": "All pairs",
    "trt.vs.ctrl": "Against the first",
    "consec": "Neighbours",
    "poly": "Trends",
}
"""The families of contrasts that the page offers; differences are a later level less an earlier one, as coefficients are."""


@dataclass(frozen=True)
class MeansQuestion:
    """A question about adjusted means: of which predictor, by which other one, with which contrasts and weights.

    Parameters
    ----------
    predictor : str
        A predictor: of one with levels (or two values) the adjusted means, of another number the slope.
    by : str
        Another predictor, at each of whose levels or values; none where empty.
    family : {"revpairwise", "trt.vs.ctrl", "consec", "poly"}
    adjust : {"tukey", "dunnettx", "holm", "bonferroni", "none"}
    weights : {"equal", "proportional"}
    """

    predictor: str
    by: str = ""
    family: Family = "revpairwise"
    adjust: Adjustment = "tukey"
    weights: Weights = "equal"


@dataclass(frozen=True, eq=False)
class AdjustedMeans:
    """Adjusted means or slopes, and their contrasts, by model.

    Parameters
    ----------
    values : tuple
        The values of ``by``; numbers where it is one.
    estimates, contrasts : dict
        Model to its means (or slopes) and to their contrasts.
    regions : dict
        Model to where along ``by`` the slope, or the difference of the first two levels, differs from zero; none where ``by`` is
        no number that it is a straight line in.
    """

    question: MeansQuestion
    slopes: bool
    values: tuple[object, ...]
    estimates: dict[Model, MarginalEstimates]
    contrasts: dict[Model, MarginalEstimates]
    regions: dict[Model, JohnsonNeyman]

    def frame(self) -> pd.DataFrame:
        """All means or slopes: ``model``, the predictors' values, ``estimate, se, df, lower, upper``."""
        return _stacked(self.estimates)

    def differences(self) -> pd.DataFrame:
        """All contrasts: ``model, contrast``, the value of ``by``, ``estimate, se, df, lower, upper, statistic, p``, ``words``.

        ``contrast`` is emmeans' name for it, ``words`` what readers see.
        """
        words = []
        for one in self.estimates.values():
            own = [name for name in one.labels if name not in one.by]
            for rows in one.families:
                names = [" ".join(level_words(n, one.labels[n][k]) for n in own) for k in rows]
                words += contrast_family(self.question.family, names)[0]
        return _stacked(self.contrasts).assign(words=[name.replace(" - ", f" {MINUS} ") for name in words])


def level_words(name: str, value: object) -> str:
    """A predictor's value within a sentence: "week 4", "girls", "ses −1", "smoker TRUE"."""
    if isinstance(value, float | int | np.number) and not isinstance(value, bool | np.bool_):
        return f"{name} {brief(float(value))}"
    text = level_text(value)
    tells = any(c.isalpha() for c in text) and text.lower() not in ("true", "false")
    return text if tells else f"{name} {text}"


def available_predictors(comparison: Comparison) -> list[str]:
    """The predictors of the fixed part for which adjusted means or slopes exist, those with levels first."""
    names = list(dict.fromkeys(name for factor in comparison.spec.fixed_factors for name in value_columns(factor)))
    few = [
        n
        for n in names
        if (
            len(_levels(comparison, n)) <= MOST_LEVELS
            if has_levels(comparison, n)
            else not has_steps_only(comparison.design, n)
        )
    ]
    return sorted(few, key=lambda n: not has_levels(comparison, n))


def has_levels(comparison: Comparison, name: str) -> bool:
    """Whether a predictor has adjusted means instead of a slope: it is categorical or has two values."""
    predictor = Predictor(comparison.design, name)
    return predictor.levels is not None or predictor.two_values


def possible_moderators(comparison: Comparison, predictor: str) -> list[str]:
    """The predictors at whose values the means of another can be estimated, those that interact with it first."""
    joined = modifiers(comparison.spec, predictor)
    return sorted((n for n in available_predictors(comparison) if n != predictor), key=lambda n: n not in joined)


def families(comparison: Comparison, question: MeansQuestion) -> list[Family]:
    """The families of contrasts that differ for a question's levels; none where there is one mean only."""
    of = question.by if not has_levels(comparison, question.predictor) else question.predictor
    levels = len(values_of(comparison, of)) if of else 1
    return list(FAMILIES) if levels > 2 else ["revpairwise"] if levels == 2 else []


def adjustments(family: Family) -> list[Adjustment]:
    """The adjustments that a family of contrasts can have, the usual one first."""
    own: list[Adjustment] = ["holm", "bonferroni", "none"]
    return list(dict.fromkeys([USUAL[family], *own]))


def opening_question(comparison: Comparison) -> MeansQuestion | None:
    """What the panel opens with: the first predictor with levels, at each value of the first that it has an interaction with."""
    names = available_predictors(comparison)
    if not names:
        return None
    of = next((n for n in names if has_levels(comparison, n) and modifiers(comparison.spec, n)), names[0])
    return default_question(comparison, of)


def default_question(comparison: Comparison, predictor: str) -> MeansQuestion:
    """The default question about a predictor: within the one it is nested in, else by the first that it interacts with.

    Not within one that it only renames, each level another's alone: there is nothing to compare within a level.
    """
    nests, levels = comparison.ols.reference_grid.nesting.nests.get(predictor, ()), values_of(comparison, predictor)
    within = [name for name in nests if len(values_of(comparison, name)) < len(levels)]
    joined = within or [
        n for n in possible_moderators(comparison, predictor) if n in modifiers(comparison.spec, predictor)
    ]
    return MeansQuestion(predictor, joined[0] if joined else "")


def values_of(comparison: Comparison, name: str) -> list[object]:
    """The values at which others are asked about: all levels, or those at which effects are reported."""
    predictor = Predictor(comparison.design, name)
    if predictor.levels is not None:
        return list(predictor.levels)
    return [*reported_values(predictor.values)]


def adjusted_means(comparison: Comparison, question: MeansQuestion, methods: ErrorMethods = DEFAULT) -> AdjustedMeans:
    """Estimate by OLS with cluster-robust errors, the formula's mixed model and the one with structured residuals.

    Raises
    ------
    LmmCompareError
        When the question is not possible for this comparison.
    """
    slopes = not has_levels(comparison, question.predictor)
    at = {question.by: values_of(comparison, question.by)} if question.by else {}
    estimates, contrasts, regions = {}, {}, {}
    for key, fit in models(comparison, methods.robust).items():
        ddf: Ddf | None = "satterthwaite" if key != Model.OLS_ROBUST and not methods.kenward_roger else None
        if slopes:
            own = fit.slopes(question.predictor, question.by or (), at, weights=question.weights, ddf=ddf)
        else:
            own = fit.emmeans(question.predictor, question.by or (), at, weights=question.weights, ddf=ddf)
        estimates[key] = own
        if families(comparison, question):
            contrasts[key] = own.contrasts(question.family, question.adjust)
        between_values = len(at.get(question.by, ())) > 2  # of two values, as 0 and 1, there is nothing between
        if between_values and (region := _region(fit, question, ddf)) is not None:
            regions[key] = region
    return AdjustedMeans(question, slopes, tuple(at.get(question.by, ())), estimates, contrasts, regions)


def models(comparison: Comparison, robust: Kind = "CR2") -> dict[Model, Result]:
    """The models used: OLS with cluster-robust errors, the formula's own, and the one with structured residuals."""
    result: dict[Model, Result] = {
        Model.OLS_ROBUST: comparison.clustered_ols(robust),
        comparison.formula_model: comparison.mixed,
    }
    return result | ({Model.STRUCTURED: comparison.structured} if comparison.structured is not None else {})


def _region(fit: Result, question: MeansQuestion, ddf: Ddf | None) -> JohnsonNeyman | None:
    of = Predictor(fit.design, question.predictor)
    levels = None if of.levels is None else list(of.levels[:2])
    try:
        return fit.johnson_neyman(question.predictor, question.by, levels, ddf=ddf)
    except (OptionError, DesignError):  # `by` has levels, no interaction, or a curve
        return None


def _stacked(tables: dict[Model, MarginalEstimates]) -> pd.DataFrame:
    frames = []
    for model, estimates in tables.items():
        frame = estimates.frame
        labels, rest = list(estimates.labels), frame.columns[len(estimates.labels) :]
        names = dict(zip(rest, ["estimate", "se", "df", "lower", "upper", "statistic", "p"], strict=False))
        frames.append(frame[[*labels, *rest]].rename(columns=names).assign(model=str(model)))
    result = pd.concat(frames, ignore_index=True)
    return result[["model", *result.columns.drop("model")]]


def _levels(comparison: Comparison, name: str) -> list[object]:
    predictor = Predictor(comparison.design, name)
    return list(predictor.levels) if predictor.levels is not None else list(predictor.range)
