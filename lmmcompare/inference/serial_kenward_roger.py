"""Kenward and Roger's adjustment for serial correlation, whose covariance is not linear in rho: second derivatives count.

Kenward and Roger (1997), with ``R_ij = X'V^-1 (d2V / di dj) V^-1 X``; the parameters are sigma^2 and rho, and their uncertainty that
of the observed information, as in SAS PROC MIXED. It needs products between all times of a group, not of neighbours only.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..fit.residual.gls import GLSFit
from ..fit.residual.serial import Serial
from ..fit.residual.unstructured import Unstructured
from ..moments.visit_sums import Visits, from_first
from .kenward_roger import KenwardRoger, refuse_ml
from .residual_small_sample import satterthwaite_of_structure


def serial_kenward_roger(fit: GLSFit, sums: Visits, times: Array) -> KenwardRoger:
    """Adjust the covariance of the coefficients for sigma^2 and rho having been estimated.

    Parameters
    ----------
    fit : GLSFit
        With serial correlation and one variance.
    sums : Visits
        Of the fit's rows, a visit for each of the ``times``.
    times : (k,) array

    Raises
    ------
    DesignError
        For a fit by maximum likelihood.
    """
    refuse_ml(fit.reml)
    structure, solution, p = fit.structure, fit.solution, fit.problem.p
    assert isinstance(structure, Serial) and structure.correlated
    known, at = satterthwaite_of_structure(fit), solution.parameters
    variance, rho = solution.variance, structure.rho(at)
    gap = np.abs(times[:, None] - times)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(gap > 0, gap * np.power(rho, gap - 1), 0.0)
        bend = np.where((gap > 0) & (gap != 1), gap * (gap - 1) * np.power(rho, gap - 2), 0.0)
        lost = structure.lost(at, gap)
    slope, bend, correlation = _of_differences(slope), _of_differences(bend), -_of_differences(lost)
    correlation[0, 0] = 1.0
    sums_by_visit = Unstructured(sums, np.eye(len(times)))
    precisions = sums_by_visit.precisions(variance * correlation)
    assert precisions is not None
    outer = precisions[0] @ sums_by_visit.factors
    inner = sums_by_visit.inward(precisions[0])

    def total(weights: Array) -> Array:
        return sums_by_visit.total(outer @ weights @ outer.swapaxes(1, 2))[:p, :p]

    d = [variance * slope, correlation]  # in rho and in sigma^2
    seconds = [[variance * bend, slope], [slope, np.zeros_like(gap)]]
    unit = np.diag([structure.rho_slope(at), 1.0])
    spread = unit @ known.spread @ unit
    phi = variance * solution.inverse
    first = np.array([total(one) for one in d])
    excess = np.zeros((p, p))
    for i in range(2):
        for k in range(2):
            term = total(d[i] @ inner @ d[k]) - first[i] @ phi @ first[k] - total(seconds[i][k]) / 4
            excess += spread[i, k] * term
    adjusted = phi + 2 * phi @ ((excess + excess.T) / 2) @ phi
    s2 = fit.scale**2
    return KenwardRoger(fit.beta, fit.to_units, s2 * phi, s2 * phi @ first @ phi, spread, s2 * adjusted)


def _of_differences(of_times: Array) -> Array:
    """A covariance between times, (k, k), as that of the first and the differences from it."""
    return from_first(from_first(of_times).T)
