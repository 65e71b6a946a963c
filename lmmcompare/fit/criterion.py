"""The profiled deviance and REML criterion with their gradient, over group moments.

Bates, Maechler, Bolker and Walker (2015), Fitting linear mixed-effects models using lme4, J. Stat. Softw. 67(1),
eqs 30-42. Their sparse Cholesky factor is block diagonal in the first grouping factor, one small block a group; the
other factors' columns, where there are any, are dealt with by `OtherFactors` after these have been eliminated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import block_diag

from ..arrays import Array
from ..moments.crossed import Crossing
from ..moments.groups import Moments
from .assemble import keep
from .bases import CONSTANT, Basis, basis, cross, cross_total, random_basis, tiled, within
from .crossed import OtherFactors, OtherFactorsSolution, one_thread
from .small_cholesky import SMALL, cholesky, forward, gram, products, semidefinite, semidefinite_forward
from .structure import Structure
from .theta import ThetaMap

LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything that stays the same while theta moves, in centred and scaled columns.

    With several grouping factors, k, J and everything with groups along its last axis are the first factor's.

    Parameters
    ----------
    zz : (k, k, J) array
        Each group's cross-products of the random-effects columns.
    zw : (k, p + 1, J) array
        Random-effects columns with fixed-effects columns and outcome.
    root : (k, k, J) array
        R_j with ``R_j'R_j = Z_j'Z_j``.
    projected : (k, p + 1, J) array
        C_j = R_j^-T Z_j'[X y]: what each group's random-effects columns can see of the fixed-effects columns and outcome.
    remaining : (p + 1, p + 1) array
        Cross-products of the rest of them, over all groups.
    n : int
        Rows.
    reml : bool
    theta_map : ThetaMap
    fixed : Basis
    random : tuple of Basis
        A basis for each covariance block, factor by factor.
    levels : tuple of int
        Levels of each grouping factor.
    factor_rows : tuple of slice
        Each factor's rows in Lambda.
    other_factors : OtherFactors or None
        The other factors' columns.
    mean_weight : float
        As in `Moments`: the residual variance of a row of weight 1 is so many times that of a row that counts as one.
    """

    zz: Array
    zw: Array
    root: Array
    projected: Array
    remaining: Array
    n: int
    reml: bool
    theta_map: ThetaMap
    fixed: Basis
    random: tuple[Basis, ...]
    levels: tuple[int, ...]
    factor_rows: tuple[slice, ...]
    other_factors: OtherFactors | None = None
    mean_weight: float = 1.0

    @property
    def p(self) -> int:
        """Fixed coefficients."""
        return len(self.remaining) - 1

    @property
    def vectorised(self) -> bool:
        """Whether many replicates can be fitted as one array: one grouping factor, and covariance matrices without a structure."""
        return self.other_factors is None and not self.theta_map.structured

    @cached_property
    def random_units(self) -> Array:
        """The random coefficients' way to the columns' units, (k, k), as `Basis.to_units`."""
        return block_diag(*(b.to_units for b in self.random))

    @property
    def df(self) -> int:
        """Divisor of the residual variance."""
        return self.n - self.p * self.reml


def problem(
    data: Moments | Crossing,
    columns: Sequence[int],
    blocks: Sequence[Sequence[int]],
    *,
    reml: bool,
    factors: Sequence[int] | None = None,
    structures: Sequence[Structure | None] | None = None,
) -> Problem:
    """Set up the criterion for fixed ``columns`` and random-effects ``blocks`` (indices into the moments).

    ``factors`` gives each block's grouping factor in a crossing, in increasing order, ``structures`` each block's covariance
    structure, None for a full matrix.
    """
    crossing = data if isinstance(data, Crossing) else Crossing((data,), {})
    moments, n_factors = crossing.factors[0], len(crossing.factors)
    by_factor: list[list[tuple[Sequence[int], Structure | None]]] = [[] for _ in range(n_factors)]
    known = structures or [None] * len(blocks)
    for block, structure, factor in zip(blocks, known, factors or [0] * len(blocks), strict=True):
        by_factor[factor].append((block, structure))
    bases = [[random_basis(m, *block) for block in own] for m, own in zip(crossing.factors, by_factor, strict=True)]
    centred, wanted = CONSTANT in columns, [*columns, len(moments.center) - 1]
    whole, own = basis(moments, wanted, centred=centred), tuple(bases[0])
    fixed = Basis(whole.columns[:-1], whole.mean[:-1], whole.to_units[:-1, :-1])
    zz, zw = tiled(cross, moments, own, own), tiled(cross, moments, own, [whole])
    root, projected, remaining, see = _sweep(moments, whole, own, zz, zw)
    other_factors = keep(crossing, by_factor, wanted, centred, see, projected) if n_factors > 1 else None
    ends = np.cumsum([sum(b.size for b in part) for part in bases]).tolist()
    return Problem(
        zz,
        zw,
        root,
        projected,
        remaining,
        moments.n_rows,
        reml,
        ThetaMap.of([len(b) for b in blocks], known),
        fixed,
        tuple(b for part in bases for b in part),
        tuple(m.n_groups for m in crossing.factors),
        tuple(slice(a, b) for a, b in zip([0, *ends], ends, strict=False)),
        other_factors,
        moments.mean_weight,
    )


def _sweep(
    moments: Moments, whole: Basis, random: tuple[Basis, ...], zz: Array, zw: Array
) -> tuple[Array, Array, Array, Callable[[Array, Array], Array]]:
    """`Problem.root`, `Problem.seen`, `Problem.unseen`, and what is seen of other columns, given their cross-products.

    A random intercept sees the group means, and leaves the cross-products about them, which the moments hold as they
    are: nothing is subtracted, so nothing is lost, however far the groups lie apart.
    """
    constant = np.concatenate([b.columns for b in random]) == CONSTANT
    if not constant.any():
        lower = semidefinite(zz)
        projected = semidefinite_forward(lower, zw)
        root, remaining = lower.transpose(1, 0, 2).copy(), cross_total(moments, whole) - gram(projected, projected)
        return root, projected, remaining, lambda products, group: semidefinite_forward(lower[:, :, group], products)
    first = np.flatnonzero(constant)[0]  # others would be the same again: nothing of them is left beside it
    slopes = np.delete(np.arange(len(constant)), first)
    size = np.sqrt(moments.w)
    mean = np.concatenate([b.mean for b in random])
    spread, covary = tiled(within, moments, random, random), tiled(within, moments, random, [whole])[slopes]
    lower = semidefinite(spread[np.ix_(slopes, slopes)])
    root, projected = np.zeros_like(zz), np.empty_like(zw)
    root[first] = size * mean
    root[np.ix_(slopes, slopes)] = lower.transpose(1, 0, 2)
    projected[first] = size * whole.mean
    projected[slopes] = semidefinite_forward(lower, covary)

    def see(products: Array, group: Array) -> Array:
        result = np.empty_like(products)
        own = products[first] / mean[first, 0]  # the constant's, whatever unit it has
        result[first] = own / size[group]
        apart = products[slopes] - mean[slopes][:, None, group] * own
        result[slopes] = semidefinite_forward(lower[:, :, group], apart)
        return result

    return root, projected, within(moments, whole, whole).sum(axis=-1) - gram(projected[slopes], projected[slopes]), see


@dataclass(frozen=True, eq=False)
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
    problem : Problem
    half_z, half_w : (k, k, J), (k, p + 1, J) arrays
        ``S_j^-1 R_j`` and ``S_j^-1 C_j`` with ``S_j S_j' = I + R_j Lambda Lambda' R_j'`` of the first factor, so that
        with one factor ``Z'H^-1 Z = half_z'half_z``, and ``Z'H^-1 [X y] = half_z'half_w`` (with several factors half_w is
        cleared of what the others explain).
    other_factors : OtherFactorsSolution or None
        The other factors.
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
    problem: Problem
    half_z: Array
    half_w: Array
    other_factors: OtherFactorsSolution | None

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
        return cholesky(inner + np.eye(len(inner))[:, :, None])

    def conditional_modes(self) -> list[Array]:
        """Each factor's random coefficients, (k_f, levels)."""
        residual = np.einsum("kpj,p->kj", self.half_w, np.append(-self.beta, 1.0))
        first = self.own @ self.own.T @ np.einsum("kaj,kj->aj", self.half_z, residual)
        return [first] + (self.other_factors.modes(self.beta) if self.other_factors else [])

    def conditional_covariances(self) -> list[Array]:
        """Covariances of each factor's random coefficients given the fit, in units of sigma^2, (k_f, k_f, levels)."""
        k, _, n_groups = self.lower.shape
        right = np.broadcast_to(self.own.T[:, :, None], (k, k, n_groups))
        root = forward(self.lower, np.ascontiguousarray(right))
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


@dataclass(frozen=True, eq=False)
class _Profile:
    """Fixed effects and residual variance at their best for one theta; what `Solution` says more of."""

    factor: Array
    half_z: Array
    half_w: Array
    other_factors: OtherFactorsSolution | None
    beta: Array
    xx: Array
    root: Array
    pwrss: float
    criterion: float


def _profile(problem: Problem, theta: Array) -> _Profile:
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
    half_z, half_w = forward(lower, problem.root), forward(lower, problem.projected)
    reduced = problem.remaining + gram(half_w, half_w)
    log_det = 2 * float(sum(np.log(lower[i, i]).sum() for i in range(k)))
    other_factors = None
    if problem.other_factors is not None:
        other_factors = problem.other_factors.at(factor[k:, k:], lower, half_w)
        reduced = reduced - other_factors.root_w.T @ other_factors.root_w
        log_det += other_factors.log_det
    xx, xy = reduced[:p, :p], reduced[:p, p]
    root = np.linalg.cholesky(xx)
    beta = np.linalg.solve(xx, xy) if p else np.zeros(0)
    pwrss = float(reduced[p, p] - xy @ beta)
    criterion = log_det + problem.df * (1 + LOG_2PI + np.log(pwrss / problem.df))
    if problem.reml:
        criterion += 2 * float(np.log(np.diag(root)).sum())
    return _Profile(factor, half_z, half_w, other_factors, beta, xx, root, pwrss, criterion)


def criterion(problem: Problem, theta: Array) -> float:
    """The profiled deviance or REML criterion at one theta, without its derivatives."""
    with one_thread(problem.other_factors):
        return _profile(problem, theta).criterion


def solve(problem: Problem, theta: Array) -> Solution:
    """Profile the fixed effects and the residual variance out at one theta; value and gradient of the criterion."""
    with one_thread(problem.other_factors):
        return _solve(problem, theta)


def _solve(problem: Problem, theta: Array) -> Solution:
    at, p = _profile(problem, theta), problem.p
    other_factors, half_z = at.other_factors, at.half_z
    half_w = at.half_w if other_factors is None else other_factors.cleared(at.half_w)

    # K_j = Z_j' H^-1 [X y]; the criterion's derivative in Lambda Lambda' needs Z'H^-1 Z, Z'H^-1 e and Z'H^-1 X.
    k_w = products(half_z, half_w)
    z_z, z_w = [gram(half_z, half_z)], [k_w]
    if other_factors is not None:
        z_z = [z_z[0] - other_factors.explained_z_z(half_z), *other_factors.z_z()]
        z_w += [part.transpose(0, 2, 1) for part in other_factors.other_factors.parts(other_factors.z_w)]
    curvature, pull = np.zeros((2, len(at.factor), len(at.factor)))
    direction = np.append(-at.beta, 1.0)
    for rows, square, product in zip(problem.factor_rows, z_z, z_w, strict=True):
        residual = np.tensordot(product, direction, axes=([1], [0]))
        pull[rows, rows] = gram(residual[None], residual[None])
        curvature[rows, rows] = square - (problem.df / at.pwrss) * pull[rows, rows]
        if problem.reml and p:
            by_column = product[:, :p].transpose(1, 0, 2).reshape(p, -1)
            whitened = np.linalg.solve(at.root, by_column).reshape(p, len(square), -1)
            curvature[rows, rows] -= gram(whitened, whitened)
    gradient = 2 * problem.theta_map.pull(curvature @ at.factor, theta)
    pwrss_slope = -2 * problem.theta_map.pull(pull @ at.factor, theta)
    return Solution(
        theta,
        at.factor,
        at.criterion,
        gradient,
        curvature,
        at.beta,
        at.xx,
        at.pwrss,
        pwrss_slope,
        problem,
        half_z,
        half_w,
        other_factors,
    )
