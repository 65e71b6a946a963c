"""The other grouping factors: what stays when the first one has been eliminated group by group.

With several grouping factors the outcome's covariance is ``sigma^2 H``, ``H = H1 + Z2 Lambda2 Lambda2' Z2'``, where H1 is
that of the first factor alone, block diagonal, and Z2 holds the random-effects columns of all others. So Z2 stands
beside [X y] in the elimination of the first factor (sparse: a level meets few groups) and one dense Cholesky factor

    L L' = I + Lambda2' (Z2' H1^-1 Z2) Lambda2

does the rest: the packed blocks of MixedModels.jl (Bates et al. 2015, section 2.3, is the same factor, sparse).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from ..arrays import Array

DENSE = 0.1
"""From this share of cells that occur the cross-table is a full matrix: BLAS is then faster."""
SMALL = 20_000
"""A cross-table of so few entries is a full matrix whatever its share."""


@dataclass(frozen=True, eq=False)
class OtherFactors:
    """The random-effects columns of the other factors, projected on the first factor's, and what is left of them (the Schur complement).

    The q columns lie factor by factor, in each factor coefficient by coefficient, in each coefficient level by level.

    Parameters
    ----------
    shapes : tuple of (int, int)
        Random coefficients and levels of each of these factors.
    group, column : (E,) int arrays
        Group of the first factor, ordered, and the column of each entry that is not zero for lack of rows.
    starts : (J + 1,) int array
        Where each group's entries begin.
    projected : (k, E) array
        ``R_j^-T Z_j'`` of these columns, at those entries.
    remaining : (q, q) array
        Cross-products of what the projection leaves of them.
    remaining_w : (q, p + 1) array
        The same with [X y].
    """

    shapes: tuple[tuple[int, int], ...]
    group: Array
    column: Array
    starts: Array
    projected: Array
    remaining: Array
    remaining_w: Array

    @property
    def size(self) -> int:
        """Columns, q."""
        return len(self.remaining)

    @cached_property
    def blocks(self) -> list[tuple[slice, slice, int]]:
        """Each factor's rows in the other factors' blocks of Lambda, its columns, and its levels."""
        result, row, column = [], 0, 0
        for k, n in self.shapes:
            result.append((slice(row, row + k), slice(column, column + k * n), n))
            row, column = row + k, column + k * n
        return result

    @cached_property
    def _full(self) -> bool:
        area = (len(self.starts) - 1) * self.size
        return area <= SMALL or self.projected.shape[1] >= DENSE * area

    @cached_property
    def _flat(self) -> Array:
        return self.group * self.size + self.column

    def matrix(self, entries: Array) -> Array | csr_array:
        """Groups x columns from entries, full or sparse."""
        shape = (len(self.starts) - 1, self.size)
        if not self._full:
            return csr_array((entries, self.column, self.starts), shape=shape)
        full = np.zeros(shape)
        full.reshape(-1)[self._flat] = entries
        return full

    def full(self, entries: Array) -> Array:
        """Groups x columns from entries, in full."""
        result = self.matrix(entries)
        return result if isinstance(result, np.ndarray) else result.toarray()

    def parts(self, rows: Array) -> list[Array]:
        """Rows (q, ...) of each factor, (k_f, levels, ...)."""
        return [rows[columns].reshape(-1, n, *rows.shape[1:]) for _, columns, n in self.blocks]

    def scaled(self, factor: Array, rows: Array) -> Array:
        """``Lambda2' rows`` for rows (q, m) and these factors' blocks of Lambda."""
        result = np.empty_like(rows)
        for at, columns, _ in self.blocks:
            block = factor[at, at]
            if len(block) == 1:
                np.multiply(rows[columns], block[0, 0], out=result[columns])
            else:
                part = rows[columns].reshape(len(block), -1)
                result[columns] = (block.T @ part).reshape(-1, *rows.shape[1:])
        return result


def product(left: Array | csr_array, right: Array | csr_array) -> Array:
    """``left' right`` as a full matrix."""
    result = left.T @ right
    return result if isinstance(result, np.ndarray) else result.toarray()
