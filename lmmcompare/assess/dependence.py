"""The standard error of a mean when rows of one group are correlated, positively or negatively."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import fdtri

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..text.english import listed
from ..text.labels import an, literal, noun, plural
from ..text.numbers import decimals_for, multiple, number
from ..work.memo import memoised
from .outcome_means import equal_outcome_means

GRID = 161
"""Places along the curve."""


@dataclass(frozen=True)
class Dependence:
    """The variance of a mean under compound symmetry, ``s2 / N (1 + (n - 1) rho)``, and where the data lie on it.

    Parameters
    ----------
    rows : int
        N.
    size : float
        n: the groups' size; where they differ ``sum n_j^2 / N``, the size of the group of an average row (Kish 1965, section 5.4).
    largest : int
        The largest group's size: rho is at least ``-1 / (largest - 1)``.
    sd : float
        s, the standard deviation of one row.
    rho : float
        Correlation of two rows of one group, by analysis of variance; negative where they offset each other.
    low, high : float
        Its 95% interval, from the F distribution, exact for normal values where sizes differ too (Wald 1940, Ann. Math. Stat. 11).
    """

    rows: int
    size: float
    largest: int
    balanced: bool
    sd: float
    rho: float
    low: float
    high: float

    @property
    def lowest(self) -> float:
        """The most negative correlation that all rows of the largest group can have with each other."""
        return -1 / (self.largest - 1)

    def ratio(self, rho: float | np.ndarray) -> np.ndarray:
        """The mean's standard error at this correlation, as a multiple of that of independent rows."""
        return np.sqrt(np.maximum(1 + (self.size - 1) * np.asarray(rho, dtype=float), 0.0))

    def effective_rows(self, rho: float) -> float:
        """How many independent rows would pin the mean down as well as these rows do; without end where it is known exactly."""
        ratio = float(self.ratio(rho))
        return self.rows / ratio**2 if ratio > 0 else float("inf")

    @property
    def effective_interval(self) -> tuple[float, float]:
        """The 95% interval of the effective rows, from the correlation's."""
        return self.effective_rows(self.high), self.effective_rows(self.low)

    @property
    def se(self) -> float:
        """The mean's standard error at the data's own correlation."""
        return float(self.sd / np.sqrt(self.rows) * self.ratio(self.rho))

    def curve(self, low: float | None = None, high: float = 1.0) -> pd.DataFrame:
        """The curve between two correlations, from `lowest` to 1 when left out: ``rho, ratio, effective_rows``."""
        start, end = self.ratio(np.array([self.lowest if low is None else low, high]))
        ratio = np.linspace(start, end, GRID)  # even steps along the steep part
        with np.errstate(divide="ignore"):
            rows = self.rows / ratio**2
        return pd.DataFrame({"rho": (ratio**2 - 1) / (self.size - 1), "ratio": ratio, "effective_rows": rows})


@memoised
def dependence(comparison: Comparison) -> Dependence | None:
    """The correlation of rows of one group, and what it does to the mean; of what OLS leaves where there are predictors.

    Analysis of variance of the OLS residuals: mean squares between and within groups, each predictor taking a degree of
    freedom where it varies (within groups, if in both). Where sizes differ each mean is weighed by what it is known to: with t the
    variance between groups over that within, by n / (1 + n t), so that the ratio of the mean squares has an F distribution at the true t.
    By rows, as a table of the analysis of variance has it, it has none: of 12 groups of 1 to 300 rows an interval from it held a true
    correlation of 0.5 in 63% of 4,000 samples.

    Returns
    -------
    Dependence or None
        None without an intercept, where the predictors use up the differences between groups or within them, and where the outcome has
        one mean in all groups.
    """
    moments, ols = comparison.moments, comparison.ols
    if CONSTANT not in ols.columns or equal_outcome_means(comparison):
        return None
    rows, sizes = moments.n_rows, moments.w
    slopes = [(k, beta) for k, beta in zip(ols.columns, ols.params, strict=True) if k != CONSTANT and np.isfinite(beta)]
    direction = np.zeros(len(moments.center))
    direction[-1] = moments.scale[-1]
    for k, beta in slopes:
        direction[k] -= beta * moments.scale[k]
    within = sum(bool(moments.varies_within[k]) for k, _ in slopes)
    df_between, df_within = moments.n_groups - 1 - (len(slopes) - within), rows - moments.n_groups - within
    squares_within = float(direction @ moments.within_total @ direction)
    squares_between = float(direction @ moments.between_total @ direction)
    if df_between < 1 or df_within < 1 or squares_within <= 1e-12 * squares_between:
        return None
    inside = squares_within / df_within
    kish = float((sizes**2).sum() / rows)
    largest = int(moments.n.max())
    means = direction @ moments.mean
    quantiles = [1.0, *(float(fdtri(df_between, df_within, q)) for q in (0.975, 0.025))]
    ratio, *ends = (variance_ratio(means, sizes, df_between * inside * f) for f in quantiles)
    rho, low, high = (max(t / (1 + t), -1 / (largest - 1)) for t in (ratio, *ends))
    sd = float(np.sqrt(inside * (1 + ratio)))
    return Dependence(rows, kish, largest, moments.same_sizes, sd, rho, low, high)


def variance_ratio(means: Array, sizes: Array, squares: float) -> float:
    """The variance between groups over that within at which the weighted sum of squares of means is so much; at least -1 / largest size.

    The sum falls as the ratio grows. It is looked for from where the largest groups' means would be known exactly.
    """
    from scipy.optimize import brentq  # slow to import, and needed only here

    start = 1 / float(sizes.max())
    rest = 1 / sizes - start

    def excess(log_step: float) -> float:
        weights = 1 / (rest + np.exp(log_step))
        off = means - float(weights @ means) / float(weights.sum())
        return float(weights @ off**2) - squares

    low, high = np.log(start) - 25.0, np.log(start)
    if excess(low) <= 0:
        return -start
    while excess(high) > 0:
        high += 2.0
    return float(np.exp(brentq(excess, low, high, xtol=1e-13, rtol=1e-14)) - start)


def dependence_sentence(comparison: Comparison, result: Dependence) -> str:
    """Whether rows of one group are alike or offset each other, and how well the mean is known for that."""
    one, name = literal(an(comparison.group)), literal(comparison.design.names[-1])
    low, rho, high = (number(v, decimals=_decimals(result)) for v in (result.low, result.rho, result.high))
    if result.rho and not round(result.rho, _decimals(result)):
        rho = number(result.rho, 1)  # its sign is told too
    left = "" if not comparison.design.fixed else ", once OLS has taken the predictors out,"
    at = " (at the predictors’ average)" if comparison.design.fixed else ""
    weighed = "" if result.balanced else ", each mean weighed by what it is known to"
    alike, unsure = result.rho > 0, result.low < 0 < result.high
    do = ("seem to " if unsure else "") + ("resemble" if alike else "offset")
    ratio, rows = float(result.ratio(result.rho)), result.effective_rows(result.rho)
    worth, least, most = (number(n, decimals=0 if n >= 10 else 1) for n in (rows, *result.effective_interval))
    text = (
        f"Two rows of {one}{left} have a correlation of **{rho}** by analysis of variance{weighed} (95% interval {low} to {high}): they "
        f"{do} each other. So these {result.rows:,} rows tell as much about their mean {name}{at} as **{worth}** "
        f"independent ones would (95% interval {least} to {most}). The mean's standard error is "
        f"{number(result.se, decimals=decimals_for(result.se, 3))}, {multiple(ratio)} times that of {result.rows:,} independent rows."
    )
    if unsure:
        text += (
            " The interval holds 0: these data do not say for certain whether the rows resemble or offset each other."
        )
    text += _beside_the_model(comparison, result)
    if not alike and comparison.random_intercept.singular:
        text += (
            f" A random intercept cannot say that rows offset each other: its variance between {literal(plural(comparison.group))} stops "
            "at 0, and it takes the rows for independent. Cluster-robust standard errors can."
        )
    return text


def _beside_the_model(comparison: Comparison, result: Dependence) -> str:
    """What else the reader meets as a correlation of rows: other factors, and the mixed model's own where it is another number."""
    text, icc = "", float(comparison.random_intercept.icc)
    groups, decimals = literal(plural(comparison.group)), _decimals(result)
    if len(comparison.factors) > 1:
        others = literal(listed([plural(f) for f in comparison.factors if f != comparison.group]))
        text += (
            f" This is about {groups} alone: what differs between {others} makes rows alike too, and is not counted."
        )
    if comparison.design.fixed and not result.low <= icc <= result.high and not comparison.random_intercept.singular:
        text += (
            f" The random-intercept model has {number(icc, decimals=decimals)} in its place, for its slopes are not OLS's and so leave "
            "other residuals."
        )
    return text


def formula_sentence(comparison: Comparison, result: Dependence) -> str:
    """The formula of the curve, and what n is here."""
    group, one = literal(noun(comparison.group)), literal(an(comparison.group))
    if result.balanced:
        size = f"n = {result.largest:,} rows in every {group}"
        why = ""
    else:
        size = f"n = {number(result.size, decimals=1)}"
        why = f" As sizes differ, n is the number of rows in the {group} of an average row (the sum of squared group sizes over N)."
    if comparison.design.weights is not None:
        size += " (each row counted by its weight over the mean weight)"
    of_weight = "" if comparison.design.weights is None else " of average weight"
    allowed = one if result.balanced else f"the largest {group}"
    end = "." if result.balanced else f", n being its {result.largest:,} rows."
    return (
        f"Var(mean) = s²/N × (1 + (n − 1)ρ), with N = {result.rows:,} rows and {size}.{why} s² is the variance of a single "
        f"row{of_weight}, within and between together. At ρ = 1 {one} is worth one row however many it has. The most negative ρ that "
        f"{allowed} allows is "
        f"−1/(n − 1) = {number(result.lowest)}{end}"
    )


def _decimals(result: Dependence) -> int:
    return min(6, max(2, decimals_for(result.high - result.low)))
