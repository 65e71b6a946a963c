"""Generalized least squares in 60 decimal digits, which shares no code with the package.

The likelihood is taken from its definition, group by group, and maximised by Newton's method with differences for derivatives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import combinations_with_replacement

import numpy as np

DIGITS = 60
STEP = Decimal("1e-14")
"""Of a parameter: second differences keep 30 digits."""
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")

Covariance = Callable[[list[Decimal], np.ndarray], np.ndarray]
"""Of the rows of one group at some places, from parameters."""


@dataclass
class Best:
    """The maximum of a likelihood: its value, coefficients, their standard errors, parameters."""

    loglik: float
    beta: np.ndarray
    se: np.ndarray
    parameters: list[Decimal]


@dataclass
class ExactGLS:
    """y ~ N(X b, V): ``x`` (n, p) and ``y`` (n,) floats, groups and places (times or visits' numbers) of the rows."""

    x: np.ndarray
    y: np.ndarray
    group: np.ndarray
    place: np.ndarray
    covariance: Covariance
    reml: bool

    def best(self, start: list[Decimal], steps: int) -> Best:
        """Newton's method, which squares the error in each step."""
        with localcontext() as context:
            context.prec = DIGITS
            at = list(start)
            for _ in range(steps):
                gradient, hessian = self._derivatives(at)
                step = _solve(hessian, gradient)
                at = [a - s for a, s in zip(at, step, strict=True)]
            value, beta, inverse = self._fit(at)
            se = np.array([float(inverse[k, k].sqrt()) for k in range(len(beta))])
            return Best(float(value), beta.astype(float), se, at)

    def _fit(self, at: list[Decimal]) -> tuple[Decimal, np.ndarray, np.ndarray]:
        w = np.array([[Decimal(float(v)) for v in row] for row in np.column_stack([self.x, self.y])], dtype=object)
        total, determinant = np.full((w.shape[1],) * 2, Decimal(0)), Decimal(0)
        for g in np.unique(self.group):
            own = np.flatnonzero(self.group == g)
            lower = _cholesky(self.covariance(at, self.place[own]))
            half = _forward(lower, w[own])
            total = total + half.T @ half
            determinant += 2 * sum((lower[k, k].ln() for k in range(len(own))), Decimal(0))
        n, p = self.x.shape
        lower = _cholesky(total)
        half = _forward(
            lower[:p, :p], np.array([[Decimal(int(i == k)) for k in range(p)] for i in range(p)], dtype=object)
        )
        value = determinant + lower[p, p] ** 2 + (n - p * self.reml) * (2 * PI).ln()
        if self.reml:
            value += 2 * sum((lower[k, k].ln() for k in range(p)), Decimal(0))
        return -value / 2, half.T @ lower[p, :p], half.T @ half

    def _derivatives(self, at: list[Decimal]) -> tuple[np.ndarray, np.ndarray]:
        m = len(at)

        def value(*moves: tuple[int, int]) -> Decimal:
            to = list(at)
            for k, sign in moves:
                to[k] += sign * STEP
            return self._fit(to)[0]

        here, up, down = value(), [value((k, 1)) for k in range(m)], [value((k, -1)) for k in range(m)]
        gradient = np.array([(up[k] - down[k]) / (2 * STEP) for k in range(m)], dtype=object)
        hessian = np.empty((m, m), dtype=object)
        for i, k in combinations_with_replacement(range(m), 2):
            if i == k:
                hessian[i, i] = (up[i] - 2 * here + down[i]) / STEP**2
            else:
                both = value((i, 1), (k, 1)) - up[i] - up[k] + 2 * here - down[i] - down[k] + value((i, -1), (k, -1))
                hessian[i, k] = hessian[k, i] = both / (2 * STEP**2)
        return gradient, hessian


def decimals(values: np.ndarray) -> np.ndarray:
    """Floats as they are, exactly."""
    return np.vectorize(lambda v: Decimal(float(v)), otypes=[object])(values)


def _cholesky(matrix: np.ndarray) -> np.ndarray:
    left, n = matrix.copy(), len(matrix)
    lower = np.full((n, n), Decimal(0))
    for k in range(n):
        lower[k:, k] = left[k:, k] / left[k, k].sqrt()
        left[k:, k:] = left[k:, k:] - np.outer(lower[k:, k], lower[k:, k])
    return lower


def _forward(lower: np.ndarray, right: np.ndarray) -> np.ndarray:
    result = right.copy()
    for k in range(len(lower)):
        result[k] = result[k] / lower[k, k]
        result[k + 1 :] = result[k + 1 :] - np.outer(lower[k + 1 :, k], result[k])
    return result


def _solve(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    a, b, n = matrix.copy(), right.copy(), len(right)
    for k in range(n):
        pivot = k + max(range(n - k), key=lambda i: abs(a[k + i, k]))
        a[[k, pivot]], b[[k, pivot]] = a[[pivot, k]], b[[pivot, k]]
        for i in range(k + 1, n):
            share = a[i, k] / a[k, k]
            a[i], b[i] = a[i] - share * a[k], b[i] - share * b[k]
    for k in reversed(range(n)):
        b[k] = (b[k] - sum((a[k, i] * b[i] for i in range(k + 1, n)), Decimal(0))) / a[k, k]
    return b
