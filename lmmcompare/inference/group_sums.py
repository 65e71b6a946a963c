"""The sums over groups in a mixed model's deviance or REML criterion, with each group left out in turn.

The criterion depends on the data through two sums over groups: the log-determinants of ``H_j = I + Z_j M Z_j'`` and the
cross-products ``[X e]'H^-1[X e]``, where M is the relative covariance of the random coefficients and e the residuals.
Every fit without a group needs them at another M, so summing over the other groups each time would cost of the order of
J^2 operations for J groups. But with many groups M changes little when one is left out, and the sums are analytic in M:
the sums over all groups are interpolated once by a polynomial in M about the fitted M, and the term of the group that is
left out is subtracted.
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
    """The sums over groups at each of B relative covariances M of the random coefficients.

    Parameters
    ----------
    log_det : (B,) array
        Log-determinant of ``H = I + Z M Z'``.
    products : (B, p + 1, p + 1) array
        Cross-products ``[X e]' H^-1 [X e]``; the last row and column belong to the residuals e.
    log_det_slope, products_slope : (B, m), (B, m, p + 1, p + 1) arrays
        Derivatives of `log_det` and `products` with respect to the m free entries of the symmetric M.
    """

    log_det: Array
    products: Array
    log_det_slope: Array
    products_slope: Array

    def minus(self, other: Sums) -> Sums:
        """These sums minus other sums, entry by entry."""
        return Sums(
            self.log_det - other.log_det,
            self.products - other.products,
            self.log_det_slope - other.log_det_slope,
            self.products_slope - other.products_slope,
        )


def _products(a: Array, b: Array) -> Array:
    """Matrix products ``a' b``, (m, n, ...), of stacks of small matrices (k, m, ...) and (k, n, ...); trailing axes broadcast."""
    result: Array = a[0][:, None] * b[0][None]
    for left, right in zip(a[1:], b[1:], strict=True):
        result += left[:, None] * right[None]
    return result


@dataclass(frozen=True, eq=False)
class Parts:
    """What each of the J groups contributes to the criterion.

    Parameters
    ----------
    root : (k, k, J) array
        Triangular factors R_j with ``R_j'R_j = Z_j'Z_j``.
    projected : (k, p + 1, J) array
        ``R_j^-T Z_j'[X e]``.
    remaining : (p + 1, p + 1, J) array
        Cross-products of the part of ``[X e]`` that is orthogonal to the columns of Z_j.
    theta_map : ThetaMap
        Its entries are the free entries of M.
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
    def remaining_total(self) -> Array:
        """`remaining` summed over all groups, (p + 1, p + 1)."""
        return self.remaining.sum(axis=-1)

    def halves(self, groups: Array | slice, covariance: Array) -> tuple[Array, Array, Array]:
        """Log-determinants of ``I + R M R'``, and with S its Cholesky factor ``S^-1 root`` and ``S^-1 projected``.

        The covariance M is (k, k, ..., B or 1): its last axis runs over the groups, or is broadcast over them.
        """
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
        """The contributions of B groups, each at its own covariance; the covariances are (k, k, B)."""
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
        """The log-determinant and the cross-products (p + 1, p + 1) of all groups at one covariance (k, k)."""
        log_det, _, half_w = self.halves(slice(None), covariance[:, :, None])
        return float(log_det.sum()), self.remaining_total + np.tensordot(half_w, half_w, axes=([0, 2], [0, 2]))

    @property
    def entries(self) -> tuple[Array, Array, Array]:
        """Row, column and multiplicity of the free entries of M, (m,) each: 1 on the diagonal, 2 off it."""
        entries = self.theta_map
        return entries.rows, entries.columns, np.where(entries.diagonal, 1.0, 2.0)

    def matrices(self, entries: Array) -> Array:
        """Symmetric matrices (k, k, B) from their free entries (B, m)."""
        k, (rows, columns, _) = self.theta_map.k, self.entries
        result = np.zeros((k, k, len(entries)))
        result[rows, columns] = entries.T
        result[columns, rows] = entries.T
        return result


class ExpandedSums:
    """The sums over all groups as polynomials in the free entries of M about the fitted M.

    The polynomials interpolate the sums at a lattice of nodes of total degree d (a lower set of a Leja sequence, so the
    interpolant is unique). From one degree to the next the terms shrink by a factor of the largest eigenvalue of
    ``Z_j'H_j^-1Z_j (M - fitted M)``; this determines ``reach``, the distance from the fitted M within which the first
    term left out is below ``TRUNCATION``.

    Parameters
    ----------
    fitted : (k, k) array
        The fitted M.
    information : float
        Largest eigenvalue of ``Z_j'H_j^-1Z_j`` over all groups.
    wanted : float
        Required reach times ``information``; the lowest degree that attains it is used, or the highest one allowed.
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
        position = {tuple(e): i for i, e in enumerate(self.powers.tolist())}
        derived = np.zeros((m + 1, *weights.shape))
        derived[0] = weights
        for powers, weight in zip(self.powers, weights, strict=True):
            for a in np.flatnonzero(powers):
                derived[a + 1, position[tuple((powers - np.eye(m, dtype=int)[a]).tolist())]] += (
                    powers[a] * weight / self.reach
                )
        self.weights = np.moveaxis(derived, 0, 1).reshape(len(weights), -1)
        self.batch = max(1, MAX_ENTRIES // (self.weights.shape[1] + (m + 1) * q * q + len(weights)))

    def without(self, groups: Array, covariance: Array) -> Sums:
        """The sums over all groups but one, for each of B ``groups`` at its own covariance; the covariances are (k, k, B)."""
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
