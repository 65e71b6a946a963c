"""The deviance as a function of a standard deviation or of the correlation of a structured block, in the user's units."""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..fit.criterion import Solution, solve
from ..moments.groups import Moments
from .deviance import deviance_at

LEAST = 1e-8
"""Relative standard deviations below this are taken for it: its square root is what is searched, and that has no slope at 0."""


class StructuredDeviation:
    """A standard deviation of a structured block; the others are the rest of theta and log sigma."""

    def __init__(self, best: Solution, moments: Moments, block: int, place: int) -> None:
        self.problem, self.map = best.problem, best.problem.theta_map
        _, part, self.structure = self.map.block(block)
        self.turn, self.place = np.eye(self.map.k), part.start + place
        self.scale = float(moments.scale[-1] * self.problem.random[block].to_units[place, place])
        log_sigma = 0.5 * float(np.log(best.pwrss / self.problem.n))
        self.value = float(np.exp(log_sigma) * self.structure.deviations(best.theta[part])[place])
        self.others = np.append(np.delete(best.theta, self.place), log_sigma)
        self.even = np.append(np.delete(self.map.even, self.place), False)
        self.low, self.high, self.step = 0.0, np.inf, 1e-4 * max(self.value, 0.1 * float(np.exp(log_sigma)))

    def _theta(self, value: float, log_sigma: float) -> float:
        relative = value * float(np.exp(-log_sigma))
        return relative if self.structure.homogeneous else float(np.sqrt(max(relative, LEAST)))

    def _slopes(self, value: float, others: Array) -> tuple[float, Array, float, float]:
        """The deviance, its derivatives in theta and in log sigma, and the entry of theta that sets the standard deviation."""
        own = self._theta(value, float(others[-1]))
        point = deviance_at(self.problem, self.turn, np.insert(others[:-1], self.place, own), float(others[-1]))
        return point.deviance, point.entries, point.log_sigma, own

    def at(self, value: float, others: Array) -> tuple[float, Array]:
        """The deviance and its gradient in the others."""
        deviance, slopes, log_sigma, own = self._slopes(value, others)
        along = own if self.structure.homogeneous else own / 2
        return deviance, np.append(np.delete(slopes, self.place), log_sigma - slopes[self.place] * along)

    def slope(self, value: float, others: Array) -> float:
        """The deviance's derivative in the value."""
        _, slopes, _, own = self._slopes(value, others)
        rate = float(np.exp(-others[-1]))
        return float(slopes[self.place] * (rate if self.structure.homogeneous else rate / (2 * own)))

    def units(self, value: float) -> float:
        """The quantity in the user's units."""
        return float(self.scale * value)


class StructuredCorrelation:
    """The correlation of a structured block, searched as minus its angle; the others are the rest of theta."""

    def __init__(self, best: Solution, moments: Moments, block: int, *pair: int) -> None:
        self.problem, self.map = best.problem, best.problem.theta_map
        _, part, self.structure = self.map.block(block)
        self.place = part.stop - 1
        self.value, self.others = -float(best.theta[self.place]), np.delete(best.theta, self.place)
        self.even = np.delete(self.map.even, self.place)
        pattern, size = self.structure.pattern, self.structure.size
        self.low, self.high, self.step = -pattern.angle(pattern.lowest(size), size), 0.0, 1e-4

    def _solved(self, value: float, others: Array) -> Solution:
        return solve(self.problem, np.insert(others, self.place, -value))

    def at(self, value: float, others: Array) -> tuple[float, Array]:
        """The deviance and its gradient in the others."""
        result = self._solved(value, others)
        return result.criterion, np.delete(result.gradient, self.place)

    def slope(self, value: float, others: Array) -> float:
        """The deviance's derivative in the value."""
        return -float(self._solved(value, others).gradient[self.place])

    def units(self, value: float) -> float:
        """The quantity in the user's units."""
        return self.structure.pattern.value(-value, self.structure.size)
