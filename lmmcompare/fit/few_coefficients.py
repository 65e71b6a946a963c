"""The criterion of one grouping factor with one or two random coefficients, written out: few array operations for each theta.

What `replicate_criterion` computes for many replicates and any number of coefficients, for one replicate and at most two. A small model
takes as long as the calls that it makes, so these are counted here: no loop over coefficients, and every sum over groups is
one product of matrices. Names are those of `replicate_criterion`.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg.lapack import dpotrf, dtrtrs

from ..arrays import Array
from .problem import Problem
from .small_criterion import Known, VarianceSums, value_of, weights


class OneCoefficient:
    """The criterion of a problem with one grouping factor and one random coefficient: a number for each group."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.weight = problem, weights(problem)
        self.pair_weight = np.maximum(self.weight[:, None], self.weight)
        self.size, self.projected = problem.root[0, 0] ** 2, problem.projected[0]  # R_j^2 and C_j

    def _profile(self, theta: Array) -> tuple[Array, Array, float]:
        """``1 / S_j^2`` (J,), the root of what is left of [X y], and the criterion."""
        square = self.size * theta[0] ** 2
        kept_share = 1 / (1 + square)
        root, info = dpotrf(self.problem.remaining + (self.projected * kept_share) @ self.projected.T, lower=1)
        return kept_share, root, value_of(self.problem, float(np.log1p(square).sum()), root, info)

    def value(self, theta: Array) -> float:
        """The criterion alone; NaN where rounding leaves none."""
        return self._profile(theta)[2]

    def at(self, theta: Array) -> Known:
        """The criterion with its derivatives."""
        kept_share, root, value = self._profile(theta)
        if not value < np.inf:
            return Known.nothing(theta, 1)
        whitened, _ = dtrtrs(root, self.projected, lower=1)
        own = self.size * kept_share  # N
        pull = own * kept_share  # K K' = pull * whitened whitened'
        taken = pull * (self.weight @ (whitened * whitened))
        crossed = (whitened * pull) @ whitened.T
        curvature, change = float((own - taken).sum()), 2 * float(theta[0])
        bend = (2 * taken - own) @ own - (self.pair_weight * crossed * crossed).sum()
        hessian = np.array([[change * change * bend + 2 * curvature]])
        return Known(theta, value, np.array([change * curvature]), np.array([[curvature]]), hessian)

    def variance_sums(self, theta: Array) -> VarianceSums | None:
        """What the variances are estimated from at theta."""
        kept_share, root, value = self._profile(theta)
        if not value < np.inf:
            return None
        whitened, _ = dtrtrs(root, self.projected, lower=1)
        own = self.size * kept_share
        pull, fixed = own * kept_share, whitened[:-1]
        taken = pull * (fixed * fixed).sum(axis=0)
        crossed, total = (fixed * pull) @ fixed.T, float(root[-1, -1] ** 2)
        pairs = (own - 2 * taken) @ own + (crossed * crossed).sum()
        squares = total * (pull @ whitened[-1] ** 2)
        return VarianceSums(np.array([(own - taken).sum()]), np.array([[pairs]]), np.array([squares]), total)


class TwoCoefficients:
    """The criterion of a problem with one grouping factor, two random coefficients and no structure."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.p = problem, problem.p
        self.rows, self.columns = problem.theta_map.rows, problem.theta_map.columns
        # R_j and C_j, column by column: (2 + p + 1, 2, J)
        self.both = np.concatenate([problem.root.transpose(1, 0, 2), problem.projected.transpose(1, 0, 2)])
        self.weight = weights(problem)
        self.same = (self.columns[:, None] == self.columns) * 2.0
        self.pair_weight = np.maximum(self.weight[:, None], self.weight).ravel()
        root = problem.root
        self.size = (root[0, 0] * root[1, 1] - root[0, 1] * root[1, 0]) ** 2

    def _half(self, theta: Array) -> tuple[Array, Array, float]:
        """Lambda, ``S_j^-1 [R_j C_j]`` column by column (2 + p + 1, 2, J), and the log determinant of all S_j S_j'."""
        factor, both = self.problem.theta_map.matrix(theta), self.both
        first, second = both[0] * factor[0, 0] + both[1] * factor[1, 0], both[1] * factor[1, 1]
        if factor[0, 1]:
            first, second = first, second + both[0] * factor[0, 1]
        square = first * first + second * second
        square += 1.0
        meet = first[0] * first[1] + second[0] * second[1]
        # the determinant without a difference: 1 + trace + determinant of the rest
        det = square[0] + square[1] - 1.0 + self.size * (factor[0, 0] * factor[1, 1]) ** 2
        half = np.empty_like(both)
        np.divide(both[:, 0], np.sqrt(square[0]), out=half[:, 0])
        np.multiply(both[:, 1] - (meet / square[0]) * both[:, 0], np.sqrt(square[0] / det), out=half[:, 1])
        return factor, half, float(np.log(det).sum())

    def _profile(self, theta: Array) -> tuple[Array, Array, Array, float]:
        factor, half, log_det = self._half(theta)
        projected = half[2:].reshape(self.p + 1, -1)
        root, info = dpotrf(self.problem.remaining + projected @ projected.T, lower=1)
        return factor, half, root, value_of(self.problem, log_det, root, info)

    def value(self, theta: Array) -> float:
        """The criterion alone; NaN where rounding leaves none."""
        return self._profile(theta)[3]

    def at(self, theta: Array) -> Known:
        """The criterion with its derivatives."""
        factor, half, root, value = self._profile(theta)
        if not value < np.inf:
            return Known.nothing(theta, 2)
        own, pulls = self._products(half, root)
        taken, crossed = self._sums(pulls, self.weight)
        curvature = (own - taken).sum(axis=-1)
        gradient = 2 * (curvature @ factor)[self.rows, self.columns]
        change = (factor.reshape(-1) @ self.problem.theta_map.covariance_slopes).reshape(len(theta), -1)
        hessian = self._bend(change, own, taken, crossed, self.pair_weight)
        hessian += self.same * curvature[self.rows[:, None], self.rows]
        return Known(theta, value, gradient, curvature, hessian)

    def _products(self, half: Array, root: Array) -> tuple[Array, Array]:
        """N (2, 2, J) and K (2, p + 1, J)."""
        k = 2
        whitened, _ = dtrtrs(root, half[k:].reshape(self.p + 1, -1), lower=1)
        half[k:] = whitened.reshape(self.p + 1, k, -1)
        products = half[:k, None] * half  # (k, k + p + 1, k, J)
        products = products[:, :, 0] + products[:, :, 1]
        return products[:, :k], products[:, k:]

    def _sums(self, pulls: Array, weight: Array) -> tuple[Array, Array]:
        """``K omega K'`` of each group, (2, 2, J), and the sums over groups of all products of columns of K, (4, (p + 1)^2)."""
        taken = ((pulls * weight[:, None])[:, None] * pulls).sum(axis=2)
        flat = pulls.reshape(2 * (self.p + 1), -1)
        crossed = (flat @ flat.T).reshape(2, self.p + 1, 2, self.p + 1).transpose(0, 2, 1, 3).reshape(4, -1)
        return taken, crossed

    @staticmethod
    def _bend(change: Array, own: Array, taken: Array, crossed: Array, pair_weight: Array) -> Array:
        """Second derivative along changes (m, 4) of the relative covariance, (m, m)."""
        flat = own.reshape(4, -1)
        meets = ((2 * taken.reshape(4, -1) - flat) @ flat.T).reshape(2, 2, 2, 2)
        slopes = change @ crossed
        bend: Array = change @ meets.transpose(3, 0, 1, 2).reshape(4, 4) @ change.T
        return bend - (slopes * pair_weight) @ slopes.T

    def variance_sums(self, theta: Array) -> VarianceSums | None:
        """What the variances are estimated from at theta."""
        _, half, root, value = self._profile(theta)
        if not value < np.inf:
            return None
        own, pulls = self._products(half, root)
        fixed = np.append(np.ones(self.p), 0.0)
        taken, crossed = self._sums(pulls, fixed)
        change = self.problem.theta_map.directions().reshape(len(self.rows), -1)
        pairs = -self._bend(change, own, taken, crossed, np.multiply.outer(fixed, fixed).ravel())
        total = float(root[-1, -1] ** 2)
        traces = change @ (own - taken).sum(axis=-1).ravel()
        return VarianceSums(traces, pairs, total * (change @ crossed[:, -1]), total)
