"""Moments of several grouping factors: each factor's own, and those of the cells where levels of two factors occur together.

The mixed model's equations need no more: a factor's random coefficients meet those of another only in the rows that the
two levels share. The cells are as sparse as the data; nothing of the size levels x levels is formed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ..arrays import Array
from .groups import Moments
from .row_pass import Rows, Weights, compute

FEW_PAIRS = 1 << 24
"""Up to so many possible pairs of levels are looked up in a table; more are sorted."""


@dataclass(frozen=True, eq=False)
class Cells:
    """The pairs of levels of two grouping factors that occur, ordered by the first factor's level.

    Parameters
    ----------
    first, second : (C,) int arrays
        The levels.
    moments : Moments
        Moments of the columns with random coefficients, with one group for each cell.
    columns : tuple of int
        Positions of these columns among the columns of the factors' moments.
    """

    first: Array
    second: Array
    moments: Moments
    columns: tuple[int, ...]

    def place(self, columns: Sequence[int]) -> list[int]:
        """Columns of the factors' moments as columns of the cells'; the constant is -1 in both."""
        return [c if c < 0 else self.columns.index(c) for c in columns]


@dataclass(frozen=True)
class Crossing:
    """Moments of several grouping factors over the same rows.

    Parameters
    ----------
    factors : tuple of Moments
        Moments over each factor, the one with the most levels first; all have the same columns, centres and scales.
    cells : dict
        Positions (i, j) of two factors, i < j, to their cells.
    """

    factors: tuple[Moments, ...]
    cells: dict[tuple[int, int], Cells]


def cross_factors(
    columns: Sequence[Rows],
    codes: Sequence[Array],
    levels: Sequence[int],
    n_rows: int,
    random: Sequence[int],
    weights: Weights | None = None,
) -> Crossing:
    """Moments of each factor and of the cells of each pair.

    Parameters
    ----------
    columns : sequence
        Each gives its values for a slice of rows; the outcome is the last.
    codes : sequence of (n_rows,) int arrays
        Each row's level of each factor.
    levels : sequence of int
        Their numbers of levels, in decreasing order.
    random : sequence of int
        The columns that have random coefficients; constants (-1) are left out.
    weights : optional
        The rows' prior weights.
    """
    first = compute(columns, codes[0], n_rows, levels[0], weights=weights)
    others = zip(codes[1:], levels[1:], strict=True)
    units = first.center, first.scale
    factors = [first, *(compute(columns, c, n_rows, k, units=units, weights=weights) for c, k in others)]
    needed = tuple(sorted({c for c in random if c >= 0}))
    units = first.center[list(needed)], first.scale[list(needed)]
    cells = {}
    for i, j in combinations(range(len(codes)), 2):
        pairs, pair_codes = _pairs(codes[i], codes[j], levels[i], levels[j])
        result = compute([columns[c] for c in needed], pair_codes, n_rows, len(pairs), units=units, weights=weights)
        cells[i, j] = Cells(pairs // levels[j], pairs % levels[j], result, needed)
    return Crossing(tuple(factors), cells)


def _pairs(a: Array, b: Array, n_a: int, n_b: int) -> tuple[Array, Array]:
    """The pairs that occur, as ``a * n_b + b`` in order, and each row's place among them."""
    joint = a.astype(np.int64) * n_b + b
    if n_a * n_b > FEW_PAIRS:
        present, place = np.unique(joint, return_inverse=True)
        return present, place
    present = np.flatnonzero(np.bincount(joint, minlength=n_a * n_b))
    at = np.zeros(n_a * n_b, dtype=np.intp)
    at[present] = np.arange(len(present))
    return present, at[joint]
