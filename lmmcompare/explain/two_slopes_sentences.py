"""Sentences on the two slopes of a predictor, and the warning of Simpson's paradox."""

from __future__ import annotations

from ..comparison.comparison import Comparison
from ..text.labels import an, literal, noun, plural
from ..text.numbers import number
from ..work.memo import memoised
from .effect_phrases import noun_of
from .facts import facts, slope_decimals
from .predictor_level import Level
from .weighting_sentences import weighted_means_phrase


def slopes_sentence(comparison: Comparison, term: str) -> tuple[str, str]:
    """A title for the picture of two slopes, and what to see in it."""
    of, groups = facts(comparison, term), literal(plural(comparison.group))
    a_group, one, name = (
        literal(w) for w in (an(comparison.group), noun(comparison.group), comparison.coefficient(term).label)
    )
    if of.level in (Level.BETWEEN, Level.CONTEXTUAL):
        return (
            "One line, between the groups' means",
            f"{name} is the same in all rows of {a_group}, so its points stand above each other.",
        )
    what = noun_of(comparison, term)
    if of.level in (Level.WITHIN, Level.WITHIN_GIVEN_MEANS):
        means = (
            f"{name} has the same {weighted_means_phrase(comparison)} in every {one}"
            if of.level is Level.WITHIN
            else f"The {one} means of {name} are taken up"
        )
        return f"One {what}, within", f"{means}: the short lines share the {what} within {groups}."
    if of.by_missing_rows:
        return (
            f"One {what}, within",
            f"The large points are {one} means of {name}, which only rows that are missing make differ; the short lines share the {what} "
            f"within {groups}.",
        )
    parts = f"the large points are {one} means, the short lines share the {what} within {groups}"
    if not of.two_slopes:
        return "Within groups and between them", f"{parts[:1].upper()}{parts[1:]}."
    return f"Two {what}s, and OLS", f"{parts[:1].upper()}{parts[1:]}, the dashed line is the {what} between them."


@memoised
def simpson(comparison: Comparison, term: str) -> str:
    """A warning where OLS's slope and the slope within groups point in opposite directions; else empty."""
    of = facts(comparison, term)
    if not of.two_slopes or of.within is None or of.between is None:
        return ""
    within, pooled = of.within, of.ols.estimate
    if within.value * pooled >= 0 or within.value * of.between.value >= 0:
        return ""
    unsure = [abs(within.value) < 2 * within.se, abs(pooled) < 2 * float(comparison.ols.bse[term])]
    sure = not any(unsure)
    decimals = slope_decimals(comparison, term)
    a_group, groups, name = (
        literal(w) for w in (an(comparison.group), plural(comparison.group), comparison.coefficient(term).label)
    )
    what = noun_of(comparison, term)
    start = "**The sign turns over** (Simpson's paradox)" if sure else "**The two estimates have opposite signs**"
    small = "both are" if all(unsure) else "one of them is"
    doubt = "" if sure else f", but {small} less than two standard errors from 0, so the true signs may be the same"
    return (
        f"{start}: over all rows together OLS's {what} of {name} is {number(pooled, decimals=decimals)}, within "
        f"{a_group} it is {number(within.value, decimals=decimals)}{doubt}. "
        f"For what goes with a change of {name} within {a_group}, report the {what} within; for differences between "
        f"{groups}, the {what} between; OLS's answers neither."
    )
