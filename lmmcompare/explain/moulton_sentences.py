"""The words on OLS's standard error where rows of a group are alike: Moulton's factor, and what the other errors say beside it."""

from __future__ import annotations

import numpy as np

from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.labels import an, group_phrase, literal, noun, plural
from ..text.numbers import multiple, number, percent
from .coefficient_spreads import lacks_intercept, slope_of_differs, slopes_differ, slopes_vary
from .effect_phrases import noun_of
from .facts import facts
from .implied_error_sentences import (
    MATTERS,
    OTHER,
    implied_factor,
    others_clause,
    random_slopes_sentence,
    size_phrase,
    verdict_phrase,
    whose_error_phrase,
)
from .moulton import Moulton
from .predictor_level import Level, level
from .structure_choice import structure_choice

MOST_PAIRS = 0.5
"""Where one group has this share of all pairs of rows, what is averaged over pairs is about that group."""
LIKELY = 0.05
"""Slopes within and between groups are taken for one where their difference has a p value above this."""


def alike_rows_sentence(
    comparison: Comparison, term: str, where: str, result: Moulton, robust: float, mixed: float
) -> str:
    """What rows of a group that are alike make of OLS's error, after the words on where the predictor varies."""
    begin = f"{where}. {_how_alike(comparison, result)}."
    if varying := _varying_slopes(comparison, term, result.factor, robust, mixed):
        return f"{begin} {varying}"
    if by_slopes := random_slopes_sentence(comparison, term, result.factor, robust, mixed):
        return (
            f"{begin} Were they all equally alike, the right standard error would be **{multiple(result.factor)}** times OLS's "
            f"(Moulton's factor). {by_slopes}"
        )
    one, other, implied = size_phrase(result.factor), size_phrase(robust), _understated(comparison, term, result.factor)
    agree = implied > 0 and size_phrase(implied) == other
    if one != other and abs(robust - result.factor) > MATTERS and not agree:
        return f"{begin} {_disagreement(comparison, term, result.factor, robust, mixed)}"
    return f"{begin} {_equally_alike(comparison, term, result.factor, robust, mixed)}"


def _how_alike(comparison: Comparison, result: Moulton) -> str:
    """By how much the rows of a group are alike, as a clause."""
    group, correlation = literal(an(comparison.group)), number(result.residual, 2)
    if result.residual > 1:  # no correlation: pairs count large groups more than rows do, and these lie farther off
        return (
            f"The rows of {group} are alike (over all pairs of them the product of two of OLS's residuals is {correlation} times their "
            f"mean square over all rows: the larger {literal(plural(comparison.group))} lie farther from the line)"
        )
    return f"The rows of {group} are alike (over all pairs of them OLS's residuals correlate by {correlation})"


def _varying_slopes(comparison: Comparison, term: str, factor: float, robust: float, mixed: float) -> str:
    """That the coefficient itself varies between groups, which makes the right error larger still; empty where nothing calls for that."""
    sd, differ, choice = slopes_vary(comparison, term), slopes_differ(comparison), structure_choice(comparison)
    sloped = comparison.one_factor_model == Model.RANDOM_SLOPE
    right = max(robust, mixed) if sloped else robust
    if not (np.isfinite(sd) and (sloped or differ) and right > OTHER * factor):
        return ""
    if choice is not None and choice.preferred:  # by AICc residuals are correlated, which looks like slopes that vary
        return ""
    groups, what = literal(plural(comparison.group)), noun_of(comparison, term)
    spread = f"between {groups} (SD {number(sd, 2)})"
    varies = f"by AIC the {what} varies {spread}"
    if not differ:
        varies = f"the formula lets the {what} vary {spread}, which AIC does not call for"
    return (
        f"With one {what} for all {groups} the right standard error would be **{multiple(factor)}** times "
        f"OLS's (Moulton's factor). But {varies}, and its mean is known from {comparison.moments.n_groups:,} {groups} only: "
        f"{others_clause(comparison, term, robust, mixed)}. So OLS's is {size_phrase(right)}."
    )


def _disagreement(comparison: Comparison, term: str, factor: float, robust: float, mixed: float) -> str:
    """Moulton's factor says one thing of OLS's error, and the cluster-robust error another."""
    one, other = size_phrase(factor), size_phrase(robust)
    verdict = f"So OLS's is {one} by the one and {other} by the other."
    if "about right" not in (one, other):
        verdict = "They point in opposite directions, so these data do not settle which way OLS's is wrong, if it is."
    if uneven := _unequally_alike(comparison, term):
        verdict = f"Here they are not equally alike: {uneven}. So OLS's is {other}."
    elif largest := _pairs_of_the_largest(comparison, term, factor):
        verdict = f"{largest} So OLS's is {other}."
    return (
        f"Moulton's factor, which takes the rows of every {literal(noun(comparison.group))} to be equally "
        f"alike, puts the right standard error at **{multiple(factor)}** times OLS's. The cluster-robust error (CR2), which takes "
        f"nothing of the kind for granted, is {multiple(robust)} times OLS's. {verdict} "
        f"In {whose_error_phrase(comparison, term)} it is {multiple(mixed)} times."
    )


def _equally_alike(comparison: Comparison, term: str, factor: float, robust: float, mixed: float) -> str:
    """The verdict of Moulton's factor, with what the other errors say beside it."""
    implied = _understated(comparison, term, factor)
    text = (
        f"So OLS's standard error, for OLS's estimate, is {verdict_phrase(comparison, term, implied or factor)}. "
        f"Moulton's factor, for rows that are equally alike, puts the right one at **{multiple(factor)}** times OLS's; "
        f"{others_clause(comparison, term, robust, mixed)}."
    )
    if implied:
        groups = literal(plural(comparison.group))
        most = "" if comparison.moments.same_sizes else ", to the largest above all,"
        text += (
            f" That factor is too small here: OLS's line comes as close to {comparison.moments.n_groups:,} {groups}{most} as it can, so "
            "its residuals are less alike than the rows are. By the variances of the random-intercept model the right one is "
            f"**{multiple(implied)}** times OLS's."
        )
    if mixed < 0.8 * factor and _leans_within(comparison, term) and not lacks_intercept(comparison):
        text += f" {_more_precise(comparison, term)}"
    return text


def _more_precise(comparison: Comparison, term: str) -> str:
    """Why the mixed model's error is smaller than the one that is right for OLS's estimate."""
    groups = literal(plural(comparison.group))
    doubt = ""
    if comparison.one_factor_model == Model.RANDOM_INTERCEPT and slopes_differ(comparison):
        what = noun_of(comparison, term)
        doubt = f", and because it takes the {what} to be the same in all {groups}, which AIC doubts"
    return (
        "The mixed model's is smaller because it belongs to another, more precise estimate, one that leans on the "
        f"differences within {groups}{doubt}."
    )


def _understated(comparison: Comparison, term: str, factor: float) -> float:
    """The right error by the random intercept's variances, where OLS's residuals are less alike than the rows; 0 elsewhere.

    Moulton's factor is too small then. Of what is compared between groups, whose line OLS fits to few of them, or to the largest.
    """
    if term == comparison.constant or comparison.formula_model != Model.RANDOM_INTERCEPT:
        return 0.0
    implied, of = implied_factor(comparison, term), facts(comparison, term)
    one_slope = (
        of.level is Level.BOTH and of.contrast_p > LIKELY
    )  # else its variances are about another line than OLS's
    if not (of.level is Level.BETWEEN or one_slope) or implied < (1 + MATTERS) * factor:
        return 0.0
    return implied


def _pairs_of_the_largest(comparison: Comparison, term: str, factor: float) -> str:
    """Why Moulton's factor says little where one group has most pairs of rows: OLS's line is that group's; empty elsewhere.

    The random intercept's variances, with which OLS's error is larger, count groups.
    """
    if comparison.formula_model != Model.RANDOM_INTERCEPT or implied_factor(comparison, term) < (1 + MATTERS) * factor:
        return ""
    pairs = comparison.moments.n * (comparison.moments.n - 1)
    share = float(pairs.max() / pairs.sum())
    if share < MOST_PAIRS:
        return ""
    label = comparison.grouping.labels[int(pairs.argmax())]
    return (
        f"Moulton's factor says little here: {percent(share)} of the pairs are of {literal(group_phrase(comparison.group, label))} alone. "
        "OLS's line is that of its rows, so its residuals are less alike there than rows of a group are."
    )


def _unequally_alike(comparison: Comparison, term: str) -> str:
    """What the data say against rows of a group that are all equally alike, as a clause; empty where they say nothing."""
    choice, fit, part = structure_choice(comparison), comparison.structured, slope_of_differs(comparison, term)
    if choice is not None and choice.preferred and fit is not None and fit.correlation and fit.correlation.kind != "cs":
        return f"AICc prefers {literal(str(fit.correlation))}"
    if part is not None and slopes_differ(comparison):
        return f"by AIC the slope of {literal(comparison.coefficient(part).label)} differs between {literal(plural(comparison.group))}"
    return ""


def _leans_within(comparison: Comparison, term: str) -> bool:
    column = comparison.column_of(term)
    return term != comparison.constant and level(comparison, column).level is Level.BOTH
