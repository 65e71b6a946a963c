"""The deviance as a function of a standard deviation or a correlation of random coefficients, in the user's units.

The covariance block is rotated so that the profiled terms, in the user's units, come first, and is written ``sigma^2 A A'``
with A lower triangular: then the first term's standard deviation is ``sigma A[0, 0]`` up to a scale factor, and its correlation
with the second is the cosine of the angle of ``A[1, :2]``. This holds for every A, singular ones included.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..fit.criterion import Solution
from ..fit.small_cholesky import semidefinite_cholesky
from ..moments.groups import Moments
from .deviance import Point, deviance_at


class _InBlock:
    """The common part of standard deviations and correlations: the block in the user's units, the profiled terms first."""

    def __init__(self, best: Solution, moments: Moments, block: int, terms: tuple[int, ...]) -> None:
        self.problem = best.problem
        self.map = self.problem.theta_map
        rows = self.map.block_slices()[block]
        self.first = rows.start
        # any further rows complete the two asked about: orthonormal ones keep the search well conditioned
        asked = self.problem.random[block].to_units[list(terms)]
        size = np.linalg.norm(asked, axis=1)
        self.scale = float(moments.scale[-1] * size[0])
        units = np.linalg.qr(asked.T, mode="complete")[0].T
        units[: len(terms)] = asked / size[:, None]
        relative = best.factor[rows, rows] @ best.factor[rows, rows].T
        self.turn = np.eye(self.map.k)
        self.turn[rows, rows] = np.linalg.inv(units)
        self.factor = best.factor.copy()
        self.factor[rows, rows] = semidefinite_cholesky(units @ relative @ units.T)

    def _where(self, row: int, column: int) -> int:
        """The place of an entry of the block in the vector of all."""
        at = (self.map.rows == self.first + row) & (self.map.columns == self.first + column)
        return int(self.map.free[at][0])

    def _entries_of(self, best: Solution) -> Array:
        """The vector of all at the optimum: theta, but of the turned block."""
        result = best.theta.copy()
        result[self.map.free] = self.map.entries(self.factor)
        return result


class Deviation(_InBlock):
    """The standard deviation of a random coefficient; the others are the rest of A, other blocks' theta and log sigma."""

    def __init__(self, best: Solution, moments: Moments, block: int, term: int) -> None:
        super().__init__(best, moments, block, (term,))
        self.place = self._where(0, 0)
        log_sigma = 0.5 * float(np.log(best.pwrss / self.problem.n))
        entries = self._entries_of(best)
        self.value = float(np.exp(log_sigma) * entries[self.place])
        self.others = np.append(np.delete(entries, self.place), log_sigma)
        self.even = np.append(np.delete(self.map.even, self.place), False)
        self.low, self.high, self.step = 0.0, np.inf, 1e-4 * max(self.value, 0.1 * float(np.exp(log_sigma)))

    def _point(self, value: float, others: Array) -> Point:
        entries = np.insert(others[:-1], self.place, value * np.exp(-others[-1]))
        return deviance_at(self.problem, self.turn, entries, float(others[-1]))

    def at(self, value: float, others: Array) -> tuple[float, Array]:
        """The deviance and its gradient in the others."""
        point = self._point(value, others)
        gradient = point.entries
        log_sigma = point.log_sigma - gradient[self.place] * value * np.exp(-others[-1])
        return point.deviance, np.append(np.delete(gradient, self.place), log_sigma)

    def slope(self, value: float, others: Array) -> float:
        """The deviance's derivative in the value."""
        return float(self._point(value, others).entries[self.place] * np.exp(-others[-1]))

    def units(self, value: float) -> float:
        """The quantity in the user's units."""
        return float(self.scale * value)


class Correlation(_InBlock):
    """The correlation of two random coefficients, searched as minus its angle.

    The others are the logarithms of the two relative standard deviations (so that neither changes sign), the rest of A and
    other blocks' theta; sigma is profiled out.
    """

    def __init__(self, best: Solution, moments: Moments, block: int, first: int, second: int) -> None:
        super().__init__(best, moments, block, (first, second))
        entries = self._entries_of(best)
        self.places = [self._where(0, 0), self._where(1, 0), self._where(1, 1)]
        a, b, c = entries[self.places]
        self.value = -float(np.arctan2(c, b))
        with np.errstate(divide="ignore"):
            entries[self.places[:2]] = np.log([a, np.hypot(b, c)])
        even = self.map.even.copy()
        even[self.places] = False
        self.others, self.even = np.delete(entries, self.places[2]), np.delete(even, self.places[2])
        self.low, self.high, self.step = -np.pi, 0.0, 1e-4

    def _entries(self, value: float, others: Array) -> Array:
        entries = np.insert(others, self.places[2], 0.0)
        a, b = np.exp(entries[self.places[:2]])
        entries[self.places] = a, b * np.cos(value), -b * np.sin(value)
        return entries

    def _gradient(self, entries: Array) -> tuple[float, Array]:
        point = deviance_at(self.problem, self.turn, entries, None)
        return point.deviance, point.entries

    def at(self, value: float, others: Array) -> tuple[float, Array]:
        """The deviance and its gradient in the others."""
        entries = self._entries(value, others)
        deviance, gradient = self._gradient(entries)
        first, *second = gradient[self.places] * entries[self.places]
        gradient[self.places[:2]] = first, sum(second)
        return deviance, np.delete(gradient, self.places[2])

    def slope(self, value: float, others: Array) -> float:
        """The deviance's derivative in the value."""
        entries = self._entries(value, others)
        _, gradient = self._gradient(entries)
        b, c = entries[self.places[1:]]
        return float(gradient[self.places[1]] * c - gradient[self.places[2]] * b)

    def units(self, value: float) -> float:
        """The quantity in the user's units."""
        return float(np.cos(value))
