"""Why OLS and the mixed model differ in a coefficient, or need not: a sentence for each level at which it can vary."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from ..assess.random_columns import intercept_term
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.english import listed
from ..text.labels import literal, model_phrase, noun
from ..text.numbers import number
from .amount_phrases import rounds_to_zero
from .blend_reasons import blend_reason, two_percentages
from .coefficient_words import AGREE, Words, models_agree
from .confounded_in_dummies import lost_in_dummies
from .effect_phrases import is_mean
from .identity import group_weights
from .inference_rows import contextual_model, is_kenward_roger
from .predictor_level import Level
from .weighting_sentences import group_weights_sentence, ols_counts_clause, weighted_means_phrase
from .within_between import total_slope


def reason(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> str:
    """Why OLS and the random intercept of the shown grouping factor differ in this coefficient, or need not."""
    words = Words(comparison, term, frame)
    if not comparison.design.intercept:
        held = intercept_term(comparison)
        if held is not None and not is_mean(comparison, term):
            return (
                f"The means of {literal(held)} stand for the intercept in this formula. Without the 0 it is the same model, and this "
                f"{words.noun} can be told apart into what lies within and what lies between {words.groups}."
            )
        return (
            f"Without an intercept in the formula all that lies between {words.groups} is measured from 0, so the {words.noun} "
            f"cannot be split into a part within and a part between {words.groups}. {_weighed_from_zero(words)}"
        )
    reasons: dict[Level, Callable[[Words], str]] = {
        Level.BOTH: blend_reason,
        Level.WITHIN: _within,
        Level.BETWEEN: _between,
        Level.WITHIN_GIVEN_MEANS: _within_given_means,
        Level.CONTEXTUAL: _contextual,
    }
    return reasons[words.facts.level](words)


def _weighed_from_zero(words: Words) -> str:
    """What makes models differ in a coefficient of a formula without an intercept."""
    comparison, column = words.comparison, words.comparison.column_of(words.term)
    if is_mean(comparison, words.term) and comparison.moments.varies_within[column]:
        if not comparison.moments.varies_between[column]:
            return f"All {words.groups} have the same share of such rows."
        return (
            f"OLS takes the mean of these rows as they are, whichever {words.groups} have more of them; a random intercept takes out of "
            f"them what is {words.a_group}'s own."
        )
    if comparison.moments.varies_within[column]:
        kept = group_weights(comparison, Model.RANDOM_INTERCEPT) / comparison.moments.w
        low, high = two_percentages(float(kept.min()), float(kept.max()))
        return (
            f"OLS counts the means of {words.groups} as much as what lies within {words.groups}, a random intercept by "
            f"{low if low == high else f'{low} to {high}'} of that."
        )
    return group_weights_sentence(comparison)


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
        so = ", so all must agree" if must else ""
        errors = (number(float(fit.bse[words.term])) for fit in (comparison.ols, comparison.mixed))
        differ = " The standard errors still differ." if len({*errors}) > 1 else ""
        independent = "" if words.comparison.structured is None else " with independent residuals"
        return f"{only}. Every model{independent} puts all its weight on it{so}.{differ}"
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
    error = min(float(comparison.ols.bse[words.term]), float(comparison.one_factor.bse[words.term]))
    if all(rounds_to_zero(v, words.decimals) or abs(v) <= AGREE * error for v in (gap, *parts)):
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
    other, model = literal(comparison.coefficient(own).label), contextual_model(comparison, of.place)
    fit = comparison.mixed_fits()[model]
    both = np.isin(fit.names, [own, words.term]).astype(float)
    total = total_slope(fit, both, kenward_roger=is_kenward_roger(comparison, model, words.frame))
    nearly = "" if of.place.exact else "nearly "
    which = "the mixed model" if model == comparison.formula_model else f"{model_phrase(model)}, which AIC prefers"
    return (
        f"{words.name} is {nearly}the {words.one} mean of {other}, and {other} is in the model too. So its coefficient is the slope "
        f"*between* {words.groups} minus the slope *within* them: it compares two {words.groups} whose means differ by 1, for rows "
        f"with the same {other}. The slope between {words.groups} is the sum of the two, {words.slope(total)} in {which}."
        f"{words.own()}"
    )
