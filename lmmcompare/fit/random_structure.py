"""Covariance structures of random coefficients: few parameters in place of a full covariance matrix.

A structured block is ``S = D C(rho) D``: standard deviations, one for all columns or one for each, and a correlation
matrix with one parameter or none (the words are lme4's: diag, cs, ar1). The parameters that are searched have no bounds.
An angle stands for the correlation, ``C = R R'`` with R analytic in it, and its ends are ordinary points where the
criterion turns back, as it does where a variance is zero; standard deviations that differ are the squares of parameters,
since with a correlation in common their signs are not free.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from .correlations import PATTERNS, Pattern

INSIDE = 0.98
"""A correlation taken from a covariance matrix starts at most so far towards the end of its range."""
OFF_ZERO = (1.0, 1e-1, 1e-2, 1e-3, 1e-4)
"""Relative standard deviations tried where one is zero, and shares of the range where a correlation is at its end."""


@dataclass(frozen=True)
class Structure:
    """One structured covariance block; its theta is one number for each standard deviation, then the angle.

    Parameters
    ----------
    size : int
        Columns.
    homogeneous : bool
        Whether they have one standard deviation.
    """

    pattern: Pattern
    size: int
    homogeneous: bool

    @property
    def n_deviations(self) -> int:
        """Different standard deviations."""
        return 1 if self.homogeneous else self.size

    @property
    def n_parameters(self) -> int:
        """Standard deviations and correlation."""
        return self.n_deviations + self.pattern.parameters

    def of(self, deviations: Array, correlation: float) -> Array:
        """Theta of relative standard deviations and a correlation."""
        sizes = np.asarray(deviations, dtype=float) if self.homogeneous else np.sqrt(deviations)
        return np.append(sizes, self.pattern.angle(correlation, self.size))[: self.n_parameters]

    def deviations(self, theta: Array) -> Array:
        """Relative standard deviations, one or one for each column."""
        sizes = theta[: self.n_deviations]
        return np.abs(sizes) if self.homogeneous else sizes**2

    def correlation(self, theta: Array) -> float:
        """The correlation, 0 where the pattern has none."""
        return self.pattern.value(self._angle(theta), self.size)

    def factor(self, theta: Array) -> Array:
        """The block of Lambda."""
        root = self.pattern.root(self._angle(theta), self.size)
        return float(theta[0]) * root if self.homogeneous else (theta[: self.size] ** 2)[:, None] * root

    def derivatives(self, theta: Array) -> Array:
        """The derivative of `factor` in each parameter, (m, k, k)."""
        angle, sizes = self._angle(theta), theta[: self.n_deviations]
        root, result = self.pattern.root(angle, self.size), np.zeros((self.n_parameters, self.size, self.size))
        if self.homogeneous:
            result[0] = root
        else:
            at = np.arange(self.size)
            result[at, at] = 2 * sizes[:, None] * root
        if self.pattern.parameters:
            scale = sizes[0] if self.homogeneous else (sizes**2)[:, None]
            result[-1] = scale * self.pattern.slope(angle, self.size)
        return result

    def from_covariance(self, covariance: Array) -> Array:
        """Theta of the structured matrix that is like a relative covariance matrix, off the ends of the range."""
        variances = np.maximum(np.diag(covariance), 0.0)
        size = np.sqrt(np.where(variances > 0, variances, 1.0))
        low = self.pattern.lowest(self.size)
        typical = self.pattern.typical(covariance / np.outer(size, size))
        return self.of(
            np.sqrt([variances.mean()] if self.homogeneous else variances),
            float(np.clip(typical, INSIDE * low, INSIDE)),
        )

    def canonical(self, theta: Array, zero: float) -> Array:
        """Theta of the same covariance without signs and turns, and exactly at the boundary where that is less than ``zero`` away."""
        deviations = np.where(self.deviations(theta) < zero, 0.0, self.deviations(theta))
        angle = self.pattern.principal_angle(self._angle(theta))
        correlation = self.pattern.value(angle, self.size)
        if (self.homogeneous and deviations[0] == 0) or (not self.homogeneous and (deviations > 0).sum() < 2):
            correlation = 0.0  # there is nothing to correlate
        elif self.pattern.margin(angle) < zero:
            correlation = 1.0 if correlation > 0 else self.pattern.lowest(self.size)
        else:
            return np.append(self.of(deviations, 0.0)[: self.n_deviations], angle)[: self.n_parameters]
        return self.of(deviations, correlation)

    def singular(self, theta: Array, limit: float) -> bool:
        """Whether a standard deviation is zero or the correlation at an end of its range."""
        return bool(self.deviations(theta).min() < limit or self.pattern.margin(self._angle(theta)) < limit)

    def off_boundary(self, theta: Array, limit: float) -> list[Array]:
        """Points off the boundary, where theta lies on it: there the criterion is stationary whatever the data."""
        deviations, correlation = self.deviations(theta), self.correlation(theta)
        low, result = self.pattern.lowest(self.size), []
        for place in np.flatnonzero(deviations < limit):
            for size in OFF_ZERO:
                moved = deviations.copy()
                moved[place] = size
                result += [self.of(moved, r) for r in {correlation, 0.0, low / 2, 0.5 * self.pattern.parameters}]
        if self.pattern.margin(self._angle(theta)) < limit:
            inward = -1.0 if correlation > 0 else 1.0
            result += [self.of(deviations, correlation + inward * (1 - low) * share / 2) for share in OFF_ZERO]
        return result

    def without(self, theta: Array) -> list[Array]:
        """Thetas without any of the coefficients, and without each of those that have a variance of their own."""
        keep = np.ones((1, 1)) if self.homogeneous else np.vstack([np.ones(self.size), np.eye(self.size)])
        gone = self.deviations(theta) * (1 - keep)
        return [self.of(deviations, self.correlation(theta)) for deviations in gone]

    def distant_starts(self, theta: Array, many: bool) -> list[Array]:
        """Starts far from theta: a correlation of the other sign, or ``many`` over its range, and all SDs alike."""
        low, positive = self.pattern.lowest(self.size), self.correlation(theta) > 0
        correlations = (0.9, 0.4, low / 2, 0.9 * low) if many else (low / 2,) if positive else (0.5,)
        own = correlations if self.pattern.parameters else (0.0,)
        sizes = (1.0, 0.3) if many else (1.0,)
        return [self.of(np.full(self.n_deviations, size), r) for size in sizes for r in own]

    def limits(self, largest: float) -> Array:
        """The largest relative standard deviation as an entry of theta; the angle has no end."""
        ends = np.full(self.n_deviations, largest if self.homogeneous else np.sqrt(largest))
        return np.append(ends, np.inf)[: self.n_parameters]

    def natural(self, theta: Array, to_units: Array) -> Array:
        """Relative standard deviations in the columns' units, then the correlation."""
        deviations = self.deviations(theta) * np.diag(to_units)[: self.n_deviations]
        return np.append(deviations, self.correlation(theta))[: self.n_parameters]

    @property
    def linear(self) -> Array | None:
        """Matrices (r, k, k) that the block's covariances are combinations of; None where they are no linear family."""
        return self.pattern.linear(self.size) if self.homogeneous else None

    def _angle(self, theta: Array) -> float:
        return float(theta[-1]) if self.pattern.parameters else 0.0


def structure(kind: str, homogeneous: bool, size: int) -> Structure | None:
    """The structure of a block by lme4's word for it; None for a full covariance matrix, "us"."""
    return Structure(PATTERNS[kind], size, homogeneous) if kind in PATTERNS else None
