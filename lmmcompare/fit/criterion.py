"""The profiled deviance and REML criterion of one model with their gradient, over group moments.

Bates, Maechler, Bolker and Walker (2015), Fitting linear mixed-effects models using lme4, J. Stat. Softw. 67(1),
eqs 30-41. Their sparse Cholesky factor is block diagonal in the first grouping factor, one small block a group; the
other factors' columns, where there are any, are dealt with by `OtherFactors` after these have been eliminated.

It says more of one theta than the search asks for (modes, their covariances, ``Z'H^-1Z``), and it has several grouping
factors and covariance structures. `replicate_criterion` has neither, but an axis of replicates and exact Hessians: with one grouping
factor and no structure every search, of a single fit too, goes by that one, and this one is evaluated where it ended.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from scipy.linalg.blas import dtrsm
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs

from ..arrays import Array
from ..work.interruption import check
from .other_factors_solution import OtherFactorsSolution, solve_other_factors
from .problem import Problem
from .small_cholesky import SMALL, cholesky, forward, gram, products
from .threads import ONE_THREAD

LOG_2PI = float(np.log(2 * np.pi))

Value = TypeVar("Value", float, Array)


def profiled(log_det: Value, pwrss: Value, df: Value, xx_log_det: Value | float) -> Value:
    """The profiled deviance, or with the log determinant of ``X'H^-1X`` the REML criterion, of one fit or of many.

    Bates et al. (2015), eqs 34 and 41; ``log_det`` is that of ``Lambda'Z'Z Lambda + I``, ``pwrss`` the penalised residual sum
    of squares, ``df`` its divisor.
    """
    return log_det + df * (1 + LOG_2PI + np.log(pwrss / df)) + xx_log_det


@dataclass(frozen=True, eq=False)
class Solution:
    """The penalised least-squares solution at one theta, in centred and scaled columns; what few ask for is worked out when it is.

    Parameters
    ----------
    theta : (m,) array
    factor : (k, k) array
        Lambda.
    criterion : float
        Profiled deviance, or REML criterion.
    beta : (p,) array
    xx : (p, p) array
        ``X' H^-1 X``, where the outcome's covariance is ``sigma^2 H``.
    root : (p, p) array
        Its lower Cholesky factor.
    pwrss : float
        Penalised residual sum of squares.
    half_z, first_w : (k, k, J), (k, p + 1, J) arrays
        ``S_j^-1 R_j`` and ``S_j^-1 C_j`` with ``S_j S_j' = I + R_j Lambda Lambda' R_j'`` of the first factor.
    other_factors : OtherFactorsSolution or None
        The other factors.
    """

    theta: Array
    factor: Array
    criterion: float
    beta: Array
    xx: Array
    root: Array
    pwrss: float
    problem: Problem
    half_z: Array
    first_w: Array
    other_factors: OtherFactorsSolution | None

    @cached_property
    def half_w(self) -> Array:
        """``S_j^-1 C_j`` cleared of what the other factors explain: ``Z'H^-1 [X y] = half_z'half_w``, (k, p + 1, J).

        With one factor also ``Z'H^-1 Z = half_z'half_z``.
        """
        return self.first_w if self.other_factors is None else self.other_factors.cleared(self.first_w)

    @cached_property
    def direction(self) -> Array:
        """What takes the fixed part off the outcome, ``[X y] direction``, (p + 1,)."""
        return np.append(-self.beta, 1.0)

    @property
    def inverse(self) -> Array:
        """``(X' H^-1 X)^-1``, (p, p)."""
        if not self.problem.p:
            return self.xx
        lower, _ = dpotri(self.root, lower=1)  # the root's upper triangle is zero
        lower.flat[:: len(lower) + 1] /= 2
        return lower + lower.T

    @property
    def gradient(self) -> Array:
        """Of the criterion in theta, (m,)."""
        return 2 * self.problem.theta_map.pullback(self.curvature @ self.factor, self.theta)

    @property
    def curvature(self) -> Array:
        """Derivative of the criterion in the relative covariance ``Lambda Lambda'``, (k, k)."""
        return self._derivatives[0]

    @property
    def pwrss_slope(self) -> Array:
        """Derivative of `pwrss` in theta, (m,)."""
        return -2 * self.problem.theta_map.pullback(self._derivatives[1] @ self.factor, self.theta)

    @cached_property
    def _derivatives(self) -> tuple[Array, Array]:
        """Those of the criterion and, with the other sign, of `pwrss` in ``Lambda Lambda'``: from Z'H^-1 Z, Z'H^-1 e and Z'H^-1 X."""
        with _calm(self.problem):
            return _derivatives(self)

    @property
    def zz(self) -> Array:
        """The first factor's cross-products of its random-effects columns, by group."""
        return self.problem.zz

    @property
    def own(self) -> Array:
        """The first factor's part of Lambda, (k, k)."""
        rows = self.problem.factor_rows[0]
        return self.factor[rows, rows]

    @cached_property
    def lower(self) -> Array:
        """Cholesky factors of the first factor's ``Lambda' Z'Z Lambda + I``, (k, k, J)."""
        inner = np.einsum("ba,bcj,cd->adj", self.own, self.zz, self.own)
        for i in range(len(inner)):
            inner[i, i] += 1.0
        return cholesky(inner)

    def conditional_modes(self) -> list[Array]:
        """Each factor's random coefficients, (k_f, levels)."""
        residual = np.einsum("kpj,p->kj", self.half_w, self.direction)
        first = self.own @ self.own.T @ np.einsum("kaj,kj->aj", self.half_z, residual)
        return [first] + (self.other_factors.modes(self.direction) if self.other_factors else [])

    def conditional_covariances(self) -> list[Array]:
        """Covariances of each factor's random coefficients given the fit, in units of sigma^2, (k_f, k_f, levels)."""
        k, _, n_groups = self.lower.shape
        right = np.empty((k, k, n_groups))
        right[:] = self.own.T[:, :, None]
        root = forward(self.lower, right)
        first = np.einsum("kaj,kbj->abj", root, root)
        if self.other_factors is None:
            return [first]
        return [first + self.other_factors.through(self.half_z, self.own), *self.other_factors.mode_covariances()]

    def z_h_z(self) -> Array:
        """``Z'H^-1 Z``, dense, (Q, Q): factor by factor, coefficient by coefficient, level by level."""
        if self.other_factors is not None:
            return self.other_factors.z_h_z(self.half_z)
        k, _, n = self.half_z.shape
        result = np.zeros((k, n, k, n))
        result[:, np.arange(n), :, np.arange(n)] = np.einsum("iaj,ibj->jab", self.half_z, self.half_z)
        return result.reshape(k * n, k * n)

    def z_h_x(self) -> Array:
        """``Z'H^-1 X``, (Q, p), in the order of `z_h_z`."""
        p = self.problem.p
        first = np.einsum("iaj,ipj->ajp", self.half_z, self.half_w[:, :p]).reshape(-1, p)
        return first if self.other_factors is None else np.concatenate([first, self.other_factors.z_w[:, :p]])


def _solve(problem: Problem, theta: Array) -> Solution:
    check()
    p, rows = problem.p, problem.factor_rows
    factor = problem.theta_map.matrix(theta)
    own = factor[rows[0], rows[0]]
    k = len(own)
    if k <= SMALL:
        spread = np.einsum("abj,bc->acj", problem.root, own)
        outer = np.empty_like(problem.zz)
        for i in range(k):
            for j in range(i + 1):
                outer[i, j] = (spread[i] * spread[j]).sum(axis=0)
            outer[i, i] += 1.0
    else:
        spread = np.tensordot(own, problem.root, axes=([0], [1]))
        outer = products(spread, spread)
        outer[np.diag_indices(k)] += 1.0
    lower = cholesky(outer)
    half_z, first_w = forward(lower, problem.root), forward(lower, problem.projected)
    reduced = problem.remaining + gram(first_w, first_w)
    log_det = 2 * float(sum(np.log(lower[i, i]).sum() for i in range(k)))
    other_factors = None
    if problem.other_factors is not None:
        other_factors = solve_other_factors(problem.other_factors, factor[k:, k:], lower, first_w)
        reduced = reduced - other_factors.root_w.T @ other_factors.root_w
        log_det += other_factors.log_det
    xx, xy = reduced[:p, :p], reduced[:p, p]
    root: Array = np.zeros((0, 0))
    beta: Array = np.zeros(0)
    if p:  # LAPACK itself: numpy's checks cost more than so small a system
        root, info = dpotrf(xx, lower=1)
        if info:
            raise np.linalg.LinAlgError("the fixed columns' cross-products are not positive definite")
        beta, _ = dpotrs(root, xy, lower=1)
    pwrss = float(reduced[p, p] - xy @ beta)
    xx_log_det = 2 * float(np.log(root.diagonal()).sum()) if problem.reml else 0.0
    value = float(profiled(log_det, pwrss, problem.df, xx_log_det))
    return Solution(theta, factor, value, beta, xx, root, pwrss, problem, half_z, first_w, other_factors)


def _calm(problem: Problem) -> AbstractContextManager[object]:
    """One thread where there are several grouping factors, for those who evaluate without a fit around it."""
    return nullcontext() if problem.other_factors is None else ONE_THREAD


def criterion(problem: Problem, theta: Array) -> float:
    """The profiled deviance or REML criterion at one theta."""
    return solve(problem, theta).criterion


def solve(problem: Problem, theta: Array) -> Solution:
    """Profile the fixed effects and the residual variance out at one theta."""
    with _calm(problem):
        return _solve(problem, theta)


def _derivatives(at: Solution) -> tuple[Array, Array]:
    problem, p = at.problem, at.problem.p
    k_w = products(at.half_z, at.half_w)  # K_j = Z_j' H^-1 [X y]
    z_z, z_w = [gram(at.half_z, at.half_z)], [k_w]
    if at.other_factors is not None:
        z_z = [z_z[0] - at.other_factors.explained_z_z(at.half_z), *at.other_factors.z_z()]
        z_w += [part.transpose(0, 2, 1) for part in at.other_factors.others.parts(at.other_factors.z_w)]
    curvature, pull = np.zeros((2, len(at.factor), len(at.factor)))
    for rows, square, product in zip(problem.factor_rows, z_z, z_w, strict=True):
        residual = np.tensordot(product, at.direction, axes=([1], [0]))
        pull[rows, rows] = gram(residual[None], residual[None])
        curvature[rows, rows] = square - (problem.df / at.pwrss) * pull[rows, rows]
        if problem.reml and p:
            by_column = product[:, :p].transpose(1, 0, 2).reshape(p, -1)
            whitened = dtrsm(1.0, at.root, by_column, lower=1).reshape(p, len(square), -1)
            curvature[rows, rows] -= gram(whitened, whitened)
    return curvature, pull
