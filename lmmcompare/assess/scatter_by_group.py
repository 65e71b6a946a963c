"""Groups that differ in residual scatter, which one residual SD for all takes for slopes that differ between them."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc, fdtrc

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..fit.linear import per_group
from ..model_catalogue import Model
from ..models import MixedResult
from ..text.labels import literal, noun, plural
from ..text.numbers import number, p_value
from ..work.memo import memoised
from .model_test import LEVEL

FEWEST = 5
"""A group's own line is used where it leaves so many degrees of freedom: with fewer its variance is hardly known."""
CHANCE = 1e-6
"""Residual variances differ far beyond chance below this p value, which residuals with somewhat heavy tails do not reach."""
BETTER = 2.0
MOST = 5_000
"""Lines of more groups would keep the page waiting."""


@memoised
def scatter_sentence(comparison: Comparison) -> str:
    """That slopes which differ by AIC do not where each group has a residual SD of its own; empty where that is not so."""
    fit = comparison.fits.get(Model.RANDOM_SLOPE)
    if not isinstance(fit, MixedResult) or comparison.design.weights is not None or comparison.moments.n_groups > MOST:
        return ""
    sloped = [k for k in fit.random_columns if k != CONSTANT]
    ml = comparison.by_ml
    if len(sloped) != 1 or not ml[Model.RANDOM_INTERCEPT].aic - ml[Model.RANDOM_SLOPE].aic > BETTER:
        return ""
    slopes, errors, df = _own_lines(comparison, sloped[0], fit)
    if len(slopes) < 3 or not equal_variances(errors[1], df) < CHANCE:
        return ""
    p = equal_means(slopes, errors[0], df)
    if p < LEVEL:
        return ""
    sd, label = np.sqrt(errors[1]), literal(comparison.coefficient(comparison.design.columns[sloped[0]].name).label)
    groups, one = literal(plural(comparison.group)), literal(noun(comparison.group))
    return (
        f"By AIC the slope of {label} differs between {groups}, but the models compared have one residual SD for all, and that of a "
        f"{one}’s own line goes from {number(float(sd.min()))} to {number(float(sd.max()))}, far beyond chance. With each {one}’s own SD "
        f"the slopes show no difference (Welch’s test, {p_value(p)}): scatter that differs between {groups} can look like slopes that do. "
        "Models with an SD for each are not fitted here (varIdent of R’s package nlme)."
    )


def _own_lines(comparison: Comparison, column: int, fit: MixedResult) -> tuple[Array, Array, Array]:
    """Of each group that has enough rows the slope of its own regression, its variance and the residual one (2, J), and their df.

    On every column of the model that varies within groups.
    """
    moments = comparison.moments
    others = [k for k in fit.columns if k not in (CONSTANT, column) and moments.varies_within[k]]
    lines = per_group(moments, [CONSTANT, column, *others])
    variance = moments.within_total[-1, -1] * moments.scale[-1] ** 2 / moments.n_rows
    use = lines.enough & (lines.df >= FEWEST) & (lines.sigma2 > 1e-14 * variance)
    return lines.beta[1, use], np.stack([lines.se[1, use] ** 2, lines.sigma2[use]]), lines.df[use]


def equal_variances(variances: Array, df: Array) -> float:
    """The p value of Bartlett's test (1937) that variances known to ``df`` degrees of freedom are one."""
    total, k = df.sum(), len(df)
    pooled = float(df @ variances) / total
    correction = 1 + ((1 / df).sum() - 1 / total) / (3 * (k - 1))
    return float(chdtrc(k - 1, (total * np.log(pooled) - df @ np.log(variances)) / correction))


def equal_means(values: Array, variances: Array, df: Array) -> float:
    """The p value of Welch's test (1951) that values, each known to a variance of its own, are one."""
    k, weight = len(values), 1 / variances
    share = weight / weight.sum()
    statistic = float(weight @ (values - share @ values) ** 2) / (k - 1)
    loss = float(((1 - share) ** 2 / df).sum()) / (k**2 - 1)
    return float(fdtrc(k - 1, 1 / (3 * loss), statistic / (1 + 2 * (k - 2) * loss)))
