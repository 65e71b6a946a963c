"""Compound symmetry: rows of one group all correlated alike, positively or negatively, with a variance by level or one for all.

A group of n has the correlation matrix ``(1 - r) I + r J``, with eigenvalues ``1 - r`` within it and ``1 + (n - 1) r`` of its mean;
r lies between ``-1 / (n_max - 1)`` and 1. Under ML the likelihood has no bound where one group alone is the largest: near the lower
bound its mean weighs infinitely. So the optimum looked for is the one inside, reached from r = 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit, logit

from ...arrays import Array
from ...moments.size_sums import LevelSizes, Sizes
from .structure_protocol import Weighting, quiet_levels

EDGE = 1e-6
"""The share of r's range next to the lower bound where the search ends; below about 1e-7 the arithmetic breaks."""
HIGHEST = 60.0
"""The largest logit: rows of a group that differ by 1e-13 of what groups differ by."""


class OneCorrelation:
    """One r of all rows of a group; its parameter is a logit of its place between the bounds."""

    sums: Sizes | LevelSizes
    scaled = True

    @property
    def size(self) -> Array:
        """The groups' distinct sizes."""
        return self.sums.size

    @cached_property
    def tables(self) -> Array:
        """The sums."""
        return self.sums.tables

    @property
    def lowest(self) -> float:
        """The lower bound of r."""
        return -1.0 / (float(self.size.max()) - 1.0)

    def rho(self, parameters: Array) -> float:
        """The correlation of two rows of a group."""
        return float(self.lowest + (1 - self.lowest) * expit(parameters[0]))

    def apart(self, parameters: Array) -> float:
        """``1 - r``, exactly where r is near 1."""
        return float((1 - self.lowest) * expit(-parameters[0]))

    def parameter(self, rho: float) -> float:
        """The parameter of a correlation."""
        return float(logit((rho - self.lowest) / (1 - self.lowest)))

    def _slope(self, parameters: Array) -> float:
        return float((1 - self.lowest) * expit(parameters[0]) * expit(-parameters[0]))


@dataclass(frozen=True)
class CompoundSymmetry(OneCorrelation):
    """One variance for all rows."""

    sums: Sizes

    @property
    def low(self) -> Array:
        """The lower bound of the parameter."""
        return np.array([logit(EDGE)])

    @property
    def high(self) -> Array:
        """The upper bound of the parameter."""
        return np.array([HIGHEST])

    def starts(self) -> list[Array]:
        """No correlation."""
        return [np.array([self.parameter(0.0)])]

    def weigh(self, parameters: Array) -> Weighting:
        """The within part by ``1 / (1 - r)``, means of groups of n by ``1 / (1 + (n - 1) r)``."""
        r, slope, others, groups = self.rho(parameters), self._slope(parameters), self.size - 1, self.sums.groups
        inside, means = 1 / self.apart(parameters), 1 / (1 + others * r)
        logdet = float(groups @ (-others * np.log(inside) - np.log(means)))
        along = float(groups @ (others * (means - inside)))
        slopes = slope * np.concatenate([[inside**2], -others * means**2])
        return Weighting(np.concatenate([[inside], means]), slopes[None], logdet, np.array([slope * along]))


@dataclass(frozen=True)
class UnequalCompoundSymmetry(OneCorrelation):
    """A variance for each level; the first level's is the residual variance."""

    sums: LevelSizes

    @property
    def _levels(self) -> int:
        return len(self.sums.rows)

    @property
    def low(self) -> Array:
        """The lower bounds of the parameters."""
        return np.array([logit(EDGE), *[-10.0] * (self._levels - 1)])

    @property
    def high(self) -> Array:
        """The upper bounds of the parameters."""
        return np.array([HIGHEST, *[10.0] * (self._levels - 1)])

    def starts(self) -> list[Array]:
        """No correlation, with equal variances and with unequal ones."""
        start = np.array([self.parameter(0.0), *[0.0] * (self._levels - 1)])
        return [start, *quiet_levels(start)]

    def weigh(self, parameters: Array) -> Weighting:
        """Rows and totals, each divided by its level's SD, and what is within groups as it is.

        With p the inverses of the SDs, and D within groups,

        ``W'R^-1 W = (D + sum of (p_l^2 - 1) O_l - (p_l p_k - 1) T_lk / n) / (1 - r) + p_l p_k T_lk / n / (1 + (n - 1) r)``,

        so that where groups lie far apart, and the SDs are nearly equal therefore, nothing large is taken from its like.
        """
        r, slope, others, groups = self.rho(parameters), self._slope(parameters), self.size - 1, self.sums.groups
        logs = np.concatenate([[0.0], parameters[1:]])
        squares, pairs = np.expm1(-2 * logs), np.expm1(-logs[:, None] - logs)  # less 1
        inside, means, size = 1 / self.apart(parameters), 1 / (1 + others * r), self.size[:, None, None]
        divided = pairs / size, (1 + pairs) / size
        value = inside * self._laid(1.0, squares, -divided[0])
        value += self._laid(0.0, 0 * squares, means[:, None, None] * divided[1])
        slopes = np.zeros((len(parameters), len(value)))
        slopes[0] = inside**2 * self._laid(1.0, squares, -divided[0])
        slopes[0] -= self._laid(0.0, 0 * squares, (others * means**2)[:, None, None] * divided[1])
        slopes[0] *= slope
        for k in range(1, self._levels):
            unit = np.eye(self._levels)[k]
            both = -(unit[:, None] + unit) * divided[1]
            slopes[k] = self._laid(0.0, -2 * inside * unit * (1 + squares), (means[:, None, None] - inside) * both)
        logdet = float(groups @ (-others * np.log(inside) - np.log(means)) + 2 * self.sums.rows @ logs)
        along = slope * float(groups @ (others * (means - inside)))
        return Weighting(value, slopes, logdet, np.array([along, *(2 * self.sums.rows[1:])]))

    @staticmethod
    def _laid(within: float, own: Array, totals: Array) -> Array:
        """Weights in the order of the tables."""
        return np.concatenate([[within], own, totals.ravel()])
