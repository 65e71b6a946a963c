"""Residuals with a free covariance between visits: a variance for each visit and a covariance for each pair.

The parameters are the covariances themselves, in which V is linear: ``V = sum of V_i D_i``. So besides the weights of the sums this
knows products such as ``tr(A D_i B D_j)`` for all pairs at once, which Fisher scoring, Newton's method and Kenward and Roger's
adjustment are made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...arrays import Array
from ...moments.visits import Visits
from .structure import Weighting


@dataclass(frozen=True)
class Unstructured:
    """The parameters are the lower triangle of V, row by row.

    Parameters
    ----------
    sums : Visits
    """

    sums: Visits
    scaled = False

    @property
    def tables(self) -> Array:
        """The sums."""
        return self.sums.tables

    @cached_property
    def entries(self) -> tuple[Array, Array]:
        """Rows and columns of the parameters in V."""
        return np.tril_indices(self.sums.n_visits)

    @property
    def low(self) -> Array:
        """No bounds but those of a covariance matrix."""
        return np.full(len(self.entries[0]), -np.inf)

    @property
    def high(self) -> Array:
        """No bounds but those of a covariance matrix."""
        return -self.low

    def covariance(self, parameters: Array) -> Array:
        """V, (k, k)."""
        rows, columns = self.entries
        result = np.empty((self.sums.n_visits,) * 2)
        result[rows, columns] = result[columns, rows] = parameters
        return result

    def parameters(self, covariance: Array) -> Array:
        """The parameters of a covariance matrix."""
        return covariance[self.entries]

    def starts(self) -> list[Array]:
        """No covariances, and for each visit the outcome's mean square there."""
        own = self.sums.earlier == self.sums.later
        squares = np.bincount(self.sums.earlier[own], self.tables[own, -1, -1], self.sums.n_visits)
        return [self.parameters(np.diag(squares / (self.sums.groups @ self.sums.seen)))]

    def precisions(self, covariance: Array) -> Array | None:
        """Each pattern's inverse of its part of V, padded with zeros, (O, k, k); None where V is not positive definite."""
        sentence = self.sums.seen
        both = sentence[:, :, None] & sentence[:, None, :]
        absent = np.eye(sentence.shape[1]) * ~sentence[:, None, :]
        try:
            np.linalg.cholesky(covariance)
        except np.linalg.LinAlgError:
            return None
        return np.where(both, np.linalg.inv(np.where(both, covariance, 0.0) + absent), 0.0)

    def logdets(self, covariance: Array) -> float:
        """``sum of log |V_o|`` over all groups."""
        sentence = self.sums.seen
        both = sentence[:, :, None] & sentence[:, None, :]
        whole = np.where(both, covariance, 0.0) + np.eye(sentence.shape[1]) * ~sentence[:, None, :]
        return float(self.sums.groups @ np.linalg.slogdet(whole)[1])

    def weigh(self, parameters: Array) -> Weighting:
        """The entries of each pattern's inverse; infinite where V is not positive definite."""
        sums, (rows, columns) = self.sums, self.entries
        covariance = self.covariance(parameters)
        inverse = self.precisions(covariance)
        m = len(parameters)
        if inverse is None:
            return Weighting(np.full(len(sums.pattern), -1.0), np.zeros((m, len(sums.pattern))), np.inf, np.zeros(m))
        o, t, s = sums.pattern, sums.earlier, sums.later
        slopes = -inverse[o, t][:, rows] * inverse[o, s][:, columns]
        slopes -= inverse[o, t][:, columns] * inverse[o, s][:, rows]
        slopes[:, rows == columns] /= 2
        logdet_slopes = (2 - (rows == columns)) * np.tensordot(sums.groups, inverse, axes=1)[rows, columns]
        return Weighting(inverse[o, t, s], slopes.T, self.logdets(covariance), logdet_slopes)

    def folded(self, matrix: Array) -> Array:
        """Each pattern's products of visits of ``W matrix W'``, padded, (O, k, k); ``matrix`` is (q, q)."""
        sums, k = self.sums, self.sums.n_visits
        result = np.zeros((len(sums.seen), k, k))
        flat = sums.tables.reshape(len(sums.pattern), -1) @ matrix.ravel()
        result[sums.pattern, sums.earlier, sums.later] = flat
        return result

    def traces(self, a: Array, b: Array) -> Array:
        """``sum over patterns of tr(A D_i B D_j)``, (m, m), of symmetric A and B, (O, k, k) each."""
        rows, columns = self.entries
        pairs = np.einsum("obc,oda->abcd", a, b, optimize=True)
        half = pairs[rows, columns] + np.where((rows == columns)[:, None, None], 0.0, pairs[columns, rows])
        return half[:, rows, columns] + np.where(rows == columns, 0.0, half[:, columns, rows])

    def weighted(self, inverse: Array, weights: Array) -> Array:
        """``sum of weights_ij X'V^-1 D_i V^-1 D_j V^-1 X``, (q, q); ``weights`` are (m, m)."""
        sums, (rows, columns), k = self.sums, self.entries, self.sums.n_visits
        wide = np.zeros((k, k, k, k))
        for a, b in ((rows, columns), (columns, rows)):
            for c, d in ((rows, columns), (columns, rows)):
                share = np.where(rows == columns, 0.5, 1.0)
                wide[a[:, None], b[:, None], c, d] += weights * share[:, None] * share
        inner = np.einsum("abcd,obc->oad", wide, inverse, optimize=True)
        weight = inverse @ inner @ inverse
        return np.tensordot(weight[sums.pattern, sums.earlier, sums.later], sums.tables, axes=1)
