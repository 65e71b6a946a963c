"""How far each coefficient differs between groups, whatever columns carry the random coefficients.

Of ``(0 + f | g)`` and ``(f || g)`` the random coefficients are the means at the levels of f, and the fixed ones differences of these.
Where a random column is a combination of the fixed ones, z = X t, its coefficient b moves the fixed coefficients by t b: with T of all
random columns and their covariance G, the fixed coefficients of a group vary by T G T'.
"""

from __future__ import annotations

import numpy as np

from ..assess.random_columns import combinations
from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..model_catalogue import Model
from ..models import MixedResult
from ..work.memo import memoised

NO_INTERCEPT = (
    "The formula's random slope has no random intercept beside it, and one in its place fits these data far better: that model's "
    "interval is not to be relied on."
)
"""Of what `lacks_intercept`."""


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


def slope_by_groups(comparison: Comparison, term: str) -> str | None:
    """The predictor whose slope a coefficient makes depend on the groups, as that of ses × sector does; None where it does not.

    Within each group the column of such a cross-level interaction is that predictor's, times a number that differs between groups.
    """
    moments, names = comparison.moments, comparison.design.names[:-1]
    at = names.index(term)
    parts = comparison.coefficient(term).parts
    if len(parts) < 2:
        return None
    for k, name in enumerate(names):
        own = comparison.coefficient(name).parts
        if not 0 < len(own) < len(parts) or any(part not in parts for part in own):
            continue
        cross, mine, other = (moments.within[i, j] for i, j in ((at, k), (at, at), (k, k)))
        along = other > 1e-10 * other.max(initial=0.0)
        if not along.any() or (mine[~along] > 1e-10 * mine.max()).any():
            continue
        multiple = cross[along] / other[along]
        alike = np.abs(mine[along] * other[along] - cross[along] ** 2) <= 1e-8 * max(
            float((mine * other).max()), 1e-300
        )
        if alike.all() and np.ptp(multiple) > 1e-8 * np.abs(multiple).max():
            return name
    return None


def slope_of_differs(comparison: Comparison, term: str) -> str | None:
    """The predictor of a cross-level interaction whose slope differs between groups in the random-slope fit; None where there is none."""
    part = slope_by_groups(comparison, term) if term != comparison.constant else None
    return part if part is not None and has_random_slope(comparison, part) else None


def slopes_differ(comparison: Comparison) -> bool:
    """Whether AIC prefers the random slope to the random intercept by more than 2."""
    if Model.RANDOM_SLOPE not in comparison.fits:
        return False
    ml = comparison.by_ml
    return bool(ml[Model.RANDOM_INTERCEPT].aic - ml[Model.RANDOM_SLOPE].aic > 2)


def lacks_intercept(comparison: Comparison) -> bool:
    """Whether the formula's random slope has no random intercept beside it, and one in its place is likelier.

    A random slope with an intercept holds the random intercept as a special case, and is never the less likely of the two.
    """
    if comparison.formula_model != Model.RANDOM_SLOPE:
        return False
    ml = comparison.by_ml
    return bool(ml[Model.RANDOM_INTERCEPT].llf > ml[Model.RANDOM_SLOPE].llf + 1)
