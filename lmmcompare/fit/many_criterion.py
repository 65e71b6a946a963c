"""The criterion of many replicates at once, with its gradient and both of its Hessians.

The same computation as `criterion.solve` for one grouping factor, with an axis of B replicates before that of the
groups. With H(P) the outcome's relative covariance, P = Lambda Lambda', and [X y] whitened by the Cholesky factor L of
``[X y]' H^-1 [X y]`` (whose last pivot is the root of the penalised residual sum of squares), every derivative in P is
a sum over groups of products of ``N = Z'H^-1 Z`` and ``K = Z'H^-1 [X y] L^-T``. So the Hessian is exact and costs
less than a second evaluation.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from .batched import cholesky
from .theta import ThetaMap

Array = np.ndarray
LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True)
class Replicates:
    """B problems with one grouping factor of J groups, in centred and scaled columns.

    Axes of length 1 where B is written serve all replicates: a design that they share is kept once.

    Parameters
    ----------
    root : (k, k, B, J) array
        R_j with ``R_j'R_j = Z_j'Z_j``.
    seen_x, seen_y : (k, p, B, J), (k, B, J) arrays
        What each group's random-effects columns see of the fixed-effects columns and of the outcome, ``R_j^-T Z_j'[X y]``.
    unseen : (p + 1, p + 1, B) array
        Cross-products of the rest of [X y], over all groups.
    weight : (B, J) array
        How often each group stands in the replicate; its share of ``seen`` is multiplied by the root of that already.
    n : (B,) array
        Rows.
    reml : bool
    theta_map : ThetaMap
    """

    root: Array
    seen_x: Array
    seen_y: Array
    unseen: Array
    weight: Array
    n: Array
    reml: bool
    theta_map: ThetaMap

    @property
    def size(self) -> int:
        """The number of replicates, B."""
        return self.seen_y.shape[1]

    @property
    def p(self) -> int:
        """Fixed coefficients."""
        return len(self.unseen) - 1

    @property
    def df(self) -> Array:
        """Divisor of the residual variance, (B,)."""
        return self.n - self.p * self.reml

    def take(self, index: Array | slice) -> Replicates:
        """Some of the replicates."""

        def some(a: Array, axis: int) -> Array:
            return a if a.shape[axis] == 1 and self.size > 1 else a[(..., index) + (slice(None),) * (-1 - axis)]

        return Replicates(
            some(self.root, -2), some(self.seen_x, -2), some(self.seen_y, -2), some(self.unseen, -1),
            some(self.weight, -2), some(self.n, -1), self.reml, self.theta_map,
        )  # fmt: skip


@dataclass(frozen=True)
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


def lambda_of(theta_map: ThetaMap, theta: Array) -> Array:
    """Lambda of each replicate, (m, B) -> (k, k, B)."""
    factor = np.zeros((theta_map.k, theta_map.k, theta.shape[1]))
    factor[theta_map.rows, theta_map.columns] = theta
    return factor


def _sums(a: Array, b: Array) -> Array:
    """Sums over groups of each product of two columns: (s, B, J), (t, B, J) -> (B, s, t)."""
    return np.matmul(a.swapaxes(0, 1), b.transpose(1, 2, 0))


@dataclass(frozen=True)
class _Profile:
    """Fixed effects and residual variance at their best: `Values.criterion` and `Values.root`, and what they came from."""

    factor: Array
    half: Array
    root: Array
    criterion: Array


def _profile(replicates: Replicates, theta: Array) -> _Profile:
    k, p, df = replicates.theta_map.k, replicates.p, replicates.df
    factor = lambda_of(replicates.theta_map, theta)
    shape = (replicates.size, replicates.seen_y.shape[-1])
    spread = np.empty((k, k, *shape))
    for a in range(k):
        for c in range(k):
            spread[a, c] = sum(replicates.root[a, b] * factor[b, c][:, None] for b in range(c, k))
    outer = np.empty((k, k, *shape))
    for a in range(k):
        for b in range(a + 1):
            outer[a, b] = sum(spread[a, c] * spread[b, c] for c in range(k))
        outer[a, a] += 1.0
    lower = cholesky(outer)
    half = np.empty((k, k + p + 1, *shape))  # S_j^-1 [R_j C_j]
    parts = (replicates.root, replicates.seen_x, replicates.seen_y[:, None])
    for part, at in zip(parts, (slice(0, k), slice(k, k + p), slice(k + p, None)), strict=True):
        for i in range(k):
            value = part[i]
            for m in range(i):
                value = value - lower[i, m] * half[m, at]
            np.divide(value, lower[i, i], out=half[i, at])
    reduced = replicates.unseen + sum(_sums(w, w) for w in half[:, k:]).transpose(1, 2, 0)
    root = cholesky(reduced)
    diagonal = lower[0, 0]
    for i in range(1, k):
        diagonal = diagonal * lower[i, i]
    log_det = 2 * (np.log(diagonal) * replicates.weight).sum(axis=-1)
    criterion = log_det + df * (1 + LOG_2PI + np.log(root[p, p] ** 2 / df))
    if replicates.reml:
        criterion += 2 * np.log(np.einsum("qqn->qn", root)[:p]).sum(axis=0)
    return _Profile(factor, half, root, criterion)


def criterion(replicates: Replicates, theta: Array) -> Array:
    """Each replicate's criterion at its theta (m, B), without derivatives, (B,)."""
    return _profile(replicates, theta).criterion


def solve(replicates: Replicates, theta: Array) -> Values:
    """Each replicate's fixed effects, residual variance, criterion and derivatives at its theta, (m, B)."""
    theta_map, p, df = replicates.theta_map, replicates.p, replicates.df
    k, rows, columns = theta_map.k, theta_map.rows, theta_map.columns
    at = _profile(replicates, theta)
    half_z, white = at.half[:, :k], at.half[:, k:]
    for q in range(p + 1):
        for r in range(q):
            white[:, q] -= at.root[q, r][:, None] * white[:, r]
        white[:, q] /= at.root[q, q][:, None]
    pulls = half_z[0][:, None] * white[0]  # K
    for i in range(1, k):
        pulls += half_z[i][:, None] * white[i]
    # N and what is taken from it: B = K omega K', omega_q = 1 for columns of X under REML, df for the outcome
    pairs = [(a, b) for a in range(k) for b in range(a + 1)]
    place = np.empty((k, k), dtype=int)
    for t, (a, b) in enumerate(pairs):
        place[a, b] = place[b, a] = t
    seen = np.stack([sum(half_z[i, a] * half_z[i, b] for i in range(k)) for a, b in pairs])
    taken = np.stack([df[:, None] * pulls[a, p] * pulls[b, p] for a, b in pairs])
    if replicates.reml:
        for t, (a, b) in enumerate(pairs):
            for q in range(p):
                taken[t] += pulls[a, q] * pulls[b, q]
    counted = seen * replicates.weight
    total = counted.sum(axis=-1)[place]
    curvature = total - taken.sum(axis=-1)[place]
    gradient = 2 * np.einsum("abn,bcn->acn", curvature, at.factor)[rows, columns]

    # the derivatives of Lambda Lambda' in theta, as rows of k^2 entries: (B, m, k^2)
    m, size = len(theta), theta.shape[1]
    change = np.zeros((size, m, k, k))
    for e, (r, c) in enumerate(zip(rows, columns, strict=True)):
        change[:, e, r] += at.factor[:, c].T
        change[:, e, :, r] += at.factor[:, c].T
    flat = change.reshape(size, m, k * k)
    own = 2 * np.where((columns[:, None] == columns)[..., None], curvature[np.ix_(rows, rows)], 0.0)

    def between(products: Array) -> Array:
        """Sums of ``tr(E N F Y)`` from those of N's entries times Y's, (m, m, B)."""
        whole = products[:, place[:, :, None, None], place].transpose(0, 4, 1, 2, 3).reshape(size, k * k, k * k)
        return np.matmul(np.matmul(flat, whole), flat.swapaxes(1, 2)).transpose(1, 2, 0)

    trace = np.einsum("nmab,abn->mn", change, total)
    expected = between(_sums(counted, seen)) - trace[:, None] * trace / df + own
    width = p + 1
    crossed = _sums(pulls.reshape(k * width, size, -1), pulls.reshape(k * width, size, -1))
    by_pair = crossed.reshape(size, k, width, k, width).transpose(0, 1, 3, 2, 4).reshape(size, k * k, width * width)
    slopes = np.matmul(flat, by_pair)
    omega = np.zeros((size, width, width))
    omega[:, :p, :p] = replicates.reml
    omega[:, p] = omega[:, :, p] = df[:, None]
    shared = np.matmul(slopes * omega.reshape(size, 1, -1), slopes.swapaxes(1, 2)).transpose(1, 2, 0)
    hessian = between(_sums(seen, 2 * taken - counted)) - shared + own
    slopes = slopes.reshape(size, m, width, width).transpose(1, 2, 3, 0)
    return Values(theta, at.criterion, gradient, curvature, expected, hessian, at.root, slopes)
