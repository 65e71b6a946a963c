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
    q, n_groups = len(values), int(places.codes.max()) + 1
    if n_groups < 2:
        raise DesignError("Cluster-robust standard errors need at least two clusters.", "Name a column of clusters.")
    rows = values if random is None else np.concatenate([values, random])
    rows = whitened(fit.structure, fit.solution.parameters, rows, places)
    products = np.array([[np.bincount(places.codes, a * b, n_groups) for b in rows] for a in rows])
    if random is not None:
        assert isinstance(fit.problem, MixedProblem)
        factor = fit.problem.factor(fit.solution.parameters)
        grown = np.eye(len(factor)) + factor.T @ products[q:, q:].transpose(2, 0, 1) @ factor
        lower = np.linalg.cholesky(grown)
        projected = np.linalg.solve(lower, factor.T @ products[q:, :q].transpose(2, 0, 1))
        products = products[:q, :q] - np.einsum("jka,jkb->abj", projected, projected)
    return sandwich(products, kind, fit.to_units, fit.scale, values.shape[1])
