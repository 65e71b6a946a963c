"""Settings that simulate data like those of a comparison, as the start of a power study."""

from __future__ import annotations

import math

import numpy as np

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT, INTERCEPT
from ..errors import DesignError
from ..models import MixedResult
from ..simulate.limits import LIMITS
from ..simulate.settings import Settings
from ..text.labels import an, plural

DIGITS = 4
"""Significant digits of what was estimated: more would say nothing, and make a long address."""
NOTHING = 1e-9
"""Share of a predictor's sum of squares below which it does not vary within, or between, groups."""
FEWEST_ONES = 2


def settings_like(comparison: Comparison, term: str) -> Settings:
    """Groups, sizes, predictor and variances of a comparison, as estimated, for one coefficient.

    Other predictors are left out, and what they explain is in none of the variances, as it was not in the comparison's. The predictor
    is what they leave of it, on which its standard error rests (Frisch, Waugh and Lovell). One of more than two values is centred,
    which changes neither its effect nor its test; the standard deviation of the intercepts and their correlation with the slopes
    are those at its mean.

    Parameters
    ----------
    comparison : Comparison
    term : str
        A coefficient of the formula, not the intercept and no group mean.

    Raises
    ------
    DesignError
        For a coefficient that the simulated data have no counterpart of.
    SettingsError
        Where a value is beyond what can be simulated; its ``setting`` says which.
    """
    if term == comparison.constant or term not in comparison.design.by_name:
        raise DesignError("Groups can be counted for the coefficient of a predictor.", "Choose another coefficient.")
    moments, column = comparison.moments, comparison.coefficient(term).column
    fit = _fit(comparison, term)
    for factor, own in zip(comparison.mixed.factors, comparison.mixed.crossing.factors, strict=True):
        if factor != comparison.group and not own.varies_within[column]:
            raise DesignError(
                f"“{term}” is the same in all rows of {an(factor)}, so it is known as well as there are {plural(factor)}, which the "
                "simulated data do not have.",
                "Choose another coefficient.",
            )
    mean, scale, sizes = float(moments.center[column]), float(moments.scale[column]), moments.n
    within, between = (scale**2 * part for part in _left_by_others(fit, column))
    variance = (within + between) / moments.n_rows
    if not variance > 0:
        raise DesignError(f"“{term}” is the same in every row.", "Choose another coefficient.")
    varies = "within" if between < NOTHING * within else "between" if within < NOTHING * between else "both"
    share = _share_of_ones(mean, scale**2, variance, moments.n_groups if varies == "between" else float(sizes.mean()))
    binary = share is not None
    at = 0.0 if binary else mean
    tau0, tau1, rho = _spread(fit, term, at)
    return Settings(
        groups=moments.n_groups,
        size=max(1, round(float(sizes.mean()))),
        spread=round(min(float(sizes.std() / sizes.mean()), LIMITS["spread"].high), 2) if sizes.mean() >= 2 else 0.0,
        intercept=_rounded(float(fit.params[comparison.constant]) + float(fit.params[term]) * at)
        if comparison.constant in fit.params
        else 0.0,
        slope=_rounded(float(fit.params[term])),
        tau0=tau0,
        tau1=tau1 if varies != "between" else 0.0,
        rho=rho if varies != "between" else 0.0,
        sigma=_rounded(fit.row_sigma),
        predictor="binary" if binary else "continuous",
        varies=varies,
        x_icc=_icc(within, between, sizes) if varies == "both" else 0.3,
        x_sd=1.0 if binary else _rounded(math.sqrt(variance)),
        share=0.5 if share is None else _within_limits("share", share),
    )


def _left_by_others(fit: MixedResult, column: int) -> tuple[float, float]:
    """Sums of squares within and between groups of what the other predictors leave of a standardised column, by the model's weights."""
    moments = fit.moments
    others = [k for k in fit.columns if k not in (CONSTANT, column)]
    own = [column, *others]
    within, mean = moments.within_total[np.ix_(own, own)], moments.mean[own]
    relative = float(fit.cov_re[fit.group].to_numpy()[0, 0]) / fit.scale if CONSTANT in fit.random_columns else 0.0
    weights = moments.w / (1 + relative * moments.w)
    if CONSTANT in fit.columns:
        mean = mean - (mean @ weights / weights.sum())[:, None]
    products = within + (mean * weights) @ mean.T
    left = np.array([1.0, *-np.linalg.lstsq(products[1:, 1:], products[1:, 0], rcond=None)[0]])
    between = moments.between_total[np.ix_(own, own)]
    return float(left @ within @ left), float(left @ between @ left)


def _share_of_ones(mean: float, own: float, left: float, count: float) -> float | None:
    """The share of ones of a binary predictor with the variance that is left of this one; None of one that is not 0 or 1.

    None, too, where so few of ``count`` rows or groups would be ones that these could not stand for what is left.
    """
    if not 0 < mean < 1 or abs(own - mean * (1 - mean)) > 1e-9:  # the mean of the squares is that of the values
        return None
    if left > own * (1 - 1e-9):
        return mean
    fewer = 0.5 - math.sqrt(0.25 - left)
    if fewer * count < FEWEST_ONES:
        return None
    return fewer if mean < 0.5 else 1 - fewer


def _fit(comparison: Comparison, term: str) -> MixedResult:
    """The model that was asked for where it has an intercept and a slope of the term at most, else that of intercepts."""
    fit = comparison.one_factor
    return fit if {INTERCEPT} <= set(fit.random_names) <= {INTERCEPT, term} else comparison.random_intercept


def _spread(fit: MixedResult, term: str, at: float) -> tuple[float, float, float]:
    """Standard deviations of intercepts, at a value of the predictor, and of slopes; their correlation."""
    covariance = fit.cov_re[fit.group]
    if term not in covariance:
        return _rounded(math.sqrt(max(float(covariance.loc[INTERCEPT, INTERCEPT]), 0.0))), 0.0, 0.0
    both: Array = covariance.loc[[INTERCEPT, term], [INTERCEPT, term]].to_numpy()
    moved = np.array([[1.0, at], [0.0, 1.0]])
    both = moved @ both @ moved.T
    tau0, tau1 = np.sqrt(np.maximum(np.diag(both), 0.0))
    rho = float(both[0, 1] / (tau0 * tau1)) if tau0 > 0 and tau1 > 0 else 0.0
    return _rounded(float(tau0)), _rounded(float(tau1)), round(min(max(rho, -1.0), 1.0), 3)


def _icc(within: float, between: float, sizes: Array) -> float:
    """The predictor's intraclass correlation by analysis of variance (Snijders and Bosker 2012, section 3.3)."""
    n, groups = float(sizes.sum()), len(sizes)
    if n <= groups or groups < 2:
        return 0.3
    mean_size = (n - float((sizes**2).sum()) / n) / (groups - 1)
    ms_within, ms_between = within / (n - groups), between / (groups - 1)
    variance = max((ms_between - ms_within) / mean_size, 0.0)
    return round(_within_limits("x_icc", variance / (variance + ms_within)), 3)


def _within_limits(name: str, value: float) -> float:
    return round(min(max(value, LIMITS[name].low), LIMITS[name].high), 3)


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
