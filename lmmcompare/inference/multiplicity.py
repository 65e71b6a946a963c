"""Several contrasts at once: p values and critical values that control the family-wise error rate.

Tukey's method for all pairs of means rests on the studentized range; it is exact for independent means of equal variance and
conservative nearly always else (Hayter 1984). Against a control, "dunnettx" is the approximation of Dunnett's method that the R
package emmeans takes by default (Lenth): a mixture of Tukey's and Sidak's tails, good where the contrasts correlate by about 1/2.
Holm (1979) and Bonferroni hold for any contrasts.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from scipy.special import expm1, log1p

from ..arrays import Array
from .studentized_range import range_quantile, range_tail
from .t_tests import LEAST_DF, t_quantile, two_sided

Adjustment = Literal["tukey", "dunnettx", "holm", "bonferroni", "none"]
ADJUSTMENTS: tuple[Adjustment, ...] = get_args(Adjustment)


def adjusted(t: Array, df: Array, means: int, adjustment: Adjustment) -> Array:
    """Adjusted p values of one family of contrasts.

    Parameters
    ----------
    t, df : (m,) arrays
        NaN for contrasts that cannot be estimated, which do not count.
    means : int
        How many means are compared (Tukey), without those that cannot be estimated.
    adjustment : {"tukey", "dunnettx", "holm", "bonferroni", "none"}
    """
    p = two_sided(t, df)
    known = np.flatnonzero(~np.isnan(p))
    m = len(known)
    if m < 2 or adjustment == "none":
        return p
    match adjustment:
        case "tukey":
            return range_tail(np.sqrt(2) * np.abs(t), means, df)
        case "dunnettx":
            return _dunnett_tail(np.abs(t), m, df)
        case "bonferroni":
            return np.minimum(p * m, 1.0)
    order = known[np.argsort(p[known])]
    p[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(m, 0, -1)), 1.0)
    return p


def critical(df: Array, means: int, adjustment: Adjustment, alpha: float) -> Array:
    """Critical values for one family of contrasts, (m,): the distance of limits from estimates in standard errors.

    Holm's method gives no limits; Bonferroni's are in their place, as in emmeans. Infinite where `t_quantile` is.
    """
    m, enough = int((~np.isnan(df)).sum()), np.maximum(df, LEAST_DF)
    if m < 2 or adjustment == "none":
        return t_quantile(df, alpha)
    if adjustment == "tukey":
        quantile = range_quantile(alpha, means, enough) / np.sqrt(2)
    elif adjustment == "dunnettx":
        quantile = _dunnett_quantile(m, enough, alpha)
    else:
        quantile = t_quantile(enough, alpha / m)
    return np.where(df < LEAST_DF, np.inf, quantile)


def _dunnett_tail(t: Array, m: int, df: Array) -> Array:
    """The approximation of emmeans for m contrasts with a control: a share of 1/m of Sidak's tail, the rest Tukey's.

    Tukey's is for as many means as have m pairs.
    """
    with np.errstate(divide="ignore"):
        sidak = -expm1(m * log1p(-two_sided(t, df)))
    return ((m - 1) * range_tail(np.sqrt(2) * t, _with_pairs(m), df) + sidak) / m


def _dunnett_quantile(m: int, df: Array, alpha: float) -> Array:
    """Where `_dunnett_tail` is alpha, by Newton's method between the two quantiles that it lies between."""
    different, where = np.unique(df, return_inverse=True)
    tukey = range_quantile(alpha, _with_pairs(m), different) / np.sqrt(2)
    t = (tukey + t_quantile(different, -expm1(log1p(-alpha) / m))) / 2
    for _ in range(20):
        at, near = (np.log(_dunnett_tail(t + h, m, different)) for h in (0.0, 1e-4))
        step = (at - np.log(alpha)) / ((near - at) / 1e-4)
        t = t - step
        if not (np.abs(step) > 1e-8).any():
            break
    return np.asarray(t[where])


def _with_pairs(m: int) -> float:
    """How many means have m pairs."""
    return (1 + np.sqrt(1 + 8 * m)) / 2
