"""Variances estimated without a search: where the search of a small model begins, and in balanced data ends."""

from __future__ import annotations

import numpy as np
from scipy.linalg.lapack import dposv

from ..arrays import Array
from .problem import Problem
from .small_criterion import SmallCriterion

SMALL_START = 0.1
"""Least relative standard deviation that a search starts from: at 0 it would stay."""

LARGEST_START = 1e3
"""Largest element of theta to start from: beyond it, next to nothing is left to the residual variance, and rounding decides."""


def minque(criterion: SmallCriterion, problem: Problem, prior: float = 1.0) -> Array | None:
    """Theta of the variances that are unbiased whatever they are, with no variance below a small one.

    They are of least variance where all relative standard deviations are ``prior``. None where there are none, or where next to
    nothing is left to the residual variance.

    Rao (1971, J. Multivariate Anal. 1): each ``y'P V_a P y`` is put equal to what the variances let expect of it. In balanced
    data these are the REML estimates, so that nothing is left to search for.
    """
    theta_map = problem.theta_map
    sums = criterion.variance_sums(prior * theta_map.diagonal)
    if sums is None:
        return None
    at = prior**2 * theta_map.diagonal  # the relative covariance
    # of the residual variance, whose V is H less the others
    with_rest = sums.traces - sums.pairs @ at
    m = len(at)
    system: Array = np.empty((m + 1, m + 1))
    squares: Array = np.empty(m + 1)
    system[:m, :m], system[m, :m], squares[:m] = sums.pairs, with_rest, sums.squares  # the lower triangle
    system[m, m], squares[m] = problem.n - problem.p - at @ (sums.traces + with_rest), sums.total - at @ sums.squares
    _, variances, info = dposv(system, squares, lower=1)
    if info or not variances[-1] > 0:
        return None
    covariance = np.zeros((theta_map.k, theta_map.k))
    covariance[theta_map.rows, theta_map.columns] = covariance[theta_map.columns, theta_map.rows] = (
        variances[:-1] / variances[-1]
    )
    theta = theta_map.from_covariance(covariance)
    theta[theta_map.diagonal] = np.maximum(theta[theta_map.diagonal], SMALL_START)
    return theta if np.abs(theta).max() <= LARGEST_START else None
