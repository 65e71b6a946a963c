"""The profiled criterion of generalized least squares and its gradient, from a structure's sums.

``W = [X y]``, ``S = W'R^-1 W``. With the coefficients and, where the structure has one, the residual variance profiled out,
``-2 l = log|R| + [REML] log|X'R^-1 X| + df (1 + log 2 pi + log(rss / df))``; all its derivatives come from one matrix,
``b b' / s^2 + [REML] (X'R^-1 X)^-1`` with ``b = (-beta, 1)``, multiplied with the derivatives of S.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import Array
from ...work.interruption import check
from .structure_protocol import Structure, Weighting

LOG_2PI = float(np.log(2 * np.pi))


class Counts:
    """What the numbers of rows and of coefficients say of a problem."""

    structure: Structure
    n: int
    reml: bool

    @property
    def p(self) -> int:
        """The number of coefficients."""
        return self.structure.tables.shape[-1] - 1

    @property
    def df(self) -> int:
        """The divisor of the residual variance."""
        return self.n - self.p if self.reml else self.n


@dataclass(frozen=True)
class Problem(Counts):
    """What is minimised.

    Parameters
    ----------
    n : int
        Rows.
    """

    structure: Structure
    n: int
    reml: bool

    @property
    def low(self) -> Array:
        """Lower bounds of the parameters."""
        return self.structure.low

    @property
    def high(self) -> Array:
        """Upper bounds of the parameters."""
        return self.structure.high

    def starts(self) -> list[Array]:
        """Points to start from."""
        return self.structure.starts()

    def solve(self, parameters: Array) -> Solution:
        """Everything at some parameters."""
        return solve(self, parameters)


class FixedPart:
    """Coefficients of the fixed part, (p,)."""

    beta: Array

    @property
    def direction(self) -> Array:
        """What takes the fixed part off the outcome, ``[X y] direction``, (p + 1,)."""
        return np.append(-self.beta, 1.0)


@dataclass(frozen=True, eq=False)
class Solution(FixedPart):
    """Everything at given parameters, in centred and scaled columns.

    Parameters
    ----------
    parameters : (m,) array
    criterion : float
        Infinite where the weighted cross-products are not positive definite.
    gradient : (m,) array
    beta : (p,) array
    inverse : (p, p) array
        ``(X'R^-1 X)^-1``.
    rss, variance : float
        Weighted residual sum of squares; residual variance, 1 where it is no factor beside R.
    curvature : (k, k) array or None
        Derivative of the criterion in the random coefficients' relative covariance, where there are any.
    """

    parameters: Array
    criterion: float
    gradient: Array
    beta: Array
    inverse: Array
    rss: float
    variance: float
    weighting: Weighting
    curvature: Array | None = None


def infinite(parameters: Array, p: int, weighting: Weighting) -> Solution:
    """Where there is no covariance: a criterion that every other is below."""
    return Solution(
        parameters,
        np.inf,
        np.zeros(len(parameters)),
        np.full(p, np.nan),
        np.full((p, p), np.nan),
        np.nan,
        np.nan,
        weighting,
    )


@dataclass(frozen=True, eq=False)
class Elimination(FixedPart):
    """Coefficients and residual sum of squares from ``W'V^-1 W``, (p + 1, p + 1).

    Parameters
    ----------
    beta : (p,) array
    inverse : (p, p) array
        ``(X'V^-1 X)^-1``.
    log_det : float
        ``log |X'V^-1 X|``.
    """

    beta: Array
    inverse: Array
    log_det: float
    rss: float

    @classmethod
    def of(cls, total: Array) -> Elimination | None:
        """From the weighted cross-products; None where they are not positive definite."""
        p, squares = len(total) - 1, np.diag(total)
        if not (squares > 0).all():
            return None
        size = np.sqrt(squares)  # within groups it may be many times what it is between them
        try:
            lower = np.linalg.cholesky((total + total.T) / 2 / np.outer(size, size))
        except np.linalg.LinAlgError:
            return None
        root = np.linalg.inv(lower[:p, :p]) / size[:p]
        log_det = 2 * float(np.log(np.diag(lower)[:p] * size[:p]).sum())
        return cls(size[p] * (root.T @ lower[p, :p]), root.T @ root, log_det, float((size[p] * lower[p, p]) ** 2))


def solve(problem: Problem, parameters: Array) -> Solution:
    """Evaluate the criterion and its gradient."""
    check()
    structure, p = problem.structure, problem.p
    weighting = structure.weigh(parameters)
    tables = structure.tables.reshape(len(weighting.value), -1)
    total = (weighting.value @ tables).reshape(p + 1, p + 1)
    result = Elimination.of(total)
    if result is None:
        return infinite(parameters, p, weighting)
    variance = result.rss / problem.df if structure.scaled else 1.0
    along_rss = tables @ np.outer(result.direction, result.direction).ravel()
    gradient = weighting.slopes @ along_rss / variance + weighting.logdet_slopes
    criterion = weighting.logdet + problem.df * LOG_2PI
    criterion += problem.df * (1 + np.log(variance)) if structure.scaled else result.rss
    if problem.reml and p:
        padded = np.zeros((p + 1, p + 1))
        padded[:p, :p] = result.inverse
        gradient = gradient + weighting.slopes @ (tables @ padded.ravel())
        criterion += result.log_det
    return Solution(
        parameters, float(criterion), gradient, result.beta, result.inverse, result.rss, variance, weighting
    )
