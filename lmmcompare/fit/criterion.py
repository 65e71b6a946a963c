"""The profiled deviance and REML criterion with their gradient, over group moments.

Bates, Maechler, Bolker and Walker (2015), Fitting linear mixed-effects models using lme4, J. Stat. Softw. 67(1),
eqs 30-42; one grouping factor makes their sparse Cholesky factor block diagonal, one small block a group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..moments import Moments
from .basis import Basis, basis, cross, cross_total
from .batched import backward, cholesky, forward, gram
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
    ww : (p + 1, p + 1) array
        Fixed-effects columns and outcome over all groups.
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
    ww: Array
    n: int
    reml: bool
    theta_map: ThetaMap
    fixed: Basis
    random: tuple[Basis, ...]

    @property
    def p(self) -> int:
        """Fixed coefficients."""
        return len(self.ww) - 1

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
    return Problem(zz, zw, cross_total(moments, whole), moments.n_rows, reml, theta_map, fixed, random)


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
    lower : (k, k, J) array
        Cholesky factors of ``Lambda' Z'Z Lambda + I``.
    half : (k, p + 1, J) array
        ``lower^-1 Lambda' Z'[X y]``.
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
    lower: Array
    half: Array

    def conditional_modes(self) -> Array:
        """The random coefficients of each group, (k, J)."""
        residual = np.append(-self.beta, 1.0)
        spherical = backward(self.lower, np.einsum("kpj,p->kj", self.half, residual)[:, None])[:, 0]
        return self.factor @ spherical

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
    right = np.concatenate([problem.zz, problem.zw], axis=1)
    right = (factor.T @ right.reshape(k, -1)).reshape(k, -1, n_groups)
    inner = np.empty_like(problem.zz)
    for i in range(k):
        for j in range(i + 1):
            inner[i, j] = factor[j:, j] @ right[i, j:k]
        inner[i, i] += 1.0
    lower = cholesky(inner)
    half = forward(lower, right)
    half_z, half_w = half[:, :k], half[:, k:]

    reduced = problem.ww - gram(half_w, half_w)
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
    k_w = problem.zw.copy()
    for m in range(k):
        k_w -= half_z[m][:, None] * half_w[m][None]
    weighted_residual = np.tensordot(k_w, np.append(-beta, 1.0), axes=([1], [0]))
    curvature = problem.zz.sum(axis=-1) - gram(half_z, half_z)
    outer = weighted_residual @ weighted_residual.T
    curvature -= (df / pwrss) * outer
    if problem.reml and p:
        by_column = k_w[:, :p].transpose(1, 0, 2).reshape(p, -1)
        whitened = np.linalg.solve(root, by_column).reshape(p, k, n_groups)
        flat = whitened.transpose(1, 0, 2).reshape(k, -1)
        curvature -= flat @ flat.T
    gradient = 2 * problem.theta_map.entries(curvature @ factor)
    pwrss_slope = -2 * problem.theta_map.entries(outer @ factor)
    return Solution(theta, factor, criterion, gradient, curvature, beta, xx, pwrss, pwrss_slope, lower, half_w)
