"""The number that answers what goes with a change within the same group: which model's, with which interval, and why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..assess.outcome_notes import is_share
from ..assess.staggered_treatment import staggered_treatment
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..models import MixedResult
from ..text.labels import literal, model_phrase, noun, plural
from ..text.numbers import number
from .advice_dummies import LARGER, EstimateText, WithinGroups, by_dummies, clustered_slope, joined, varies_within_alone
from .advice_several_factors import number_of_several_factors
from .boundary_intervals import boundary_clause
from .coefficient_spreads import NO_INTERCEPT, has_random_slope, lacks_intercept, slope_by_groups, slopes_differ
from .coefficient_words import Words
from .effect_phrases import noun_of
from .inter_block import by_random_assignment
from .predictor_level import is_from_zero
from .rests_on import is_replicated
from .structure_choice import compares_within, structure_choice
from .within_between_sentences import compared_levels_sentence

WIDER = 1.1
"""An interval is given beside another where it is wider by 10%."""
SCATTER = "The outcome has two values: its scatter depends on the share, which clustered errors allow for."


def within_groups(comparison: Comparison, term: str, words: Words, estimate_text: EstimateText) -> WithinGroups:
    """The slope within groups with an interval that allows for what the formula's own model allows for.

    The dummies' own interval counts neither slopes that differ between groups nor further grouping factors.
    """
    for number_of in (
        _of_structured_residuals,
        _of_several_factors,
        _of_slopes_that_differ,
        _of_a_difference_of_slopes,
    ):
        if (result := number_of(comparison, term, words, estimate_text)) is not None:
            return result
    same = "Within–between gives the same number." if comparison.mean_name(term) else ""
    if is_share(comparison):
        return by_dummies(comparison, term, words, joined(same, SCATTER))
    if (treatment := staggered_treatment(comparison, term, ())) is not None:
        one, periods = literal(noun(comparison.group)), literal(plural(treatment.period))
        return by_dummies(
            comparison,
            term,
            words,
            f"Rows of a {one} in the same or in neighbouring {periods} may be alike, which the dummies’ own interval does not count "
            f"(Bertrand, Duflo and Mullainathan 2004).{_narrower(comparison, term, words, 'no such likeness is seen')}",
        )
    label = literal(model_phrase(Model.NO_POOLING, comparison.group))
    return WithinGroups(
        f"{estimate_text(Model.NO_POOLING)}, from {label}",
        joined(
            same,
            _if_it_differs(comparison, term, words),
            by_random_assignment(comparison, term, words, estimate_text(Model.RANDOM_INTERCEPT)),
        ),
    )


def _of_structured_residuals(
    comparison: Comparison, term: str, words: Words, estimate_text: EstimateText
) -> WithinGroups | None:
    """Where the data call for structured residuals."""
    choice = structure_choice(comparison)
    if choice is None or not choice.preferred:
        return None
    reason, own = (
        "The dummies’ own interval takes residuals to be independent and of one variance.",
        estimate_text(Model.STRUCTURED),
    )
    which = model_phrase(Model.STRUCTURED)
    if compares_within(comparison, term):
        return WithinGroups(f"{own}, {which}", reason)
    return by_dummies(comparison, term, words, f"{reason} {which.capitalize()}, {own}, compares {words.groups} too.")


def _of_several_factors(
    comparison: Comparison, term: str, words: Words, estimate_text: EstimateText
) -> WithinGroups | None:
    """With further grouping factors."""
    if comparison.formula_model != Model.SEVERAL:
        return None
    result = number_of_several_factors(comparison, term, words, estimate_text)
    return replace(result, reason=joined(result.reason, literal(compared_levels_sentence(comparison, term))))


def _of_slopes_that_differ(
    comparison: Comparison, term: str, words: Words, estimate_text: EstimateText
) -> WithinGroups | None:
    """Where the slope differs between groups, or the formula lets it."""
    slopes = comparison.fits.get(Model.RANDOM_SLOPE)
    if not (isinstance(slopes, MixedResult) and has_random_slope(comparison, term)):
        return None
    wider = float(slopes.bse[term]) > float(comparison.no_pooling.bse[term])
    differ, what = slopes_differ(comparison), noun_of(comparison, term)
    vary = f"{f'By AIC the {what} differs' if differ else f'The formula lets the {what} differ'} between {words.groups}"
    if not (differ or (comparison.formula_model == Model.RANDOM_SLOPE and wider)):
        return None
    if lacks_intercept(comparison):
        return by_dummies(comparison, term, words, NO_INTERCEPT)
    sloped = estimate_text(Model.RANDOM_SLOPE)
    if varies_within_alone(words):
        return WithinGroups(
            f"{sloped}, on average over {words.groups}, from the random slope",
            f"{vary}, which the dummies' own interval does not count.{boundary_clause(comparison, term, words)}",
        )
    too = f"compares {words.groups} too"
    if is_from_zero(comparison, term):
        too = f"rests on how far {words.groups} lie from 0 too"
    # a random slope weighs in what differs between groups, as a random intercept does; the dummies never do
    return by_dummies(
        comparison,
        term,
        words,
        f"{vary}, so the errors are clustered. The random slope, {sloped}, {too}.",
    )


def _of_a_difference_of_slopes(
    comparison: Comparison, term: str, words: Words, estimate_text: EstimateText
) -> WithinGroups | None:
    """Where the coefficient says how that of another predictor differs between groups."""
    part = slope_by_groups(comparison, term)
    if part is None or not is_replicated(comparison, comparison.column_of(part)):
        return None  # with two rows a group a slope of its own is part of what scatters
    own, label = literal(comparison.coefficient(part).label), literal(comparison.coefficient(term).label)
    differs = f"It says how the coefficient of {own} differs between {words.groups}, so {words.groups} count, not rows"
    if varies_within_alone(words) and _lets_differ(comparison, part):
        return WithinGroups(
            f"{estimate_text(Model.RANDOM_SLOPE)}, from the random slope",
            f"{differs}: the random slope of {own} holds what else makes it differ, which the dummies' own interval does not count."
            f"{boundary_clause(comparison, term, words)}",
        )
    return by_dummies(
        comparison,
        term,
        words,
        f"{differs}: what else makes it differ is in the clustered errors. The dummies’ own interval, and that of a mixed model "
        f"without random coefficients of {own}, take {label} to be all that does."
        f"{_narrower(comparison, term, words, 'nothing else is seen to make it differ')}",
    )


def _narrower(comparison: Comparison, term: str, words: Words, unseen: str) -> str:
    """That the clustered error came out below the dummies' own, with `unseen`, what it allows for and the data do not show; else empty."""
    clustered, own = clustered_slope(comparison, term), float(comparison.no_pooling.bse[term])
    if not clustered.se * LARGER < own:
        return ""
    return (
        f" Here the clustered error came out below the dummies’ own, {number(clustered.se)} against {number(own)}: {unseen}, "
        f"but an error from {comparison.moments.n_groups:,} {words.groups} may come out low by chance (it has "
        f"{number(clustered.df, 2)} degrees of freedom), and an interval from the larger one is the safer."
    )


def _lets_differ(comparison: Comparison, part: str) -> bool:
    """Whether a random-slope model of the data, the formula's or one that AIC prefers, lets a predictor's slope differ between groups."""
    asked = comparison.formula_model == Model.RANDOM_SLOPE or slopes_differ(comparison)
    return asked and has_random_slope(comparison, part) and not lacks_intercept(comparison)


def _if_it_differs(comparison: Comparison, term: str, words: Words) -> str:
    """The wider interval of clustered errors, where groups have rows enough to differ in the coefficient; empty elsewhere."""
    slope, row = clustered_slope(comparison, term), comparison.no_pooling.table().loc[term]
    own = float(row["upper"] - row["lower"])
    low, high = slope.interval
    if not (
        np.isfinite(slope.se) and high - low > WIDER * own and is_replicated(comparison, comparison.column_of(term))
    ):
        return ""
    one, what = literal(noun(comparison.group)), noun_of(comparison, term)
    return (
        f"That interval takes the {what} to be the same in every {one}; with errors that let it differ (CR2) it is {words.value(low)} to "
        f"{words.value(high)}."
    )
