"""The profiled deviance or REML criterion of many replicates at once, and its derivatives.

The same computation as that of `criterion` for one grouping factor, with an axis of B replicates before that of the
groups, and with the fixed effects and the outcome in one Cholesky factor (its last pivot is the root of the penalised
residual sum of squares).

With P = Lambda Lambda' and L the Cholesky factor of ``[X y]' H^-1 [X y]``, every derivative in P is a sum over groups of
products of ``N = Z'H^-1 Z`` and ``K = Z'H^-1 [X y] L^-T``: the first one is ``D = sum N - K omega K'``, with omega 1 for a
column of X (0 by ML) and the divisor of the residual variance for y. So the second ones are exact and cost less than
another evaluation.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np

from ..arrays import Array
from .criterion import profiled
from .replicates import Replicates
from .small_cholesky import cholesky
from .theta import ThetaMap

FEW = 2000
"""Replicates times groups up to which the calls cost more than the sums, which larger arrays have written out."""


def sums(a: Array, b: Array) -> Array:
    """Sums over groups of each product of two columns: (s, B, J), (t, B, J) -> (B, s, t)."""
    return np.matmul(a.swapaxes(0, 1), b.transpose(1, 2, 0))


@dataclass(frozen=True, eq=False)
class Profile:
    """Fixed effects and residual variance at their best for each replicate's theta.

    Parameters
    ----------
    factor : (k, k, B) array
        Lambda.
    half : (k, k + p + 1, B, J) array
        ``S_j^-1 [R_j C_j]`` with ``S_j S_j' = I + R_j Lambda Lambda' R_j'`` and C_j what is seen of [X y].
    root : (p + 1, p + 1, B) array
        L, the Cholesky factor of ``[X y]' H^-1 [X y]``, where the outcome's covariance is ``sigma^2 H``.
    criterion : (B,) array
    """

    factor: Array
    half: Array
    root: Array
    criterion: Array


def profile(replicates: Replicates, theta: Array) -> Profile:
    """The criterion of each replicate at its theta, (m, B), and what it was made of."""
    k, p, df = replicates.theta_map.k, replicates.p, replicates.df
    factor = replicates.theta_map.matrix(theta)
    shape = (replicates.size, replicates.projected_y.shape[-1])
    lower = cholesky(_outer(replicates.root, factor, shape))
    half, end = np.empty((k, k + p + 1, *shape)), 0  # S_j^-1 [R_j C_j]
    for part in replicates.parts:
        at, end = slice(end, end + part.shape[1]), end + part.shape[1]
        for i in range(k):
            value = part[i]
            for m in range(i):
                value = value - lower[i, m] * half[m, at]
            np.divide(value, lower[i, i], out=half[i, at])
    projected = sums(half[0, k:], half[0, k:])
    for w in half[1:, k:]:
        projected += sums(w, w)
    root = cholesky(replicates.remaining + projected.transpose(1, 2, 0))
    diagonal = lower[0, 0]
    for i in range(1, k):
        diagonal = diagonal * lower[i, i]
    log_det = 2 * (np.log(diagonal) * replicates.weight).sum(axis=-1)
    xx_log_det = 2 * np.log(np.einsum("qqn->qn", root)[:p]).sum(axis=0) if replicates.reml else 0.0
    return Profile(factor, half, root, profiled(log_det, root[p, p] ** 2, df, xx_log_det))


def _outer(root: Array, factor: Array, shape: tuple[int, int]) -> Array:
    """``I + R_j Lambda Lambda' R_j'``, (k, k, B, J), its lower triangles at least."""
    k = len(factor)
    outer = np.empty((k, k, *shape))
    if shape[0] * shape[1] <= FEW:
        spread = np.einsum("abnj,bcn->acnj", root, factor)
        np.einsum("acnj,bcnj->abnj", spread, spread, out=outer)
    else:
        spread = np.empty_like(outer)
        for a in range(k):
            for c in range(k):
                spread[a, c] = root[a, c] * factor[c, c][:, None]
                for b in range(c + 1, k):
                    spread[a, c] += root[a, b] * factor[b, c][:, None]
        for a in range(k):
            for b in range(a + 1):
                np.multiply(spread[a, 0], spread[b, 0], out=outer[a, b])
                for c in range(1, k):
                    outer[a, b] += spread[a, c] * spread[b, c]
    for a in range(k):
        outer[a, a] += 1.0
    return outer


@dataclass(frozen=True, eq=False)
class Values:
    """What is known of each replicate at its theta; replicates along the last axis, in centred and scaled columns.

    Parameters
    ----------
    theta : (m, B) array
    criterion : (B,) array
        Profiled deviance, or REML criterion.
    gradient : (m, B) array
    curvature : (k, k, B) array
        Derivative of the criterion in the relative covariance ``Lambda Lambda'``.
    expected, hessian : (m, m, B) arrays
        The expected Hessian for given covariances plus what theta's own curvature adds to it; the observed one.
    root : (p + 1, p + 1, B) array
        L, the Cholesky factor of ``[X y]' H^-1 [X y]``.
    slopes : (m, p + 1, p + 1, B) array
        ``-L^-1 (d [X y]' H^-1 [X y] / d theta) L^-T``.
    """

    theta: Array
    criterion: Array
    gradient: Array
    curvature: Array
    expected: Array
    hessian: Array
    root: Array
    slopes: Array

    def take(self, index: Array) -> Values:
        """Those of some replicates."""
        return Values(*(getattr(self, f.name)[..., index] for f in fields(self)))

    def where(self, chosen: Array, other: Values) -> Values:
        """The other's values for the replicates chosen, (B,), and these values for the rest."""
        return Values(*(np.where(chosen, getattr(other, f.name), getattr(self, f.name)) for f in fields(self)))

    def put(self, index: Array, other: Values) -> Values:
        """These values, replaced by the other's for the replicates at ``index``."""
        result = Values(*(getattr(self, f.name).copy() for f in fields(self)))
        for f in fields(self):
            getattr(result, f.name)[..., index] = getattr(other, f.name)
        return result


def solve(replicates: Replicates, theta: Array) -> Values:
    """Each replicate's fixed effects, residual variance, criterion and derivatives at its theta, (m, B)."""
    theta_map, p, df = replicates.theta_map, replicates.p, replicates.df
    k, rows, columns = theta_map.k, theta_map.rows, theta_map.columns
    at = profile(replicates, theta)
    half_z, whitened = at.half[:, :k], _whitened(at.half[:, k:], at.root)
    pulls = half_z[0][:, None] * whitened[0]  # K
    for i in range(1, k):
        pulls += half_z[i][:, None] * whitened[i]
    # N and K omega K' of each group, their distinct entries only
    left, right, place = _distinct(k)
    projected = (half_z[:, left] * half_z[:, right]).sum(axis=0)
    taken = df[:, None] * pulls[left, p] * pulls[right, p]
    if replicates.reml and p:
        taken += (pulls[left, :p] * pulls[right, :p]).sum(axis=1)
    counted = projected * replicates.weight
    total = counted.sum(axis=-1)[place]
    curvature = total - taken.sum(axis=-1)[place]
    gradient = 2 * np.matmul(curvature.transpose(2, 0, 1), at.factor.transpose(2, 0, 1))[:, rows, columns].T

    change = _changes(theta_map, at.factor)
    own = 2 * curvature[rows[:, None], rows] * (columns[:, None] == columns)[..., None]
    trace = np.matmul(change, total.reshape(k * k, -1).T[..., None])[..., 0].T
    both = sums(np.concatenate([counted, 2 * taken - counted]), projected)
    expected, hessian = _between(k, change, both)
    slopes = _slopes(change, pulls)
    omega = np.full((replicates.size, p + 1, p + 1), float(replicates.reml))
    omega[:, p] = omega[:, :, p] = df[:, None]
    flat = slopes.reshape(replicates.size, len(rows), -1)
    shared = np.matmul(flat * omega.reshape(replicates.size, 1, -1), flat.swapaxes(1, 2)).transpose(1, 2, 0)
    expected += own - trace[:, None] * trace / df
    hessian += own - shared
    return Values(theta, at.criterion, gradient, curvature, expected, hessian, at.root, slopes.transpose(1, 2, 3, 0))


def _whitened(half_w: Array, root: Array) -> Array:
    """``half_w L^-T``, in place of half_w (k, p + 1, B, J)."""
    for q in range(len(root)):
        for r in range(q):
            half_w[:, q] -= root[q, r][:, None] * half_w[:, r]
        half_w[:, q] /= root[q, q][:, None]
    return half_w


def _changes(theta_map: ThetaMap, factor: Array) -> Array:
    """The derivative of ``Lambda Lambda'`` in each entry of theta, (B, m, k^2)."""
    k, size = theta_map.k, factor.shape[-1]
    return (factor.reshape(k * k, size).T @ theta_map.covariance_slopes).reshape(size, -1, k * k)


def _between(k: int, change: Array, products: Array) -> Array:
    """``sum_j tr(E Y_j F N_j)`` for changes E and F, of each of several symmetric Y; (y, m, m, B).

    ``products`` are the sums over groups of the distinct entries of each Y times those of N, (B, y s, s).
    """
    size, _, square = change.shape
    between = products.reshape(size, -1, products.shape[-1] ** 2)[:, :, _middle(k)].reshape(size, -1, square, square)
    around = np.matmul(np.matmul(change[:, None], between), change.swapaxes(1, 2)[:, None])
    return np.ascontiguousarray(around.transpose(1, 2, 3, 0))


def _slopes(change: Array, pulls: Array) -> Array:
    """``sum_j K_j' E K_j`` for each change E, (B, m, p + 1, p + 1)."""
    k, width, size, _ = pulls.shape
    flat = pulls.reshape(k * width, size, -1)
    crossed = sums(flat, flat).reshape(size, k, width, k, width).transpose(0, 1, 3, 2, 4).reshape(size, k * k, -1)
    return np.matmul(change, crossed).reshape(size, -1, width, width)


@lru_cache(maxsize=16)
def _distinct(k: int) -> tuple[Array, Array, Array]:
    """Rows and columns of the distinct entries of a symmetric (k, k) matrix; and which of them each of its entries is, (k, k)."""
    rows, columns = np.tril_indices(k)
    place = np.empty((k, k), dtype=int)
    place[rows, columns] = place[columns, rows] = np.arange(len(rows))
    return rows, columns, place


@lru_cache(maxsize=16)
def _middle(k: int) -> Array:
    """Which product of two distinct entries ``Y_bc N_da`` is, of all of them flat, (k^4,): in the order a, b, c, d."""
    rows, _, place = _distinct(k)
    index = place[None, :, :, None] * len(rows) + place.T[:, None, None, :]
    return np.ascontiguousarray(np.broadcast_to(index, (k, k, k, k))).ravel()
