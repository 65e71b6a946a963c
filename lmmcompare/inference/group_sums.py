"""The sums over groups that a mixed model's criterion needs, without each group in turn.

Everything that the criterion needs is a sum over groups: log-determinants and the cross-products ``[X e]'H^-1[X e]``.
Adding the others up at a covariance of its own for each group would be work of order J^2. But with many groups no single
one moves the covariance far, and the sums are analytic in it: they are interpolated once by a polynomial about the
fitted covariance, and the group's own part is taken off.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import comb

import numpy as np

from ..arrays import Array
from ..fit.small_cholesky import cholesky, forward
from ..fit.theta import ThetaMap

LEJA = np.array([0.0, 1.0, -1.0, 0.577, -0.656, 0.845, -0.876])
"""Interpolation nodes of which the first d + 1 serve degree d (a Leja sequence)."""
MAX_NODES = 100
TRUNCATION = 1e-8
"""The size of the first term that the expansion leaves out, relative to the sums."""
MAX_ENTRIES = 2_000_000


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over groups at covariances of the random coefficients, one sum for each of B covariances.

    Parameters
    ----------
    log_det : (B,) array
        Of ``H = I + Z M Z'``.
    products : (B, p + 1, p + 1) array
        ``[X e]' H^-1 [X e]``.
    log_det_slope, products_slope : (B, m), (B, m, p + 1, p + 1) arrays
        Their derivatives in the free entries of the symmetric M.
    """

    log_det: Array
    products: Array
    log_det_slope: Array
    products_slope: Array

    def minus(self, other: Sums) -> Sums:
        """The sums without those of other groups."""
        return Sums(
            self.log_det - other.log_det,
            self.products - other.products,
            self.log_det_slope - other.log_det_slope,
            self.products_slope - other.products_slope,
        )


def _products(a: Array, b: Array) -> Array:
    """``a' b`` of small matrices (k, m, ...) and (k, n, ...), trailing axes broadcast."""
    result: Array = a[0][:, None] * b[0][None]
    for left, right in zip(a[1:], b[1:], strict=True):
        result += left[:, None] * right[None]
    return result


@dataclass(frozen=True, eq=False)
class Parts:
    """Each group's part in the criterion.

    Parameters
    ----------
    root : (k, k, J) array
        R_j with ``R_j'R_j = Z_j'Z_j``.
    projected : (k, p + 1, J) array
        ``R_j^-T Z_j'[X e]``.
    remaining : (p + 1, p + 1, J) array
        Cross-products of the rest of [X e].
    theta_map : ThetaMap
        Whose entries are the free ones of M.
    """

    root: Array
    projected: Array
    remaining: Array
    theta_map: ThetaMap

    @property
    def n_groups(self) -> int:
        """The number of groups, J."""
        return self.root.shape[-1]

    @cached_property
    def unseen_total(self) -> Array:
        """The sum of `remaining`."""
        return self.remaining.sum(axis=-1)

    def halves(self, groups: Array | slice, covariance: Array) -> tuple[Array, Array, Array]:
        """Log-determinants, ``S^-1 R`` and ``S^-1 C`` with ``S S' = I + R M R'``, trailing axes broadcast."""
        root, projected = self.root[:, :, groups], self.projected[:, :, groups]
        extra = covariance.ndim - 2 - (root.ndim - 2)
        root, projected = (a.reshape(*a.shape[:2], *[1] * extra, -1) for a in (root, projected))
        spread = _products(covariance, root.swapaxes(0, 1))
        outer = _products(spread, root.swapaxes(0, 1))
        k = len(outer)
        outer[np.arange(k), np.arange(k)] += 1.0
        lower = cholesky(outer)
        trailing = outer.shape[2:]
        half_z = forward(lower, np.broadcast_to(root, (k, k, *trailing)))
        half_w = forward(lower, np.broadcast_to(projected, (k, projected.shape[1], *trailing)))
        log_det = 2 * np.log(lower[np.arange(k), np.arange(k)]).sum(axis=0)
        return log_det, half_z, half_w

    def own(self, groups: Array, covariance: Array) -> Sums:
        """Each group's own part at a covariance of its own, (k, k, B)."""
        log_det, half_z, half_w = self.halves(groups, covariance)
        z_z, z_w = _products(half_z, half_z), _products(half_z, half_w)
        products = self.remaining[:, :, groups] + _products(half_w, half_w)
        rows, columns, twice = self.entries
        slopes = np.empty((len(rows), *products.shape))
        for slope, r, c in zip(slopes, rows, columns, strict=True):
            np.multiply(z_w[r][:, None], -z_w[c][None], out=slope)
            if r != c:
                slope += slope.transpose(1, 0, 2).copy()
        return Sums(
            log_det, np.moveaxis(products, -1, 0), (twice[:, None] * z_z[rows, columns]).T, np.moveaxis(slopes, -1, 0)
        )

    def total(self, covariance: Array) -> tuple[float, Array]:
        """Log-determinant and cross-products over all groups at one covariance, (k, k)."""
        log_det, _, half_w = self.halves(slice(None), covariance[:, :, None])
        return float(log_det.sum()), self.unseen_total + np.tensordot(half_w, half_w, axes=([0, 2], [0, 2]))

    @property
    def entries(self) -> tuple[Array, Array, Array]:
        """Row and column of the free entries of M, and 2 for those that stand in it twice (else 1)."""
        where = self.theta_map
        return where.rows, where.columns, np.where(where.diagonal, 1.0, 2.0)

    def matrices(self, entries: Array) -> Array:
        """Symmetric matrices (k, k, B) from their free entries (B, m)."""
        k, (rows, columns, _) = self.theta_map.k, self.entries
        result = np.zeros((k, k, len(entries)))
        result[rows, columns] = entries.T
        result[columns, rows] = entries.T
        return result


class ExpandedSums:
    """The sums over all groups as polynomials in the free entries of M, about the fitted M; minus the group's own part.

    Exact at a lattice of nodes of total degree d (a lower set of a Leja sequence, so the interpolant is unique). The
    terms of the sums fall by the largest eigenvalue of ``Z_j'H_j^-1Z_j (M - fitted M)`` from one degree to the next,
    which sets the reach.

    Parameters
    ----------
    parts : Parts
    fitted : (k, k) array
        The fitted M.
    information : float
        Largest eigenvalue of ``Z_j'H_j^-1Z_j`` in any group.
    wanted : float
        The reach to aim at, times ``information``; the lowest degree that has it is taken.
    """

    def __init__(self, parts: Parts, fitted: Array, information: float, wanted: float) -> None:
        self.parts, self.fitted = parts, fitted
        m, q = len(parts.theta_map.rows), parts.projected.shape[1]
        degrees = [d for d in range(2, len(LEJA)) if d == 2 or comb(m + d, d) <= MAX_NODES]
        enough = [d for d in degrees if TRUNCATION ** (1 / (d + 1)) > wanted]
        degree = min(enough, default=max(degrees))
        self.powers = np.array([e for e in product(range(degree + 1), repeat=m) if sum(e) <= degree], dtype=int)
        self.reach = TRUNCATION ** (1 / (degree + 1)) / information
        nodes = LEJA[self.powers]
        values = []
        for shift in parts.matrices(self.reach * nodes).transpose(2, 0, 1):
            log_det, products = parts.total(fitted + shift)
            values.append(np.append(log_det, products))
        weights = np.linalg.solve((nodes[:, None, :] ** self.powers).prod(axis=-1), np.array(values))
        place = {tuple(e): i for i, e in enumerate(self.powers.tolist())}
        derived = np.zeros((m + 1, *weights.shape))
        derived[0] = weights
        for powers, weight in zip(self.powers, weights, strict=True):
            for a in np.flatnonzero(powers):
                derived[a + 1, place[tuple((powers - np.eye(m, dtype=int)[a]).tolist())]] += (
                    powers[a] * weight / self.reach
                )
        self.weights = np.moveaxis(derived, 0, 1).reshape(len(weights), -1)
        self.batch = max(1, MAX_ENTRIES // (self.weights.shape[1] + (m + 1) * q * q + len(weights)))

    def without(self, groups: Array, covariance: Array) -> Sums:
        """The sums without each of ``groups``, at covariances (k, k, B)."""
        rows, columns, _ = self.parts.entries
        q, monomials = self.parts.projected.shape[1], np.ones((len(groups), len(self.powers)))
        for at, powers in zip(
            (covariance - self.fitted[:, :, None])[rows, columns] / self.reach, self.powers.T, strict=True
        ):
            monomials *= np.vander(at, powers.max() + 1, increasing=True)[:, powers]
        result = (monomials @ self.weights).reshape(len(groups), len(rows) + 1, -1)
        products = result[:, :, 1:].reshape(len(groups), len(rows) + 1, q, q)
        everything = Sums(result[:, 0, 0], products[:, 0], result[:, 1:, 0], products[:, 1:])
        return everything.minus(self.parts.own(groups, covariance))
