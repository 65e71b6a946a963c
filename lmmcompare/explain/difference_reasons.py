"""Why OLS and the mixed model differ in a coefficient, or need not: a sentence for each level at which it can vary."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..assess.compared_levels import compared_levels
from ..assess.missing_rows import complete_groups_agree
from ..comparison.comparison import Comparison
from ..inference.satterthwaite import satterthwaite
from ..model_catalogue import Model
from ..text.english import listed
from ..text.labels import literal, model_phrase, noun, plural
from ..text.numbers import number, p_value, percent
from ..work.memo import memoised
from .amount_phrases import rounds_to_zero
from .coefficient_words import Words, models_agree
from .confounded_in_dummies import lost_in_dummies
from .effect_phrases import term_of
from .facts import Slope
from .predictor_level import Level
from .weighting_sentences import group_weights_sentence, ols_counts_clause, weighted_means_phrase

UNTOLD = 3.0
"""A slope between groups is hardly told where its interval holds 0 and the slope within, and its error is so many times that one's."""


@memoised
def reason(comparison: Comparison, term: str) -> str:
    """Why OLS and the random intercept of the shown grouping factor differ in this coefficient, or need not."""
    words = Words(comparison, term)
    if not comparison.design.intercept:
        return (
            f"Without an intercept in the formula all that lies between {words.groups} is measured from 0, so the {words.noun} "
            f"cannot be split into a part within and a part between {words.groups}. {group_weights_sentence(comparison)}"
        )
    reason: dict[Level, Callable[[Words], str]] = {
        Level.BOTH: _both,
        Level.WITHIN: _within,
        Level.BETWEEN: _between,
        Level.WITHIN_GIVEN_MEANS: _within_given_means,
        Level.CONTEXTUAL: _contextual,
    }
    return reason[words.facts.level](words)


def _both(words: Words) -> str:
    of, a_group, groups = words.facts, words.a_group, words.groups
    if of.blend and of.little_between:
        return _nearly_within(words)
    if of.by_rows_alone and of.within is not None:
        return _rows_alone(words)
    if of.blend and of.little_within:
        return (
            f"Almost all of {words.name} varies *between* {groups}, so every model reads the {words.noun} there; what varies "
            f"within {a_group} is too little to learn from.{words.through()}{words.own()}"
        )
    if not of.blend:
        return _no_blend(words)
    assert of.within is not None and of.between is not None
    if not of.two_slopes:
        vague, known, place = of.between, of.within, f"between {groups}"
        if of.within.is_imprecise and not of.between.is_imprecise:
            vague, known, place = of.within, of.between, f"within {a_group}"
        other = f"within {a_group}" if vague is of.between else f"between {groups}"
        low, high = (number(end) for end in vague.interval)
        known_error = np.isfinite(vague.interval[0])  # without one there is no telling the parts apart
        unknown = f" (95% interval {low} to {high})" if known_error else ""
        return (
            f"Both blend what varies within {groups} with what varies between them{words.where}: {words.slope(known)} {other}; "
            f"what it is {place} these data hardly tell{unknown}. {weights_clause(of.weights, words.noun)}.{words.own()}"
            f"{words.through() if known_error else ''}"
        )
    both = f"{words.value(of.within.value)} **within** {a_group} and {words.slope(of.between)} **between** {groups}{words.where}"
    mixed = of.mixed.between
    moved = 0.0 if mixed is None else (1 - of.mixed.weight) * (mixed.value - of.within.value)
    if abs(of.between.value - of.within.value) <= 10.0**-words.decimals and rounds_to_zero(moved, words.decimals):
        return f"The two {words.nouns} that they blend are nearly the same: {both}. So their weights hardly matter.{words.through()}"
    dummies = ""
    if Model.NO_POOLING in words.comparison.fits:
        dummies = f", {literal(model_phrase(Model.NO_POOLING, words.comparison.group))} all of it"
    who = "OLS and the random intercept" if words.comparison.formula_model != Model.RANDOM_INTERCEPT else "Both"
    doubt, two = "", f"two different {words.nouns}"
    if of.contrast_p > 0.05:
        doubt, two = f" These data do not show that the two differ ({p_value(of.contrast_p)}).", f"two {words.nouns}"
        ends, within = of.between.interval, of.within.value
        if ends[0] < min(0.0, within) and ends[1] > max(0.0, within) and of.between.se > UNTOLD * of.within.se:
            doubt = f"{doubt[:-1]}; what it is between {groups} they hardly tell."
    return (
        f"{who} blend {two}: {both}. {weights_clause(of.weights, words.noun)}{dummies}.{_second_between(words)}"
        f"{words.own()}{words.through()}{doubt}"
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
        f"{words.value(of.within.value)}{words.where}. {weights_clause(of.weights, words.noun)}; the little that varies between "
        f"{words.groups} {little}.{words.own()}{words.through()}"
    )


def _rows_alone(words: Words) -> str:
    """Means that differ only by which rows a group has: what lies between groups is which rows these are."""
    of, groups = words.facts, words.groups
    assert of.within is not None
    own = term_of(words.comparison, words.term)
    held = ", the other predictors equal" if own is not None and len(own.factors) > 1 else ""
    if of.by_missing_rows and not complete_groups_agree(words.comparison, words.comparison.column_of(words.term)):
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
        return (
            f"{start}, but within {words.groups} it cannot be told apart from the other predictors, so the models' "
            f"{words.noun}s rest on the differences between {words.groups} as well.{words.own()}"
        )
    here = f"Within {words.a_group} the {words.noun} is {words.value(of.within.value)}{words.where}"
    if of.between is None:
        return (
            f"{start}. {here}; between {words.groups} its means go along with those of the other predictors, so that no {words.noun} "
            f"of its own can be told there. OLS and the random intercept mix the differences between {words.groups} in, which moves "
            f"the one by {words.value(of.ols.estimate - of.within.value)} and the other by "
            f"{words.value(of.mixed.estimate - of.within.value)}.{words.own()}"
        )
    return (
        f"{start}. {here}, {words.slope(of.between)} between {words.groups}. No single share of weight on the one or the other makes the "
        f"models' {words.noun}s: the other predictors, with which it goes along, move them too.{words.own()}"
    )


def _within(words: Words) -> str:
    comparison, of = words.comparison, words.facts
    same = f"{words.name} has the same {weighted_means_phrase(words.comparison)} in every {words.one}"
    if of.within is None:
        return f"{same}, but {_confounded(words)}{words.own()}"
    only = f"{same}, so there is only one {words.noun} to see, the one *within* {words.groups}{words.where}"
    if words.through():
        return f"{only}.{words.through()}{words.own()}"
    if models_agree(comparison, words.term):
        apart = abs(of.ols.estimate - float(comparison.mixed.params[words.term]))
        must = apart <= 1e-6 * float(comparison.ols.bse[words.term]) and (
            comparison.formula_model == Model.RANDOM_INTERCEPT or _same_spread(comparison)
        )
        start = f"They must: {only}" if must else only
        errors = (number(float(fit.bse[words.term])) for fit in (comparison.ols, comparison.mixed))
        differ = " The standard errors still differ." if len({*errors}) > 1 else ""
        independent = "" if words.comparison.structured is None else " with independent residuals"
        return f"{start}. Every model{independent} puts all its weight on it.{differ}"
    if comparison.one_factor_model == Model.RANDOM_SLOPE:
        how = f"{ols_counts_clause(comparison)} and the spread of {words.name} in them"
        return f"{only}. OLS weighs the {words.groups} {how}, a random slope more evenly."
    return f"{only}: {words.value(of.ols.estimate)} under OLS and with a random intercept."


def _confounded(words: Words) -> str:
    """Says that the slope within groups is not known by itself: there a column is a combination of the others."""
    comparison = words.comparison
    lost = lost_in_dummies(comparison)
    names = listed([f"**{literal(comparison.coefficient(n).label)}**" for n in lost])
    column = (
        f"{names} {'is a combination' if len(lost) == 1 else 'are combinations'}" if lost else "one is a combination"
    )
    return (
        f"within {words.groups} {column} of the other predictors (confounded with {words.groups}). So its {words.noun}{words.where} "
        f"rests on comparing {words.groups} too."
    )


def _same_spread(comparison: Comparison) -> bool:
    """Whether the random columns have the same cross-products in every group, without which a random slope may differ."""
    if comparison.formula_model == Model.SEVERAL:
        return False
    moments = comparison.moments
    columns = [c for c in comparison.one_factor.random_columns if c >= 0]
    within = moments.within[np.ix_(columns, columns)]
    return bool(
        moments.same_sizes
        and np.allclose(within, within[..., :1], rtol=1e-9, atol=1e-9 * np.abs(within).max(initial=1.0))
        and np.allclose(moments.mean[columns], moments.mean[columns][:, :1], atol=1e-9)
    )


def _between(words: Words) -> str:
    comparison, of = words.comparison, words.facts
    start = (
        f"{words.name} is the same in all rows of {words.a_group}, so there is one comparison to make, *between* {words.groups}"
        f"{words.where}."
    )
    gap = of.mixed.estimate - of.ols.estimate
    parts = (of.from_weights, of.from_adjustment)
    if all(rounds_to_zero(v, words.decimals) for v in (gap, *parts)):
        if comparison.moments.same_sizes and abs(gap) < 1e-9 * abs(of.ols.estimate):
            return f"{start} {group_weights_sentence(comparison)} Only their standard errors can differ.{words.own()}"
        return (
            f"{start} The models could differ in how they weigh {words.groups}; here that hardly matters.{words.own()}"
        )
    if rounds_to_zero(of.from_adjustment, words.decimals):
        return f"{start} The models differ in how they weigh {words.groups}. {group_weights_sentence(comparison)}{words.own()}"
    finer = words.decimals + 1  # so that the parts are seen to add up
    mixed, ols, weights, adjustment = (number(v, decimals=finer) for v in (of.mixed.estimate, of.ols.estimate, *parts))
    how = (
        f"{start} With a random intercept it is {mixed}, under OLS {ols}: of this "
        f"difference {adjustment} comes from the slopes of the other predictors, which each model takes out of the "
        f"{literal(noun(comparison.group))} means first"
    )
    if rounds_to_zero(of.from_weights, words.decimals):
        return f"{how}; how they weigh {words.groups} hardly matters.{words.own()}"
    return f"{how}, and {weights} from how they weigh {words.groups}. {group_weights_sentence(comparison)}{words.own()}"


def _within_given_means(words: Words) -> str:
    of, columns = words.facts, words.comparison.design.columns
    takers = listed(
        [f"**{literal(words.comparison.coefficient(columns[k].name).label)}**" for k in of.place.companions]
    )
    takes = "take" if len(of.place.companions) > 1 else "takes"
    up = f"{takers} {takes} up {'' if of.place.exact else 'nearly all of '}the {words.one} means of {words.name}"
    value = f", {words.value(of.within.value)}" if of.within else ""
    if words.through():
        return f"{up}, so its {words.noun} is the one *within* {words.groups}{value} for the dummies.{words.through()}{words.own()}"
    every = "in every model" if of.place.exact else "nearly the same in every model"
    if words.comparison.one_factor_model == Model.RANDOM_SLOPE:
        every += " with one for all"
    if words.comparison.structured is not None:
        every += " with independent residuals"
    return f"{up}, so this is the {words.noun} *within* {words.groups}, {every}{value}.{words.own()}"


def _contextual(words: Words) -> str:
    comparison, of = words.comparison, words.facts
    column = of.place.companions[0]
    own = comparison.design.columns[column].name
    other, fit = literal(comparison.coefficient(own).label), comparison.mixed
    covariance = fit.cov_params()
    both = [own, words.term]
    total = Slope(
        float(fit.params[both].sum()),
        float(np.sqrt(covariance.loc[both, both].to_numpy().sum())),
        float(satterthwaite(fit.fit, np.isin(fit.names, both)[None, :].astype(float))[0]),
    )
    nearly = "" if of.place.exact else "nearly "
    return (
        f"{words.name} is {nearly}the {words.one} mean of {other}, and {other} is in the model too. So its coefficient is the slope "
        f"*between* {words.groups} minus the slope *within* them: it compares two {words.groups} whose means differ by 1, for rows "
        f"with the same {other}. The slope between {words.groups} is the sum of the two, {words.slope(total)} in the mixed model."
        f"{words.own()}"
    )


def weights_clause(weights: Sequence[float], slope: str) -> str:
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
