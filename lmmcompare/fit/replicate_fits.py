"""Fit many replicates of a mixed model with one grouping factor as one array.

`replicate_designs` makes the replicates: new outcomes for one design, groups counted more than once or left out, or a design
of its own for each.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from ..arrays import Array
from ..moments.groups import Moments
from .bases import CONSTANT, Basis
from .optimise import Optima, minimise
from .problem import Problem
from .replicate_criterion import Values
from .replicate_search import ReplicateCriteria
from .replicates import Replicates
from .small_cholesky import backward, cholesky, forward, semidefinite

ENTRIES = 1 << 15
"""Replicates are fitted in batches of about so many groups: an array of these stays in the processor's cache."""
DEPENDENT = 1e-11
"""Share of a fixed column's sum of squares left over that counts as none (as `bases.dependent` has it)."""
EXACT = 1e-14
"""Share of the outcome's that counts as none."""


@dataclass(frozen=True, eq=False)
class Units:
    """The way back from centred and scaled columns to the user's units, the same for all replicates.

    Parameters
    ----------
    random : tuple of Basis
        One for each covariance block.
    shift : (p,) array
        What centring the outcome took from the coefficients: its mean, at the intercept.
    scale : float
        The outcome's.
    mean_weight : float
        As in `Moments`.
    """

    fixed: Basis
    random: tuple[Basis, ...]
    shift: Array
    scale: float
    mean_weight: float = 1.0

    @classmethod
    def of(cls, setting: Problem, moments: Moments) -> Units:
        """Those of a problem made from these moments."""
        shift = np.where(setting.fixed.columns == CONSTANT, moments.center[-1], 0.0)
        return cls(setting.fixed, setting.random, shift, float(moments.scale[-1]), moments.mean_weight)


@dataclass(frozen=True, eq=False)
class ReplicateFits:
    """Fits of B replicates, in the columns' units; replicates along the first axis.

    Where a replicate's fixed columns are dependent, or nothing of its outcome is left over, its numbers are NaN.

    Parameters
    ----------
    beta : (B, p) array
    vcov : (B, p, p) array
    covariances : tuple of (B, s, s) arrays
        Covariance matrix of each block of random coefficients.
    theta : (B, m) array
        Relative covariance factors in the columns' units, in lme4's order.
    criterion : (B,) array
        REML criterion, or deviance under ML.
    singular, converged : (B,) bool arrays
        Boundary fits; fits certified by their gradient.
    df : (B,) array
        Divisor of the residual variance.
    values : Values
        What all this was computed from, in centred and scaled columns.
    """

    beta: Array
    vcov: Array
    sigma2: Array
    covariances: tuple[Array, ...]
    theta: Array
    criterion: Array
    singular: Array
    converged: Array
    df: Array
    units: Units
    values: Values

    @cached_property
    def se(self) -> Array:
        """Standard errors of the coefficients, (B, p)."""
        return np.sqrt(np.einsum("npp->np", self.vcov))

    def satterthwaite(self) -> Array:
        """Satterthwaite's degrees of freedom of the coefficients, (B, p), as `inference.satterthwaite` has them but from the exact Hessian.

        Infinite where the variance parameters do not matter for a coefficient.
        """
        units, values = self.units.fixed.to_units, self.values
        p, m = len(units), len(values.theta)
        root, pwrss = values.root, values.root[p, p] ** 2
        sigma2 = pwrss / self.df
        with np.errstate(all="ignore"):
            half = forward(
                root[:p, :p], np.repeat(units.T[..., None], len(sigma2), axis=2)
            )  # L^-1 c for each coefficient, (p, p, B)
            variance = sigma2 * (half**2).sum(axis=0)
            slopes = np.empty((m + 1, *variance.shape))
            slopes[:m] = sigma2 * np.einsum("mqrn,qcn,rcn->mcn", values.slopes[:, :p, :p], half, half, optimize=True)
            slopes[m] = variance / sigma2
            # the residual variance was profiled out; put its row and column back (f = D + df log s + pwrss / s)
            hessian = np.empty((m + 1, m + 1, len(sigma2)))
            hessian[m, m] = self.df / sigma2**2
            hessian[:m, m] = hessian[m, :m] = pwrss * values.slopes[:, p, p] / sigma2**2
            hessian[:m, :m] = values.hessian + hessian[:m, None, m] * hessian[None, :m, m] / hessian[m, m]
            # standardise before judging which directions the data say nothing about
            size = np.sqrt(np.maximum(np.abs(np.einsum("mmn->mn", hessian)), np.finfo(float).tiny))
            standard = np.nan_to_num(hessian / (size[:, None] * size)).transpose(2, 0, 1)
            curved, vectors = np.linalg.eigh(standard)
            along = np.einsum("mcn,nmk->nkc", slopes / size[:, None], vectors) ** 2
            noise = 2 * np.where(curved > 1e-8, 1 / curved, 0.0)[..., None] * along
            return np.where(noise.any(axis=1), 2 * variance.T**2 / noise.sum(axis=1), np.inf)


def fit_replicates(replicates: Replicates, units: Units, start: Array | None = None) -> ReplicateFits:
    """Fit replicates by REML or ML, batch by batch, so that memory beyond the replicates' own is bounded.

    Parameters
    ----------
    replicates, units : Replicates, Units
        From `replicate_designs`.
    start : (m,) array, optional
        Theta to start all from, in centred and scaled columns; an EM step from the identity when left out.
    """
    step = batch_size(replicates.projected_y.shape[-1])
    parts = [_search(replicates.take(slice(a, a + step)), start) for a in range(0, replicates.size, step)]
    values = Values(*(np.concatenate([getattr(o.point, f.name) for o in parts], axis=-1) for f in fields(Values)))
    certificate = (np.concatenate([getattr(o, name) for o in parts]) for name in ("converged", "singular", "decrement"))
    return in_units(replicates, units, Optima(values, *certificate))


def batch_size(n_groups: int) -> int:
    """How many replicates of so many groups are best fitted at once."""
    return max(1, ENTRIES // n_groups)


def _search(replicates: Replicates, start: Array | None) -> Optima[Values]:
    estimable = _estimable(replicates)
    if not estimable.all():
        replicates = replace(replicates, remaining=np.where(estimable, replicates.remaining, np.nan))
    result = None if start is None else np.repeat(np.asarray(start, float)[:, None], replicates.size, axis=1)
    return minimise(ReplicateCriteria(replicates), result)


def _estimable(replicates: Replicates) -> Array:
    """Whether the fixed columns are independent and leave something of the outcome, (B,)."""
    x, y = replicates.projected_x, replicates.projected_y
    total, p = replicates.remaining.copy(), replicates.p
    total[:p, :p] += np.einsum("apnj,aqnj->pqn", x, x)
    total[:p, p] += np.einsum("apnj,anj->pn", x, y) if x.shape[2] > 1 else np.einsum("apj,anj->pn", x[:, :, 0], y)
    total[p, :p] = total[:p, p]
    total[p, p] += np.einsum("anj,anj->n", y, y)
    size = np.sqrt(np.einsum("qqn->qn", total))
    with np.errstate(all="ignore"):
        left = np.einsum("qqn->qn", cholesky(total / (size[:, None] * size))) ** 2
        return (left[:p] > DEPENDENT).all(axis=0) & (left[p] > EXACT)


def in_units(replicates: Replicates, units: Units, optima: Optima[Values]) -> ReplicateFits:
    """Undo the centring and scaling, as `mixed.in_units` does."""
    values, p, theta_map = optima.point, replicates.p, replicates.theta_map
    df = np.broadcast_to(replicates.df, len(optima.converged))
    root, to_units = values.root[:p, :p], units.fixed.to_units
    with np.errstate(all="ignore"):
        sigma2 = values.root[p, p] ** 2 / df * units.scale**2
        beta = backward(root, values.root[p, :p, None])[:, 0]
        half = forward(root, np.repeat(to_units.T[..., None], len(df), axis=2))
        vcov = np.einsum("qan,qbn,n->nab", half, half, sigma2)
        factor = theta_map.matrix(values.theta)
        relative = np.einsum("acn,bcn->abn", factor, factor)
        covariances, theta = [], []
        for rows, part in zip(theta_map.block_slices(), units.random, strict=True):
            block = np.einsum("ab,bcn,dc->adn", part.to_units, relative[rows, rows], part.to_units)
            covariances.append((sigma2 * block).transpose(2, 0, 1))
            lower = semidefinite(block / units.mean_weight)
            theta += [lower[i, j] for j in range(len(lower)) for i in range(j, len(lower))]
    offset = 2 * df * np.log(units.scale)
    if replicates.reml:
        offset = offset - 2 * np.log(np.abs(np.diag(to_units))).sum()
    known = np.isfinite(values.criterion)
    return ReplicateFits(
        (units.scale * to_units @ beta).T + units.shift,
        vcov,
        sigma2 * units.mean_weight,
        tuple(covariances),
        np.where(known[:, None], np.array(theta).T, np.nan),
        values.criterion + offset,
        optima.singular & known,
        optima.converged,
        df,
        units,
        values,
    )
