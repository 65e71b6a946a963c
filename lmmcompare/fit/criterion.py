"""The profiled deviance and REML criterion with their gradient, over group moments.

Bates, Maechler, Bolker and Walker (2015), Fitting linear mixed-effects models using lme4, J. Stat. Softw. 67(1),
eqs 30-42; one grouping factor makes their sparse Cholesky factor block diagonal, one small block a group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..moments import Moments
from .basis import CONSTANT, Basis, basis, cross, cross_total, within
from .batched import cholesky, forward, gram, semidefinite, semidefinite_forward
from .theta import ThetaMap

Array = np.ndarray
LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True)
class Problem:
    """Everything that stays the same while theta moves, in centred and scaled columns.

    Parameters
    ----------
    zz : (k, k, J) array
        Each group's cross-products of the random-effects columns.
    zw : (k, p + 1, J) array
        Random-effects columns with fixed-effects columns and outcome.
    root : (k, k, J) array
        R_j with ``R_j'R_j = Z_j'Z_j``.
    seen : (k, p + 1, J) array
        C_j = R_j^-T Z_j'[X y]: what each group's random-effects columns can see of the fixed-effects columns and outcome.
    unseen : (p + 1, p + 1) array
        Cross-products of the rest of them, over all groups.
    n : int
        Rows.
    reml : bool
    theta_map : ThetaMap
    fixed : Basis
    random : tuple of Basis
        A basis for each covariance block.
    """

    zz: Array
    zw: Array
    root: Array
    seen: Array
    unseen: Array
    n: int
    reml: bool
    theta_map: ThetaMap
    fixed: Basis
    random: tuple[Basis, ...]

    @property
    def p(self) -> int:
        """Fixed coefficients."""
        return len(self.unseen) - 1

    @property
    def df(self) -> int:
        """Divisor of the residual variance."""
        return self.n - self.p * self.reml


def problem(moments: Moments, columns: Sequence[int], blocks: Sequence[Sequence[int]], *, reml: bool) -> Problem:
    """Set up the criterion for fixed ``columns`` and random-effects ``blocks`` (indices into the moments)."""
    outcome = len(moments.center) - 1
    whole = basis(moments, [*columns, outcome], centred=-1 in columns)
    fixed = Basis(whole.columns[:-1], whole.mean[:-1], whole.to_units[:-1, :-1])
    random = tuple(basis(moments, block) for block in blocks)
    zz = np.concatenate([np.concatenate([cross(moments, a, b) for b in random], axis=1) for a in random])
    zw = np.concatenate([cross(moments, a, whole) for a in random])
    theta_map = ThetaMap.of([len(b) for b in blocks])
    root, seen, unseen = _sweep(moments, whole, random, zz, zw)
    return Problem(zz, zw, root, seen, unseen, moments.n_rows, reml, theta_map, fixed, random)


def _sweep(
    moments: Moments, whole: Basis, random: tuple[Basis, ...], zz: Array, zw: Array
) -> tuple[Array, Array, Array]:
    """`Problem.root`, `Problem.seen` and `Problem.unseen`.

    A random intercept sees the group means, and leaves the cross-products about them, which the moments hold as they
    are: nothing is subtracted, so nothing is lost, however far the groups lie apart.
    """
    constant = np.concatenate([b.columns for b in random]) == CONSTANT
    if not constant.any():
        lower = semidefinite(zz)
        seen = semidefinite_forward(lower, zw)
        return lower.transpose(1, 0, 2).copy(), seen, cross_total(moments, whole) - gram(seen, seen)
    slopes, first = np.flatnonzero(~constant), np.flatnonzero(constant)[0]
    size = np.sqrt(moments.n)
    spread = np.concatenate([np.concatenate([within(moments, a, b) for b in random], axis=1) for a in random])
    covary = np.concatenate([within(moments, a, whole) for a in random])[slopes]
    lower = semidefinite(spread[np.ix_(slopes, slopes)])
    root, seen = np.zeros_like(zz), np.empty_like(zw)
    root[first] = size * np.concatenate([b.mean for b in random])
    root[np.ix_(slopes, slopes)] = lower.transpose(1, 0, 2)
    seen[first] = size * whole.mean
    seen[slopes] = semidefinite_forward(lower, covary)
    return root, seen, within(moments, whole, whole).sum(axis=-1) - gram(seen[slopes], seen[slopes])


@dataclass(frozen=True)
class Solution:
    """The penalised least-squares solution at one theta, in centred and scaled columns.

    Parameters
    ----------
    theta : (m,) array
    factor : (k, k) array
        Lambda.
    criterion : float
        Profiled deviance, or REML criterion.
    gradient : (m,) array
        Of the criterion in theta.
    curvature : (k, k) array
        Derivative of the criterion in the relative covariance ``Lambda Lambda'``.
    beta : (p,) array
    xx : (p, p) array
        ``X' H^-1 X``, where the outcome's covariance is ``sigma^2 H``.
    pwrss : float
        Penalised residual sum of squares.
    pwrss_slope : (m,) array
        Its derivative in theta.
    zz : (k, k, J) array
        The problem's.
    half_z, half_w : (k, k, J), (k, p + 1, J) arrays
        ``S_j^-1 R_j`` and ``S_j^-1 C_j`` with ``S_j S_j' = I + R_j Lambda Lambda' R_j'``, so that
        ``Z'H^-1 Z = half_z'half_z`` and ``Z'H^-1 [X y] = half_z'half_w``.
    """

    theta: Array
    factor: Array
    criterion: float
    gradient: Array
    curvature: Array
    beta: Array
    xx: Array
    pwrss: float
    pwrss_slope: Array
    zz: Array
    half_z: Array
    half_w: Array

    @cached_property
    def lower(self) -> Array:
        """Cholesky factors of ``Lambda' Z'Z Lambda + I``, (k, k, J)."""
        inner = np.einsum("ba,bcj,cd->adj", self.factor, self.zz, self.factor)
        return cholesky(inner + np.eye(len(inner))[:, :, None])

    def conditional_modes(self) -> Array:
        """The random coefficients of each group, (k, J)."""
        residual = np.einsum("kpj,p->kj", self.half_w, np.append(-self.beta, 1.0))
        return self.factor @ self.factor.T @ np.einsum("kaj,kj->aj", self.half_z, residual)

    def conditional_covariances(self) -> Array:
        """Covariance of each group's random coefficients given the fit, in units of sigma^2, (k, k, J)."""
        k, _, n_groups = self.lower.shape
        right = np.broadcast_to(self.factor.T[:, :, None], (k, k, n_groups))
        root = forward(self.lower, np.ascontiguousarray(right))
        return np.einsum("kaj,kbj->abj", root, root)


def solve(problem: Problem, theta: Array) -> Solution:
    """Profile the fixed effects and the residual variance out at one theta; value and gradient of the criterion."""
    k, p = problem.theta_map.k, problem.p
    factor = problem.theta_map.matrix(theta)
    n_groups = problem.zz.shape[-1]
    spread = np.einsum("abj,bc->acj", problem.root, factor)
    outer = np.empty_like(problem.zz)
    for i in range(k):
        for j in range(i + 1):
            outer[i, j] = (spread[i] * spread[j]).sum(axis=0)
        outer[i, i] += 1.0
    lower = cholesky(outer)
    half_z, half_w = forward(lower, problem.root), forward(lower, problem.seen)

    reduced = problem.unseen + gram(half_w, half_w)
    xx, xy = reduced[:p, :p], reduced[:p, p]
    root = np.linalg.cholesky(xx)
    beta = np.linalg.solve(xx, xy) if p else np.zeros(0)
    pwrss = float(reduced[p, p] - xy @ beta)
    log_det = 2 * float(sum(np.log(lower[i, i]).sum() for i in range(k)))
    df = problem.df
    criterion = log_det + df * (1 + LOG_2PI + np.log(pwrss / df))
    if problem.reml:
        criterion += 2 * float(np.log(np.diag(root)).sum())

    # K_j = Z_j' H_j^-1 [X y]; the criterion's derivative in Lambda Lambda' needs Z'H^-1 Z, Z'H^-1 e and Z'H^-1 X.
    k_w = half_z[0][:, None] * half_w[0][None]
    for m in range(1, k):
        k_w += half_z[m][:, None] * half_w[m][None]
    weighted_residual = np.tensordot(k_w, np.append(-beta, 1.0), axes=([1], [0]))
    curvature = gram(half_z, half_z)
    pulls = gram(weighted_residual[None], weighted_residual[None])
    curvature -= (df / pwrss) * pulls
    if problem.reml and p:
        by_column = k_w[:, :p].transpose(1, 0, 2).reshape(p, -1)
        whitened = np.linalg.solve(root, by_column).reshape(p, k, n_groups)
        curvature -= gram(whitened, whitened)
    gradient = 2 * problem.theta_map.entries(curvature @ factor)
    pwrss_slope = -2 * problem.theta_map.entries(pulls @ factor)
    return Solution(
        theta, factor, criterion, gradient, curvature, beta, xx, pwrss, pwrss_slope, problem.zz, half_z, half_w
    )
