"""The profiled deviance or REML criterion of many replicates at once.

The same computation as that of `criterion` for one grouping factor, with an axis of B replicates before that of the
groups, and with the fixed effects and the outcome in one Cholesky factor (its last pivot is the root of the penalised
residual sum of squares).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Array
from .small_cholesky import cholesky
from .theta import ThetaMap

LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, eq=False)
class Replicates:
    """B problems with one grouping factor of J groups, in centred and scaled columns.

    Axes of length 1 where B is written serve all replicates: a design that they share is kept once.

    Parameters
    ----------
    root : (k, k, B, J) array
        R_j with ``R_j'R_j = Z_j'Z_j``.
    seen_x, seen_y : (k, p, B, J), (k, B, J) arrays
        What each group's random-effects columns see of the fixed-effects columns and of the outcome, ``R_j^-T Z_j'[X y]``.
    remaining : (p + 1, p + 1, B) array
        Cross-products of the rest of [X y], over all groups.
    weight : (B, J) array
        How often each group stands in the replicate; its share of ``projected`` is multiplied by the root of that already.
    n : (B,) array
        Rows.
    reml : bool
    theta_map : ThetaMap
    """

    root: Array
    seen_x: Array
    seen_y: Array
    remaining: Array
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
        return len(self.remaining) - 1

    @property
    def df(self) -> Array:
        """Divisor of the residual variance, (B,)."""
        return self.n - self.p * self.reml

    def take(self, index: Array | slice) -> Replicates:
        """Some of the replicates."""

        def some(a: Array, axis: int) -> Array:
            return a if a.shape[axis] == 1 and self.size > 1 else a[(..., index) + (slice(None),) * (-1 - axis)]

        return Replicates(
            some(self.root, -2),
            some(self.seen_x, -2),
            some(self.seen_y, -2),
            some(self.remaining, -1),
            some(self.weight, -2),
            some(self.n, -1),
            self.reml,
            self.theta_map,
        )

    def turned(self, order: Array) -> Replicates:
        """The same with each replicate's random coefficients in an order of its own, (k, B)."""
        root = np.broadcast_to(self.root, (*self.root.shape[:2], self.size, self.root.shape[-1]))
        return replace(self, root=np.take_along_axis(root, order[None, :, :, None], axis=1))


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
    projected = np.sum([sums(w, w) for w in half[:, k:]], axis=0)
    root = cholesky(replicates.remaining + projected.transpose(1, 2, 0))
    diagonal = lower[0, 0]
    for i in range(1, k):
        diagonal = diagonal * lower[i, i]
    log_det = 2 * (np.log(diagonal) * replicates.weight).sum(axis=-1)
    criterion = log_det + df * (1 + LOG_2PI + np.log(root[p, p] ** 2 / df))
    if replicates.reml:
        criterion += 2 * np.log(np.einsum("qqn->qn", root)[:p]).sum(axis=0)
    return Profile(factor, half, root, criterion)


def criterion(replicates: Replicates, theta: Array) -> Array:
    """Each replicate's criterion at its theta (m, B), without derivatives, (B,)."""
    return profile(replicates, theta).criterion
