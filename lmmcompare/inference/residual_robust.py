"""Cluster-robust standard errors of generalized least squares and of serially correlated mixed models.

The structure that was fitted is the working model: in rows that it makes uncorrelated, ``V^(-1/2) X``, the estimator is ordinary
least squares, and CR0 to CR3 are as there (Bell and McCaffrey 2002; Pustejovsky and Tipton 2018). CR2 is unbiased where the structure
holds, and then agrees with the model's own standard errors up to sampling error. clubSandwich takes another square root of V, so
its numbers differ a little.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..arrays import Array
from ..errors import DesignError
from ..fit.residual.gls import GLSFit
from ..fit.residual.mixed import MixedProblem
from ..fit.residual.whiten import PlacedRows, whitened
from .robust import Kind, RobustCovariance, sandwich


def structure_robust(fit: GLSFit, rows: PlacedRows, kind: Kind) -> RobustCovariance:
    """Cluster-robust covariance of the coefficients.

    Parameters
    ----------
    rows : PlacedRows
        Those that the model was fitted to; their groups are the clusters.
    kind : {"CR0", "CR1", "CR1S", "CR2", "CR3"}

    Raises
    ------
    DesignError
        With fewer than two clusters.
    """
    if int(rows.places.codes.max()) < 1:
        raise DesignError("Cluster-robust standard errors need at least two clusters.", "Name a column of clusters.")
    return sandwich(_products(fit, rows), kind, fit.to_units, fit.scale, rows.values.shape[1])


def group_shifts(fit: GLSFit, rows: PlacedRows) -> Array:
    """How far each coefficient moves when all rows of one group rise by 1, (p, J); 0 where it compares rows within groups alone.

    Parameters
    ----------
    fit, rows
        As for `structure_robust`.
    """
    p = len(rows.values) - 1
    ones = np.ones((1, rows.values.shape[1]))
    products = _products(fit, replace(rows, values=np.concatenate([rows.values[:p], ones])))
    result: Array = fit.to_units @ np.linalg.solve(products[:p, :p].sum(axis=-1), products[:p, p])
    return result


def _products(fit: GLSFit, rows: PlacedRows) -> Array:
    """Each group's cross-products ``W'V^-1 W`` of the rows' columns of the fixed part and after it, (q, q, J)."""
    q, codes = len(rows.values), rows.places.codes
    both = np.concatenate([rows.values, rows.random])
    white = whitened(fit.structure, fit.solution.parameters, both, rows.places)
    products = np.array([[np.bincount(codes, a * b) for b in white] for a in white])
    if not len(rows.random):
        return products
    assert isinstance(fit.problem, MixedProblem)
    factor = fit.problem.factor(fit.solution.parameters)
    grown = np.eye(len(factor)) + factor.T @ products[q:, q:].transpose(2, 0, 1) @ factor
    lower = np.linalg.cholesky(grown)
    projected = np.linalg.solve(lower, factor.T @ products[q:, :q].transpose(2, 0, 1))
    result: Array = products[:q, :q] - np.einsum("jka,jkb->abj", projected, projected)
    return result
