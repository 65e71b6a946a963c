"""Whether a predictor's slope within groups is its slope between them: the first thing that a comparison hangs on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..comparison.compare import Comparison
from ..model_catalogue import Model
from ..text.english import listed
from ..text.labels import an, model_label, model_phrase, noun, plural
from ..text.numbers import decimals_for, number, p_value
from .effect import is_mean, noun_of
from .facts import facts
from .inference_rows import contrast
from .predictor_level import Level, level
from .weighting_sentences import weighted_means_phrase

PLAIN = 0.001
"""A p value below this is said as a fact: the slopes differ."""
LIKELY = 0.05
FEW_GROUPS = 10
"""With fewer groups a slope between them is hardly known."""


@dataclass(frozen=True)
class WithinBetween:
    """A predictor's slopes within groups and between them, from the within-between model.

    Parameters
    ----------
    term : str
    level : Level or None
        None for the intercept.
    within, between : float
        The slopes; NaN where there is no within-between model to take them from.
    se_within, se_between : float
    difference, lower, upper, p : float
        Between minus within, its 95% interval and p value.
    groups : int
    of : str
        The predictor whose group mean a contextual one is.
    absent : str
        Why there is no within-between model, where it would be needed.
    """

    term: str
    level: Level | None
    within: float = float("nan")
    between: float = float("nan")
    se_within: float = float("nan")
    se_between: float = float("nan")
    difference: float = float("nan")
    lower: float = float("nan")
    upper: float = float("nan")
    p: float = float("nan")
    groups: int = 0
    of: str = ""
    absent: str = ""

    @property
    def known(self) -> bool:
        """Whether the difference of the two slopes could be estimated."""
        return bool(np.isfinite(self.p))

    @property
    def differ(self) -> bool:
        """Whether the two slopes differ beyond doubt."""
        return self.known and self.p < PLAIN


def within_between(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> WithinBetween:
    """The two slopes of a predictor and the test that they are one (Mundlak 1978, Econometrica 46), for one coefficient.

    The level is decided from the column itself, whatever the other predictors are. With ``frame``, interval and p value
    are of the inference chosen, as `Comparison.coefficients` gives it.
    """
    names, groups = comparison.design.names, comparison.moments.n_groups
    if term == comparison.constant or term not in names[:-1]:
        return WithinBetween(term, None, groups=groups)
    place = level(comparison, names.index(term))
    if place.level not in (Level.CONTEXTUAL, Level.BOTH):
        return WithinBetween(term, place.level, groups=groups)
    apart = contrast(comparison, term, frame)
    if apart is None:
        return WithinBetween(term, place.level, groups=groups, absent=comparison.absent.get(Model.WITHIN_BETWEEN, ""))
    result = WithinBetween(
        term, place.level, difference=apart.value, lower=apart.lower, upper=apart.upper, p=apart.p, groups=groups
    )
    if place.level is Level.CONTEXTUAL:
        return replace(result, of=names[place.companions[0]])
    fit = comparison.mixed_fits()[apart.model]
    within, pair = float(fit.params[term]), [term, apart.name]
    vcov = fit.cov_params().loc[pair, pair].to_numpy()
    return replace(
        result,
        within=within,
        between=within + apart.value,
        se_within=float(fit.bse[term]),
        se_between=float(np.sqrt(vcov.sum())),
    )


def within_between_sentences(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> list[str]:
    """What the two slopes mean for the coefficient that is reported, most important first."""
    result = within_between(comparison, term, frame)
    words = [_of_one(comparison, result)]
    others = [t for t in comparison.design.fixed_names if t != term]
    beside = [within_between(comparison, t, frame) for t in others]
    differ = [comparison.coefficient(w.of or w.term).label for w in beside if w.differ]
    if differ:
        also = " too" if result.differ else ""
        which = listed(differ)
        words.append(f"Within and between {plural(comparison.group)} differ{also} for {which} (p < {PLAIN:g}).")
    if len(comparison.factors) > 1 and (differ or (result.known and result.level is Level.BOTH)):
        words.append(
            f"This is from models with the grouping factor {comparison.group} alone; the other grouping factors are not in them."
        )
    return [text for text in words if text]


def _of_one(comparison: Comparison, result: WithinBetween) -> str:
    group, groups, name = noun(comparison.group), plural(comparison.group), comparison.coefficient(result.term).label
    what = "slope" if result.level is None else noun_of(comparison, result.term)
    if result.level is None:
        return (
            "The intercept is one number for all rows: there are no two slopes to compare."
            if comparison.design.fixed
            else "There is no predictor, so there are no two slopes to compare."
        )
    if result.level is Level.WITHIN:
        return (
            f"{name} has the same {weighted_means_phrase(comparison)} in every {group}, so there is nothing between {groups} to compare: "
            f"its {what} is one within {groups}."
        )
    if result.level is Level.CONTEXTUAL:
        return _contextual(comparison, result)
    if result.level is Level.BETWEEN and is_mean(comparison, result.term):
        return (
            f"{name} is constant in every {group}, so there is nothing within {groups} to compare: its coefficient is a mean over "
            f"{groups}, and rests on their number rather than on that of rows."
        )
    if result.level is Level.BETWEEN:
        return (
            f"{name} is constant in every {group}, so there is nothing within {groups} to compare: its coefficient compares "
            f"{groups} with each other, rests on {result.groups:,} {groups} rather than on {comparison.design.n:,} rows, and carries "
            f"along whatever else differs between those {groups}, unless {name} was assigned to them at random."
        )
    if result.level is Level.WITHIN_GIVEN_MEANS:
        return (
            f"The other predictors hold the {group} means of {name}, so its coefficient is the slope within {groups} already: there "
            "is no mixture of two slopes in it."
        )
    if not result.known:
        return f"{name} varies within and between {groups}, but the two {what}s cannot be set side by side: {result.absent}"
    places = decimals_for(result.se_within)
    apart = decimals_for(max(result.se_between, result.se_within))
    gap = (
        f"{number(result.difference, decimals=apart)} (95% interval {number(result.lower, decimals=apart)} to "
        f"{number(result.upper, decimals=apart)}, {p_value(result.p)})"
    )
    slopes = (
        f"by the within–between model it is {number(result.within, decimals=places)} within {an(comparison.group)} and "
        f"{number(result.between, decimals=apart)} between {groups}"
    )
    held = ", the other predictors and their means held" if len(comparison.design.fixed) > 1 else ""
    if result.p >= LIKELY:
        few = (
            f" With {result.groups} {groups} the slope between them is hardly known."
            if result.groups < FEW_GROUPS
            else ""
        )
        return (
            f"No difference is visible between the {what} of {name} within {groups} and between them{held}: between minus within is "
            f"{gap}. A difference as large as either end of that interval remains possible.{few}"
        )
    reported = float(comparison.mixed.params[result.term])
    if facts(comparison, result.term).little_between:
        return (
            f"The {what}s of {name} within and between {groups} {'' if result.differ else 'probably '}differ: {slopes}{held}; the gap is "
            f"{gap}. But almost nothing of {name} varies between {groups}, so this hardly touches the "
            f"{number(reported, decimals=places)} of {model_phrase(comparison.formula_model)}. Ask why those means differ at all: of "
            "rows that are missing, for example, which ones they are may go with the outcome."
        )
    meaning = (
        f"he {number(reported, decimals=places)} of {model_phrase(comparison.formula_model)} is one number for both, and so is OLS’s "
        f"{number(float(comparison.ols.params[result.term]), decimals=places)}: the value of each depends on how the model weighs the "
        f"two. Report the two {what}s apart, from {model_label('within_between').lower()}."
    )
    if result.differ:
        return f"No: the {what}s of {name} differ. {slopes[0].upper()}{slopes[1:]}{held}; the gap is {gap}. T{meaning}"
    return f"The {what}s of {name} within and between {groups} probably differ: {slopes}{held}; the gap is {gap}. If they do, t{meaning}"


def _contextual(comparison: Comparison, result: WithinBetween) -> str:
    groups, name, of = (
        plural(comparison.group),
        comparison.coefficient(result.term).label,
        comparison.coefficient(result.of).label,
    )
    places = decimals_for((result.upper - result.lower) / 4)
    gap = (
        f"{number(result.difference, decimals=places)} (95% interval {number(result.lower, decimals=places)} to "
        f"{number(result.upper, decimals=places)}, {p_value(result.p)})"
    )
    what = (
        f"{name} is the {noun(comparison.group)} mean of {of}, so beside {of} its coefficient is the slope between {groups} minus the "
        "slope within: "
        f"{gap}"
    )
    if result.differ:
        return f"No: the slopes of {of} differ. {what}. The coefficient of {of} is the slope within, and the sum of both that between."
    return f"{what}. The coefficient of {of} is the slope within {groups}, and the sum of both the slope between them."
