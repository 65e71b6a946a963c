"""The studentized range: the chance that the largest of k standard normals exceeds the smallest by q estimated standard deviations.

Tukey's method and approximations of Dunnett's rest on it. The tail of the range itself is tabulated once for each k, its logarithm as
a smooth curve, so that tails for many degrees of freedom cost a sum over it; the tail is integrated directly, not as 1 less the
distribution, so that small p values keep their digits. Copenhaver and Holland (1988), J. Stat. Comput. Simul. 30, have the integrals.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy.special import gammainc, gammainccinv, gammaincinv, gammaln, log_ndtr, ndtr, ndtri, stdtrit

from ..arrays import Array

WIDEST, STEP = 64.0, 0.125
"""The table of the range reaches so far, in such steps; beyond, the tail is below 1e-200."""
HUGE = 25_000.0
"""More degrees of freedom than these are infinitely many, as R's ``ptukey`` has it."""
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)


def range_tail(q: Array, k: float, df: Array) -> Array:
    """P(Q > q), Q the range of k independent standard normals over the root of an independent chi-square over its df.

    Parameters
    ----------
    q : (m,) array
        0 or more.
    k : float
        At least 1; approximations of Dunnett's method take it between whole numbers.
    df : (m,) array
        Above 0, infinity among them.

    Returns
    -------
    (m,) array
    """
    q, df = np.broadcast_arrays(np.asarray(q, dtype=float), np.asarray(df, dtype=float))
    result = np.where(np.isnan(q) | np.isnan(df), np.nan, np.exp(_log_tail(q, k)))
    few = np.flatnonzero((df <= HUGE) & ~np.isnan(q))
    if len(few):
        half = df[few] / 2
        low, high = np.log(gammaincinv(half, 1e-18) / half) / 2, np.log(gammainccinv(half, 1e-18) / half) / 2
        low = np.maximum(low, -12.0)
        t = low[:, None] + (high - low)[:, None] * (_NODES + 1) / 2  # t, the logarithm of s
        density = 2 * half[:, None] * t - half[:, None] * np.exp(2 * t) + (half * np.log(half) - gammaln(half))[:, None]
        area = (high - low)[:, None] / 2 * _WEIGHTS * 2
        tail = _log_tail(q[few, None] * np.exp(t), k)
        below = gammainc(half, half * np.exp(2 * low)) * np.exp(_log_tail(q[few] * np.exp(low), k))
        result[few] = np.minimum((np.exp(density + tail) * area).sum(axis=1) + below, 1.0)
    return result


def range_quantile(p: float, k: float, df: Array) -> Array:
    """The q that is exceeded with probability p, (m,), by the secant method in the logarithms of both."""
    different, where = np.unique(np.asarray(df, dtype=float), return_inverse=True)
    pairs = k * (k - 1)
    t = np.where(np.isinf(different), -ndtri(p / pairs), stdtrit(different, 1 - p / pairs))
    log_q, target = np.log(np.sqrt(2) * t), np.log(p)  # Bonferroni's, which is never below
    before, at_before = log_q + 0.01, np.log(range_tail(np.exp(log_q + 0.01), k, different))
    for _ in range(40):
        at = np.log(range_tail(np.exp(log_q), k, different))
        slope = np.minimum((at - at_before) / (log_q - before), -1e-3)
        step = np.clip((at - target) / slope, -1.0, 1.0)
        before, at_before, log_q = log_q, at, log_q - step
        if not (np.abs(step) > 1e-9).any():
            break
        before = np.where(before == log_q, log_q + 1e-9, before)
    return np.exp(log_q)[where]


def _log_tail(w: Array, k: float) -> Array:
    """The logarithm of P(W > w) of the range of k standard normals."""
    return np.where(w < WIDEST, _table(float(k))(np.minimum(w, WIDEST)), -np.inf)


@lru_cache(maxsize=64)
def _table(k: float) -> Callable[[Array], Array]:
    """``k int phi(z) Phi(z)^(k-1) (1 - (1 - Phi(z-w)/Phi(z))^(k-1)) dz``, whose integrand is never negative."""
    from scipy.interpolate import CubicSpline  # slow to import, and needed only here

    w = np.arange(0.0, WIDEST + STEP / 2, STEP)
    low, high = -9.0, w / 2 + 9.5
    z = low + (high - low)[:, None] * (_NODES + 1) / 2
    ratio = np.minimum(ndtr(z - w[:, None]) / ndtr(z), 1.0)
    with np.errstate(divide="ignore"):
        part = -np.expm1((k - 1) * np.log1p(-ratio))
    density = np.exp(-(z**2) / 2 + (k - 1) * log_ndtr(z)) / np.sqrt(2 * np.pi)
    tail = k * (density * part * _WEIGHTS).sum(axis=1) * (high - low) / 2
    tail[0] = 1.0
    result: Callable[[Array], Array] = CubicSpline(w, np.log(np.maximum(np.minimum(tail, 1.0), 1e-300)))
    return result
