"""Replicates of a mixed model with one grouping factor: which of its parts each has to itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import Array
from ..moments.groups import Moments
from .bases import CONSTANT, Basis, basis, cross, within
from .problem import Problem, problem
from .replicate_fits import Units
from .replicates import Replicates


def new_outcomes(setting: Problem, projected: Array, remaining: Array) -> Replicates:
    """One design, a new outcome for each replicate, given by its cross-products in the problem's columns.

    Parameters
    ----------
    setting : Problem
    projected : (k, B, J) array
        What the groups' random-effects columns see of the outcome, ``R_j^-T Z_j'y``.
    remaining : (p + 1, B) array
        Cross-products of the rest of it with the rest of the fixed-effects columns and with itself.
    """
    p, size = setting.p, projected.shape[1]
    whole = np.empty((p + 1, p + 1, size))
    whole[:p, :p] = setting.remaining[:p, :p, None]
    whole[:, p] = whole[p] = remaining
    return Replicates(
        setting.root[:, :, None],
        setting.projected[:, :p, None],
        projected,
        whole,
        np.ones((1, projected.shape[2])),
        np.full(1, float(setting.n)),
        setting.reml,
        setting.theta_map,
    )


def outcomes(setting: Problem, moments: Moments, mean: Array, covary: Array, square: Array) -> Replicates:
    """One design, a new outcome for each replicate, given by its group moments in the outcome's own units.

    Parameters
    ----------
    setting : Problem
    moments : Moments
        What it was made from; the last column stands for any of the outcomes.
    mean : (B, J) array
        Group means of the outcome.
    covary : (q, B, J) array
        Its cross-products within groups with each column but the last, ``sum (x - xbar_j) y``.
    square : (B,) array
        Its sum of squares within groups, over all groups.
    """
    scale, centred = moments.scale[-1], CONSTANT in setting.fixed.columns
    mean = mean / scale - (moments.center[-1] / scale if centred else 0.0)
    within_y = covary / (moments.scale[:-1, None, None] * scale)
    within_y = np.concatenate([within_y, np.zeros((1, *mean.shape))])  # the last row is that of the constant, -1
    random = np.concatenate([b.columns for b in setting.random])
    slopes, fixed = random != CONSTANT, setting.fixed.columns
    lower = setting.root.transpose(1, 0, 2)[:, :, None]
    projected = np.empty((len(random), *mean.shape))
    remaining = np.empty((setting.p + 1, len(mean)))
    remaining[-1] = square / scale**2
    remaining[:-1] = within_y[fixed].sum(axis=-1)
    if slopes.all():
        z_mean = np.concatenate([b.mean for b in setting.random])
        projected[:] = _solved(lower, within_y[random] + z_mean[:, None] * (moments.w * mean))
        remaining[-1] += mean**2 @ moments.w
        remaining[:-1] += (setting.fixed.mean * moments.w) @ mean.T
    else:
        projected[~slopes] = np.sqrt(moments.w) * mean
        own = np.ix_(slopes, slopes)
        projected[slopes] = _solved(lower[own], within_y[random[slopes]])
    left = slice(None) if slopes.all() else slopes
    remaining[:-1] -= np.einsum("apj,anj->pn", setting.projected[left, :-1], projected[left])
    remaining[-1] -= (projected[left] ** 2).sum(axis=(0, -1))
    return new_outcomes(setting, projected, remaining)


def _solved(lower: Array, products: Array) -> Array:
    """``L_j x = b`` for factors (k, k, 1, J) that may be singular, and right sides (k, B, J)."""
    x = np.zeros_like(products)
    for i in range(len(products)):
        value = products[i] - sum(lower[i, m] * x[m] for m in range(i))
        np.divide(value, lower[i, i], out=x[i], where=lower[i, i] > 0)
    return x


def weighted(setting: Problem, moments: Moments, weights: Array) -> Replicates:
    """The same groups in each replicate, but each as often as its weight says: copies are groups of their own.

    Parameters
    ----------
    setting : Problem
    moments : Moments
        What it was made from.
    weights : (B, J) array
        0 leaves a group out, 2 counts it twice.
    """
    p = setting.p
    projected = setting.projected[:, :, None] * np.sqrt(weights)
    remaining = unseen_by_group(setting, moments) @ weights.T
    return Replicates(
        setting.root[:, :, None],
        projected[:, :p],
        projected[:, p],
        remaining,
        weights,
        weights @ moments.n,
        setting.reml,
        setting.theta_map,
    )


def stacked(
    moments: Moments, columns: Sequence[int], blocks: Sequence[Sequence[int]], n_replicates: int, *, reml: bool
) -> tuple[Replicates, Units]:
    """A design and an outcome of its own for each replicate.

    Parameters
    ----------
    moments : Moments
        Over B x J groups, those of the first replicate first.
    columns : sequence of int
        Fixed columns; -1 is the intercept.
    blocks : sequence of sequences of int
        Columns of each block of random coefficients.
    n_replicates : int
    reml : bool
    """
    setting, p = problem(moments, columns, blocks, reml=reml), len(columns)

    def by_replicate(a: Array) -> Array:
        return a.reshape(*a.shape[:-1], n_replicates, -1)

    projected = by_replicate(setting.projected)
    remaining = by_replicate(unseen_by_group(setting, moments)).sum(axis=-1)
    n = by_replicate(moments.n)
    replicates = Replicates(
        by_replicate(setting.root),
        projected[:, :p],
        projected[:, p],
        remaining,
        np.ones((1, n.shape[1])),
        n.sum(axis=-1),
        reml,
        setting.theta_map,
    )
    return replicates, Units.of(setting, moments)


def unseen_by_group(setting: Problem, moments: Moments) -> Array:
    """Each group's share of `Problem.remaining`, (p + 1, p + 1, J)."""
    whole = whole_basis(setting, moments)
    slopes = np.concatenate([b.columns for b in setting.random]) != CONSTANT
    products = cross(moments, whole, whole) if slopes.all() else within(moments, whole, whole)
    projected = setting.projected[slopes]
    return products - np.einsum("apj,aqj->pqj", projected, projected)


def whole_basis(setting: Problem, moments: Moments) -> Basis:
    """The fixed columns with the outcome as the problem has them."""
    columns = setting.fixed.columns
    return basis(moments, [*columns, moments.outcome], centred=CONSTANT in columns)
