"""The words on standard errors: why OLS's of a coefficient is too large, too small, or about right."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.labels import an, group_phrase, literal, model_phrase, noun, plural
from ..text.numbers import multiple, number, percent
from .clustered_errors import few_groups
from .coefficient_spreads import lacks_intercept, slope_of_differs, slopes_differ, slopes_vary
from .effect_phrases import noun_of
from .facts import facts
from .fixed_groups import fixed_groups_sentence
from .implied_error_sentences import (
    MATTERS,
    OTHER,
    implied_factor,
    lone_group_sentence,
    others_clause,
    random_slopes_sentence,
    several_factors_sentence,
    size_phrase,
    verdict_phrase,
    whose_error_phrase,
)
from .inference_rows import inference_row
from .moulton import Moulton, error_table, moulton
from .negative_correlation import WithinGroupCorrelation, within_group_correlation
from .predictor_level import Level, level
from .structure_choice import structure_choice

LITTLE = 0.01
"""Rows of a group with a correlation of less than this are hardly alike."""
MOST_PAIRS = 0.5
"""Where one group has this share of all pairs of rows, what is averaged over pairs is about that group."""
LIKELY = 0.05
"""Slopes within and between groups are taken for one where their difference has a p value above this."""


def errors_sentence(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> str:
    """Say what clustering does to OLS's standard error of a coefficient, with the numbers that show it.

    With ``frame`` the mixed model's standard error is that of the inference chosen, as `Comparison.coefficients` gives it.
    """
    factor, alike = moulton(comparison, term), within_group_correlation(comparison)
    robust = float(error_table(comparison, term).set_index("label").loc["OLS, CR2", "ratio"])
    mixed = float(inference_row(comparison, comparison.formula_model, term, frame)["se"] / comparison.ols.bse[term])
    where = _where(comparison, term, factor)
    few = few_groups(comparison, term)
    if untold := fixed_groups_sentence(comparison, term):
        return f"{where}. {untold}"
    if not np.isfinite(robust) and comparison.formula_model != Model.SEVERAL:
        return f"{where}. {lone_group_sentence(comparison, term, mixed)}"
    if comparison.formula_model == Model.SEVERAL:
        text = several_factors_sentence(comparison, term, robust, mixed)
    elif alike.offsetting:
        text = _offset(comparison, where, alike, factor, robust)
    elif alike.value <= LITTLE:
        text = _hardly_alike(comparison, term, where, robust, mixed)
    else:
        text = _alike(comparison, term, where, factor, robust, mixed)
    return f"{text} {few}".strip()


def _where(comparison: Comparison, term: str, factor: Moulton) -> str:
    """At which level the coefficient's column varies, as the start of a sentence."""
    a_group, groups = literal(an(comparison.group)), literal(plural(comparison.group))
    if term == comparison.constant:
        if not comparison.design.fixed:
            return f"The mean belongs to all rows of {a_group} alike"
        return (
            f"Over all pairs of rows of {a_group} what the predictors leave for the intercept correlates by "
            f"{number(factor.predictor, 2)}"
        )
    name, place = (
        literal(comparison.coefficient(term).label),
        level(comparison, comparison.column_of(term)),
    )
    left = f"over all pairs of rows of {a_group} what the other predictors leave of it correlates by {number(factor.predictor, decimals=2)}"
    if factor.predictor > 1:
        left = (
            f"over all pairs of rows of {a_group}, in which the largest {groups} count most, it is as alike as can be"
        )
    alone = len(comparison.design.fixed) == 1
    match place.level:
        case Level.BETWEEN | Level.CONTEXTUAL:
            text = f"{name} is the same in all rows of {a_group}"
            return text if factor.predictor > 0.98 else f"{text} ({left})"
        case Level.WITHIN:
            return f"{name} varies within {groups} and not at all between them"
        case Level.WITHIN_GIVEN_MEANS:
            return f"{name} varies within {groups}; how its means differ between them is taken up by other predictors"
        case _:
            if factor.predictor < 0:
                if _share_within(comparison, term) > 0.5:
                    return f"{name} varies mostly within {groups}"
                what = "it" if alone else "what the other predictors leave of it"
                return f"{name} varies within and between {groups}, and rows of {a_group} are no more alike in {what} than rows at random"
            pairs = f"over all pairs of rows of {a_group} its values correlate by {number(factor.predictor, 2)}"
            inside = pairs if alone and factor.predictor <= 1 else left
            return f"{name} varies within and between {groups} ({inside})"


def _share_within(comparison: Comparison, term: str) -> float:
    """The share of a column's sum of squares that lies within groups."""
    column = comparison.column_of(term)
    within, between = (
        float(m[column, column]) for m in (comparison.moments.within_total, comparison.moments.between_total)
    )
    return within / (within + between) if within + between > 0 else 0.0


def _offset(comparison: Comparison, where: str, alike: WithinGroupCorrelation, factor: Moulton, robust: float) -> str:
    """Rows of a group that are less alike than rows at random."""
    a_group = literal(an(comparison.group))
    verdict = size_phrase(factor.factor)
    if verdict == "too large":
        verdict = f"{verdict}: together the rows of a group tell more than as many independent rows would"
    elif verdict == "too small":
        verdict = f"{verdict}: within groups there is more noise than OLS counts"
    return (
        f"{where}, and the rows of {a_group} offset each other (over all pairs of them OLS's residuals correlate by "
        f"{number(alike.value, 2)}). So OLS's standard error is {verdict}. With that correlation the right one would be "
        f"**{multiple(factor.factor)}** times OLS's; the cluster-robust one (CR2) is {multiple(robust)} times. A random intercept "
        "cannot show this: its variance stops at 0."
    )


def _hardly_alike(comparison: Comparison, term: str, where: str, robust: float, mixed: float) -> str:
    implied = implied_factor(comparison, term)
    start = f"{where}, but the OLS residuals of {literal(an(comparison.group))} are hardly alike"
    lopsided = comparison.formula_model == Model.RANDOM_INTERCEPT and not comparison.moments.same_sizes
    if lopsided and abs(implied - 1) > MATTERS:
        return (
            f"{start}: OLS's line is that of the largest {literal(plural(comparison.group))}, which so keep little of their own distance. "
            f"By the variances of {model_phrase(comparison.formula_model)} the right one is **{multiple(implied)}** times OLS's; "
            f"cluster-robust (CR2) it is {multiple(robust)}, for that model's own estimate {multiple(mixed)} times. So OLS's is "
            f"{verdict_phrase(comparison, term, implied)}."
        )
    if sloped := random_slopes_sentence(comparison, term, 1.0, robust, mixed):
        return f"{start}. {sloped}"
    if abs(robust - 1) <= MATTERS:
        return f"{start}, so clustering changes little here."
    text = f"{start}. Yet the cluster-robust standard error (CR2), which allows for any likeness, is {multiple(robust)} times OLS's"
    sd = slopes_vary(comparison, term)
    if np.isfinite(sd) and sd > 0 and robust > 1 and slopes_differ(comparison):
        groups = literal(plural(comparison.group))
        what = noun_of(comparison, term)
        return (
            f"{text}: by AIC the {what} itself varies between {groups} (SD {number(sd, 2)} in the random-slope model), and "
            f"{comparison.moments.n_groups:,} {groups} are all that its mean is known from."
        )
    return f"{text}; with {comparison.moments.n_groups:,} {literal(plural(comparison.group))} that may be chance."


def _alike(comparison: Comparison, term: str, where: str, result: Moulton, robust: float, mixed: float) -> str:
    groups, factor = literal(plural(comparison.group)), multiple(result.factor)
    group, correlation = literal(an(comparison.group)), number(result.residual, 2)
    alike = f"The rows of {group} are alike (over all pairs of them OLS's residuals correlate by {correlation})"
    if result.residual > 1:  # no correlation: pairs count large groups more than rows do, and these lie farther off
        alike = (
            f"The rows of {group} are alike (over all pairs of them the product of two of OLS's residuals is {correlation} times their "
            f"mean square over all rows: the larger {groups} lie farther from the line)"
        )
    others = others_clause(comparison, term, robust, mixed)
    sd = slopes_vary(comparison, term)
    sloped = comparison.one_factor_model == Model.RANDOM_SLOPE
    right, choice = max(robust, mixed) if sloped else robust, structure_choice(comparison)
    otherwise = (
        choice is not None and choice.preferred
    )  # by AICc residuals are correlated, which looks like slopes that vary
    if np.isfinite(sd) and (sloped or slopes_differ(comparison)) and right > OTHER * result.factor and not otherwise:
        what, spread = noun_of(comparison, term), f"(SD {number(sd, 2)})"
        varies = f"by AIC the {what} varies between {groups} {spread}"
        if not slopes_differ(comparison):
            varies = f"the formula lets the {what} vary between {groups} {spread}, which AIC does not call for"
        return (
            f"{where}. {alike}. With one {what} for all {groups} the right standard error would be **{factor}** times "
            f"OLS's (Moulton's factor). But {varies}, and its mean is known from {comparison.moments.n_groups:,} {groups} only: "
            f"{others}. So OLS's is {size_phrase(right)}."
        )
    if by_slopes := random_slopes_sentence(comparison, term, result.factor, robust, mixed):
        return (
            f"{where}. {alike}. Were they all equally alike, the right standard error would be **{factor}** times OLS's "
            f"(Moulton's factor). {by_slopes}"
        )
    one, other = size_phrase(result.factor), size_phrase(robust)
    implied = _understated(comparison, term, result.factor)
    agree = implied > 0 and size_phrase(implied) == other
    if one != other and abs(robust - result.factor) > MATTERS and not agree:
        verdict = f"So OLS's is {one} by the one and {other} by the other."
        if "about right" not in (one, other):
            verdict = (
                "They point in opposite directions, so these data do not settle which way OLS's is wrong, if it is."
            )
        if uneven := _unequally_alike(comparison, term):
            verdict = f"Here they are not equally alike: {uneven}. So OLS's is {other}."
        elif largest := _pairs_of_the_largest(comparison, term, result.factor):
            verdict = f"{largest} So OLS's is {other}."
        return (
            f"{where}. {alike}. Moulton's factor, which takes the rows of every {literal(noun(comparison.group))} to be equally "
            f"alike, puts the right standard error at **{factor}** times OLS's. The cluster-robust error (CR2), which takes nothing of "
            f"the kind for granted, is {multiple(robust)} times OLS's. {verdict} "
            f"In {whose_error_phrase(comparison, term)} it is {multiple(mixed)} times."
        )
    text = (
        f"{where}. {alike}. So OLS's standard error, for OLS's estimate, is {verdict_phrase(comparison, term, implied or result.factor)}. "
        f"Moulton's factor, for rows that are equally alike, puts the right one at **{factor}** times OLS's; {others}."
    )
    if implied:
        most = "" if comparison.moments.same_sizes else ", to the largest above all,"
        text += (
            f" That factor is too small here: OLS's line comes as close to {comparison.moments.n_groups:,} {groups}{most} as it can, so "
            "its residuals are less alike than the rows are. By the variances of the random-intercept model the right one is "
            f"**{multiple(implied)}** times OLS's."
        )
    if mixed < 0.8 * result.factor and _leans_within(comparison, term) and not lacks_intercept(comparison):
        text += (
            " The mixed model's is smaller because it belongs to another, more precise estimate, one that leans on the "
            f"differences within {groups}"
        )
        doubt = (
            f", and because it takes the {noun_of(comparison, term)} to be the same in all {groups}, which AIC doubts."
            if slopes_differ(comparison)
            else "."
        )
        text += doubt if comparison.one_factor_model == Model.RANDOM_INTERCEPT else "."
    return text


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
