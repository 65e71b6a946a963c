"""The words on standard errors that rest on the variances of the formula's own model, and those shared by all of them."""

from __future__ import annotations

import numpy as np

from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.labels import model_phrase
from ..text.numbers import multiple
from .clustered_errors import clusters_sentence
from .coefficient_spreads import lacks_intercept
from .implied_ols_error import factors_beyond_clusters, implied_ols_errors
from .lone_group import no_clustered_errors
from .predictor_level import Level, level

ITS_OWN = 0.01
"""Estimates of one coefficient that lie farther apart than this share of a standard error are two estimates."""
MATTERS = 0.1
"""Where two ratios of standard errors differ by less than this, nothing is made of it."""
ABOUT_RIGHT = (0.95, 1.05)
"""OLS's standard error is called about right where the right one is so many times it."""
OTHER = 1.15
"""The right error is another than Moulton's factor says where it is more than so many times as large, or as small."""


def implied_factor(comparison: Comparison, term: str) -> float:
    """The error of OLS's estimate by the variances of the formula's model, as a multiple of OLS's own."""
    ols = comparison.ols
    return float(implied_ols_errors(comparison)[ols.names.index(term)] / ols.bse[term])


def size_phrase(factor: float) -> str:
    """Whether OLS's standard error is too large or too small, given the right one as a multiple of it."""
    least, most = ABOUT_RIGHT
    return "too large" if factor < least else "too small" if factor > most else "about right"


def verdict_phrase(comparison: Comparison, term: str, factor: float) -> str:
    """Whether OLS's standard error is too large or too small, and why."""
    size = size_phrase(factor)
    if size == "too large":
        return f"{size}: it counts the differences between groups as noise, {_cancels(comparison, term)}"
    if size == "too small":
        return f"{size}: it counts every row as new evidence, though rows of one group repeat each other"
    return size


def _cancels(comparison: Comparison, term: str) -> str:
    """Why OLS's error of a coefficient is too large: how far the coefficient depends on what sets groups apart."""
    if term != comparison.constant:
        place = level(comparison, comparison.column_of(term))
        if place.level in (Level.WITHIN, Level.WITHIN_GIVEN_MEANS):
            return "though the coefficient does not depend on them"
    return "though they cancel out in the coefficient, or part of them does"


def others_clause(comparison: Comparison, term: str, robust: float, mixed: float) -> str:
    """The cluster-robust error and that of the formula's model, as multiples of OLS's."""
    return f"cluster-robust (CR2) it is {multiple(robust)}, in {whose_error_phrase(comparison, term)} {multiple(mixed)} times"


def whose_error_phrase(comparison: Comparison, term: str) -> str:
    """The formula's model, whose error is that of another estimate unless it and its error, by the model's variances, are OLS's."""
    model, ols = model_phrase(comparison.formula_model), comparison.ols
    same = np.isclose(comparison.mixed.params[term], ols.params[term], rtol=0, atol=ITS_OWN * ols.bse[term])
    if same and abs(comparison.mixed.bse[term] / ols.bse[term] / implied_factor(comparison, term) - 1) <= ITS_OWN:
        return model
    return f"{model}, for its own estimate,"


def random_slopes_sentence(comparison: Comparison, term: str, otherwise: float, robust: float, mixed: float) -> str:
    """The right error by the variances of the formula's random slopes; empty without such, or where it is nearly ``otherwise``.

    They reach coefficients beyond the one that varies: of ses × sector, where the slope of ses differs between schools, schools are
    what counts, and rows are alike the more the farther ses lies from its mean.
    """
    if comparison.formula_model != Model.RANDOM_SLOPE or lacks_intercept(comparison):
        return ""
    implied = implied_factor(comparison, term)
    if implied < OTHER * otherwise and otherwise < OTHER * implied:  # either may be 0
        return ""
    by_model, by_clusters = size_phrase(implied), size_phrase(robust)
    both = by_model == by_clusters or abs(robust - implied) <= MATTERS
    verdict = by_model if both else f"{by_model} by that model's variances and {by_clusters} by the clustered errors"
    return (
        f"With the formula's random slopes, and the variances of that model, the right one is **{multiple(implied)}** times OLS's; "
        f"{others_clause(comparison, term, robust, mixed)}. So OLS's is {verdict}."
    )


def lone_group_sentence(comparison: Comparison, term: str, mixed: float) -> str:
    """Of a coefficient without clustered errors: what the mixed model's variances say of OLS's."""
    model, factor = model_phrase(comparison.formula_model), implied_factor(comparison, term)
    return (
        f"{no_clustered_errors(comparison, term)} By the variances of {model} the standard error of OLS's estimate is "
        f"**{multiple(factor)}** times what OLS says, {multiple(mixed)} times for that model's own estimate. So OLS's is "
        f"{verdict_phrase(comparison, term, factor)}."
    )


def several_factors_sentence(comparison: Comparison, term: str, robust: float, mixed: float) -> str:
    """Rows that are alike in the levels of several grouping factors: what their model says of OLS's own estimate."""
    model, factor = model_phrase(comparison.formula_model), implied_factor(comparison, term)
    times, own = multiple(factor), multiple(mixed)
    own = "is as large" if own == times else f"is {own} times OLS's"
    text = (
        f"By the variances of {model} the standard error of OLS's estimate is **{times}** times what OLS says, which takes all rows "
        f"to be independent. So OLS's is {verdict_phrase(comparison, term, factor)}. The standard error of that model's own "
        f"estimate {own}"
    )
    if not np.isfinite(robust):
        return f"{text}. {no_clustered_errors(comparison, term)}"
    text += f"; the cluster-robust error (CR2) of OLS's is {multiple(robust)} times"
    if (
        not factors_beyond_clusters(comparison)
        and size_phrase(robust) != size_phrase(factor)
        and abs(robust - factor) > MATTERS
    ):
        text += f", by which OLS's is {size_phrase(robust)}"
    return f"{text}. {clusters_sentence(comparison)}" if factors_beyond_clusters(comparison) else f"{text}."
