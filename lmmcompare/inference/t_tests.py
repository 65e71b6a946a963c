"""Two-sided t tests of estimates against 0, with their intervals."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

from ..arrays import Array
from ..errors import OptionError

LEAST_DF = 0.5
"""Below so many degrees of freedom an interval has no end: the standard error is hardly known, and the 95% limits by t, over 160
standard errors away at 0.5 degrees of freedom and over 10^12 at 0.1, are numbers of no meaning."""


def refuse_alpha(alpha: float) -> None:
    """Raise where an error probability is none: 95 or 5 for 0.05 gave intervals without ends, or turned round.

    Raises
    ------
    OptionError
    """
    if not 0 < alpha < 1:
        raise OptionError(f"{alpha:g} is no error probability of an interval.", "alpha=0.05 is that of 95% intervals.")


def two_sided(t: Array, df: Array | float) -> Array:
    """Two-sided p values of t statistics; degrees of freedom may be infinite."""
    return 2 * stdtr(df, -np.abs(t))


def t_quantile(df: Array | float, alpha: float = 0.05) -> Array:
    """What a t statistic exceeds either way with probability alpha; degrees of freedom may be infinite.

    Infinite below `LEAST_DF`.
    """
    refuse_alpha(alpha)
    quantile = np.where(np.isinf(df), -ndtri(alpha / 2), stdtrit(df, 1 - alpha / 2))
    return np.where(np.asarray(df) < LEAST_DF, np.inf, quantile)


def half_width(quantile: Array | float, se: Array) -> Array:
    """Half the width of intervals, 0 of what is known without error even where the quantile is infinite."""
    with np.errstate(invalid="ignore"):
        return np.where((se == 0) & np.isinf(quantile), 0.0, quantile * se)


def t_tests(estimate: Array, se: Array, df: Array, alpha: float = 0.05) -> dict[str, Array]:
    """The columns of a table of estimates: ``estimate, se, df, t, p, lower, upper``."""
    with np.errstate(divide="ignore", invalid="ignore"):
        t = estimate / se
    reach = half_width(t_quantile(df, alpha), se)
    ends = {"lower": estimate - reach, "upper": estimate + reach}
    return {"estimate": estimate, "se": se, "df": df, "t": t, "p": two_sided(t, df)} | ends
