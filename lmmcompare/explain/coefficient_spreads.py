"""How far each coefficient differs between groups, whatever columns carry the random coefficients.

Of ``(0 + f | g)`` and ``(f || g)`` the random coefficients are the means at the levels of f, and the fixed ones differences of these.
Where a random column is a combination of the fixed ones, z = X t, its coefficient b moves the fixed coefficients by t b: with T of all
random columns and their covariance G, the fixed coefficients of a group vary by T G T'.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..comparison.compare import Comparison
from ..fit.bases import basis, cross_total
from ..model_catalogue import Model
from ..models import MixedResult
from ..work.memo import memoised

EXACT = 1e-9
"""A column of whose sum of squares no more than this share is left over is a combination of others."""


@memoised
def coefficient_spreads(comparison: Comparison) -> dict[str, float]:
    """SD between groups of every coefficient, the intercept's too, that varies in the random-slope fit; the others are left out."""
    fit = comparison.fits.get(Model.RANDOM_SLOPE)
    if not isinstance(fit, MixedResult):
        return {}
    moved = _moved(fit)
    variances = np.einsum("ij,jk,ik->i", moved, fit.cov_re[comparison.group].to_numpy(), moved)
    varies = np.abs(moved).sum(axis=1) > 0
    return {
        name: float(np.sqrt(max(variance, 0.0)))
        for name, variance, there in zip(fit.names, variances, varies, strict=True)
        if there
    }


def slopes_vary(comparison: Comparison, term: str) -> float:
    """SD of a coefficient between groups in the random-slope fit; NaN where it does not vary there, and for the intercept."""
    return coefficient_spreads(comparison).get(term, np.nan) if term != comparison.constant else np.nan


def has_random_slope(comparison: Comparison, term: str) -> bool:
    """Whether a coefficient other than the intercept may differ between groups in the random-slope fit."""
    return term != comparison.constant and term in coefficient_spreads(comparison)


def _moved(fit: MixedResult) -> Array:
    """T: a row for each fixed coefficient, a column for each random one; 0 for what is no combination of the fixed columns."""
    fixed, random = list(fit.columns), list(fit.random_columns)
    result = np.array([[float(k == column) for column in random] for k in fixed])
    further = [at for at, column in enumerate(random) if column not in fixed]
    if not (fixed and further):
        return result.reshape(len(fixed), len(random))
    both, p = basis(fit.moments, [*fixed, *(random[at] for at in further)], centred=False, own=True), len(fixed)
    products = cross_total(fit.moments, both)
    whole, part, squares = products[:p, :p], products[:p, p:], np.diag(products)[p:]
    solution = np.linalg.lstsq(whole, part, rcond=1e-12)[0]
    solution[:, squares - np.einsum("ij,ij->j", part, solution) > EXACT * squares] = 0.0
    solution[np.abs(solution) < np.sqrt(EXACT)] = 0.0
    scales = np.diag(both.to_units)
    result[:, further] = solution * scales[:p, None] / scales[p:]
    return result
