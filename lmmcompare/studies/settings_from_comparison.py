"""Settings that simulate data like those of a comparison, as the start of a power study."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri

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
GOLDEN = (math.sqrt(5) - 1) / 2


def settings_like(comparison: Comparison, term: str) -> Settings:
    """Groups, sizes, predictor and variances of a comparison, as estimated, for one coefficient.

    Other predictors are left out, and what they explain is in none of the variances, as it was not in the comparison's. The predictor
    is what they leave of it, on which its standard error rests (Frisch, Waugh and Lovell). One of more than two values is centred,
    which changes neither its effect nor its test; the standard deviation of the intercepts and their correlation with the slopes
    are those at its mean. Slopes of another column that vary between groups make what is found of the predictor vary too, that of an
    interaction with the column above all: they are counted as slopes of the predictor that make its standard error what the model
    has; of a predictor that is the same in all rows of a group, as a variance between groups that does.

    Parameters
    ----------
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
    if not comparison.design.intercept:
        raise DesignError(
            "The formula has no intercept, and simulated data are tested beside one.", "Leave out the 0 of the formula."
        )
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
    left, used = _left_by_others(fit, column)
    within, between = (
        scale**2 * float(left @ part[np.ix_(used, used)] @ left)
        for part in (moments.within_total, moments.between_total)
    )
    variance = (within + between) / moments.n_rows
    if not variance > 0:
        raise DesignError(f"“{term}” is the same in every row.", "Choose another coefficient.")
    icc = _icc(within, between, sizes)
    asked = comparison.one_factor
    aside = fit is not asked
    # what varies then is what others take out
    same_in_groups = not moments.varies_within[column] and (aside or icc > LIMITS["x_icc"].high)
    varies = (
        "within"
        if between < NOTHING * within
        else "between"
        if within < NOTHING * between or same_in_groups
        else "both"
    )
    share = _share_of_ones(mean, scale**2, variance, moments.n_groups if varies == "between" else float(sizes.mean()))
    binary = share is not None
    at = 0.0 if binary else mean
    tau0, tau1, rho = _spread(fit, term, at)
    # in units of it: of a concentration of 1e-9 rounding would leave nothing beside 1
    sd = math.sqrt(variance)
    sigma, error = asked.row_sigma, float(asked.bse[term]) * sd
    if aside:
        means = np.full(len(sizes), 1.0 if share is None else share * (1 - share) / variance)
        squares = np.zeros(len(sizes))
        tau0 = _rounded(_found(lambda spread: _error(sizes, spread, 0.0, sigma, means, squares), error))
        if (without := _error(sizes, 0.0, 0.0, sigma, means, squares)) > error:  # tau0 is 0 then
            sigma *= error / without
    elif (slopes := {*fit.random_names} - {INTERCEPT}) and (len(used) > 1 or slopes != {term}):
        means, squares = np.zeros(len(sizes)), sizes.astype(float)
        if varies == "both":
            means, squares = icc + (1 - icc) / sizes, (sizes - 1) * (1 - icc)
        tau1 = _rounded(_found(lambda spread: _error(sizes, tau0, spread, sigma, means, squares), error) / sd)
    elif varies == "between":
        tau1 = 0.0
    return Settings(
        groups=moments.n_groups,
        size=max(1, round(float(sizes.mean()))),
        spread=round(min(float(sizes.std() / sizes.mean()), LIMITS["spread"].high), 2) if sizes.mean() >= 2 else 0.0,
        intercept=_rounded(float(fit.params[comparison.constant]) + float(fit.params[term]) * at),
        slope=_rounded(float(fit.params[term])),
        tau0=tau0,
        tau1=tau1,
        rho=rho if varies != "between" else 0.0,
        sigma=_rounded(sigma),
        predictor="binary" if binary else "continuous",
        varies=varies,
        x_icc=round(_within_limits("x_icc", icc), 3) if varies == "both" else 0.3,
        x_sd=1.0 if binary else _rounded(sd),
        share=0.5 if share is None else _within_limits("share", share),
    )


def _left_by_others(fit: MixedResult, column: int) -> tuple[Array, list[int]]:
    """What the other predictors leave of a standardised column, by the model's weights: a combination of columns, and which."""
    moments = fit.moments
    others = [k for k in fit.columns if k not in (CONSTANT, column)]
    own = [column, *others]
    within, mean = moments.within_total[np.ix_(own, own)], moments.mean[own]
    relative = float(fit.cov_re[fit.group].to_numpy()[0, 0]) / fit.scale if CONSTANT in fit.random_columns else 0.0
    weights = moments.w / (1 + relative * moments.w)
    mean = mean - (mean @ weights / weights.sum())[:, None]
    products = within + (mean * weights) @ mean.T
    return np.array([1.0, *-np.linalg.lstsq(products[1:, 1:], products[1:, 0], rcond=None)[0]]), own


def _error(sizes: Array, tau0: float, tau1: float, sigma: float, means: Array, squares: Array) -> float:
    """The standard error of a predictor's coefficient in a mixed model, whose group means are taken to be normal quantiles.

    Group j tells of intercept and slope by (D + sigma^2 (X_j'X_j)^-1)^-1, D being diagonal with tau0^2 and tau1^2.

    Parameters
    ----------
    sizes : (J,) array
    tau0, tau1, sigma : float
        Standard deviations of intercepts, slopes and residuals.
    means, squares : (J,) arrays
        The variance of the predictor's mean in each group, and its sum of squares about it.
    """
    if not sigma > 0:
        return 0.0
    n, groups = sizes.astype(float), len(sizes)
    mixed = np.argsort(np.arange(groups) * GOLDEN % 1)  # as sizes may be in order
    normal = ndtri((np.arange(groups) + 0.5) / groups)[mixed]
    mean = normal / math.sqrt(float((normal**2).mean())) * np.sqrt(means)
    products = np.array([[n, n * mean], [n * mean, n * mean**2 + squares]]).transpose(2, 0, 1)
    spread = np.diag([tau0**2, tau1**2])
    told = np.linalg.solve(sigma**2 * np.eye(2) + products @ spread, products).sum(axis=0)
    return math.sqrt(float(np.linalg.inv(told)[1, 1]))


def _found(error: Callable[[float], float], wanted: float) -> float:
    """The standard deviation with which an error that grows with it is as large as wanted; 0 where it is larger at once."""
    if not 0 < error(0.0) < wanted:
        return 0.0
    high = wanted
    while error(high) < wanted:
        high *= 2
    return float(brentq(lambda sd: error(sd) - wanted, 0.0, high, xtol=1e-9 * high, rtol=1e-6))


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
    """The model that was asked for, or that of intercepts: for what is the same in all rows of a group, slopes of others stand aside."""
    fit, column = comparison.one_factor, comparison.coefficient(term).column
    slopes = set(fit.random_names) - {INTERCEPT}
    return fit if slopes <= {term} or comparison.moments.varies_within[column] else comparison.random_intercept


def _spread(fit: MixedResult, term: str, at: float) -> tuple[float, float, float]:
    """Standard deviations of intercepts, at a value of the predictor, and of slopes; their correlation.

    With slopes of other columns the intercepts' is that of the groups' means over these columns, correlated with nothing.
    """
    names, covariance = [*fit.random_names], fit.cov_re[fit.group].to_numpy()
    if set(names) <= {INTERCEPT, term}:
        places = [names.index(n) if n in names else None for n in (INTERCEPT, term)]
        both = np.array([[0.0 if None in (a, b) else covariance[a, b] for b in places] for a in places])
        moved = np.array([[1.0, at], [0.0, 1.0]])
        both = moved @ both @ moved.T
        tau0, tau1 = np.sqrt(np.maximum(np.diag(both), 0.0))
        rho = float(both[0, 1] / (tau0 * tau1)) if tau0 > 0 and tau1 > 0 else 0.0
        return _rounded(float(tau0)), _rounded(float(tau1)), round(min(max(rho, -1.0), 1.0), 3)
    mean, scale, offset = fit.moments.with_constant
    columns = [*fit.random_columns]
    means = (mean[columns] + offset[columns, None]) * scale[columns, None]
    variance = float(np.einsum("kj,kl,lj,j->", means, covariance, means, fit.moments.n)) / fit.moments.n_rows
    return _rounded(math.sqrt(max(variance, 0.0))), 0.0, 0.0


def _icc(within: float, between: float, sizes: Array) -> float:
    """The predictor's intraclass correlation by analysis of variance (Snijders and Bosker 2012, section 3.3)."""
    n, groups = float(sizes.sum()), len(sizes)
    if n <= groups or groups < 2:
        return 0.3
    mean_size = (n - float((sizes**2).sum()) / n) / (groups - 1)
    ms_within, ms_between = within / (n - groups), between / (groups - 1)
    variance = max((ms_between - ms_within) / mean_size, 0.0)
    return variance / (variance + ms_within) if variance + ms_within > 0 else 0.3


def _within_limits(name: str, value: float) -> float:
    return round(min(max(value, LIMITS[name].low), LIMITS[name].high), 3)


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
