"""The deviance as a function of one parameter in the user's units, all other parameters free.

The fit is parametrised by the relative covariance factor Lambda, but profiles are of a standard deviation, a correlation,
sigma or a coefficient. Each class here fixes one of these at a value and takes the other parameters as an unconstrained
vector, in which it computes the gradient.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import numpy as np
from scipy.linalg import block_diag

from ..arrays import Array
from ..fit.bases import CONSTANT, Basis
from ..fit.criterion import Solution, solve
from ..fit.problem import Problem
from ..moments.groups import Moments


class Target(Protocol):
    """One parameter fixed at a value, and the vector of all other parameters.

    Parameters
    ----------
    value : float
        At the optimum, on the scale of the search; see `units`.
    others : (m,) array
        At the optimum.
    even : (m,) bool array
        Marks others in which the deviance is an even function, so that 0 is a stationary point for any data.
    low, high : float
        Bounds of the value.
    step : float
        A small change of the value.
    """

    value: float
    others: Array
    even: Array
    low: float
    high: float
    step: float

    def at(self, value: float, others: Array) -> tuple[float, Array]:
        """The deviance and its gradient in the others."""

    def slope(self, value: float, others: Array) -> float:
        """The deviance's derivative in the value."""

    def units(self, value: float) -> float:
        """The quantity in the user's units, which rises with the value."""


def fix_coefficient(problem: Problem, contrast: Array, value: float) -> Problem:
    """The problem under the constraint ``contrast @ beta = value``, with one column less and the outcome adjusted for it.

    Parameters
    ----------
    contrast : (p,) array
        In the problem's centred and scaled columns.
    """
    p = problem.p
    out = int(np.argmax(np.abs(contrast)))
    change = np.eye(p + 1)
    # beta[out] = (value - sum of the others' contrast * beta) / contrast[out]
    change[out] = -np.append(contrast, value) / contrast[out]
    change = np.delete(change, out, axis=1)
    left, f = np.delete(np.arange(p), out), problem.fixed
    other_factors = problem.other_factors
    return replace(
        problem,
        zw=np.einsum("kpj,pq->kqj", problem.zw, change),
        projected=np.einsum("kpj,pq->kqj", problem.projected, change),
        remaining=change.T @ problem.remaining @ change,
        fixed=Basis(f.columns[left], f.mean[left], f.to_units[np.ix_(left, left)]),
        other_factors=None
        if other_factors is None
        else replace(other_factors, remaining_w=other_factors.remaining_w @ change),
    )


class Coefficient:
    """A coefficient; the others are theta."""

    def __init__(self, best: Solution, moments: Moments, k: int) -> None:
        self.problem = best.problem
        self.contrast = self.problem.fixed.to_units[k]
        self.scale = moments.scale[-1]
        self.center = moments.center[-1] if self.problem.fixed.columns[k] == CONSTANT else 0.0
        self.value = float(self.contrast @ best.beta)
        self.others, self.even = best.theta, self.problem.theta_map.even
        self.low, self.high = -np.inf, np.inf
        self.step = 1e-3 * float(np.sqrt(best.pwrss / self.problem.n * self._spread(best)))
        self._fixed = lru_cache(2)(lambda value: fix_coefficient(self.problem, self.contrast, value))

    def _spread(self, solution: Solution) -> float:
        return float(self.contrast @ np.linalg.solve(solution.xx, self.contrast))

    def at(self, value: float, others: Array) -> tuple[float, Array]:
        """The deviance and its gradient in the others."""
        result = solve(self._fixed(value), others)
        return result.criterion, result.gradient

    def slope(self, value: float, others: Array) -> float:
        """The deviance's derivative in the value."""
        # the residual sum of squares rises by (value - best)^2 / spread where the coefficient is held at the value
        free = solve(self.problem, others)
        away, spread = value - float(self.contrast @ free.beta), self._spread(free)
        return 2 * self.problem.n * away / (spread * free.pwrss + away**2)

    def units(self, value: float) -> float:
        """The quantity in the user's units."""
        return float(self.center + self.scale * value)


@dataclass(frozen=True, eq=False)
class Point:
    """The deviance at a covariance and a sigma, with its derivatives in the entries of the factor F and in log sigma."""

    deviance: float
    entries: Array
    log_sigma: float


def deviance_at(problem: Problem, turn: Array, entries: Array, log_sigma: float | None) -> Point:
    """The deviance at ``Lambda Lambda' = turn F F' turn'``; without ``log_sigma``, sigma is profiled out.

    F has these entries in the order in which Lambda has theta. For structured blocks ``turn`` is the identity.
    """
    theta_map = problem.theta_map
    root = turn @ theta_map.matrix(entries)
    result, n = solve(problem, theta_map.from_root(entries, root)), problem.n
    if log_sigma is None:
        return Point(result.criterion, theta_map.pullback(2 * turn.T @ (result.curvature @ root), entries), 0.0)
    variance = np.exp(2 * log_sigma)
    ratio = result.pwrss / variance
    deviance = result.criterion - n * (1 + np.log(result.pwrss / n)) + 2 * n * log_sigma + ratio
    slope = result.curvature + (n / result.pwrss - 1 / variance) * pull(result)
    return Point(float(deviance), theta_map.pullback(2 * turn.T @ (slope @ root), entries), 2 * (n - ratio))


def pull(solution: Solution) -> Array:
    """Minus the derivative of the penalised residual sum of squares in the relative covariance, (k, k)."""
    direction = solution.direction
    parts = [np.einsum("iaj,ij->aj", solution.half_z, np.tensordot(solution.half_w, direction, axes=([1], [0])))]
    if solution.other_factors is not None:
        parts += solution.other_factors.others.parts(solution.other_factors.z_w @ direction)
    return block_diag(*(part @ part.T for part in parts))


class Residual:
    """Sigma, searched as its logarithm; the others are theta."""

    def __init__(self, best: Solution, moments: Moments) -> None:
        self.problem, self.scale = best.problem, moments.scale[-1] * np.sqrt(moments.mean_weight)
        self.turn = np.eye(self.problem.theta_map.k)
        self.value = 0.5 * float(np.log(best.pwrss / self.problem.n))
        self.others, self.even = best.theta, self.problem.theta_map.even
        self.low, self.high, self.step = -np.inf, np.inf, 1e-4

    def _point(self, value: float, others: Array) -> Point:
        return deviance_at(self.problem, self.turn, others, value)

    def at(self, value: float, others: Array) -> tuple[float, Array]:
        """The deviance and its gradient in the others."""
        point = self._point(value, others)
        return point.deviance, point.entries

    def slope(self, value: float, others: Array) -> float:
        """The deviance's derivative in the value."""
        return self._point(value, others).log_sigma

    def units(self, value: float) -> float:
        """The quantity in the user's units."""
        return float(self.scale * np.exp(value))
