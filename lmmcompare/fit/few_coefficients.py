"""The criterion of one grouping factor with one or two random coefficients, written out: few array operations for each theta.

What `replicates` computes for many replicates and any number of coefficients, for one replicate and at most two. A small model
takes as long as the calls that it makes, so these are counted here: no loop over coefficients, and every sum over groups is
one product of matrices. Names are those of `replicates`.
"""

from __future__ import annotations

from math import log

import numpy as np
from scipy.linalg.lapack import dpotrf, dtrtrs

from ..arrays import Array
from .criterion import profiled
from .problem import Problem
from .small_criterion import Known

MOST = 2


class FewCoefficients:
    """The criterion of a problem with one grouping factor, `MOST` random coefficients and no structure.

    Parameters
    ----------
    problem : Problem
    """

    def __init__(self, problem: Problem) -> None:
        self.problem, self.k, self.p = problem, problem.theta_map.k, problem.p
        self.rows, self.columns = problem.theta_map.rows, problem.theta_map.columns
        # R_j and C_j, column by column: (k + p + 1, k, J)
        self.both = np.concatenate([problem.root.transpose(1, 0, 2), problem.projected.transpose(1, 0, 2)])
        self.weight = np.append(np.full(self.p, float(problem.reml)), problem.df)  # omega
        self.same = (self.columns[:, None] == self.columns) * 2.0
        pair = np.maximum(self.weight[:, None], self.weight)
        pair[-1, -1] = problem.df
        self.pair_weight = pair.ravel()
        if self.k > 1:
            root = problem.root
            self.size = (root[0, 0] * root[1, 1] - root[0, 1] * root[1, 0]) ** 2

    def _half(self, theta: Array) -> tuple[Array, Array, float]:
        """Lambda, ``S_j^-1 [R_j C_j]`` column by column (k + p + 1, k, J), and the log determinant of all S_j S_j'."""
        factor, both = self.problem.theta_map.matrix(theta), self.both
        if self.k == 1:
            square = (both[0, 0] * theta[0]) ** 2
            return factor, both / np.sqrt(1 + square), float(np.log1p(square).sum())
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
        projected = half[self.k :].reshape(self.p + 1, -1)
        root, info = dpotrf(self.problem.remaining + projected @ projected.T, lower=1)
        diagonal = root.diagonal().tolist()
        if info or not min(diagonal) > 0:
            return factor, half, root, np.nan
        xx_log_det = 2 * sum(map(log, diagonal[:-1])) if self.problem.reml else 0.0
        return factor, half, root, float(profiled(log_det, diagonal[-1] ** 2, self.problem.df, xx_log_det))

    def value(self, theta: Array) -> float:
        """The criterion alone; NaN where rounding leaves none."""
        return self._profile(theta)[3]

    def at(self, theta: Array) -> Known:
        """The criterion with its derivatives."""
        factor, half, root, value = self._profile(theta)
        if not value < np.inf:
            return Known.nothing(theta, self.k)
        k, p = self.k, self.p
        whitened, _ = dtrtrs(root, half[k:].reshape(p + 1, -1), lower=1)
        half[k:] = whitened.reshape(p + 1, k, -1)
        products = half[:k, None] * half  # (k, k + p + 1, k, J)
        products = products[:, :, 0] + products[:, :, 1] if k > 1 else products[:, :, 0]
        own, pulls = products[:, :k], products[:, k:]  # N and K
        weighted = pulls * self.weight[:, None]
        flat = own.reshape(k * k, -1)
        taken = (weighted[:, None] * pulls).sum(axis=2)  # K omega K'
        curvature = (own - taken).sum(axis=-1)
        gradient = 2 * (curvature @ factor)[self.rows, self.columns]

        change = factor.reshape(-1) @ self.problem.theta_map.covariance_slopes
        change = change.reshape(len(theta), k * k)
        meets = ((2 * taken.reshape(k * k, -1) - flat) @ flat.T).reshape(k, k, k, k)
        hessian = change @ meets.transpose(3, 0, 1, 2).reshape(k * k, k * k) @ change.T
        crossed = pulls.reshape(k * (p + 1), -1)
        crossed = (crossed @ crossed.T).reshape(k, p + 1, k, p + 1).transpose(0, 2, 1, 3).reshape(k * k, -1)
        slopes = change @ crossed
        hessian += self.same * curvature[self.rows[:, None], self.rows]
        return Known(theta, value, gradient, curvature, hessian - (slopes * self.pair_weight) @ slopes.T)
