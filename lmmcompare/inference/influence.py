"""What each group does to the coefficients: leaving one group out at the fitted variances."""

from __future__ import annotations

import numpy as np

from ..fit.basis import Basis, basis, cross
from ..fit.batched import forward
from ..fit.mixed import MixedFit
from ..moments import Moments

Array = np.ndarray


def leave_one_group_out(fit: MixedFit, moments: Moments, columns: list[int]) -> Array:
    """Coefficients without each group in turn, the variance parameters held at their fitted values.

    With ``M_j = X_j'V_j^-1 X_j`` and ``m_j = X_j'V_j^-1 y_j``, the coefficients without group j are
    ``(M - M_j)^-1 (m - m_j)``.

    Parameters
    ----------
    fit : MixedFit
    moments : Moments
        What it was fitted to.
    columns : list of int
        Its fixed columns.

    Returns
    -------
    (p, J) array
        In the columns' units; NaN where the other groups cannot tell the coefficients apart.
    """
    whole = basis(moments, [*columns, len(moments.center) - 1], centred=-1 in columns)
    solution, p = fit.optimum.solution, len(columns)
    right = np.concatenate([cross(moments, block, whole) for block in fit.problem.random])
    half = forward(solution.lower, np.tensordot(solution.factor.T, right, axes=1))
    product = np.moveaxis(cross(moments, whole, whole) - np.einsum("kaj,kbj->abj", half, half), -1, 0)
    rest = product.sum(axis=0) - product
    xx, xy = rest[:, :p, :p], rest[:, :p, p]
    size = np.sqrt(np.maximum(np.einsum("jaa->ja", xx), np.finfo(float).tiny))
    standard = xx / (size[:, :, None] * size[:, None, :])
    known = np.linalg.eigvalsh(standard)[:, 0] > 1e-11
    beta = np.full((moments.n_groups, p), np.nan)
    beta[known] = np.linalg.solve(standard[known], (xy / size)[known][:, :, None])[:, :, 0] / size[known]
    units: Basis = fit.problem.fixed
    found = moments.scale[-1] * units.to_units @ beta.T
    if -1 in columns:
        found[columns.index(-1)] += moments.center[-1]
    return found
