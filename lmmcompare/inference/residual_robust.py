"""Cluster-robust standard errors of generalized least squares and of serially correlated mixed models.

The structure that was fitted is the working model: in rows that it makes uncorrelated, ``V^(-1/2) X``, the estimator is ordinary
least squares, and CR0 to CR3 are as there (Bell and McCaffrey 2002; Pustejovsky and Tipton 2018). CR2 is unbiased where the structure
holds, and then agrees with the model's own standard errors up to sampling error. clubSandwich takes another square root of V, so
its numbers differ a little.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..errors import DesignError
from ..fit.residual.gls import GLSFit
from ..fit.residual.mixed import MixedProblem
from ..fit.residual.whiten import Places, whitened
from .robust import Kind, RobustCovariance, sandwich


def structure_robust(
    fit: GLSFit, values: Array, random: Array | None, places: Places, kind: Kind = "CR2"
) -> RobustCovariance:
    """Cluster-robust covariance of the coefficients.

    Parameters
    ----------
    fit : GLSFit
    values : (p + 1, n) array
        The rows of the fit's columns, the outcome last.
    random : (k, n) array or None
        The rows of the random coefficients' columns.
    places : Places
        Their groups are the clusters.
    kind : {"CR0", "CR1", "CR1S", "CR2", "CR3"}

    Raises
    ------
    DesignError
        With fewer than two clusters.
    """
    if int(places.codes.max()) < 1:
        raise DesignError("Cluster-robust standard errors need at least two clusters.", "Name a column of clusters.")
    products = _products(fit, values, random, places)
    return sandwich(products, kind, fit.to_units, fit.scale, values.shape[1])


def group_shifts(fit: GLSFit, values: Array, random: Array | None, places: Places) -> Array:
    """How far each coefficient moves when all rows of one group rise by 1, (p, J); 0 where it compares rows within groups alone.

    Parameters
    ----------
    fit, values, random, places
        As for `structure_robust`.
    """
    p = len(values) - 1
    products = _products(fit, np.concatenate([values[:p], np.ones((1, values.shape[1]))]), random, places)
    result: Array = fit.to_units @ np.linalg.solve(products[:p, :p].sum(axis=-1), products[:p, p])
    return result


def _products(fit: GLSFit, values: Array, random: Array | None, places: Places) -> Array:
    """Each group's cross-products ``W'V^-1 W`` of rows ``values``, (q, q, J)."""
    q, n_groups = len(values), int(places.codes.max()) + 1
    rows = values if random is None else np.concatenate([values, random])
    rows = whitened(fit.structure, fit.solution.parameters, rows, places)
    products = np.array([[np.bincount(places.codes, a * b, n_groups) for b in rows] for a in rows])
    if random is None:
        return products
    assert isinstance(fit.problem, MixedProblem)
    factor = fit.problem.factor(fit.solution.parameters)
    grown = np.eye(len(factor)) + factor.T @ products[q:, q:].transpose(2, 0, 1) @ factor
    lower = np.linalg.cholesky(grown)
    projected = np.linalg.solve(lower, factor.T @ products[q:, :q].transpose(2, 0, 1))
    result: Array = products[:q, :q] - np.einsum("jka,jkb->abj", projected, projected)
    return result
