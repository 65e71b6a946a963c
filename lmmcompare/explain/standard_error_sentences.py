"""The words on standard errors: why OLS's of a coefficient is too large, too small, or about right."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.labels import an, literal, model_phrase, noun, plural
from ..text.numbers import multiple, number
from .clustered_errors import clusters_sentence, few_groups
from .coefficient_spreads import slope_of_differs, slopes_differ, slopes_vary
from .effect_phrases import noun_of
from .implied_ols_error import factors_beyond_clusters, implied_ols_errors
from .inference_rows import inference_row
from .lone_group import no_clustered_errors
from .moulton import Moulton, error_table, moulton
from .negative_correlation import WithinGroupCorrelation, within_group_correlation
from .predictor_level import Level, level
from .structure_choice import structure_choice

LITTLE = 0.01
"""Rows of a group with a correlation of less than this are hardly alike."""
ITS_OWN = 0.01
"""Estimates of one coefficient that lie farther apart than this share of a standard error are two estimates."""
MATTERS = 0.1
"""Where two ratios of standard errors differ by less than this, nothing is made of it."""
ABOUT_RIGHT = (0.95, 1.05)
"""OLS's standard error is called about right where the right one is so many times it."""


def errors_sentence(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> str:
    """Say what clustering does to OLS's standard error of a coefficient, with the numbers that show it.

    With ``frame`` the mixed model's standard error is that of the inference chosen, as `Comparison.coefficients` gives it.
    """
    factor, alike = moulton(comparison, term), within_group_correlation(comparison)
    robust = float(error_table(comparison, term).set_index("label").loc["OLS, CR2", "ratio"])
    mixed = float(inference_row(comparison, comparison.formula_model, term, frame)["se"] / comparison.ols.bse[term])
    where = _where(comparison, term, factor)
    few = few_groups(comparison, term)
    if not np.isfinite(robust) and comparison.formula_model != Model.SEVERAL:
        return f"{where}. {_of_one_group(comparison, term, mixed)}"
    if comparison.formula_model == Model.SEVERAL:
        text = _several(comparison, term, robust, mixed)
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
    left = (
        f"over all pairs of rows of {a_group} what the other predictors leave of it correlates by "
        f"{number(factor.predictor, decimals=2)}"
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
                return f"{name} varies within and between {groups}, and rows of {a_group} are no more alike in it than rows at random"
            pairs = f"over all pairs of rows of {a_group} its values correlate by {number(factor.predictor, 2)}"
            inside = pairs if alone else left
            return f"{name} varies within and between {groups} ({inside})"


def _share_within(comparison: Comparison, term: str) -> float:
    """The share of a column's sum of squares that lies within groups."""
    column = comparison.column_of(term)
    within, between = (
        float(m[column, column]) for m in (comparison.moments.within_total, comparison.moments.between_total)
    )
    return within / (within + between) if within + between > 0 else 0.0


def _cancels(comparison: Comparison, term: str) -> str:
    """Why OLS's error of a coefficient is too large: how far the coefficient depends on what sets groups apart."""
    if term != comparison.constant:
        place = level(comparison, comparison.column_of(term))
        if place.level in (Level.WITHIN, Level.WITHIN_GIVEN_MEANS):
            return "though the coefficient does not depend on them"
    return "though they cancel out in the coefficient, or part of them does"


def _offset(comparison: Comparison, where: str, alike: WithinGroupCorrelation, factor: Moulton, robust: float) -> str:
    """Rows of a group that are less alike than rows at random."""
    a_group = literal(an(comparison.group))
    verdict = _size(factor.factor)
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
    implied = _implied_factor(comparison, term)
    start = f"{where}, but the OLS residuals of {literal(an(comparison.group))} are hardly alike"
    lopsided = comparison.formula_model == Model.RANDOM_INTERCEPT and not comparison.moments.same_sizes
    if lopsided and abs(implied - 1) > MATTERS:
        return (
            f"{start}: OLS's line is that of the largest {literal(plural(comparison.group))}, which so keep little of their own distance. "
            f"By the variances of {model_phrase(comparison.formula_model)} the right one is **{multiple(implied)}** times OLS's; "
            f"cluster-robust (CR2) it is {multiple(robust)}, for that model's own estimate {multiple(mixed)} times. So OLS's is "
            f"{_verdict(comparison, term, implied)}."
        )
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
    model = model_phrase(comparison.formula_model)
    if not np.isclose(
        comparison.mixed.params[term], comparison.ols.params[term], rtol=0, atol=ITS_OWN * comparison.ols.bse[term]
    ):
        model = f"{model}, for its own estimate,"
    others = f"cluster-robust (CR2) it is {multiple(robust)}, in {model} {multiple(mixed)} times"
    sd = slopes_vary(comparison, term)
    sloped = comparison.one_factor_model == Model.RANDOM_SLOPE
    right = max(robust, mixed) if sloped else robust
    if np.isfinite(sd) and (sloped or slopes_differ(comparison)) and right > 1.15 * result.factor:
        what, spread = noun_of(comparison, term), f"(SD {number(sd, 2)})"
        varies = f"by AIC the {what} varies between {groups} {spread}"
        if not slopes_differ(comparison):
            varies = f"the formula lets the {what} vary between {groups} {spread}, which AIC does not call for"
        return (
            f"{where}. {alike}. With one {what} for all {groups} the right standard error would be **{factor}** times "
            f"OLS's (Moulton's factor). But {varies}, and its mean is known from {comparison.moments.n_groups:,} {groups} only: "
            f"{others}. So OLS's is {_size(right)}."
        )
    one, other = _size(result.factor), _size(robust)
    if one != other and abs(robust - result.factor) > MATTERS:
        verdict = f"So OLS's is {one} by the one and {other} by the other."
        if "about right" not in (one, other):
            verdict = "They point in opposite directions, so these data do not say that OLS's is wrong."
        if uneven := _unequally_alike(comparison, term):
            verdict = f"Here they are not equally alike: {uneven}. So OLS's is {other}."
        return (
            f"{where}. {alike}. Moulton's factor, which takes the rows of every {literal(noun(comparison.group))} to be equally "
            f"alike, puts the right standard error at **{factor}** times OLS's. The cluster-robust error (CR2), which takes nothing of "
            f"the kind for granted, is {multiple(robust)} times OLS's. {verdict} "
            f"In {model_phrase(comparison.formula_model)}, for its own estimate, it is {multiple(mixed)} times."
        )
    text = (
        f"{where}. {alike}. So OLS's standard error, for OLS's estimate, is {_verdict(comparison, term, result.factor)}. Moulton's "
        f"factor, for rows that are equally alike, puts the right one at **{factor}** times OLS's; {others}."
    )
    text += _understated(comparison, term, result.factor)
    if mixed < 0.8 * result.factor and _leans_within(comparison, term):
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


def _understated(comparison: Comparison, term: str, factor: float) -> str:
    """That few groups' residuals are less alike than their rows, where what is compared between groups has its error from them."""
    if term == comparison.constant or comparison.formula_model != Model.RANDOM_INTERCEPT:
        return ""
    implied = float(implied_ols_errors(comparison)[comparison.ols.names.index(term)] / comparison.ols.bse[term])
    if level(comparison, comparison.column_of(term)).level is not Level.BETWEEN or implied < (1 + MATTERS) * factor:
        return ""
    groups = f"{comparison.moments.n_groups:,} {literal(plural(comparison.group))}"
    return (
        f" That factor is too small here: OLS's line fits {groups} as closely as it can, so its residuals are less alike than the rows "
        f"are. By the variances of the random-intercept model the right one is **{multiple(implied)}** times OLS's."
    )


def _unequally_alike(comparison: Comparison, term: str) -> str:
    """What the data say against rows of a group that are all equally alike, as a clause; empty where they say nothing."""
    choice, fit, part = structure_choice(comparison), comparison.structured, slope_of_differs(comparison, term)
    if choice is not None and choice.preferred and fit is not None and fit.correlation and fit.correlation.kind != "cs":
        return f"AICc prefers {literal(str(fit.correlation))}"
    if part is not None and slopes_differ(comparison):
        return f"by AIC the slope of {literal(comparison.coefficient(part).label)} differs between {literal(plural(comparison.group))}"
    return ""


def _of_one_group(comparison: Comparison, term: str, mixed: float) -> str:
    """Of a coefficient without clustered errors: what the mixed model's variances say of OLS's."""
    model, factor = model_phrase(comparison.formula_model), _implied_factor(comparison, term)
    return (
        f"{no_clustered_errors(comparison, term)} By the variances of {model} the standard error of OLS's estimate is "
        f"**{multiple(factor)}** times what OLS says, {multiple(mixed)} times for that model's own estimate. So OLS's is "
        f"{_verdict(comparison, term, factor)}."
    )


def _several(comparison: Comparison, term: str, robust: float, mixed: float) -> str:
    """Rows that are alike in the levels of several grouping factors: what their model says of OLS's own estimate."""
    model, factor = model_phrase(comparison.formula_model), _implied_factor(comparison, term)
    times, own = multiple(factor), multiple(mixed)
    own = "is as large" if own == times else f"is {own} times OLS's"
    text = (
        f"By the variances of {model} the standard error of OLS's estimate is **{times}** times what OLS says, which takes all rows "
        f"to be independent. So OLS's is {_verdict(comparison, term, factor)}. The standard error of that model's own "
        f"estimate {own}"
    )
    if not np.isfinite(robust):
        return f"{text}. {no_clustered_errors(comparison, term)}"
    text += f"; the cluster-robust error (CR2) of OLS's is {multiple(robust)} times"
    if not factors_beyond_clusters(comparison) and _size(robust) != _size(factor) and abs(robust - factor) > MATTERS:
        text += f", by which OLS's is {_size(robust)}"
    return f"{text}. {clusters_sentence(comparison)}" if factors_beyond_clusters(comparison) else f"{text}."


def _leans_within(comparison: Comparison, term: str) -> bool:
    column = comparison.column_of(term)
    return term != comparison.constant and level(comparison, column).level is Level.BOTH


def _size(factor: float) -> str:
    """Whether OLS's standard error is too large or too small, given the right one as a multiple of it."""
    least, most = ABOUT_RIGHT
    return "too large" if factor < least else "too small" if factor > most else "about right"


def _verdict(comparison: Comparison, term: str, factor: float) -> str:
    """Whether OLS's standard error is too large or too small, and why."""
    size = _size(factor)
    if size == "too large":
        return f"{size}: it counts the differences between groups as noise, {_cancels(comparison, term)}"
    if size == "too small":
        return f"{size}: it counts every row as new evidence, though rows of one group repeat each other"
    return size


def _implied_factor(comparison: Comparison, term: str) -> float:
    """The error of OLS's estimate by the variances of the formula's model, as a multiple of OLS's own."""
    ols = comparison.ols
    return float(implied_ols_errors(comparison)[ols.names.index(term)] / ols.bse[term])
