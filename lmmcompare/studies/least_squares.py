"""OLS, its cluster-robust errors and group dummies for many replicates at once: `fit.linear` and `inference.robust` again.

Replicates and groups run along the last axes, so that matrices of a few columns are dealt with entry by entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..fit.bases import CONSTANT, Basis, basis, cross, within
from ..fit.small_cholesky import backward, cholesky, forward
from ..inference.robust import WHOLE, rests_on_one
from ..moments.groups import Moments

DEPENDENT = 1e-11
"""Share of a column's sum of squares left over that counts as none (as `fit.bases.dependent` has it)."""
CONSTANT_COLUMN = 1e-14
"""Share of a column's sum of squares within groups that counts as none (as `fit.linear.dummies` has it)."""


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """Fits of B replicates; NaN where the columns of one are dependent.

    Parameters
    ----------
    beta, se : (B, p) arrays
        In the columns' units.
    df : (B,) array
        Residual degrees of freedom.
    products : (p + 1, p + 1, B, J) array
        Each group's cross-products of the columns and the outcome, centred and scaled.
    root : (p, p, B) array
        Cholesky factors of the columns' cross-products over all groups.
    slope : (p, B) array
        Coefficients of the centred and scaled columns.
    units : (p, p, B) array
        ``root^-1 to_units'`` times the outcome's scale.
    """

    beta: Array
    se: Array
    df: Array
    products: Array
    root: Array
    slope: Array
    units: Array


def ols(moments: Moments, columns: Sequence[int], size: int) -> LeastSquares:
    """Ordinary least squares of the last column, groups ignored.

    Parameters
    ----------
    moments : Moments
        Over B x J groups, those of the first replicate first.
    columns : sequence of int
        The intercept, -1, is among them.
    size : int
        The number of replicates, B.
    """
    whole = basis(moments, [*columns, moments.outcome])
    products = cross(moments, whole, whole)
    fit = _solve(moments, columns, whole, products, products, size, extra_rank=0)
    fit.beta[:, list(columns).index(CONSTANT)] += moments.center[-1]
    return fit


def dummies(moments: Moments, slopes: Sequence[int], size: int) -> LeastSquares:
    """Common slopes with an intercept for each group; ``slopes`` are columns without the intercept."""
    whole = basis(moments, [*slopes, moments.outcome], centred=True)
    inside = within(moments, whole, whole)
    return _solve(moments, slopes, whole, inside, cross(moments, whole, whole), size, moments.n_groups // size)


def _solve(
    moments: Moments,
    columns: Sequence[int],
    whole: Basis,
    products: Array,
    reference: Array,
    size: int,
    extra_rank: int,
) -> LeastSquares:
    """Solve the normal equations; ``reference`` is the size of each column before anything was projected out of it."""
    p, scale = len(columns), moments.scale[-1]
    products = products.reshape(p + 1, p + 1, size, -1)
    total = products.sum(axis=-1)
    before = np.einsum("qqn->qn", reference.reshape(products.shape).sum(axis=-1))[:p]
    diagonal = np.einsum("qqn->qn", total)[:p]
    df = moments.n.reshape(size, -1).sum(axis=1) - p - extra_rank
    with np.errstate(all="ignore"):
        root = cholesky(total[:p, :p])
        left = np.einsum("qqn->qn", root) ** 2
        fine = (diagonal > CONSTANT_COLUMN * before) & (left > DEPENDENT * diagonal)
        root = np.where(fine.all(axis=0), root, np.nan)
        half = forward(root, total[:p, p, None])
        slope = backward(root, half)[:, 0]
        rss = np.maximum(total[p, p] - (half[:, 0] ** 2).sum(axis=0), 0.0)
        to_units = whole.to_units[:p, :p]
        units = scale * forward(root, np.repeat(to_units.T[..., None], size, axis=2))
        se = np.sqrt((units**2).sum(axis=0) * rss / df)
    return LeastSquares((scale * to_units @ slope).T, se.T, df, products, root, slope, units)


def cr2(fit: LeastSquares) -> tuple[Array, Array]:
    """Cluster-robust standard errors of OLS and their degrees of freedom, (B, p) each, as `inference.robust` has them.

    NaN of a coefficient that one group alone determines: `RobustCovariance.rests_on_one`.

    In the columns ``X L^-T`` the leverage of group j is ``L^-1 X_j'X_j L^-T``, of which only eigenvectors and eigenvalues
    are needed.
    """
    p = len(fit.slope)
    root, of_columns = fit.root[..., None], fit.products[:p, :p]
    with np.errstate(all="ignore"):
        leverage = forward(root, forward(root, of_columns).swapaxes(0, 1))
        score = forward(root, (fit.products[:p, p] - np.einsum("abnj,bn->anj", of_columns, fit.slope))[:, None])[:, 0]
        values, vectors = np.linalg.eigh(np.nan_to_num(leverage).transpose(2, 3, 0, 1))
        lost = rests_on_one(fit.units.transpose(2, 1, 0), vectors, values)
        values, vectors = values.transpose(2, 0, 1), vectors.transpose(2, 3, 0, 1)  # (a, B, J), (q, a, B, J)
        slack = 1 - values
        adjustment = np.where(slack <= WHOLE, 0.0, 1 / np.sqrt(np.maximum(slack, WHOLE)))
        # what each group's adjusted score does to each coefficient; their squares sum to its variance
        loading = np.einsum("qcn,qanj->canj", fit.units, vectors)
        rotated = np.einsum("qanj,qnj->anj", vectors, score) * adjustment
        se = np.sqrt((np.einsum("canj,anj->cnj", loading, rotated) ** 2).sum(axis=-1))
        df = _satterthwaite(loading, vectors, values, adjustment)
        return np.where(lost, np.nan, se.T), np.where(lost, np.nan, df.T)


def _satterthwaite(loading: Array, vectors: Array, values: Array, adjustment: Array) -> Array:
    """``tr(P)^2 / tr(P P)`` with ``P = D - U U'``, as `inference.robust._satterthwaite` explains, (p, B)."""
    diagonal = np.einsum("canj,anj->cnj", loading**2, adjustment**2 * values)
    rows = np.einsum("canj,qanj->cqnj", loading * (adjustment * values), vectors)
    own = (rows**2).sum(axis=1)
    inner = np.einsum("cqnj,crnj->cqrn", rows, rows)
    trace = (diagonal - own).sum(axis=-1)
    return trace**2 / ((diagonal * (diagonal - 2 * own)).sum(axis=-1) + (inner**2).sum(axis=(1, 2)))
