"""Remarks on the data of a comparison, empty where there is none: few groups, groups of one row, weights, missing outcomes."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtri

from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..formula.expressions import columns_of
from ..model_catalogue import Model
from ..text.labels import model_phrase, noun, plural
from ..text.numbers import count, number
from .random_columns import intercept_term

FEW_WITH_ROWS = 10
"""Up to so many groups of two rows or more hardly tell variance between groups from variance within."""
LIKE_ONE = (0.4, 2.5)
"""Where the residual variance of a row of weight 1 lies here, the weights may be one over sampling variances."""
COUNTS = 1e-6
"""Whole numbers of rows or measurements are that near to being such."""
MANY_MISSING = 0.05
"""From this share of rows without an outcome on it is said what the models need of them."""
FEW = 3
"""Up to so many groups hardly tell how groups vary."""


def few_groups_sentence(comparison: Comparison) -> str:
    """How little two or three groups tell of a variance between them: the interval of an SD from so many normal values.

    Less a value for each coefficient that compares groups alone; without an interval where none is left, or the SD is estimated as 0.
    """
    n, groups, moments = comparison.moments.n_groups, plural(comparison.group), comparison.moments
    if n > FEW:
        return ""
    constant = sum(not moments.varies_within[k] for k in comparison.ols.columns if k != CONSTANT)
    # categories coded in full hold the constant; where they are constant in groups they are counted
    level = comparison.design.intercept or (constant == 0 and intercept_term(comparison) is not None)
    left, also = n - level - constant, ""
    if constant:
        also = f", the less as {count(constant, 'coefficient', 'coefficients')} that {'compares' if constant == 1 else 'compare'} them"
        also += f" {'is' if constant == 1 else 'are'} estimated from these too"
    text = f"There are {n} {groups} only, and {n} values tell little of how {groups} vary{also}"
    if left > 0 and comparison.random_intercept.cov_re[comparison.group].to_numpy()[0, 0] > 0:
        low, high = (number(float((left / chdtri(left, tail)) ** 0.5), 2) for tail in (0.025, 0.975))
        text += f": a standard deviation between {low} and {high} times the estimated one is in keeping with them (95% interval)"
    dummies = "" if constant else f" Dummies for the {groups} need no such estimate."
    return f"{text}.{dummies}"


def mostly_alone_sentence(comparison: Comparison) -> str:
    """That few groups have the two rows it takes to tell what differs between groups from what differs within them."""
    sizes, groups = comparison.moments.n, plural(comparison.group)
    together = int((sizes > 1).sum())
    if comparison.moments.n_groups <= FEW or together > FEW_WITH_ROWS or 2 * together >= comparison.moments.n_groups:
        return ""
    have, these = ("has", "it alone tells") if together == 1 else ("have", "these alone tell")
    return (
        f"Only {together:,} of {comparison.moments.n_groups:,} {groups} {have} more than one row, and {these} what differs between "
        f"{groups} from what differs within them: how the variance is split between the two is hardly known."
    )


def prior_weights_sentence(comparison: Comparison) -> str:
    """What prior weights are, and what they are not: numbers of like rows, or weights of a sample survey."""
    weights = comparison.design.weights
    if weights is None or weights.low == weights.high:
        return ""
    text = (
        f"“{weights.label}” weighs rows by how precise they are: a row of weight 4 counts as the mean of 4 measurements. Weights that "
        "count like rows (frequencies) are something else: then each row has to stand in the table as often as it counts, for "
        f"errors and degrees of freedom are of {comparison.design.n:,} rows. So are weights of a sample survey, or from propensity "
        "scores: for these OLS with cluster-robust errors holds, and the mixed models here do not."
    )
    low, high = LIKE_ONE
    counts = np.abs(weights.values - np.round(weights.values)).max() < COUNTS
    if counts or not low < comparison.mixed.scale < high:
        return text
    return (
        f"{text} If they are one over known sampling variances, as in a meta-analysis, the residual variance is 1; it is estimated "
        f"here, as {number(comparison.mixed.scale)}, and standard errors go with it. R’s metafor takes it for known (rma.mv)."
    )


def missing_outcome_sentence(comparison: Comparison) -> str:
    """What each model needs of why outcomes are missing."""
    design = comparison.design
    name = next((n for n in columns_of(comparison.spec.outcome) if n in design.missing), "")
    if not name or design.missing[name] < MANY_MISSING * design.n_total:
        return ""
    return (
        f"{design.missing[name]:,} of {design.n_total:,} rows have no {name}, and are left out. Mixed models hold where what is "
        "missing depends on nothing but what was measured, earlier outcomes too (missing at random), and they have the rows’ "
        "covariance right; OLS, with clustered errors too, only where it depends on the predictors alone; "
        f"{model_phrase(Model.NO_POOLING, comparison.group)} where it depends on these and on the {noun(comparison.group)}’s own level."
    )
