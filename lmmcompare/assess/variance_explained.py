"""Shares of variance, and the effect of grouping on sample sizes: ICC, R2, design effects, effective sample sizes.

All from the group moments: the variance of the fixed part and the mean of ``z'Sigma z`` over the rows need only the columns'
overall means and covariances.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..design.coefficients import CONSTANT
from ..fit.bases import basis, cross, cross_total, overall
from ..models import MixedResult
from ..text.labels import plural
from ..text.numbers import correlation_number, percent

MEAN = "mean of the outcome"
"""Stands for the mean among the coefficients."""


@dataclass(frozen=True)
class Shares:
    """The outcome's variance in parts, and the shares that people report.

    Parameters
    ----------
    fixed : float
        Variance of the fixed part's fitted values over the rows.
    random : dict
        Grouping factor to the mean over the rows of its ``z'Sigma z``; a random intercept's variance where it stands alone.
    """

    fixed: float
    random: dict[str, float]
    residual: float

    @property
    def between(self) -> float:
        """The variance of all grouping factors together."""
        return sum(self.random.values())

    @property
    def icc(self) -> dict[str, float]:
        """Each factor's share of what the fixed part leaves (adjusted), as `MixedResult.icc` defines it."""
        return {factor: value / (self.between + self.residual) for factor, value in self.random.items()}

    @property
    def r2_marginal(self) -> float:
        """Share of the fixed part."""
        return self.fixed / self.total

    @property
    def r2_conditional(self) -> float:
        """Share of the fixed part and the grouping factors."""
        return (self.fixed + self.between) / self.total

    @property
    def total(self) -> float:
        """The variance of all parts."""
        return self.fixed + self.between + self.residual

    def table(self) -> pd.DataFrame:
        """The parts as a frame: ``part, variance, share``."""
        parts = {"fixed part": self.fixed, **self.random, "residual": self.residual}
        frame = pd.DataFrame({"part": list(parts), "variance": list(parts.values())})
        return frame.assign(share=frame["variance"] / self.total)

    def sentence(self, by: str = "") -> str:
        """The shares in words; where another model has shares of its own, ``by`` which they are: "By the random-intercept model, "."""
        the, of = ("the", "of") if by else ("The", "Of")
        lies = " and ".join(
            f"{percent(share)} lies between {plural(factor)} (intraclass correlation, ICC: {correlation_number(share)})"
            for factor, share in self.icc.items()
        )
        if self.fixed == 0:
            return (
                f"There are no predictors. {by}{of} the variance, {lies}; with groups known {percent(self.r2_conditional)} is explained "
                "(conditional R²)."
            )
        return (
            f"{by}{the} predictors carry {percent(self.r2_marginal)} of the variance (marginal R²), predictors and groups together "
            f"{percent(self.r2_conditional)} (conditional R²). Of what the predictors leave, {lies}."
        )


def shares(result: MixedResult) -> Shares:
    """Variance of the fixed part, of each grouping factor and of the residuals.

    Nakagawa, Johnson and Schielzeth (2017), J. R. Soc. Interface 14, eqs 2.5-2.8; random slopes by the mean of ``z'Sigma z``
    over the rows (Johnson 2014, Methods Ecol. Evol. 5, eq. 11). The fixed part's variance has divisor n - 1, as in R's
    performance. With prior weights the rows count by them, and the residual variance is that of a row of average
    weight, so that no share depends on their unit (performance takes a row of weight 1).
    """
    _, spread = overall(result.moments, result.columns)
    fixed = float(result.fit.beta @ spread @ result.fit.beta) / (result.moments.n_rows - 1)
    return Shares(fixed, result.random_variances, result.fit.row_variance)


def predictor_icc(result: MixedResult) -> pd.DataFrame:
    """ICC of each predictor over each grouping factor's levels, by one-way analysis of variance: ``factor, term, icc``.

    ``(MSB - MSW) / (MSB + (n0 - 1) MSW)``, n0 the mean group size corrected for its spread (Donner 1986, Int. Stat. Rev. 54,
    section 2.1). 1 for a predictor that is constant within groups, below 0 for one that is spread alike in all of them.
    """
    columns = [k for k in result.design.fixed if k in result.columns]
    parts = []
    for grouping, moments in zip(result.groupings, result.crossing.factors, strict=True):
        n, rows, groups = moments.w, moments.n_rows, moments.n_groups
        size = (rows - (n**2).sum() / rows) / (groups - 1)
        between = np.diag(moments.between_total)[columns] / (groups - 1)
        within = np.diag(moments.within_total)[columns] / (rows - groups)
        icc = (between - within) / (between + (size - 1) * within)
        names = [result.design.names[k] for k in columns]
        parts.append(pd.DataFrame({"factor": grouping.name, "term": names, "icc": icc}))
    return pd.concat(parts, ignore_index=True)


def design_effects(result: MixedResult) -> pd.DataFrame:
    """What the grouping does to the precision of the outcome's mean and of each coefficient, a row each.

    The design effect is a coefficient's variance over what it would be, were the rows independent with the same total
    variance; the effective sample size is the number of such rows that would do as well. Under the model's covariance V these
    are exact for any grouping. ``_ols`` is for least squares, ``X'VX`` in the middle: for a mean Kish's ``1 + (m - 1) rho``
    (Kish 1965, Survey Sampling, section 5.4), for a slope Moulton's. The other is for the mixed model's own estimate, below 1
    where it gains from comparing rows of one group. With prior weights the independent rows have the same weights, and the total
    variance is that of a row of average weight.

    Returns
    -------
    DataFrame
        ``term, design_effect, effective_n, design_effect_ols, effective_n_ols``; the mean, at the predictors' means, comes
        first where there is an intercept.
    """
    moments = result.moments
    fixed, parts = basis(moments, result.columns), shares(result)
    gram = cross_total(moments, fixed)
    residual = result.fit.row_variance
    independent, middle = np.linalg.inv(gram), residual * gram
    for factor, own in zip(result.factors, result.crossing.factors, strict=True):
        covariance = result.cov_re[factor].to_numpy()
        z, x = basis(own, result.columns_of(factor), centred=False), basis(own, result.columns)
        turned = np.linalg.solve(z.to_units, np.linalg.solve(z.to_units, covariance).T)
        product = cross(own, z, x)
        middle = middle + np.einsum("apj,ab,bqj->pq", product, turned, product, optimize=True)
    terms, rows = list(result.names), np.eye(len(result.names))
    if CONSTANT in result.columns:
        terms, rows = [MEAN, *terms], np.vstack([overall(moments, result.columns)[0], rows])
    along = rows @ fixed.to_units
    plain = (parts.between + residual) * np.einsum("ta,ab,tb->t", along, independent, along)
    half = along @ independent
    least = np.einsum("ta,ab,tb->t", half, middle, half) / plain
    ours = np.einsum("ta,ab,tb->t", rows, result.fit.vcov, rows) / plain
    return pd.DataFrame(
        {
            "term": terms,
            "design_effect": ours,
            "effective_n": result.nobs / ours,
            "design_effect_ols": least,
            "effective_n_ols": result.nobs / least,
        }
    )
