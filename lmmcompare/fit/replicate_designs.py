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


def weighted(setting: Problem, moments: Moments, weights: Array) -> Replicates:
    """The same groups in each replicate, but each as often as its weight says: copies are groups of their own.

    Parameters
    ----------
    moments : Moments
        What it was made from.
    weights : (B, J) array
        0 leaves a group out, 2 counts it twice.
    """
    p = setting.p
    projected = setting.projected[:, :, None] * np.sqrt(weights)
    remaining = remaining_by_group(setting, moments) @ weights.T
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
    """
    setting, p = problem(moments, columns, blocks, reml=reml), len(columns)

    def by_replicate(a: Array) -> Array:
        return a.reshape(*a.shape[:-1], n_replicates, -1)

    projected = by_replicate(setting.projected)
    remaining = by_replicate(remaining_by_group(setting, moments)).sum(axis=-1)
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


def remaining_by_group(setting: Problem, moments: Moments) -> Array:
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
