"""Rows with the dummies of several factors' levels swept out, and least squares of what is left (Frisch, Waugh and Lovell).

The first factor's dummies are taken out as its levels' means. Those of the others, less these means, are solved together from their
cross-products, which are sparse sums: of the rows no dummy is ever built as a dense column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from ..arrays import Array
from ..design.grouping import Grouping
from ..fit.bases import dependent

ABSORBED = 1e-10
"""A column that keeps a smaller share of its variation beside the dummies is a combination of them."""


@dataclass(frozen=True, eq=False)
class LevelDummies:
    """A dummy for every level of every one of some factors, each row times the root of its weight.

    Parameters
    ----------
    first : (n, J) sparse array
        Of the factor whose levels' means are taken out.
    others : (n, q) sparse array
        Of the other factors, side by side.
    root : (n,) array
        The roots of the rows' weights.
    """

    first: sparse.csr_array
    others: sparse.csr_array
    root: Array

    @classmethod
    def of(cls, first: Grouping, others: Sequence[Grouping], root: Array) -> LevelDummies:
        """The dummies of the levels of one factor and of others, of rows whose weights have these roots, (n,)."""
        none = sparse.csr_array((len(root), 0))
        side_by_side = sparse.hstack([none, *(indicators(g, root) for g in others)], format="csr")
        return cls(indicators(first, root), side_by_side, root)

    @property
    def rank(self) -> int:
        """How many dummies are not redundant."""
        return self.first.shape[1] + self.independent.shape[1]

    @cached_property
    def weights(self) -> Array:
        """Sums of the weights of each level of the first factor, (J,)."""
        return self.first.power(2).sum(axis=0)

    @cached_property
    def cells(self) -> sparse.csr_array:
        """Sums of the weights of each level of the first factor with each of the others, (J, q)."""
        return (self.first.T @ self.others).tocsr()

    @cached_property
    def independent(self) -> Array:
        """Combinations (q, r) of the others' dummies that are orthonormal once the first's means are out."""
        size = np.sqrt(self.others.power(2).sum(axis=0))
        spread = self.others.T @ self.others - self.cells.T @ sparse.diags_array(1 / self.weights) @ self.cells
        values, vectors = np.linalg.eigh(spread.toarray() / np.outer(size, size))
        # an eigenvalue is 0 for each set of levels that meets no other, and for each factor that the first lies within
        known = values > ABSORBED
        result: Array = vectors[:, known] / np.sqrt(values[known]) / size[:, None]
        return result

    def about_means(self, rows: Array) -> Array:
        """Rows (n, p), times the roots of their weights, less the means of the first factor's levels."""
        result: Array = rows - self.first @ ((self.first.T @ rows) / self.weights[:, None])
        return result

    def beyond_means(self, rows: Array) -> Array:
        """Of rows that `about_means` gives what the others' dummies leave."""
        effects = self.independent @ (self.independent.T @ (self.others.T @ rows))
        return rows - self.about_means(self.others @ effects)

    def products_by_level(self, rows: Array) -> Array:
        """Cross-products within each level of the first factor, (r + p, r + p, J).

        Of the `independent` combinations of the others' dummies, less the level's means, and of ``rows`` (n, p) that have none.
        """
        levels = self.first.shape[1]
        both = sparse.hstack([self.others, sparse.csr_array(rows)], format="csr")
        n, k = both.shape
        # with a block of columns for each level, a single product of matrices gives those of all levels
        codes = np.repeat(self.first.indices, np.diff(both.indptr))
        blocks = sparse.csr_array((both.data, both.indices + k * codes.astype(np.int64), both.indptr), (n, k * levels))
        products = (blocks.T @ both).toarray().reshape(levels, k, k)
        q, r = self.independent.shape
        means = self.cells.toarray() / np.sqrt(self.weights)[:, None]
        products[:, :q, :q] -= means[:, :, None] * means[:, None, :]
        to_independent = np.zeros((k, r + rows.shape[1]))
        to_independent[:q, :r], to_independent[q:, r:] = self.independent, np.eye(rows.shape[1])
        return (to_independent.T @ products @ to_independent).transpose(1, 2, 0)


@dataclass(frozen=True, eq=False)
class Slopes:
    """Least squares of an outcome on columns beside dummies, of rows times the roots of their weights.

    Parameters
    ----------
    kept : list of int
        The columns that neither the dummies nor the columns before them explain, in order.
    estimates : (p,) array
        Their coefficients.
    shares : (p,) array
        The share of their variation within the first factor's levels that the others' dummies leave.
    directions : (n, p) array
        An orthonormal basis of what all dummies leave of them.
    root : (p, p) array
        What the dummies leave of them times ``root`` is ``directions``; ``root @ root.T`` is the inverse of its cross-products.
    residual : (n,) array
        What all leaves of the outcome.
    """

    kept: list[int]
    estimates: Array
    shares: Array
    directions: Array
    root: Array
    residual: Array


def slopes_beside(dummies: LevelDummies, columns: Sequence[Array]) -> Slopes:
    """Least squares of the last of some columns (n,) on the others and the dummies."""
    rows = np.column_stack(columns)
    rows = (rows - rows.mean(axis=0)) * dummies.root[:, None]  # the dummies span the constant
    within = dummies.about_means(rows)
    left = dummies.beyond_means(within)
    size, own, beyond = ((part[:, :-1] ** 2).sum(axis=0) for part in (rows, within, left))
    varying = np.flatnonzero(beyond > ABSORBED * size)
    gram = left[:, varying].T @ left[:, varying]
    kept = [int(k) for k in np.delete(varying, [k for k, _ in dependent(gram)])]
    directions, upper = np.linalg.qr(left[:, kept])
    root, along = np.linalg.inv(upper), directions.T @ left[:, -1]
    residual = left[:, -1] - directions @ along
    return Slopes(kept, root @ along, beyond[kept] / own[kept], directions, root, residual)


def indicators(grouping: Grouping, root: Array) -> sparse.csr_array:
    """The dummies of a factor's levels, each row times the root of its weight, (n, J)."""
    n = len(grouping.codes)
    codes = np.asarray(grouping.codes, dtype=np.int32)
    return sparse.csr_array((root, codes, np.arange(n + 1)), shape=(n, len(grouping.levels)))
