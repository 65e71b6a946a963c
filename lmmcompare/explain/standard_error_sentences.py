"""The words on standard errors: why OLS's of a coefficient is too large, too small, or about right."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..assess.outcome_means import equal_outcome_means
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.labels import an, literal, model_phrase, noun, plural
from ..text.numbers import multiple, number
from .clustered_errors import few_groups
from .coefficient_spreads import slopes_differ, slopes_vary
from .effect_phrases import noun_of
from .fixed_groups import fixed_groups_sentence
from .implied_error_sentences import (
    MATTERS,
    implied_factor,
    lone_group_sentence,
    random_slopes_sentence,
    several_factors_sentence,
    size_phrase,
    verdict_phrase,
)
from .inference_rows import inference_row
from .moulton import Moulton, error_table, moulton
from .moulton_sentences import alike_rows_sentence
from .negative_correlation import WithinGroupCorrelation, within_group_correlation
from .predictor_level import Level, is_from_zero, level

LITTLE = 0.01
"""Rows of a group with a correlation of less than this are hardly alike."""
NOTHING = 0.01
"""A clustered error that is a smaller share of OLS's is that of groups' means which cannot differ, where they were made equal."""


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
    elif robust < NOTHING and equal_outcome_means(comparison):
        return f"{where}. {_of_equal_means(comparison)}"
    elif alike.offsetting:
        text = _offset(comparison, where, alike, factor, robust)
    elif alike.value <= LITTLE:
        text = _hardly_alike(comparison, term, where, robust, mixed)
    else:
        text = alike_rows_sentence(comparison, term, where, factor, robust, mixed)
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
    if place.level is not Level.BETWEEN and is_from_zero(comparison, term):
        return f"How far {groups} lie from 0 is in {name} too ({left})"
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


def _of_equal_means(comparison: Comparison) -> str:
    """Of an outcome that was made to have one mean in every group no error says how far a mean, or a comparison of groups, may be off."""
    one = literal(noun(comparison.group))
    return (
        f"But {literal(comparison.design.response_name)} has the same mean in every {one}, whatever the {one}: how far this number may be "
        "off cannot be learnt from these rows. OLS's standard error takes them for independent draws, and the cluster-robust one (CR2) is "
        "about 0 because these means cannot differ; neither says anything here."
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
