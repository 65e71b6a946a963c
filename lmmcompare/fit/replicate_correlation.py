"""Generalized least squares by REML for many replicates at once: `residual` again, one parameter of correlation.

Replicates run along the last axis. A structure weighs tables of sums, read once; variance and coefficients are profiled out,
so that what is left to search is a curve for each replicate: a grid first, then Newton steps held inside a bracket.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import expit, logit

from ..arrays import Array
from .residual.compound import EDGE, HIGHEST
from .residual.serial import STRONGEST
from .small_cholesky import backward, cholesky, forward

DEPENDENT = 1e-11
"""Share of a column's sum of squares left over that counts as none (as `least_squares` has it)."""
STEP = 1e-4
CLOSE = 1e-9
"""A Newton step so short in every replicate is the last."""
MOST = 60


class Structure(Protocol):
    """A correlation with one parameter, of which all replicates have their own value."""

    @property
    def tables(self) -> Array:
        """Sums over the rows, (K, q, q, B), the outcome last."""

    @property
    def grid(self) -> Array:
        """Parameters to try first, the bounds at its ends, (G,)."""

    def weigh(self, at: Array) -> tuple[Array, Array, Array, Array]:
        """Weights of the tables, (K, B), ``log |R|``, (B,), and the derivatives of both in the parameter."""


@dataclass(frozen=True, eq=False)
class Serial:
    """AR(1) over the rows of each group in their order: each row less rho times the row before.

    A row is taken as what it differs from the one before, so that nearly equal neighbours cost no digits.

    Parameters
    ----------
    tables : (4, q, q, B) array
        First rows of groups; changes to later rows; changes with the rows before them, both ways round; the rows before.
    pairs : int
        Pairs of neighbours in a replicate.
    """

    tables: Array
    pairs: int

    @property
    def grid(self) -> Array:
        """Of the atanh of rho."""
        inside = np.linspace(-2.4, 2.4, 17)
        return np.concatenate([[-STRONGEST, -6.0, -3.5], inside, [3.5, 6.0, STRONGEST]])

    def weigh(self, at: Array) -> tuple[Array, Array, Array, Array]:
        """As `Structure` has it: with ``change + (1 - rho) before`` of variance ``1 - rho^2``."""
        one, zero, less = np.ones_like(at), np.zeros_like(at), np.exp(-2 * at)  # (1 - rho) / (1 + rho)
        weights = np.stack([one, np.cosh(at) ** 2, (1 + less) / 2, less])
        slopes = np.stack([zero, np.sinh(2 * at), -less, -2 * less])
        return weights, -2 * self.pairs * np.log(np.cosh(at)), slopes, -2 * self.pairs * np.tanh(at)

    @classmethod
    def of(cls, rows: Array, observed: Array) -> Serial:
        """From (B, J, T, q) rows, of which those of a group that are ``seen``, (J, T), come first, without gaps."""
        rows = np.where(observed[:, :, None], rows, 0.0)
        before = rows[:, :, :-1] * observed[:, 1:, None]
        change = rows[:, :, 1:] - before
        mixed = _products(change, before)
        tables = [_products(rows[:, :, :1]), _products(change), mixed + mixed.swapaxes(0, 1), _products(before)]
        return cls(np.stack(tables), int(observed[:, 1:].sum()))


@dataclass(frozen=True, eq=False)
class Compound:
    """The same correlation of any two rows of a group, from ``-1 / (n_max - 1)`` to 1.

    Parameters
    ----------
    tables : (1 + K, q, q, B) array
        Cross-products within groups, and of the means of the groups of each size, a row counted once each.
    size, groups : (K,) arrays
        The distinct sizes, and how many groups have each.
    """

    tables: Array
    size: Array
    groups: Array

    @classmethod
    def of(cls, rows: Array, observed: Array) -> Compound:
        """From (B, J, T, q) rows, of which those of a group that are ``seen`` are there, (J, T)."""
        own = observed.sum(axis=1)
        means = np.where(observed[:, :, None], rows, 0.0).sum(axis=2) / own[:, None]
        left = np.where(observed[:, :, None], rows - means[:, :, None], 0.0)
        size, groups = np.unique(own, return_counts=True)
        between = [n * _products(means[:, own == n, None]) for n in size]
        return cls(np.stack([_products(left), *between]), size.astype(float), groups.astype(float))

    @property
    def lowest(self) -> float:
        """The lower bound of the correlation."""
        return -1.0 / (float(self.size.max()) - 1.0)

    @property
    def grid(self) -> Array:
        """Of the logit of the correlation's place between its bounds."""
        return np.concatenate([[logit(EDGE), -9.0], np.linspace(-6, 6, 25), [9.0, 16.0, HIGHEST]])

    def weigh(self, at: Array) -> tuple[Array, Array, Array, Array]:
        """As `Structure` has it."""
        span, others = 1 - self.lowest, self.size[:, None] - 1
        r, apart = self.lowest + span * expit(at), span * expit(-at)
        slope = span * expit(at) * expit(-at)
        inside, means = 1 / apart, 1 / (1 + others * r)
        weights = np.concatenate([inside[None], means])
        slopes = slope * np.concatenate([inside[None] ** 2, -others * means**2])
        logdet = self.groups @ (-others * np.log(inside) - np.log(means))
        return weights, logdet, slopes, slope * (self.groups @ (others * (means - inside)))


def _products(left: Array, right: Array | None = None) -> Array:
    """Cross-products of (B, J, T, q) rows over groups and visits, (q, q, B)."""
    flat = left.reshape(len(left), -1, left.shape[-1])
    other = flat if right is None else right.reshape(flat.shape)
    return np.ascontiguousarray((flat.swapaxes(1, 2) @ other).transpose(1, 2, 0))


@dataclass(frozen=True, eq=False)
class Generalized:
    """Contrasts of the coefficients of B replicates; NaN where the columns of one are dependent.

    Parameters
    ----------
    estimate, se, df : (c, B) arrays
        With Satterthwaite's degrees of freedom.
    parameter : (B,) array
    bound, converged : (B,) bool arrays
        Whether the parameter lies at the end of its range; whether the search ended.
    """

    estimate: Array
    se: Array
    df: Array
    parameter: Array
    bound: Array
    converged: Array


@dataclass(frozen=True, eq=False)
class _Point:
    """The criterion with its slope, and what the fits are there: coefficients, RSS and its slope, root of X'R^-1 X and its slope."""

    criterion: Array
    slope: Array
    beta: Array
    rss: Array
    rss_slope: Array
    root: Array
    information_slope: Array


def _point(structure: Structure, at: Array, df: int) -> _Point:
    tables, p = structure.tables, structure.tables.shape[1] - 1
    weights, logdet, slopes, logdet_slope = structure.weigh(at)
    whole = np.einsum("kn,kabn->abn", weights, tables)
    along = np.einsum("kn,kabn->abn", slopes, tables)
    root = cholesky(whole[:p, :p])
    half = forward(root, whole[:p, p, None])
    beta = backward(root, half)[:, 0]
    rss = whole[p, p] - (half[:, 0] ** 2).sum(axis=0)
    fitted = np.concatenate([-beta, np.ones((1, len(at)))])
    rss_slope = np.einsum("an,abn,bn->n", fitted, along, fitted)
    turned = forward(root, forward(root, along[:p, :p]).swapaxes(0, 1))
    diagonal = np.einsum("aan->an", root)
    criterion = logdet + 2 * np.log(diagonal).sum(axis=0) + df * np.log(rss)
    slope = logdet_slope + np.einsum("aan->n", turned) + df * rss_slope / rss
    return _Point(criterion, slope, beta, rss, rss_slope, root, turned)


def fit(structure: Structure, rows: int, contrasts: Array) -> Generalized:
    """Fit by REML.

    Parameters
    ----------
    rows : int
        Of one replicate.
    contrasts : (c, p, B) array
        What is wanted of each replicate.
    """
    p, size = structure.tables.shape[1] - 1, structure.tables.shape[-1]
    df, grid = rows - p, structure.grid
    with np.errstate(all="ignore"):
        at, converged = _minimum(structure, df, _bracket(structure, df, size))
        low, high = grid[0], grid[-1]
        here = _point(structure, at, df)
        bound = ((at <= low) & (here.slope > 0)) | ((at >= high) & (here.slope < 0))
        curvature = _curvature(structure, at, df)
        units = forward(here.root, contrasts.swapaxes(0, 1))
        unscaled = (units**2).sum(axis=0)
        # of the log of a contrast's variance along the profile; in units of s^2 the variance adds 1 / df
        relative = (
            here.rss_slope / here.rss - np.einsum("acn,abn,bcn->cn", units, here.information_slope, units) / unscaled
        )
        uncertain = np.where(bound, 0.0, relative**2 / curvature) + 1 / df
        left = np.einsum("aan->an", here.root) ** 2 > DEPENDENT * np.einsum(
            "aan->an", np.einsum("kn,kabn->abn", structure.weigh(at)[0], structure.tables)[:p, :p]
        )
        sound = left.all(axis=0) & (here.rss > 0)
        se = np.where(sound, np.sqrt(unscaled * here.rss / df), np.nan)
    estimate = np.einsum("cpn,pn->cn", contrasts, here.beta)
    return Generalized(estimate, se, 1 / uncertain, at, bound, sound & converged & (bound | (curvature > 0)))


def _bracket(structure: Structure, df: int, size: int) -> tuple[Array, Array, Array]:
    """The best point of the grid and those beside it, replicate by replicate."""
    grid = structure.grid
    values = np.stack([_point(structure, np.full(size, g), df).criterion for g in grid])
    best = np.argmin(np.where(np.isfinite(values), values, np.inf), axis=0)
    return grid[np.maximum(best - 1, 0)], grid[best], grid[np.minimum(best + 1, len(grid) - 1)]


def _minimum(structure: Structure, df: int, bracket: tuple[Array, Array, Array]) -> tuple[Array, Array]:
    """Where the slope changes its sign between the ends of a bracket: Newton's steps, or halves where these lead out of it."""
    low, at, high = (b.copy() for b in bracket)
    first, last = structure.grid[0], structure.grid[-1]
    done = np.zeros(len(at), dtype=bool)
    for _ in range(MOST):
        slope = _point(structure, at, df).slope
        low, high = np.where(slope < 0, at, low), np.where(slope > 0, at, high)
        to = at - slope / _curvature(structure, at, df)
        to = np.where((to > low) & (to < high), to, (low + high) / 2)
        # at the end of the range with the slope outward there is no further to go
        stuck = ((at <= first) & (slope >= 0)) | ((at >= last) & (slope <= 0))
        to = np.where(stuck, at, to)
        done = np.abs(to - at) <= CLOSE * np.maximum(1.0, np.abs(at))
        at = to
        if (done | ~np.isfinite(slope)).all():
            break
    return at, done


def _curvature(structure: Structure, at: Array, df: int) -> Array:
    step = STEP * np.maximum(1.0, np.abs(at))
    return (_point(structure, at + step, df).slope - _point(structure, at - step, df).slope) / (2 * step)
