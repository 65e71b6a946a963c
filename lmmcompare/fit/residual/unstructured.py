"""Residuals with a free covariance between visits: a variance for each visit and a covariance for each pair.

A group is its row at the first visit and the differences of its other rows from that (`moments.visit_sums`); with Omega for the
covariance of these, ``Omega = root Theta root'``, and the parameters are the entries of Theta, in which the covariance is linear. With
a root near that of Omega itself all of them are of one size, however far apart groups lie or however much visits differ in spread. So
besides the weights of the sums this knows products such as ``tr(A D_i B D_j)`` for all pairs at once, which Fisher scoring, Newton's
method and Kenward and Roger's adjustment are made of.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ...arrays import Array
from ...moments.visit_sums import Visits, differences
from .structure_protocol import Weighting

LEAST = 1e-20
"""The share of the variance of first rows that differences are taken to have at least, where a search starts."""


@dataclass(frozen=True, eq=False)
class Unstructured:
    """The parameters are the lower triangle of Theta, row by row.

    Parameters
    ----------
    root : (k, k) array
    """

    sums: Visits
    root: Array
    scaled = False

    @classmethod
    def of(cls, sums: Visits) -> Unstructured:
        """With the root that a search starts from: no covariances, the mean squares of first rows and of all differences."""
        own = sums.earlier == sums.later
        first = sums.earlier[own] == sums.observed.argmax(axis=1)[sums.pattern[own]]
        squares, groups = sums.tables[own, -1, -1], sums.groups[sums.pattern[own]]
        level = squares[first].sum() / groups[first].sum()
        between = max(squares[~first].sum() / groups[~first].sum(), LEAST * level)
        return cls(sums, np.diag(np.sqrt([level, *[between] * (sums.n_visits - 1)])))

    @property
    def tables(self) -> Array:
        """The sums."""
        return self.sums.tables

    @cached_property
    def entries(self) -> tuple[Array, Array]:
        """Rows and columns of the parameters in Theta."""
        return np.tril_indices(self.sums.n_visits)

    @property
    def low(self) -> Array:
        """No bounds but those of a covariance matrix."""
        return np.full(len(self.entries[0]), -np.inf)

    @property
    def high(self) -> Array:
        """No bounds but those of a covariance matrix."""
        return -self.low

    def theta(self, parameters: Array) -> Array:
        """Theta, (k, k)."""
        rows, columns = self.entries
        result = np.empty((self.sums.n_visits,) * 2)
        result[rows, columns] = result[columns, rows] = parameters
        return result

    def of_differences(self, parameters: Array) -> Array:
        """Omega, the covariance of the first visit and of the differences from it, (k, k)."""
        return self.root @ self.theta(parameters) @ self.root.T

    def covariance(self, parameters: Array) -> Array:
        """V, the covariance between visits, (k, k)."""
        result = self.of_differences(parameters)
        result[1:] += result[:1]
        result[:, 1:] += result[:, :1]
        return (result + result.T) / 2

    def parameters(self, theta: Array) -> Array:
        """The parameters of a matrix Theta."""
        return theta[self.entries]

    def starts(self) -> list[Array]:
        """What the root stands for."""
        return [self.parameters(np.eye(self.sums.n_visits))]

    def rebased(self, theta: Array) -> Unstructured | None:
        """The same with the root of another Theta, which becomes the identity; None where it is not positive definite."""
        try:
            return replace(self, root=self.root @ np.linalg.cholesky(theta))
        except np.linalg.LinAlgError:
            return None

    @cached_property
    def factors(self) -> Array:
        """What a pattern's groups have, as combinations of what Theta is the covariance of, (O, k, k)."""
        return differences(self.sums.observed) @ self.root

    def precisions(self, theta: Array) -> tuple[Array, float] | None:
        """Each pattern's inverse, padded with zeros, (O, k, k), and ``sum of log |V_o|`` over all groups; None where there is none."""
        observed = self.sums.observed
        try:
            np.linalg.cholesky(theta)
            whole = self.factors @ theta @ self.factors.swapaxes(1, 2)
            size = np.sqrt(np.where(observed, np.einsum("okk->ok", whole), 1.0))
            both = size[:, :, None] * size[:, None, :]
            whole = whole / both + np.eye(observed.shape[1]) * ~observed[:, None, :]
            inverse = np.linalg.inv(whole)  # the root that theta stands on may have run into a singular matrix
        except np.linalg.LinAlgError:
            return None
        inverse = np.where(observed[:, :, None] & observed[:, None, :], inverse / both, 0.0)
        return inverse, float(self.sums.groups @ (np.linalg.slogdet(whole)[1] + 2 * np.log(size).sum(axis=1)))

    def weigh(self, parameters: Array) -> Weighting:
        """The entries of each pattern's inverse; infinite where there is none."""
        sums, (rows, columns), m = self.sums, self.entries, len(parameters)
        known = self.precisions(self.theta(parameters))
        if known is None:
            return Weighting(np.full(len(sums.pattern), -1.0), np.zeros((m, len(sums.pattern))), np.inf, np.zeros(m))
        inverse, logdet = known
        o, t, s = sums.pattern, sums.earlier, sums.later
        along = inverse @ self.factors
        slopes = -along[o, t][:, rows] * along[o, s][:, columns]
        slopes -= along[o, t][:, columns] * along[o, s][:, rows]
        slopes[:, rows == columns] /= 2
        total = np.tensordot(sums.groups, self.inward(inverse), axes=1)
        return Weighting(inverse[o, t, s], slopes.T, logdet, (2 - (rows == columns)) * total[rows, columns])

    def inward(self, matrices: Array) -> Array:
        """``F' A F`` for the patterns' factors F and matrices A, (O, k, k)."""
        return self.factors.swapaxes(1, 2) @ matrices @ self.factors

    def folded(self, matrix: Array) -> Array:
        """Each pattern's products of visits of ``W matrix W'``, padded, (O, k, k); ``matrix`` is (q, q)."""
        sums, k = self.sums, self.sums.n_visits
        result = np.zeros((len(sums.observed), k, k))
        flat = sums.tables.reshape(len(sums.pattern), -1) @ matrix.ravel()
        result[sums.pattern, sums.earlier, sums.later] = flat
        return result

    def traces(self, a: Array, b: Array) -> Array:
        """``sum over patterns of tr(A E_i B E_j)``, (m, m), of symmetric `inward` A and B, (O, k, k) each; E_i are Theta's slopes."""
        rows, columns = self.entries
        pairs = np.einsum("obc,oda->abcd", a, b, optimize=True)
        half = pairs[rows, columns] + np.where((rows == columns)[:, None, None], 0.0, pairs[columns, rows])
        return half[:, rows, columns] + np.where(rows == columns, 0.0, half[:, columns, rows])

    def weighted(self, inverse: Array, weights: Array) -> Array:
        """``sum of weights_ij X'V^-1 D_i V^-1 D_j V^-1 X``, (q, q); ``weights`` are (m, m)."""
        (rows, columns), k = self.entries, self.sums.n_visits
        wide = np.zeros((k, k, k, k))
        for a, b in ((rows, columns), (columns, rows)):
            for c, d in ((rows, columns), (columns, rows)):
                share = np.where(rows == columns, 0.5, 1.0)
                wide[a[:, None], b[:, None], c, d] += weights * share[:, None] * share
        inner = np.einsum("abcd,obc->oad", wide, self.inward(inverse), optimize=True)
        along = inverse @ self.factors
        return self.total(along @ inner @ along.swapaxes(1, 2))

    def total(self, weights: Array) -> Array:
        """The sums weighted by pattern and pair of visits, (O, k, k): (q, q)."""
        sums = self.sums
        return np.tensordot(weights[sums.pattern, sums.earlier, sums.later], sums.tables, axes=1)
