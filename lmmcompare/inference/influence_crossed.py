"""Influence of each level of a grouping factor on a mixed model with several factors: the fits without each level.

Leaving out a level of one factor removes rows from levels of all the others. So the moments are computed anew from the
remaining rows, and the model is fitted to them starting from the fit to all rows, which takes few evaluations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Array
from ..fit.mixed import MixedFit
from ..moments.crossed import Crossing, cross_factors
from ..moments.groups import Remainder
from .group_refits import WithoutGroup, refit


@dataclass(frozen=True, eq=False)
class RelativeWeights:
    """Prior weights of some rows, over their mean.

    Parameters
    ----------
    values : (n,) array
        As they are given.
    """

    values: Array

    @property
    def mean(self) -> float:
        """Mean of the weights as given."""
        return float(self.values.mean())

    def __getitem__(self, rows: slice) -> Array:
        return self.values[rows] / self.mean


@dataclass(frozen=True, eq=False)
class CrossedRows:
    """The n rows that a model with several grouping factors was fitted to.

    Parameters
    ----------
    columns : sequence of (n,) arrays
        In the order of the moments; the outcome is the last.
    codes : sequence of (n,) int arrays
        Each row's level of each factor, the factors in the order of the fit.
    random : tuple of int
        The columns with random coefficients.
    weights : (n,) array or None
        Prior weights.
    remainders : tuple of Remainder
        Those of the moments.
    """

    columns: Sequence[Array]
    codes: Sequence[Array]
    random: tuple[int, ...]
    weights: Array | None = None
    remainders: tuple[Remainder, ...] = ()

    def without(self, factor: int, level: int) -> Crossing:
        """Moments of all rows but those of one level; levels of other factors that occur in these rows only are dropped."""
        keep = np.flatnonzero(self.codes[factor] != level)
        codes, levels = [], []
        for all_codes in self.codes:
            own = all_codes[keep]
            present = np.bincount(own) > 0
            codes.append((np.cumsum(present) - 1)[own])
            levels.append(int(present.sum()))
        columns = [column[keep] for column in self.columns]
        weights = None if self.weights is None else RelativeWeights(self.weights[keep])
        result = cross_factors(columns, codes, levels, len(keep), self.random, weights)
        if not self.remainders:
            return result
        return replace(result, factors=tuple(replace(m, remainders=self.remainders) for m in result.factors))


def leave_each_level_out(fit: MixedFit, rows: CrossedRows, factor: int) -> Iterator[tuple[int, WithoutGroup]]:
    """The fit without each level of a factor in turn, variances estimated anew: what a refit to the other rows gives.

    Parameters
    ----------
    fit : MixedFit
        With several grouping factors.
    factor : int
        The position of the factor whose levels are left out.

    Yields
    ------
    int, WithoutGroup
        How many levels have been left out, and the fits without them; NaN for those to come, and where the other rows cannot
        carry the model.
    """
    n_levels = fit.problem.levels[factor]
    result = WithoutGroup.unknown(fit, n_levels)
    for level in range(n_levels):
        rest = rows.without(factor, level)
        if _enough(fit, rest):
            result.put(level, refit(fit, rest))
        yield level + 1, result


def _enough(fit: MixedFit, rest: Crossing) -> bool:
    """Whether every factor has two levels at least, and more rows than random coefficients of a block."""
    largest = [
        max(b.stop - b.start for b in fit.problem.theta_map.block_slices() if own.start <= b.start < own.stop)
        for own in fit.problem.factor_rows
    ]
    n_rows = rest.factors[0].n_rows
    return n_rows > len(fit.beta) and all(
        m.n_groups > 1 and n_rows > k * m.n_groups for m, k in zip(rest.factors, largest, strict=True)
    )
