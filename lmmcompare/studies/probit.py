"""Power as a function of the number of groups: a probit regression of rejections on the root of that number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from ..arrays import Array

STEPS = 30
CHANCE = 3.0
"""So many standard errors below 0 the slope may be by chance."""
FAR = 6.0
"""Linear predictors are kept from going further out: there the normal density is 0 in all but name."""


@dataclass(frozen=True)
class Rejections:
    """A study with so many groups: how many of its tests rejected 0, of how many, and how many intervals held the truth."""

    groups: int
    rejected: int
    used: int
    covered: int = 0

    @property
    def share(self) -> float:
        """The power found, kept from being exactly 0 or 1."""
        return (self.rejected + 0.5) / (self.used + 1)


@dataclass(frozen=True, eq=False)
class PowerLine:
    """``Phi(intercept + slope sqrt(J))`` for J groups.

    Parameters
    ----------
    coefficients : (2,) array
        Intercept and slope.
    vcov : (2, 2) array
        Their covariance matrix.
    """

    coefficients: Array
    vcov: Array

    @classmethod
    def of(cls, tried: Sequence[Rejections], alpha: float) -> PowerLine:
        """By maximum likelihood; with the intercept of a two-sided z test where the studies do not tell how the power grows.

        They do not where all have one number of groups, or as good as one share of rejections, as where all tests reject.
        McCullagh and Nelder (1989), Generalized Linear Models, section 4.4 (iteratively reweighted least squares).
        """
        share, used = np.array([t.share for t in tried]), np.array([t.used for t in tried], dtype=float)
        x = np.stack([np.ones(len(tried)), np.sqrt([t.groups for t in tried])], axis=1)
        if len({t.groups for t in tried}) == 1:
            return cls._of_z_test(x, share, used, alpha)
        eta = ndtri(share)
        for _ in range(STEPS):
            eta = np.clip(eta, -FAR, FAR)
            mean, density = ndtr(eta), _density(eta)
            weight = used * density**2 / (mean * (1 - mean))
            vcov = np.linalg.inv((x.T * weight) @ x)
            coefficients = vcov @ (x.T * weight) @ (eta + (share - mean) / density)
            eta = x @ coefficients
        level = -CHANCE * np.sqrt(vcov[1, 1]) < coefficients[1] <= 0
        return cls._of_z_test(x, share, used, alpha) if level else cls(coefficients, vcov)

    @classmethod
    def _of_z_test(cls, x: Array, share: Array, used: Array, alpha: float) -> PowerLine:
        """From the power of all studies together, at the root of their mean number of groups."""
        root, power = float(np.sqrt(x[:, 1] ** 2 @ used / used.sum())), float(share @ used / used.sum())
        at, intercept = float(ndtri(power)), float(ndtri(alpha / 2))
        variance = power * (1 - power) / used.sum() / _density(np.array([at]))[0] ** 2 / root**2
        return cls(np.array([intercept, (at - intercept) / root]), np.diag([0.0, variance]))

    def power(self, groups: float) -> tuple[float, float]:
        """The power with so many groups and its standard error."""
        x = np.array([1.0, np.sqrt(groups)])
        eta = np.array([x @ self.coefficients])
        return float(ndtr(eta)[0]), float(_density(eta)[0] * np.sqrt(x @ self.vcov @ x))

    def groups(self, power: float) -> tuple[float, float, float]:
        """The number of groups with this power and its 95% limits; infinite where the power does not grow."""
        intercept, slope = self.coefficients
        if slope <= 0:
            return np.inf, 0.0, np.inf
        root = max((ndtri(power) - intercept) / slope, 0.0)
        gradient = np.array([1.0, root]) / slope
        reach = ndtri(0.975) * np.sqrt(gradient @ self.vcov @ gradient)
        return float(root**2), float(max(root - reach, 0.0) ** 2), float((root + reach) ** 2)


def _density(eta: Array) -> Array:
    return np.exp(-(eta**2) / 2) / np.sqrt(2 * np.pi)
