"""Serial correlation: two rows of a group d units of time apart have the correlation rho^d; with a variance by level or one for all.

Each row less what the row before it says is uncorrelated with all before: ``w_t / v_t - rho^d w_s / v_s`` with variance
``1 - rho^(2 d)``, v the SDs of their levels. Without a correlation the rows stand for themselves: unequal variances alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from ...arrays import Array
from ...moments.serial_sums import Gaps
from .structure_protocol import Weighting, quiet_levels

Clock = Literal["steps", "continuous", "none"]
STRONGEST = 17.0
"""The largest atanh of rho, 3e-15 below 1."""
SLOWEST = -32.0
"""Log of the fall per typical gap of a continuous time: a correlation of 1 - 1e-14."""
NOTHING = 14.0
"""The fall over the shortest gap at which no correlation is left: 8e-7."""
AT_BOUND = 1e-6
WIDEST = 10.0
"""The largest log of a ratio of SDs."""


@dataclass(frozen=True)
class Serial:
    """The parameters are those of rho, if there is a correlation, then logs of the levels' SDs relative to the first level's.

    Parameters
    ----------
    clock : {"steps", "continuous", "none"}
        Whole steps, where rho may be negative; any time, where it may not; no correlation.
    """

    sums: Gaps
    clock: Clock
    scaled = True

    @cached_property
    def tables(self) -> Array:
        """The sums."""
        return self.sums.tables

    @cached_property
    def typical(self) -> float:
        """The gap that a continuous time is measured in."""
        return float(np.exp(np.average(np.log(self.sums.gap), weights=self.sums.count)))

    @property
    def correlated(self) -> bool:
        """Whether there is a correlation."""
        return self.clock != "none"

    @cached_property
    def signed(self) -> bool:
        """Whether the sign of rho matters: some gap is odd."""
        return self.clock == "steps" and bool((np.mod(self.sums.gap, 2) == 1).any())

    @cached_property
    def _bounds(self) -> tuple[float, float]:
        if self.clock == "continuous":
            return SLOWEST, float(np.log(NOTHING * self.typical / self.sums.gap.min()))
        return (-STRONGEST if self.signed else 0.0), STRONGEST

    @property
    def low(self) -> Array:
        """The lower bounds of the parameters."""
        return np.array([*[self._bounds[0]] * self.correlated, *[-WIDEST] * (len(self.sums.rows) - 1)])

    @property
    def high(self) -> Array:
        """The upper bounds of the parameters."""
        return np.array([*[self._bounds[1]] * self.correlated, *[WIDEST] * (len(self.sums.rows) - 1)])

    def rho(self, parameters: Array) -> float:
        """The correlation of rows one unit of time apart; 0 where none is left over the shortest gap."""
        if self.clock == "continuous":
            none = parameters[0] >= self._bounds[1] - AT_BOUND
            return 0.0 if none else float(np.exp(-np.exp(parameters[0]) / self.typical))
        return float(np.tanh(parameters[0]))

    def parameter(self, rho: float) -> float:
        """The parameter of a correlation one unit of time apart."""
        with np.errstate(divide="ignore"):
            result = np.log(-np.log(rho) * self.typical) if self.clock == "continuous" else np.arctanh(rho)
        return float(np.clip(result, *self._bounds))

    def starts(self) -> list[Array]:
        """A grid of correlations with equal variances, then unequal variances."""
        equal = [0.0] * (len(self.sums.rows) - 1)
        if not self.correlated:
            return [np.array(equal)]
        if self.clock == "continuous":
            grid = np.log(-np.log([0.5, 0.05, 0.2, 0.8, 0.95, 0.99, 0.999]))
        else:
            grid = np.arctanh([0.3, 0.0, 0.6, 0.8, 0.9, 0.97, 0.995, *[-0.3, -0.6, -0.9] * self.signed])
        return [np.array([g, *equal]) for g in grid] + quiet_levels(np.array([grid[0], *equal]))

    def weigh(self, parameters: Array) -> Weighting:
        """First rows by their levels' precisions; pairs by those of the change, of its product with the earlier row, of that row."""
        sums, k = self.sums, int(self.correlated)
        precision = np.exp(-np.concatenate([[0.0], parameters[k:]]))
        now, before = precision[sums.now], precision[sums.before]
        shared, lost, fresh, shared_slope = self._of_gaps(parameters, sums.gap)
        keep = now - before + lost * before
        value = np.concatenate([precision**2, now**2 / fresh, now * keep / fresh, keep**2 / fresh])
        logdet = float(sums.count @ np.log(fresh) - 2 * sums.rows @ np.log(precision))
        slopes, logdet_slopes = np.zeros((len(parameters), len(value))), np.zeros(len(parameters))
        if k:
            grows = 2 * shared * shared_slope / fresh  # of 1 / fresh, relative
            less = -shared_slope * before
            slopes[0] = np.concatenate(
                [
                    np.zeros(len(precision)),
                    now**2 * grows,
                    now * (keep * grows + less),
                    keep * (keep * grows + 2 * less),
                ]
            ) / np.concatenate([np.ones(len(precision)), fresh, fresh, fresh])
            logdet_slopes[0] = -float(sums.count @ grows)
        if len(precision) > 1:
            unit = np.eye(len(precision))[1:]
            by_now, by_before = -unit[:, sums.now] * now, -unit[:, sums.before] * before
            by_keep = by_now - shared * by_before
            slopes[k:] = np.concatenate(
                [
                    -2 * unit * precision**2,
                    2 * now * by_now / fresh,
                    (by_now * keep + now * by_keep) / fresh,
                    2 * keep * by_keep / fresh,
                ],
                axis=1,
            )
            logdet_slopes[k:] = 2 * sums.rows[1:]
        return Weighting(value, slopes, logdet, logdet_slopes)

    def at_gaps(self, parameters: Array, gap: Array) -> tuple[Array, Array]:
        """``rho^d`` and ``1 - rho^(2 d)`` at gaps d."""
        shared, _, fresh, _ = self._of_gaps(parameters, gap)
        return shared, fresh

    def lost(self, parameters: Array, gap: Array) -> Array:
        """``1 - rho^d`` at gaps d, exactly where rho is near 1."""
        return self._of_gaps(parameters, gap)[1]

    def rho_slope(self, parameters: Array) -> float:
        """The slope of rho in its parameter."""
        return float(self._of_gaps(parameters, np.ones(1))[3][0])

    def _of_gaps(self, parameters: Array, gap: Array) -> tuple[Array, Array, Array, Array]:
        """``rho^d``, 1 less it, ``1 - rho^(2 d)`` and the slope of the first in the parameter, gap by gap."""
        if not self.correlated:
            return np.zeros(len(gap)), np.ones(len(gap)), np.ones(len(gap)), np.zeros(len(gap))
        if self.clock == "continuous":
            fall = gap / self.typical * np.exp(parameters[0])
            shared = np.exp(-fall)
            return shared, -np.expm1(-fall), -np.expm1(-2 * fall), -fall * shared
        rho, strength = np.tanh(parameters[0]), abs(parameters[0])
        with np.errstate(divide="ignore"):
            log = np.log1p(-2 / (np.exp(2 * strength) + 1))  # of |rho|, exactly where it is near 1
        shared = rho**gap
        lost = -np.expm1(gap * log) if rho > 0 else 1 - shared
        slope = gap * rho ** (gap - 1) / np.cosh(parameters[0]) ** 2
        return shared, lost, -np.expm1(2 * gap * log), slope
