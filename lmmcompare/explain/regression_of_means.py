"""The regression of the group means on each other: the slopes between groups, under any weights, and their standard errors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..moments.groups import Moments
from ..work.memo import memoised
from .coefficient_spreads import slopes_differ
from .negative_correlation import ZERO, within_group_correlation

NOT_IDENTIFIED = 1e-8
"""Group means are collinear where an eigenvalue of their correlation matrix is below this: nothing but rounding is left."""


def means_about(moments: Moments, columns: Sequence[int], weights: Array, *, intercept: bool) -> Array:
    """Group means about their weighted mean, or about 0 where there is no intercept, scaled: (q, J)."""
    at = list(columns)
    if not intercept:
        return moments.mean[at] + (moments.center[at] / moments.scale[at])[:, None]
    total = float(weights.sum())
    return moments.mean[at] - ((moments.mean[at] @ weights / total)[:, None] if total else 0.0)


def identified(null: Array) -> Array:
    """Which slopes have no part in the directions that nothing is known of, whose unit vectors these are."""
    return (null**2).sum(axis=1) < 1e-8


def regression_of_means(
    comparison: Comparison, columns: tuple[int, ...], weights: Array, *, intercept: bool
) -> tuple[Array, Array, Array]:
    """Slopes of the group means under some weights, their standard errors, and degrees of freedom; NaN where not identified.

    The errors are by the means' own variances, whatever the weights: errors from weights that are not the variances' inverse
    would take large groups to be as sure as they count. Where slopes differ between groups by AIC, means scatter the more the farther
    out they lie: then the errors are by what each mean is off (CR2), as intervals by one variance held 79% to 86% in simulations.

    Parameters
    ----------
    weights : (J,) array
        How much each group's mean counts.
    """
    moments, p = comparison.moments, len(columns)
    slopes, spread, freedom = np.full(p, np.nan), np.full(p, np.nan), np.zeros(p)
    if not weights.any():
        return slopes, spread, freedom
    there, known, hat, rank = _hat_of_means(moments, columns, weights, intercept=intercept)
    if not len(there):
        return slopes, spread, freedom
    means = means_about(moments, [*columns, moments.outcome], weights, intercept=intercept)
    outcome = means[p]
    slopes[there] = np.where(known, hat @ outcome, np.nan)
    df = moments.n_groups - rank - intercept
    if df > 0 and intercept and slopes_differ(comparison):
        errors, own = _clustered(means[there], weights, hat, outcome - (hat @ outcome) @ means[there])
        spread[there], freedom[there] = np.where(known, (errors, own), np.nan)
    elif df > 0:
        freedom[:] = df
        variances, least = _variances_of_means(comparison)
        factor = max(_residual_sum(comparison, columns, intercept) / df, least)
        spread[there] = np.where(known, np.sqrt(factor * (hat**2 @ variances)), np.nan)
    return slopes, spread, freedom


def _clustered(means: Array, weights: Array, hat: Array, rest: Array) -> tuple[Array, Array]:
    """CR2 errors of the slopes and their Satterthwaite degrees of freedom: of means, one a group, HC2 (Bell and McCaffrey 2002)."""
    root = np.sqrt(weights)
    left, values, _ = np.linalg.svd(np.column_stack([root, (means * root).T]), full_matrices=False)
    basis = left[:, values > 1e-8 * values[0]]
    free = 1 - (basis**2).sum(axis=1)  # what of its own residual a mean leaves
    lone = free < 1e-8  # the line goes through such a mean: what rests on it has no error that could be told
    each = np.where(lone, 0.0, hat**2 / np.where(lone, 1.0, free))
    counts = each / weights
    squares = np.array([((basis.T * c) @ basis) ** 2 for c in counts]).sum(axis=(1, 2))
    df = (counts @ free) ** 2 / (counts**2 @ (2 * free - 1) + squares)
    alone = (np.abs(hat[:, lone]) > 1e-8 * np.abs(hat).max(axis=1, keepdims=True)).any(axis=1)
    return np.where(alone, np.nan, np.sqrt(each @ rest**2)), np.where(alone, 0.0, df)


@memoised
def _residual_sum(comparison: Comparison, columns: tuple[int, ...], intercept: bool) -> float:
    """What the means lie off their regression under the most precise weights: the weighted sum of squares, the same for every model."""
    moments, precise = comparison.moments, 1 / _variances_of_means(comparison)[0]
    moving, _, best, _ = _hat_of_means(moments, columns, precise, intercept=intercept)
    mean = means_about(moments, [*columns, moments.outcome], precise, intercept=intercept)
    rest = mean[-1] - (best @ mean[-1]) @ mean[moving]
    return float(rest @ (precise * rest))


def _hat_of_means(
    moments: Moments, columns: Sequence[int], weights: Array, *, intercept: bool
) -> tuple[Array, Array, Array, int]:
    """Which columns have group means that differ, which of their slopes are identified, what makes slopes of outcomes, and its rank.

    By orthogonal factors of the means themselves: means that were rounded are nearly collinear, and cross-products would
    cost half of the digits.
    """
    root_weights = np.sqrt(weights)
    rows = (means_about(moments, columns, weights, intercept=intercept) * root_weights).T
    size = np.sqrt((rows**2).sum(axis=0))
    there = np.flatnonzero(size > 1e-7 * np.sqrt(moments.n_rows))
    if not len(there):
        return there, np.zeros(0, dtype=bool), np.zeros((0, len(weights))), 0
    orthogonal, triangular = np.linalg.qr(rows[:, there] / size[there])
    left, values, right = np.linalg.svd(triangular)
    values = np.append(values, np.zeros(len(there) - len(values)))  # fewer groups than columns
    good = values**2 > NOT_IDENTIFIED
    root = right[good].T / values[good]
    hat = root @ (left[:, good[: left.shape[1]]].T @ orthogonal.T) * root_weights / size[there, None]
    return there, identified(right[~good].T), hat, int(good.sum())


@memoised
def _variances_of_means(comparison: Comparison) -> tuple[Array, float]:
    """How the variances of the group means compare, (J,), and the least factor of them.

    By the model that keeps slopes within and between apart. Where its variance between groups is 0, means that lie on a line by
    chance are no surer than their rows make them; unless rows of a group offset each other, which they then show.
    """
    fit = comparison.mixed_fits().get(Model.WITHIN_BETWEEN, comparison.random_intercept)
    theta = float(fit.fit.optimum.solution.theta[0])
    least = 0.0
    if theta < ZERO and not within_group_correlation(comparison).offsetting:
        least = float(fit.sigma / comparison.moments.scale[comparison.moments.outcome]) ** 2
    variances = 1 / comparison.moments.w + theta**2
    return variances * float((1 / variances).sum() / comparison.moments.w.sum()), least
