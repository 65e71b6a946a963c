"""The variance parameters: theta, the relative covariance factor Lambda, and the way between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

import numpy as np

from ..arrays import Array
from .random_structure import Structure
from .small_cholesky import semidefinite, semidefinite_cholesky

ZERO = 1e-6
"""A relative standard deviation below this is set to zero: the criterion cannot tell them apart."""
LARGEST_STRUCTURED = 1e4
"""Largest relative standard deviation where there is a structure: the criterion is then within about 1e-6 of its limit."""
STEP = 1e-5
"""Step of the differences that give a structure's second derivatives."""


@dataclass(frozen=True, eq=False)
class ThetaMap:
    """Where the entries of theta stand in Lambda (Bates et al. 2015, eq. 4 and section 2.3).

    Lambda is block diagonal. Of an unstructured block, which is lower triangular, theta lists the entries column by column,
    as lme4 does; of a structured block its own parameters (`Structure`).

    Parameters
    ----------
    sizes : tuple of int
        Rows of each covariance block.
    rows, columns : int arrays
        Place in Lambda of each entry of theta, apart from those of structured blocks.
    diagonal : bool array, of the same length
        Entries that are bounded below by 0.
    structures : tuple of Structure or None
        Of each block; empty where all are unstructured.
    """

    sizes: tuple[int, ...]
    rows: Array
    columns: Array
    diagonal: Array
    structures: tuple[Structure | None, ...] = ()

    @classmethod
    def of(cls, sizes: Sequence[int], structures: Sequence[Structure | None] | None = None) -> ThetaMap:
        """The map for covariance blocks of these sizes; models alike share one, with what is worked out from it."""
        return _theta_map(tuple(sizes), tuple(structures) if structures and any(structures) else ())

    @property
    def k(self) -> int:
        """Random coefficients for each group."""
        return sum(self.sizes)

    @property
    def size(self) -> int:
        """Entries of theta."""
        return len(self.rows) + sum(s.n_parameters for _, _, s in self.structured)

    @cached_property
    def structured(self) -> list[tuple[slice, slice, Structure]]:
        """The structured blocks: their rows in Lambda, their part of theta, and what they are."""
        result, at = [], 0
        for rows, structure in zip(self.block_slices(), self.structures, strict=False):
            k = rows.stop - rows.start
            size = k * (k + 1) // 2 if structure is None else structure.n_parameters
            if structure is not None:
                result.append((rows, slice(at, at + size), structure))
            at += size
        return result

    @cached_property
    def free(self) -> Array:
        """Places in theta of the unstructured blocks' entries."""
        own = [np.arange(part.start, part.stop) for _, part, _ in self.structured]
        return np.setdiff1d(np.arange(self.size), np.concatenate(own)) if own else np.arange(len(self.rows))

    def matrix(self, theta: Array) -> Array:
        """Lambda, (k, k); of many thetas (m, B), (k, k, B)."""
        if self.structured and theta.ndim > 1:
            return np.stack([self.matrix(t) for t in theta.T], axis=-1)
        factor = np.zeros((self.k, self.k, *theta.shape[1:]))
        factor[self.rows, self.columns] = theta[self.free] if self.structured else theta
        for rows, part, structure in self.structured:
            factor[rows, rows] = structure.factor(theta[part])
        return factor

    @property
    def known(self) -> tuple[Structure | None, ...]:
        """Each block's structure."""
        return self.structures or (None,) * len(self.sizes)

    def block(self, block: int) -> tuple[slice, slice, Structure]:
        """A structured block's rows in Lambda, its part of theta, and what it is."""
        return self.structured[sum(s is not None for s in self.known[:block])]

    @cached_property
    def even(self) -> Array:
        """Entries in which the criterion is even, so that 0 is stationary whatever the data, (m,)."""
        result = np.ones(self.size, dtype=bool)
        result[self.free] = self.diagonal
        return result

    def from_root(self, theta: Array, root: Array) -> Array:
        """Theta with unstructured blocks of which ``root`` is any root."""
        if not self.structured:
            return self.from_covariance(root @ root.T)
        result = theta.copy()
        result[self.free] = self.entries(semidefinite_cholesky(root @ root.T * self.together))
        return result

    def pullback(self, slope: Array, theta: Array) -> Array:
        """The derivative in theta of what has the derivative ``slope`` (k, k) in Lambda."""
        if not self.structured:
            return slope[self.rows, self.columns]
        result = np.empty(self.size)
        result[self.free] = slope[self.rows, self.columns]
        for rows, part, structure in self.structured:
            result[part] = np.tensordot(structure.derivatives(theta[part]), slope[rows, rows], axes=2)
        return result

    def derivatives(self, theta: Array) -> Array:
        """The derivative of Lambda in each entry of theta, (m, k, k)."""
        result = np.zeros((self.size, self.k, self.k))
        result[self.free, self.rows, self.columns] = 1.0
        for rows, part, structure in self.structured:
            result[part, rows, rows] = structure.derivatives(theta[part])
        return result

    def map_curvature(self, curvature: Array, theta: Array) -> Array:
        """What theta's own curvature adds to the Hessian of what has the derivative ``curvature`` in Lambda Lambda'."""
        same = self.columns[:, None] == self.columns
        plain = 2 * np.where(same, curvature[np.ix_(self.rows, self.rows)], 0.0)
        if not self.structured:
            return plain
        result = np.zeros((self.size, self.size))
        result[np.ix_(self.free, self.free)] = plain
        for rows, part, structure in self.structured:
            at, own = theta[part], 2 * curvature[rows, rows]
            for k, move in enumerate(STEP * np.eye(len(at))):
                up, down = (
                    np.tensordot(structure.derivatives(t), own @ structure.factor(t), axes=2)
                    for t in (at + move, at - move)
                )
                result[part.start + k, part] = (up - down) / (2 * STEP)
        return (result + result.T) / 2

    def limits(self, plain: float) -> Array:
        """How far each entry of theta is searched, (m,): ``plain``, unless a structure needs less.

        With a structure a group may have a random coefficient for each row. The residual variance can then be 0, which
        relative standard deviations reach only without end.
        """
        result = np.full(self.size, plain if not self.structured else LARGEST_STRUCTURED)
        for _, part, structure in self.structured:
            result[part] = structure.limits(LARGEST_STRUCTURED)
        return result

    def is_unbounded(self, theta: Array) -> bool:
        """Whether the residual variance is 0 beside the random coefficients', as far as a structure lets it be told."""
        return bool(self.structured) and bool((np.abs(theta) >= 0.99 * self.limits(np.inf)).any())

    @property
    def linear(self) -> bool:
        """Whether the relative covariances are linear combinations of given matrices."""
        return all(structure.linear is not None for _, _, structure in self.structured)

    def directions(self) -> Array:
        """Symmetric matrices (r, k, k) whose linear combinations the relative covariances are, where they are `linear`."""
        at = np.arange(len(self.rows))
        result = np.zeros((len(at), self.k, self.k))
        result[at, self.rows, self.columns] = result[at, self.columns, self.rows] = 1.0
        more = []
        for rows, _, structure in self.structured:
            own = structure.linear
            assert own is not None
            more.append(np.zeros((len(own), self.k, self.k)))
            more[-1][:, rows, rows] = own
        return np.concatenate([result, *more])

    def canonical(self, theta: Array) -> Array:
        """The same covariances with a diagonal of Lambda that is not negative, and exactly zero where it is negligible.

        Of one theta (m,), or of many (m, B).
        """
        if self.structured and theta.ndim > 1:
            return np.stack([self.canonical(t) for t in theta.T], axis=-1)
        if not self.structured and (theta[self.diagonal] >= ZERO).all():
            return theta.copy()
        factor = self.matrix(theta)
        result = theta.copy()
        free = self.entries(factor * np.where(factor.diagonal().T < 0, -1.0, 1.0))
        free[self.diagonal] = np.where(free[self.diagonal] < ZERO, 0.0, free[self.diagonal])
        # without a variance of its own a coefficient may be a multiple of another, or vary not at all
        spread = np.sqrt((factor**2).sum(axis=1))[self.rows]
        result[self.free] = np.where(spread < ZERO, 0.0, free)
        for _, part, structure in self.structured:
            result[part] = structure.canonical(theta[part], ZERO)
        return result

    def entries(self, factor: Array) -> Array:
        """The unstructured blocks' entries of theta from Lambda."""
        return factor[self.rows, self.columns]

    def from_covariance(self, covariance: Array) -> Array:
        """Theta from a relative covariance matrix, which may be singular; structured blocks are made like it."""
        if not self.structured:
            return self.entries(semidefinite_cholesky(covariance))
        result = np.empty(self.size)
        result[self.free] = self.entries(semidefinite_cholesky(covariance * self.together))
        for rows, part, structure in self.structured:
            result[part] = structure.from_covariance(covariance[rows, rows])
        return result

    def from_covariances(self, covariance: Array) -> Array:
        """`from_covariance` of many, (k, k, B) -> (m, B)."""
        if not self.structured:
            return self.entries(semidefinite(covariance))
        return np.stack([self.from_covariance(c) for c in np.moveaxis(covariance, -1, 0)], axis=-1)

    def singular(self, theta: Array, limit: float) -> bool:
        """Whether a variance is zero or a correlation at the end of its range."""
        return bool((theta[self.free][self.diagonal] < limit).any()) or any(
            structure.singular(theta[part], limit) for _, part, structure in self.structured
        )

    def on_boundary(self, theta: Array, limit: float) -> Array:
        """Whether each of many thetas (m, B) is `singular` or `is_unbounded`, (B,)."""
        if not self.structured:
            return (theta[self.diagonal] < limit).any(axis=0)
        return np.array([self.singular(t, limit) or self.is_unbounded(t) for t in theta.T])

    @cached_property
    def covariance_slopes(self) -> Array:
        """The derivatives of ``Lambda Lambda'`` in theta, (m k^2), for each entry of Lambda, (k^2); unstructured blocks only."""
        k, m = self.k, len(self.rows)
        result, every, entry = np.zeros((k, k, m, k, k)), np.arange(k)[:, None], np.arange(m)
        result[every, self.columns, entry, self.rows, every] += 1.0
        result[every, self.columns, entry, every, self.rows] += 1.0
        return result.reshape(k * k, -1)

    @cached_property
    def together(self) -> Array:
        """1 where two random coefficients belong to one block, else 0, (k, k)."""
        block = np.repeat(np.arange(len(self.sizes)), self.sizes)
        return (block[:, None] == block).astype(float)

    def block_slices(self) -> list[slice]:
        """The rows of each block in Lambda."""
        return [slice(end - size, end) for end, size in zip(accumulate(self.sizes), self.sizes, strict=True)]


@lru_cache(maxsize=16)
def _theta_map(sizes: tuple[int, ...], structures: tuple[Structure | None, ...]) -> ThetaMap:
    places, start = [], 0
    for size, structure in zip(sizes, structures or [None] * len(sizes), strict=True):
        if structure is None:
            places += [(start + i, start + j) for j in range(size) for i in range(j, size)]
        start += size
    rows, columns = np.array(places, dtype=int).reshape(-1, 2).T
    return ThetaMap(sizes, rows, columns, rows == columns, structures)
