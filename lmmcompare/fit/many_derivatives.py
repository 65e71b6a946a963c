"""The derivatives of many replicates' criteria: the gradient, and both of its Hessians.

With P = Lambda Lambda' and L the Cholesky factor of ``[X y]' H^-1 [X y]``, every derivative in P is a sum over groups of
products of ``N = Z'H^-1 Z`` and ``K = Z'H^-1 [X y] L^-T``: the first one is ``D = sum N - K omega K'``, with omega 1 for a
column of X (0 by ML) and the divisor of the residual variance for y. So the second ones are exact and cost less than
another evaluation.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from ..arrays import Array
from .many_criterion import Replicates, profile, sums
from .theta import ThetaMap


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
        """The other's for the replicates chosen, (B,)."""
        return Values(*(np.where(chosen, getattr(other, f.name), getattr(self, f.name)) for f in fields(self)))

    def put(self, index: Array, other: Values) -> None:
        """Replace those of some replicates."""
        for f in fields(self):
            getattr(self, f.name)[..., index] = getattr(other, f.name)


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
    pairs = np.tril_indices(k)
    projected = np.stack([np.einsum("inj,inj->nj", half_z[:, a], half_z[:, b]) for a, b in zip(*pairs, strict=True)])
    taken = df[:, None] * pulls[pairs[0], p] * pulls[pairs[1], p]
    if replicates.reml:
        for q in range(p):
            taken += pulls[pairs[0], q] * pulls[pairs[1], q]
    counted = projected * replicates.weight
    place = np.empty((k, k), dtype=int)
    place[pairs] = place[pairs[::-1]] = np.arange(len(projected))
    total = counted.sum(axis=-1)[place]
    curvature = total - taken.sum(axis=-1)[place]
    gradient = 2 * np.einsum("abn,bcn->acn", curvature, at.factor)[rows, columns]

    change = _changes(theta_map, at.factor)
    own = 2 * np.where((columns[:, None] == columns)[..., None], curvature[np.ix_(rows, rows)], 0.0)
    trace = np.einsum("nma,an->mn", change, total.reshape(k * k, -1))
    expected = (
        _between(change, sums(counted, projected)[:, place[:, :, None, None], place]) - trace[:, None] * trace / df
    )
    slopes = _slopes(change, pulls)
    omega = np.zeros((replicates.size, p + 1, p + 1))
    omega[:, :p, :p] = replicates.reml
    omega[:, p] = omega[:, :, p] = df[:, None]
    shared = np.einsum("emqr,fmqr,mqr->efm", *2 * [slopes.transpose(0, 3, 1, 2)], omega, optimize=True)
    hessian = _between(change, sums(projected, 2 * taken - counted)[:, place[:, :, None, None], place]) - shared
    return Values(theta, at.criterion, gradient, curvature, expected + own, hessian + own, at.root, slopes)


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
    result = np.zeros((size, len(theta_map.rows), k, k))
    for e, (row, column) in enumerate(zip(theta_map.rows, theta_map.columns, strict=True)):
        result[:, e, row] += factor[:, column].T
        result[:, e, :, row] += factor[:, column].T
    return result.reshape(size, -1, k * k)


def _between(change: Array, products: Array) -> Array:
    """``sum_j tr(E N_j F Y_j)`` for changes E and F, from the sums of N's entries times Y's (B, k, k, k, k); (m, m, B)."""
    size, _, square = change.shape
    # tr(E N F Y) = E_ab N_bc F_cd Y_da
    middle = products.transpose(0, 4, 1, 2, 3).reshape(size, square, square)
    return np.matmul(np.matmul(change, middle), change.swapaxes(1, 2)).transpose(1, 2, 0)


def _slopes(change: Array, pulls: Array) -> Array:
    """`Values.slopes`: ``sum_j K_j' E K_j`` for each change E."""
    k, width, size, _ = pulls.shape
    flat = pulls.reshape(k * width, size, -1)
    crossed = sums(flat, flat).reshape(size, k, width, k, width).transpose(0, 1, 3, 2, 4).reshape(size, k * k, -1)
    return np.matmul(change, crossed).reshape(size, -1, width, width).transpose(1, 2, 3, 0)
