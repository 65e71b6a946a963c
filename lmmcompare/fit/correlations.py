"""Correlation matrices with at most one parameter, each with a root that is analytic in an angle."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from ..arrays import Array


class Pattern(Protocol):
    """A family of correlation matrices with at most one parameter."""

    name: str
    parameters: int

    def lowest(self, size: int) -> float:
        """The smallest correlation with which a matrix of this size is positive semidefinite."""

    def value(self, angle: float, size: int) -> float:
        """The correlation."""

    def angle(self, correlation: float, size: int) -> float:
        """The angle of a correlation, where it is folded."""

    def principal_angle(self, angle: float) -> float:
        """The angle of the same correlation between the two ends of the range."""

    def margin(self, angle: float) -> float:
        """How far the matrix is from singular: 0 at an end of the range."""

    def root(self, angle: float, size: int) -> Array:
        """R with ``R R'`` the correlation matrix."""

    def slope(self, angle: float, size: int) -> Array:
        """The derivative of `root` in the angle."""

    def typical(self, correlations: Array) -> float:
        """The parameter that is closest to any correlation matrix."""

    def linear(self, size: int) -> Array | None:
        """Matrices that all covariances with equal variances are combinations of; None where there are none."""


class Independent:
    """No correlation."""

    name, parameters = "diag", 0

    def lowest(self, size: int) -> float:
        """None is possible."""
        return 0.0

    def value(self, angle: float, size: int) -> float:
        """Always 0."""
        return 0.0

    def angle(self, correlation: float, size: int) -> float:
        """There is no angle."""
        return 0.0

    def principal_angle(self, angle: float) -> float:
        """There is no angle."""
        return 0.0

    def margin(self, angle: float) -> float:
        """Never singular."""
        return 1.0

    def root(self, angle: float, size: int) -> Array:
        """The identity."""
        return np.eye(size)

    def slope(self, angle: float, size: int) -> Array:
        """Zero."""
        return np.zeros((size, size))

    def typical(self, correlations: Array) -> float:
        """Always 0."""
        return 0.0

    def linear(self, size: int) -> Array | None:
        """The identity."""
        return np.eye(size)[None]


class CompoundSymmetry(Independent):
    """One correlation for every pair, from -1 / (size - 1) to 1.

    R is ``a (I - J/k) + b J/k``, J all ones; ``a^2 = 1 - rho`` and ``b^2 = 1 + (k - 1) rho``, so (a, b) lies on an ellipse
    and the angle is the place on it.
    """

    name, parameters = "cs", 1

    def lowest(self, size: int) -> float:
        """Where the columns' sum does not vary."""
        return -1 / (size - 1)

    def value(self, angle: float, size: int) -> float:
        """The correlation."""
        return float(1 - size / (size - 1) * np.sin(angle) ** 2)

    def angle(self, correlation: float, size: int) -> float:
        """Between 0, a correlation of 1, and a right angle, the lowest one."""
        return float(np.arcsin(np.sqrt(np.clip((1 - correlation) * (size - 1) / size, 0.0, 1.0))))

    def principal_angle(self, angle: float) -> float:
        """Into the first quarter turn."""
        turned = angle % np.pi
        return float(min(turned, np.pi - turned))

    def margin(self, angle: float) -> float:
        """The smaller of the two."""
        return float(min(abs(np.sin(angle)), abs(np.cos(angle))))

    def root(self, angle: float, size: int) -> Array:
        """The symmetric root."""
        return _equicorrelated(np.sqrt(size / (size - 1)) * np.sin(angle), np.sqrt(size) * np.cos(angle), size)

    def slope(self, angle: float, size: int) -> Array:
        """Its derivative."""
        return _equicorrelated(np.sqrt(size / (size - 1)) * np.cos(angle), -np.sqrt(size) * np.sin(angle), size)

    def typical(self, correlations: Array) -> float:
        """The mean of all pairs."""
        return float(correlations[~np.eye(len(correlations), dtype=bool)].mean())

    def linear(self, size: int) -> Array | None:
        """The identity and all ones."""
        return np.stack([np.eye(size), np.ones((size, size))])


def _equicorrelated(apart: float, together: float, size: int) -> Array:
    return apart * np.eye(size) + (together - apart) / size


class Autoregressive(Independent):
    """``rho^d`` for columns d places apart: the columns' order is the clock. R is the Cholesky factor, rho the cosine."""

    name, parameters = "ar1", 1

    def lowest(self, size: int) -> float:
        """Each column the last one's opposite."""
        return -1.0

    def value(self, angle: float, size: int) -> float:
        """The correlation of neighbours."""
        return float(np.cos(angle))

    def angle(self, correlation: float, size: int) -> float:
        """Between 0 and a half turn."""
        return float(np.arccos(np.clip(correlation, -1.0, 1.0)))

    def principal_angle(self, angle: float) -> float:
        """Into the first half turn."""
        turned = angle % (2 * np.pi)
        return float(min(turned, 2 * np.pi - turned))

    def margin(self, angle: float) -> float:
        """The standard deviation of what is new at each step."""
        return float(abs(np.sin(angle)))

    def root(self, angle: float, size: int) -> Array:
        """What each step adds, carried on."""
        power, rho = _lags(size), np.cos(angle)
        result = np.tril(rho**power)
        result[:, 1:] *= np.sin(angle)
        return result

    def slope(self, angle: float, size: int) -> Array:
        """Its derivative."""
        power, rho, new = _lags(size), np.cos(angle), np.sin(angle)
        falling = -power * rho ** np.maximum(power - 1, 0) * new
        result = np.tril(falling)
        result[:, 1:] = np.tril(falling * new + rho ** (power + 1))[:, 1:]
        return result

    def typical(self, correlations: Array) -> float:
        """The mean of neighbours."""
        return float(np.diag(correlations, 1).mean())

    def linear(self, size: int) -> Array | None:
        """Powers are no linear family."""
        return None


def _lags(size: int) -> Array:
    at = np.arange(size)
    return np.abs(at[:, None] - at)


PATTERNS: dict[str, Pattern] = {p.name: p for p in (Independent(), CompoundSymmetry(), Autoregressive())}
