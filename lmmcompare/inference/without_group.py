"""The best fit without each group: the criterion and the search of `fit.optimise`, for many groups at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..fit.criterion import LOG_2PI
from ..fit.optimise import CERTIFIED, HIDDEN, MAX_RESTARTS
from ..fit.search import LAST, MAX_STEPS, NEAR
from ..fit.small_cholesky import semidefinite
from ..fit.theta import ThetaMap
from .group_sums import ExpandedSums, Sums


@dataclass(frozen=True, eq=False)
class Criteria:
    """Criteria of B fits, each to the data without a group.

    Parameters
    ----------
    value : (B,) array
        Deviance or REML criterion, fixed effects and residual variance at their best; NaN where there is none.
    curvature : (B, k, k) array
        Its derivative in M, a symmetric matrix.
    beta : (B, p) array
    xx : (B, p, p) array
        ``X'H^-1X``.
    sigma2 : (B,) array
    """

    value: Array
    curvature: Array
    beta: Array
    xx: Array
    sigma2: Array


def criteria(sums: Sums, df: Array, theta_map: ThetaMap, *, reml: bool) -> Criteria:
    """Profile the fixed effects and the residual variance out (Bates et al. 2015, eqs 34 and 41)."""
    p = sums.products.shape[1] - 1
    xx, xe = sums.products[:, :p, :p], sums.products[:, :p, p]
    inverse = np.linalg.inv(xx)
    beta = np.einsum("bij,bj->bi", inverse, xe)
    pwrss = sums.products[:, p, p] - np.einsum("bi,bi->b", xe, beta)
    sign, xx_log_det = np.linalg.slogdet(xx)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = sums.log_det + df * (1 + LOG_2PI + np.log(pwrss / df)) + reml * xx_log_det
    value[sign <= 0] = np.nan
    residual = np.column_stack([-beta, np.ones(len(beta))])
    slope = sums.log_det_slope + (df / pwrss)[:, None] * np.einsum(
        "bq,bmqr,br->bm", residual, sums.products_slope, residual, optimize=True
    )
    if reml:
        slope = slope + np.einsum("bij,bmij->bm", inverse, sums.products_slope[:, :, :p, :p])
    k = theta_map.k
    curvature = np.zeros((len(beta), k, k))
    half = slope / np.where(theta_map.diagonal, 1.0, 2.0)
    curvature[:, theta_map.rows, theta_map.columns] = half
    curvature[:, theta_map.columns, theta_map.rows] = half
    return Criteria(value, curvature, beta, xx, pwrss / df)


@dataclass(eq=False)
class Optima:
    """The best theta without each group, as far as it has been found.

    Parameters
    ----------
    theta : (J, m) array
    value : (J,) array
        The criterion there.
    converged : (J,) bool array
    """

    theta: Array
    value: Array
    converged: Array

    def put(self, groups: Array, other: Optima, where: Array) -> None:
        """Take what another search found for ``groups``, ``where`` it is better."""
        at = groups[where]
        self.theta[at], self.value[at] = other.theta[where], other.value[where]
        self.converged[at] = other.converged[where]


class Search:
    """Searches in the reach of one expansion.

    Parameters
    ----------
    sums : ExpandedSums
    df : (J,) array
        Divisor of the residual variance without each group.
    reml : bool
    """

    def __init__(self, sums: ExpandedSums, df: Array, *, reml: bool) -> None:
        self.sums, self.df, self.reml = sums, df, reml
        self.theta_map = sums.parts.theta_map

    def factors(self, theta: Array) -> Array:
        """Lambda of each theta (B, m), (B, k, k)."""
        return np.moveaxis(self.theta_map.matrix(theta.T), -1, 0)

    def covariances(self, theta: Array) -> Array:
        """``Lambda Lambda'`` of each theta (B, m), (k, k, B)."""
        factor = self.factors(theta)
        result: Array = np.einsum("bij,bkj->ikb", factor, factor)
        return result

    def thetas(self, covariance: Array) -> Array:
        """Theta of covariances (k, k, B), which may be singular."""
        return np.ascontiguousarray(semidefinite(covariance)[self.theta_map.rows, self.theta_map.columns].T)

    def at(self, groups: Array, theta: Array) -> Criteria:
        """The criteria without each of ``groups``, each at its own theta."""
        result = []
        for start in range(0, len(groups), self.sums.batch):
            part = slice(start, start + self.sums.batch)
            sums = self.sums.without(groups[part], self.covariances(theta[part]))
            result.append(criteria(sums, self.df[groups[part]], self.theta_map, reml=self.reml))
        names = Criteria.__dataclass_fields__
        return Criteria(*(np.concatenate([getattr(c, name) for c in result]) for name in names))

    def slopes(self, groups: Array, theta: Array) -> tuple[Array, Array]:
        """Criteria and their gradients in theta, (B,) and (B, m)."""
        result = self.at(groups, theta)
        gradient = 2 * (result.curvature @ self.factors(theta))[:, self.theta_map.rows, self.theta_map.columns]
        return result.value, gradient

    def run(self, groups: Array, theta: Array) -> Optima:
        """Search from theta (B, m) for each of ``groups``, and off the boundary where that leads down."""
        best = self.descend(groups, theta)
        todo = np.arange(len(groups))
        for _ in range(MAX_RESTARTS):
            start, leaves = self.off_boundary(groups[todo], best.theta[todo], best.value[todo])
            todo = todo[leaves]
            if not len(todo):
                break
            again = self.descend(groups[todo], start[leaves])
            best.put(todo, again, again.value < best.value[todo])
        return best

    def descend(self, groups: Array, theta: Array) -> Optima:
        """Newton steps until none is left to make."""
        theta = theta.copy()
        value, gradient = self.slopes(groups, theta)
        decrement, left = np.full(len(groups), np.inf), np.arange(len(groups))
        for _ in range(MAX_STEPS):
            step, promised = newton(self.hessian(groups[left], theta[left], gradient[left]), gradient[left])
            decrement[left] = promised
            moving = self.along(left, groups, theta, value, gradient, step, promised)
            left = left[moving & (promised >= LAST)]
            if not len(left):
                break
        theta = self.theta_map.tidied(theta.T).T
        return Optima(theta, self.at(groups, theta).value, decrement < CERTIFIED)

    def hessian(self, groups: Array, theta: Array, gradient: Array) -> Array:
        """Second derivatives in theta, (B, m, m), by differences of the gradient."""
        m = theta.shape[1]
        width = 1e-5 * np.maximum(np.abs(theta), 0.1)
        moved = theta + np.eye(m)[:, None, :] * width.T[:, :, None]
        ahead = self.slopes(np.tile(groups, m), moved.reshape(-1, m))[1].reshape(m, -1, m)
        result = ((ahead - gradient) / width.T[:, :, None]).transpose(1, 0, 2)
        symmetric: Array = (result + result.transpose(0, 2, 1)) / 2
        return symmetric

    def along(
        self, left: Array, groups: Array, theta: Array, value: Array, gradient: Array, step: Array, promised: Array
    ) -> Array:
        """Move to lower points along the steps, shortened as needed; False where rounding hides any."""
        size, waiting, moved = np.ones(len(left)), np.arange(len(left)), np.zeros(len(left), dtype=bool)
        rounding = np.where(promised < NEAR, 1e-12 * np.abs(value[left]), 0.0)
        for _ in range(25):
            at, slope = left[waiting], 2 * promised[waiting] * size[waiting]
            tried = theta[at] + size[waiting, None] * step[waiting]
            new_value, new_gradient = self.slopes(groups[at], tried)
            rise = new_value - value[at]
            lower = rise <= rounding[waiting] - 1e-4 * slope
            put = at[lower]
            theta[put], value[put], gradient[put] = tried[lower], new_value[lower], new_gradient[lower]
            moved[waiting[lower]] = True
            with np.errstate(invalid="ignore", divide="ignore"):
                curved = np.where(np.isfinite(rise), slope / (2 * (rise + slope)), 0.0)
            size[waiting] *= np.clip(curved, 0.1, 0.5)
            waiting = waiting[~lower]
            if not len(waiting):
                break
        return moved

    def off_boundary(self, groups: Array, theta: Array, value: Array) -> tuple[Array, Array]:
        """Lower points that theta's own gradient does not see, and where there are any: add ``v v'`` to the covariance."""
        curvature, k = self.at(groups, theta).curvature, self.theta_map.k
        direction, lowest = np.zeros((len(groups), k)), np.zeros(len(groups))
        for rows in self.theta_map.block_slices():
            values, vectors = np.linalg.eigh(curvature[:, rows, rows])
            steepest = values[:, 0] < np.minimum(lowest, -1e-6 * np.maximum(np.abs(values).max(axis=1), 1.0))
            direction[steepest] = 0.0
            direction[steepest, rows] = vectors[steepest, :, 0]
            lowest = np.where(steepest, values[:, 0], lowest)
        result, leaves = theta.copy(), np.zeros(len(groups), dtype=bool)
        down = np.flatnonzero(lowest < 0)
        if not len(down):
            return result, leaves
        covariance = self.covariances(theta[down])
        outer = np.einsum("bi,bj->ijb", direction[down], direction[down])
        best = value[down] - HIDDEN
        for size in self.sums.reach * 0.25 ** np.arange(10.0):
            start = self.thetas(covariance + size * outer)
            there = self.at(groups[down], start).value
            lower = there < best
            result[down[lower]], best[lower] = start[lower], there[lower]
            leaves[down[lower]] = True
        return result, leaves


def newton(hessian: Array, gradient: Array) -> tuple[Array, Array]:
    """Newton steps (B, m) and by how much they promise to lower the criterion; a negative curvature counts as positive."""
    lost = ~np.isfinite(hessian).all(axis=(1, 2))
    hessian = np.where(lost[:, None, None], np.eye(hessian.shape[1]), hessian)
    scale = 1 / np.sqrt(np.maximum(np.abs(np.einsum("bii->bi", hessian)), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(hessian * scale[:, :, None] * scale[:, None, :])
    size = np.maximum(np.abs(values), 1e-9 * np.abs(values).max(axis=1, keepdims=True))
    rotated = np.einsum("bij,bi->bj", vectors, scale * gradient)
    step = -scale * np.einsum("bij,bj->bi", vectors, rotated / size)
    return step, np.where(lost, np.inf, 0.5 * (rotated**2 / size).sum(axis=1))
