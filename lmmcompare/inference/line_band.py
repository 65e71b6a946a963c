"""The exact simultaneous confidence band of a straight line over an interval, by the supremum of |t|.

The line's standardised estimate moves along an arc of the unit circle as the predictor runs over the interval. With R the length of
the two standardised coordinates, R^2 / 2 is F(2, df), so that P(R > r) = (1 + r^2 / df)^(-df / 2), and the supremum of |t| is R times
the cosine of the angle to the nearest point of the arc or of its antipode. Averaged over all directions that gives its distribution
(Wynn and Bloomfield 1971, J. R. Stat. Soc. B 33). An arc of length 0 gives Student's t; one of pi, the whole line, the band of Scheffe
and of Working and Hotelling.
"""

from __future__ import annotations

import numpy as np
from scipy.special import fdtri

from ..arrays import Array
from .t_tests import t_quantile

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)


def band_critical(correlation: float, df: float, alpha: float) -> float:
    """The critical value of a simultaneous band: the distance of its limits from the line in standard errors.

    Parameters
    ----------
    correlation : float
        Between the line's estimates at the two ends of the interval.
    df : float
        Degrees of freedom of its standard errors; may be infinite.
    """
    from scipy.optimize import brentq  # slow to import, and needed only here

    low = float(t_quantile(df, alpha))
    if np.isinf(low):
        return low
    high = np.sqrt(-2 * np.log(alpha) if np.isinf(df) else 2 * fdtri(2, df, 1 - alpha))
    arc = float(np.arccos(np.clip(correlation, -1.0, 1.0)))
    if arc < 1e-8:
        return low
    return float(brentq(lambda c: _exceeds(c, arc, df) - alpha, low * (1 - 1e-9), high * (1 + 1e-9), xtol=1e-10))


def _exceeds(c: float, arc: float, df: float) -> float:
    """P(sup |t| > c) over an arc."""
    beyond = (np.pi - arc) / 2
    angle = beyond * (_NODES + 1) / 2
    off = 2 * beyond / 2 * float(_WEIGHTS @ _longer(c / np.maximum(np.cos(angle), 1e-300), df))
    return (arc * float(_longer(np.array(c), df)) + off) / np.pi


def _longer(r: Array, df: float) -> Array:
    """P(R > r)."""
    return np.exp(-(r**2) / 2) if np.isinf(df) else np.exp(-df / 2 * np.log1p(r**2 / df))
