"""Normalised residuals of a model, as one-step errors: uncorrelated and of variance 1 if the model holds."""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..design.coefficients import CONSTANT
from ..design.grouping import Grouping
from ..fit.residual.compound import OneCorrelation
from ..fit.residual.innovations import innovations
from ..fit.residual.unstructured import Unstructured
from ..fit.residual.whiten import Places, whitened
from ..models import MixedResult
from ..models.gls import GLSResult
from ..models.serial_mixed import SerialMixedResult


def normalised_residuals(fit: MixedResult | GLSResult, grouping: Grouping, place: Array) -> Array:
    """``L^-1 (y - X b)`` with ``L L' = V``, V the covariance that the whole model implies within a group, random part included.

    Those of `resid` have the random effects taken out, and correlate by about ``-1/(n - 1)`` in a group of n where the model
    holds; these do not. For nlme's ``gls`` they are its normalised residuals where V is serial or by visit.

    Parameters
    ----------
    fit : MixedResult or GLSResult
        With one grouping factor at most.
    grouping : Grouping
        The groups whose rows are set in order.
    place : (n,) array
        What a group's rows are ordered by.

    Returns
    -------
    (n,) array
    """
    population = (
        fit.predict(level="population") if isinstance(fit, MixedResult | SerialMixedResult) else fit.fittedvalues
    )
    residual = fit.design.response - population.to_numpy()
    codes, constant = grouping.codes, np.ones((1, len(residual)))
    if isinstance(fit, MixedResult):
        root = fit.design.root_weights
        z, psi = _columns(fit, constant), fit.cov_re[grouping.name].to_numpy() / fit.row_sigma**2
        return innovations(residual * root / fit.row_sigma, z * root, psi, codes, place)
    structure, parameters = fit.fit.structure, fit.fit.solution.parameters
    own = fit.residuals
    scaled = residual / (fit.fit.scale if isinstance(structure, Unstructured) else fit.sigma)
    if isinstance(structure, OneCorrelation):
        ratio = fit.residual_sd.to_numpy() / fit.sigma
        scaled = scaled / (ratio[own.level] if own.levels is not None else 1.0) / np.sqrt(structure.apart(parameters))
        shared = structure.rho(parameters) / structure.apart(parameters)
        return innovations(scaled, constant, np.array([[shared]]), codes, place)
    at = own.visit if own.visit is not None else own.time if own.time is not None else place
    places = Places(codes, own.level, at)
    if not isinstance(fit, SerialMixedResult):
        return whitened(structure, parameters, scaled[None], places)[0]
    rows = whitened(structure, parameters, np.concatenate([scaled[None], _columns(fit, constant)]), places)
    psi = fit.cov_re[fit.grouping.name].to_numpy() / fit.sigma**2
    return innovations(rows[0], rows[1:], psi, codes, at if own.time is not None else place)


def _columns(fit: MixedResult | SerialMixedResult, constant: Array) -> Array:
    """The rows of the random coefficients' columns, (k, n)."""
    columns = [k for block in fit.blocks for k in block.columns]
    return np.concatenate([constant if k == CONSTANT else fit.design.columns[k][:][None] for k in columns])
