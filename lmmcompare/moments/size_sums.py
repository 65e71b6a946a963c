"""Group moments summed over groups of the same size: all that compound-symmetric residuals need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array


@dataclass(frozen=True, eq=False)
class Sizes:
    """Sums over the groups of each size.

    Parameters
    ----------
    size, groups : (S,) arrays
        The distinct sizes, smallest first, and how many groups have each.
    within : (q, q) array
        Cross-products about the groups' own means, over all groups.
    between : (S, q, q) array
        Cross-products of the groups' means, weighted by size.
    """

    size: Array
    groups: Array
    within: Array
    between: Array

    @property
    def tables(self) -> Array:
        """The within part and the between parts, one after the other, (1 + S, q, q)."""
        return np.concatenate([self.within[None], self.between])


def by_size(n: Array, mean: Array, within: Array) -> Sizes:
    """Sums over groups of the same size.

    Parameters
    ----------
    n : (J,) array
        Rows in each group.
    mean : (q, J) array
    within : (q, q) array
        Cross-products about the groups' own means, over all groups.
    """
    size, code = np.unique(n, return_inverse=True)
    order = np.argsort(code, kind="stable")
    ends = np.cumsum(np.bincount(code))
    weighted, plain = (mean * n)[:, order], mean[:, order]
    between = np.array(
        [weighted[:, a:b] @ plain[:, a:b].T for a, b in zip(ends - np.bincount(code), ends, strict=True)]
    )
    return Sizes(size, np.bincount(code).astype(float), within, between)


@dataclass(frozen=True, eq=False)
class LevelSizes:
    """Sums over the groups of each size, level of residual spread by level.

    Parameters
    ----------
    size, groups : (S,) arrays
        The distinct sizes, smallest first, and how many groups have each.
    within : (q, q) array
        Cross-products about the groups' own means, over all groups: kept apart, so that groups which lie far apart cost no digits.
    rows : (L,) array
        Rows of each level.
    own : (L, q, q) array
        Cross-products of each level's rows.
    totals : (S, L, L, q, q) array
        Products of groups' totals over the rows of two levels, added up over groups of one size.
    """

    size: Array
    groups: Array
    within: Array
    rows: Array
    own: Array
    totals: Array

    @property
    def tables(self) -> Array:
        """`within`, `own` and `totals`, one after the other, (1 + L + S L^2, q, q)."""
        q = self.own.shape[-1]
        return np.concatenate([self.within[None], self.own, self.totals.reshape(-1, q, q)])


def by_size_and_level(
    values: Array, codes: Array, n_groups: int, levels: Array, n_levels: int, within: Array
) -> LevelSizes:
    """Sums over groups of the same size, level by level.

    Parameters
    ----------
    values : (q, n) array
        The columns' rows.
    codes, levels : (n,) int arrays
        Each row's group and level.
    within : (q, q) array
        Cross-products about the groups' own means, over all groups.
    """
    cell = codes.astype(np.int64) * n_levels + levels
    totals = np.array([np.bincount(cell, v, n_groups * n_levels) for v in values]).reshape(-1, n_groups, n_levels)
    own = np.array([(part := values[:, levels == at]) @ part.T for at in range(n_levels)])
    rows = np.bincount(levels, minlength=n_levels).astype(float)
    return size_products(totals, np.bincount(codes, minlength=n_groups), own, rows, within)


def size_products(totals: Array, n: Array, own: Array, rows: Array, within: Array) -> LevelSizes:
    """Sums over groups of the same size from the groups' totals.

    Parameters
    ----------
    totals : (q, J, L) array
        Each group's sums over the rows of each level.
    n : (J,) array
        Rows in each group.
    own, rows, within
        As in `LevelSizes`.
    """
    q, _, n_levels = totals.shape
    size, code = np.unique(n, return_inverse=True)
    paired = []
    for k in range(len(size)):
        flat = totals[:, code == k].transpose(1, 2, 0).reshape(-1, n_levels * q)
        paired.append((flat.T @ flat).reshape(n_levels, q, n_levels, q).transpose(0, 2, 1, 3))
    counts = np.bincount(code).astype(float)
    return LevelSizes(size.astype(float), counts, within, rows, own, np.array(paired))
