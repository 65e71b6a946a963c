"""How far each group is pulled: its own estimate, the partially pooled one, and the weight between them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import chdtri

from .columns import INTERCEPT
from .results import MixedResult

Array = np.ndarray


def shrinkage(fit: MixedResult) -> pd.DataFrame:
    """Each group's coefficients before and after partial pooling.

    A group's own estimate is the least-squares fit of its residuals (from the mixed model's other coefficients) on the
    random-effects columns; the conditional mode is then exactly ``W_j`` times its distance from the population, with
    ``W_j = Lambda A_j^-1 Lambda' Z_j'Z_j``.

    Returns
    -------
    DataFrame
        A row per group and term: ``group, term, n, own, pooled, population, weight``. ``weight`` is the diagonal entry
        of ``W_j``, 1 for no shrinkage; ``own`` is NaN where the group's rows cannot say.
    """
    problem, solution = fit.fit.problem, fit.fit.optimum.solution
    k = problem.theta_map.k
    units = np.zeros((k, k))
    for rows, part in zip(problem.theta_map.block_slices(), problem.random, strict=True):
        units[rows, rows] = part.to_units
    zz = np.moveaxis(problem.zz, -1, 0)
    residual = np.tensordot(problem.zw, np.append(-solution.beta, 1.0), axes=([1], [0])).T
    values, vectors = np.linalg.eigh(zz)
    enough = values[:, 0] > 1e-10 * values[:, -1]
    inverse = (vectors / np.where(values > 0, values, 1.0)[:, None, :]) @ vectors.transpose(0, 2, 1)
    own = fit.moments.scale[-1] * np.einsum("ab,jbc,jc->ja", units, inverse, residual)
    own[~enough] = np.nan
    weight = np.moveaxis(solution.conditional_covariances(), -1, 0) @ zz
    weight = np.einsum("ab,jbc,ca->ja", units, weight, np.linalg.inv(units))
    assert fit.design.grouping is not None
    parts = []
    for i, term in enumerate(fit.random_names):
        population = float(fit.params.get(term, 0.0))
        parts.append(pd.DataFrame({
            "group": fit.design.grouping.labels, "term": term, "n": fit.moments.n.astype(int),
            "own": population + own[:, i], "pooled": population + fit.fit.modes[i], "population": population,
            "weight": weight[:, i],
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def ellipse(fit: MixedResult, x_term: str, y_term: str, level: float = 0.95, points: int = 120) -> pd.DataFrame:
    """Outline of the region that holds a share ``level`` of the groups' coefficients under the fitted covariance."""
    center = np.array([fit.params.get(x_term, 0.0), fit.params.get(y_term, 0.0)])
    covariance = fit.cov_re[fit.group].loc[[x_term, y_term], [x_term, y_term]].to_numpy()
    values, vectors = np.linalg.eigh(covariance)
    angle = np.linspace(0, 2 * np.pi, points)
    circle = np.array([np.cos(angle), np.sin(angle)])
    reach = np.sqrt(chdtri(2, 1 - level) * np.maximum(values, 0.0))
    outline = center[:, None] + vectors @ (reach[:, None] * circle)
    return pd.DataFrame({"x": outline[0], "y": outline[1]})


def fitted_order(fit: MixedResult) -> list[str]:
    """Groups from the lowest to the highest conditional mode of the first random coefficient."""
    names = fit.random_names
    at = names.index(INTERCEPT) if INTERCEPT in names else 0
    assert fit.design.grouping is not None
    labels = fit.design.grouping.labels
    return [labels[j] for j in np.argsort(fit.fit.modes[at], kind="stable")]
