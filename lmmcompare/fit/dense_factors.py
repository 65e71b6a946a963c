"""The criterion of several grouping factors with few levels and a variance for each random coefficient: one dense factor of all.

With R the upper triangular root of ``Z'Z`` over all factors, ``C = R^-T Z'[X y]`` and Lambda diagonal, the elimination that
`criterion` makes group by group is made of all random effects at once:

    S S' = I + R Lambda Lambda' R',    [X y]'H^-1 [X y] = remaining + (S^-1 C)' S^-1 C.

Nothing is subtracted while theta moves, and the derivatives are sums over blocks of ``N = Z'H^-1 Z`` and
``K = Z'H^-1 [X y] L^-T``, as in `replicate_criterion`; so Newton's steps need no differences of gradients.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg.lapack import dpotrf, dpstrf, dtrtrs

from ..arrays import Array
from .problem import Problem
from .small_criterion import Known, VarianceSums, value_of, weights

NOTHING = 1e-13
"""Share of a column's sum of squares that counts as none left by others: rounding leaves as much."""
MOST = 300
"""Random effects; with more the sparse way through the first factor is faster."""


def is_dense(problem: Problem) -> bool:
    """Whether a problem is one for `DenseFactors`."""
    if problem.other_factors is None or problem.theta_map.structured or max(problem.theta_map.sizes) > 1:
        return False
    return problem.root.shape[0] * problem.root.shape[2] + problem.other_factors.size <= MOST


class DenseFactors:
    """The criterion of a problem that `is_dense`."""

    def __init__(self, problem: Problem) -> None:
        assert problem.other_factors is not None
        other, k = problem.other_factors, problem.root.shape[0]
        self.problem = problem
        # coefficient by coefficient, level by level
        first = np.diag(problem.root[0, 0]) if k == 1 else _blocks(problem.root)
        meets = np.concatenate([other.full(entries) for entries in other.projected])
        # of the other factors what the first one leaves: a pivoted root, since their levels may be dependent
        largest = (other.remaining.diagonal() + (meets * meets).sum(axis=0)).max()
        root, pivot, rank, _ = dpstrf(other.remaining, tol=NOTHING * largest)
        at, order = np.arange(other.size), pivot - 1
        root = np.where(at[:rank, None] <= at, root[:rank], 0.0)
        left, left_w = np.empty((rank, other.size)), np.zeros((rank, problem.p + 1))
        left[:, order] = root
        if rank:
            left_w, _ = dtrtrs(root[:, :rank], other.remaining_w[order[:rank]], trans=1)
        own_w = problem.projected.transpose(0, 2, 1).reshape(-1, problem.p + 1)
        q = len(first)
        self.size = q + other.size
        self.root = np.zeros((q + rank, self.size), order="F")
        self.root[:q, :q], self.root[:q, q:], self.root[q:, q:] = first, meets, left
        self.projected = np.concatenate([own_w, left_w])
        self.remaining = problem.remaining - left_w.T @ left_w
        levels = problem.levels_of
        self.member = np.repeat(np.arange(len(levels)), levels)
        self.sums = np.zeros((len(levels), self.size))
        self.sums[self.member, np.arange(self.size)] = 1.0
        self.weight = weights(problem)
        self.pair_weight = np.maximum(self.weight[:, None], self.weight).ravel()

    def _profile(self, theta: Array) -> tuple[Array, Array, Array, float]:
        """S, ``S^-1 C``, the root of what is left of [X y], and the criterion."""
        spread = self.root * theta[self.member]
        outer = spread @ spread.T
        outer.flat[:: len(outer) + 1] += 1.0
        lower, _ = dpotrf(outer, lower=1, overwrite_a=1)
        half_w, _ = dtrtrs(lower, self.projected, lower=1)
        root, info = dpotrf(self.remaining + half_w.T @ half_w, lower=1)
        log_det = 2 * float(np.log(lower.diagonal()).sum())
        return lower, half_w, root, value_of(self.problem, log_det, root, info)

    def value(self, theta: Array) -> float:
        """The criterion alone; NaN where rounding leaves none."""
        return self._profile(theta)[3]

    def at(self, theta: Array) -> Known:
        """The criterion with its derivatives."""
        lower, half_w, root, value = self._profile(theta)
        if not value < np.inf:
            return Known.nothing(theta, len(theta))
        own, pulls = self._products(lower, half_w, root)
        weighted = pulls * self.weight
        curvature = self.sums @ (own.diagonal() - (weighted * pulls).sum(axis=1))
        meets = self.sums @ (own * (2 * weighted @ pulls.T - own)) @ self.sums.T
        slopes = self.sums @ (pulls[:, :, None] * pulls[:, None]).reshape(self.size, -1)
        change = 2 * theta
        hessian = change[:, None] * (meets - (slopes * self.pair_weight) @ slopes.T) * change
        hessian.flat[:: len(theta) + 1] += 2 * curvature
        return Known(theta, value, change * curvature, np.diag(curvature), hessian)

    def _products(self, lower: Array, half_w: Array, root: Array) -> tuple[Array, Array]:
        """N and K."""
        half_z, _ = dtrtrs(lower, self.root, lower=1)
        whitened, _ = dtrtrs(root, half_w.T, lower=1)
        return half_z.T @ half_z, half_z.T @ whitened.T

    def variance_sums(self, theta: Array) -> VarianceSums | None:
        """What the variances are estimated from at theta."""
        lower, half_w, root, value = self._profile(theta)
        if not value < np.inf:
            return None
        own, pulls = self._products(lower, half_w, root)
        left, total = own - pulls[:, :-1] @ pulls[:, :-1].T, float(root[-1, -1] ** 2)  # Z'PZ and y'Py
        squares = total * (self.sums @ pulls[:, -1] ** 2)
        return VarianceSums(self.sums @ left.diagonal(), self.sums @ (left * left) @ self.sums.T, squares, total)


def _blocks(root: Array) -> Array:
    """Blocks R_j (k, k, J) as one matrix, coefficient by coefficient, (k J, k J)."""
    k, _, n = root.shape
    result = np.zeros((k, n, k, n))
    result[:, np.arange(n), :, np.arange(n)] = root.transpose(2, 0, 1)
    return result.reshape(k * n, k * n)
