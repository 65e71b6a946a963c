"""How far each coefficient differs between groups, whatever columns carry the random coefficients.

Of ``(0 + f | g)`` and ``(f || g)`` the random coefficients are the means at the levels of f, and the fixed ones differences of these.
Where a random column is a combination of the fixed ones, z = X t, its coefficient b moves the fixed coefficients by t b: with T of all
random columns and their covariance G, the fixed coefficients of a group vary by T G T'.
"""

from __future__ import annotations

import numpy as np

from ..assess.random_columns import combinations
from ..comparison.compare import Comparison
from ..design.coefficients import CONSTANT
from ..model_catalogue import Model
from ..models import MixedResult
from ..work.memo import memoised


@memoised
def coefficient_spreads(comparison: Comparison) -> dict[str, float]:
    """SD between groups of every coefficient that random slopes, or means at levels, move in the random-slope fit."""
    fit = comparison.fits.get(Model.RANDOM_SLOPE)
    if not isinstance(fit, MixedResult) or not fit.names:
        return {}
    random = list(fit.random_columns)
    moved = np.nan_to_num(combinations(fit.moments, list(fit.columns), random))
    variances = np.einsum("ij,jk,ik->i", moved, fit.cov_re[comparison.group].to_numpy(), moved)
    by_slopes = np.abs(moved[:, [k != CONSTANT for k in random]]).sum(axis=1) > 0
    return {
        name: float(np.sqrt(max(variance, 0.0)))
        for name, variance, there in zip(fit.names, variances, by_slopes, strict=True)
        if there
    }


def slopes_vary(comparison: Comparison, term: str) -> float:
    """SD of a coefficient between groups in the random-slope fit; NaN where it does not vary there, and for the intercept."""
    return coefficient_spreads(comparison).get(term, np.nan) if term != comparison.constant else np.nan


def has_random_slope(comparison: Comparison, term: str) -> bool:
    """Whether a coefficient other than the intercept may differ between groups in the random-slope fit."""
    return term != comparison.constant and term in coefficient_spreads(comparison)
