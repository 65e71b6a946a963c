"""Satterthwaite degrees of freedom of the mixed model's coefficients.

Kuznetsova, Brockhoff and Christensen (2017), lmerTest package, J. Stat. Softw. 82(13), section 2: with V the variance of
a contrast as a function of the variance parameters, g its gradient and A their asymptotic covariance,
``df = 2 V^2 / (g' A g)``.
"""

from __future__ import annotations

import numpy as np

from ..fit.criterion import solve
from ..fit.mixed import MixedFit

Array = np.ndarray


def satterthwaite(fit: MixedFit, contrasts: Array | None = None) -> Array:
    """Degrees of freedom of contrasts of the coefficients.

    Parameters
    ----------
    fit : MixedFit
    contrasts : (m, p) array, optional
        In the columns' units; each coefficient by itself when left out.

    Returns
    -------
    (m,) array
        Infinite where the variance parameters do not matter for the contrast.
    """
    problem, solution = fit.problem, fit.optimum.solution
    theta, variance = solution.theta, solution.pwrss / problem.df
    rows = (np.eye(problem.p) if contrasts is None else np.atleast_2d(contrasts)) @ problem.fixed.to_units

    def spread(at: Array) -> Array:
        return np.einsum("ca,ab,cb->c", rows, np.linalg.inv(at), rows)

    v = variance * spread(solution.xx)
    m = len(theta)
    hessian, slopes = np.empty((m + 1, m + 1)), np.empty((len(rows), m + 1))
    for k in range(m):
        step = 1e-4 * max(abs(theta[k]), 0.1)
        up, down = theta.copy(), theta.copy()
        up[k] += step
        down[k] -= step
        above, below = solve(problem, up), solve(problem, down)
        hessian[k, :m] = (above.gradient - below.gradient) / (2 * step)
        slopes[:, k] = variance * (spread(above.xx) - spread(below.xx)) / (2 * step)
    # the residual variance was profiled out; put its row and column back (f = D + df log s + pwrss / s)
    hessian[m, m] = problem.df / variance**2
    hessian[:m, m] = hessian[m, :m] = -solution.pwrss_slope / variance**2
    hessian[:m, :m] += np.outer(hessian[:m, m], hessian[:m, m]) / hessian[m, m]
    slopes[:, m] = v / variance
    hessian = (hessian + hessian.T) / 2
    # standardise before judging which directions the data say nothing about
    size = np.sqrt(np.maximum(np.abs(np.diag(hessian)), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(hessian / np.outer(size, size))
    known = values > 1e-8
    along = (slopes / size) @ vectors[:, known]
    denominator = 2 * (along**2 / values[known]).sum(axis=1)
    with np.errstate(divide="ignore"):
        return np.where(denominator > 0, 2 * v**2 / denominator, np.inf)
