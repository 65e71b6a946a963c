"""The variance parameters: theta, the relative covariance factor Lambda, and the way between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .small_cholesky import semidefinite_cholesky

Array = np.ndarray
ZERO = 1e-6
"""A relative standard deviation below this is set to zero: the criterion cannot tell them apart."""


@dataclass(frozen=True)
class ThetaMap:
    """Where the entries of theta stand in Lambda (Bates et al. 2015, eq. 4 and section 2.3).

    Lambda is block diagonal, each block lower triangular; theta lists the blocks' entries column by column, as lme4
    does.

    Parameters
    ----------
    sizes : tuple of int
        Rows of each covariance block.
    rows, columns : (m,) int arrays
        Place of each entry of theta in Lambda.
    diagonal : (m,) bool array
        Entries that are bounded below by 0.
    """

    sizes: tuple[int, ...]
    rows: Array
    columns: Array
    diagonal: Array

    @classmethod
    def of(cls, sizes: Sequence[int]) -> ThetaMap:
        """The map for covariance blocks of these sizes."""
        places, start = [], 0
        for size in sizes:
            places += [(start + i, start + j) for j in range(size) for i in range(j, size)]
            start += size
        rows, columns = np.array(places, dtype=int).reshape(-1, 2).T
        return cls(tuple(sizes), rows, columns, rows == columns)

    @property
    def k(self) -> int:
        """Random coefficients for each group."""
        return sum(self.sizes)

    def matrix(self, theta: Array) -> Array:
        """Lambda, (k, k); of many thetas (m, B), (k, k, B)."""
        factor = np.zeros((self.k, self.k, *theta.shape[1:]))
        factor[self.rows, self.columns] = theta
        return factor

    def tidied(self, theta: Array) -> Array:
        """The same covariances with a diagonal of Lambda that is not negative, and exactly zero where it is negligible."""
        factor = self.matrix(theta)
        theta = self.entries(factor * np.where(np.einsum("aa...->a...", factor) < 0, -1.0, 1.0))
        theta[self.diagonal] = np.where(theta[self.diagonal] < ZERO, 0.0, theta[self.diagonal])
        return theta

    def entries(self, factor: Array) -> Array:
        """Theta from Lambda."""
        return factor[self.rows, self.columns]

    def from_covariance(self, covariance: Array) -> Array:
        """Theta from a relative covariance matrix, which may be singular."""
        return self.entries(semidefinite_cholesky(covariance))

    @cached_property
    def together(self) -> Array:
        """1 where two random coefficients belong to one block, else 0, (k, k)."""
        block = np.repeat(np.arange(len(self.sizes)), self.sizes)
        return (block[:, None] == block).astype(float)

    def block_slices(self) -> list[slice]:
        """The rows of each block in Lambda."""
        ends = np.cumsum(self.sizes)
        return [slice(end - size, end) for end, size in zip(ends, self.sizes, strict=True)]
