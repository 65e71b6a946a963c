"""Why OLS and the mixed model differ in a coefficient that varies within groups and between them: what each blends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..assess.compared_levels import compared_levels
from ..assess.missing_rows import complete_groups_agree, mean_goes_by_size
from ..assess.outcome_means import equal_outcome_means
from ..model_catalogue import Model
from ..text.english import listed
from ..text.labels import literal, model_phrase, plural
from ..text.numbers import number, p_value, percent
from .amount_phrases import rounds_to_zero
from .coefficient_words import Words
from .confounded_in_dummies import lost_in_dummies, mixed_in_dummies
from .effect_phrases import term_of
from .predictor_level import MOST_NAMED, means_go_along
from .weighting_sentences import ols_counts_clause

UNTOLD = 3.0
"""A slope between groups is hardly told where its interval holds 0 and the slope within, and its error is so many times that one's."""


def blend_reason(words: Words) -> str:
    """The two slopes and their weights; or why there is one slope only, or none of its own."""
    of, a_group, groups = words.facts, words.a_group, words.groups
    if of.blend and of.little_between:
        return _nearly_within(words)
    if equal_outcome_means(words.comparison) and of.within is not None:
        return _equal_outcome_means(words)
    if of.by_rows_alone and of.within is not None:
        return _rows_alone(words)
    if of.blend and of.little_within:
        return (
            f"Almost all of {words.name} varies *between* {groups}, so OLS and mixed models read the {words.noun} there; what varies "
            f"within {a_group} is too little to learn from.{words.through()}{words.own()}"
        )
    if not of.blend:
        return _no_blend(words)
    assert of.within is not None and of.between is not None
    if not of.two_slopes:
        return _one_hardly_told(words)
    both = f"{words.value(of.within.value)} **within** {a_group} and {words.slope(of.between)} **between** {groups}{words.where}"
    mixed = of.mixed.between
    moved = 0.0 if mixed is None else (1 - of.mixed.weight) * (mixed.value - of.within.value)
    if abs(of.between.value - of.within.value) <= 10.0**-words.decimals and rounds_to_zero(moved, words.decimals):
        return f"The two {words.nouns} that they blend are nearly the same: {both}. So their weights hardly matter.{words.through()}"
    dummies = ""
    if Model.NO_POOLING in words.comparison.fits:
        dummies = f", {literal(model_phrase(Model.NO_POOLING, words.comparison.group))} all of it"
    who = "OLS and the random intercept" if words.comparison.formula_model != Model.RANDOM_INTERCEPT else "Both"
    doubt, two = "", f"two {words.nouns}"
    if words.contrast_p <= 0.05:
        two = f"two different {words.nouns}"
    elif words.contrast_p > 0.05:  # not where there is no test of it
        doubt = f" These data do not show that the two differ ({p_value(words.contrast_p)})."
        ends, within = of.between.interval, of.within.value
        if ends[0] < min(0.0, within) and ends[1] > max(0.0, within) and of.between.se > UNTOLD * of.within.se:
            doubt = f"{doubt[:-1]}; what it is between {groups} they hardly tell."
    return (
        f"{who} blend {two}: {both}. {_weights_clause(of.weights, words.noun)}{dummies}.{_second_between(words)}"
        f"{words.own()}{words.through()}{doubt}"
    )


def _one_hardly_told(words: Words) -> str:
    """One slope is known, the other hardly: the one between, unless it is the one within that is imprecise."""
    of, a_group, groups = words.facts, words.a_group, words.groups
    assert of.within is not None and of.between is not None
    vague, known, place = of.between, of.within, f"between {groups}"
    if of.within.is_imprecise(of.ols_error) and not of.between.is_imprecise(of.ols_error):
        vague, known, place = of.within, of.between, f"within {a_group}"
    other = f"within {a_group}" if vague is of.between else f"between {groups}"
    low, high = (number(end) for end in vague.interval)
    known_error = np.isfinite(vague.interval[0])  # without one there is no telling the parts apart
    unknown = f" (95% interval {low} to {high})" if known_error else ""
    return (
        f"Both blend what varies within {groups} with what varies between them{words.where}: {words.slope(known)} {other}; "
        f"what it is {place} these data hardly tell{unknown}. {_weights_clause(of.weights, words.noun)}.{words.own()}"
        f"{words.through() if known_error else ''}"
    )


def _second_between(words: Words) -> str:
    """The between slope under the mixed model's weights, where that is visibly another number."""
    ols, mixed = words.facts.between, words.facts.mixed.between
    assert ols is not None
    within, estimate = words.facts.within, words.facts.mixed.estimate - words.facts.mixed.through
    assert within is not None
    ends = sorted((within.value, ols.value))
    outside = max(ends[0] - estimate, estimate - ends[1])  # a blend of two numbers lies between them
    if mixed is None or (abs(mixed.value - ols.value) < 0.25 * ols.se and not outside > 10.0**-words.decimals):
        return ""
    return (
        f" (The {words.noun} between is OLS's, which counts {words.groups} {ols_counts_clause(words.comparison)}; with the "
        f"random intercept's weights it is {words.value(mixed.value)}.)"
    )


def _nearly_within(words: Words) -> str:
    of = words.facts
    assert of.within is not None
    moved = of.ols.estimate - of.within.value - of.ols.through
    little = "decides nothing"
    if not rounds_to_zero(moved, words.decimals):
        little = f"moves OLS by {words.value(moved)}"
    return (
        f"Almost all of {words.name} varies *within* {words.groups}, so every model reads the {words.noun} there, "
        f"{words.value(of.within.value)}{words.where}. {_weights_clause(of.weights, words.noun)}; the little that varies between "
        f"{words.groups} {little}.{words.own()}{words.through()}"
    )


def _equal_outcome_means(words: Words) -> str:
    """Nothing of the outcome lies between groups, but something of the predictor does."""
    of, groups, outcome = words.facts, words.groups, literal(words.comparison.design.names[-1])
    assert of.within is not None
    return (
        f"{outcome} has the same mean in every {words.one}, so there is one {words.noun} to ask for, the one *within* {groups}, "
        f"{words.value(of.within.value)}{words.where}. That {words.name} varies between {groups}, where {outcome} does not, moves OLS by "
        f"{words.value(of.ols.estimate - of.within.value)} and the random intercept by "
        f"{words.value(of.mixed.estimate - of.within.value)}.{words.own()}"
    )


def _rows_alone(words: Words) -> str:
    """Means that differ only by which rows a group has: what lies between groups is which rows these are."""
    of, groups = words.facts, words.groups
    assert of.within is not None
    own = term_of(words.comparison, words.term)
    held = ", the other predictors equal" if own is not None and len(own.factors) > 1 else ""
    column = words.comparison.column_of(words.term)
    complete, by_size = (find(words.comparison, column) for find in (complete_groups_agree, mean_goes_by_size))
    if of.by_missing_rows and not complete and not by_size:
        alike = (
            f"All {groups} have their rows at the same values of {words.name}, at most one at each{held}; it differs between {groups} only "
            "by which of these rows are missing"
        )
    elif of.by_missing_rows and not complete:
        alike = (
            f"{words.name} has the same mean in all {groups} with the same number of rows{held}; it differs between {groups} only by how "
            f"many rows {words.a_group} has"
        )
    elif of.by_missing_rows:
        alike = (
            f"{words.name} has the same mean in all {groups} with {int(words.comparison.moments.n.max()):,} rows{held}; others differ from "
            "them only by the rows that they lack"
        )
    elif compared := compared_levels(words.comparison, words.comparison.column_of(words.term)):
        alike = (
            f"The means of {words.name} differ between {groups} no more than chance makes them, by which {literal(plural(compared))} their "
            "rows are of"
        )
    else:
        alike = (
            f"All {groups} have {words.name} spread alike{held}: its means differ less than those of rows drawn at random would, only by "
            f"which rows {words.a_group} has"
        )
    return (
        f"{alike}. So there is one {words.noun} to ask for, the one *within* {groups}, {words.value(of.within.value)}{words.where}. What "
        f"lies between {groups} moves OLS by {words.value(of.ols.estimate - of.within.value)} and the random intercept by "
        f"{words.value(of.mixed.estimate - of.within.value)}.{words.own()}"
    )


def _no_blend(words: Words) -> str:
    """Both levels, but no two slopes of its own that could be blended."""
    of, start = words.facts, f"{words.name} varies within {words.groups} and between them"
    if of.within is None:
        told = [*lost_in_dummies(words.comparison), *mixed_in_dummies(words.comparison)]
        labels = [words.comparison.coefficient(name).label for name in told if name != words.term]
        names = listed([f"**{literal(label)}**" for label in labels]) if 0 < len(labels) <= MOST_NAMED else ""
        return (
            f"{start}, but within {words.groups} it cannot be told apart from {names or 'the other predictors'}, so the models' "
            f"{words.noun}s rest on the differences between {words.groups} as well.{words.own()}"
        )
    here = f"Within {words.a_group} the {words.noun} is {words.value(of.within.value)}{words.where}"
    if of.between is None:
        along = means_go_along(words.comparison, words.comparison.column_of(words.term))
        names = listed([f"**{literal(words.comparison.coefficient(name).label)}**" for name in along])
        return (
            f"{start}. {here}; between {words.groups} its means go along with those of {names or 'the other predictors'}, so that no "
            f"{words.noun} of its own can be told there. OLS and the random intercept mix the differences between {words.groups} in, which "
            f"moves the one by {words.value(of.ols.estimate - of.within.value)} and the other by "
            f"{words.value(of.mixed.estimate - of.within.value)}.{words.own()}"
        )
    return (
        f"{start}. {here}, {words.slope(of.between)} between {words.groups}. No single share of weight on the one or the other makes the "
        f"models' {words.noun}s: the other predictors, with which it goes along, move them too.{words.own()}"
    )


def _weights_clause(weights: Sequence[float], slope: str) -> str:
    """How much weight OLS and the random intercept put on the slope within groups."""
    ols, mixed = two_percentages(*weights)
    if ols == mixed:
        return f"OLS and the random intercept both put {ols} of the weight on the {slope} within"
    return f"OLS puts {ols} of the weight on the {slope} within, the random intercept {mixed}"


def two_percentages(a: float, b: float) -> tuple[str, str]:
    """Two shares as percentages, with the decimals that it takes to tell them apart, and from 0% and 100%."""
    if abs(a - b) < 1e-5 or percent(a) != percent(b):
        return percent(a), percent(b)
    for decimals in range(1, 5):
        first, second = (_with_decimals(v, decimals) for v in (a, b))
        if first != second:
            return first, second
    return percent(a), percent(b)


def _with_decimals(share: float, decimals: int) -> str:
    text, least = number(100 * share, decimals=decimals), 10.0**-decimals
    if 0 < share < 1 and text == number(100, decimals=decimals):
        return f"over {number(100 - least, decimals=decimals)}%"
    if share > 0 and text == number(0, decimals=decimals):
        return f"under {number(least, decimals=decimals)}%"
    return f"{text}%"
