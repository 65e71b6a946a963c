"""Shares of variance and what grouping does to sample sizes: ICC, R2, design effects, effective sample sizes.

All from the group moments: the variance of the fixed part and the mean of ``z'Sigma z`` over the rows need only the columns'
overall means and covariances.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..columns import CONSTANT
from ..fit.basis import basis, cross, cross_total
from ..labels import plural
from ..moments import Moments
from ..numbers import percent
from ..results import MixedResult

Array = np.ndarray
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
    residual : float
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
        """Each factor's share of what the fixed part leaves (adjusted): how alike two rows are that share its level only."""
        return {factor: value / (self.between + self.residual) for factor, value in self.random.items()}

    @property
    def icc_adjusted(self) -> float:
        """All factors' share of what the fixed part leaves."""
        return self.between / (self.between + self.residual)

    @property
    def icc_unadjusted(self) -> float:
        """All factors' share of the whole variance."""
        return self.between / self.total

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

    def sentence(self) -> str:
        """The shares in words."""
        lies = " and ".join(f"{percent(share)} lies between {plural(factor)}" for factor, share in self.icc.items())
        return (
            f"The predictors carry {percent(self.r2_marginal)} of the variance (marginal R²), predictors and groups together "
            f"{percent(self.r2_conditional)} (conditional R²). Of what the predictors leave, {lies} (ICC)."
        )


def shares(result: MixedResult) -> Shares:
    """Variance of the fixed part, of each grouping factor and of the residuals.

    Nakagawa, Johnson and Schielzeth (2017), J. R. Soc. Interface 14, eqs 2.5-2.8; random slopes by the mean of ``z'Sigma z``
    over the rows (Johnson 2014, Methods Ecol. Evol. 5, eq. 11). The fixed part's variance has divisor n - 1, as in R's
    performance.
    """
    moments = result.moments
    columns = [k for k in result.columns if k != CONSTANT]
    beta = np.array([b for b, k in zip(result.fit.beta, result.columns, strict=True) if k != CONSTANT])
    random = {}
    for factor, (own, covariance) in _random(result).items():
        mean, spread = _mean(moments, own), _spread(moments, own) / moments.n_rows
        random[factor] = float(np.trace(covariance @ (spread + np.outer(mean, mean))))
    fixed = float(beta @ _spread(moments, columns) @ beta) / (moments.n_rows - 1)
    return Shares(fixed, random, result.scale)


def predictor_icc(result: MixedResult) -> pd.DataFrame:
    """ICC of each predictor over each grouping factor's levels, by one-way analysis of variance: ``factor, term, icc``.

    ``(MSB - MSW) / (MSB + (n0 - 1) MSW)``, n0 the mean group size corrected for its spread (Donner 1986, Int. Stat. Rev. 54,
    section 2.1). 1 for a predictor that is constant within groups, below 0 for one that is spread alike in all of them.
    """
    columns = [k for k in result.design.fixed if k in result.columns]
    parts = []
    for grouping, moments in zip(result.groupings, result.crossing.factors, strict=True):
        n, rows, groups = moments.n, moments.n_rows, moments.n_groups
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
    where it gains from comparing rows of one group.

    Returns
    -------
    DataFrame
        ``term, design_effect, effective_n, design_effect_ols, effective_n_ols``; the mean, at the predictors' means, comes
        first where there is an intercept.
    """
    moments = result.moments
    fixed, found = basis(moments, result.columns), shares(result)
    gram = cross_total(moments, fixed)
    independent, middle = np.linalg.inv(gram), result.scale * gram
    random = _random(result)
    for grouping, own in zip(result.groupings, result.crossing.factors, strict=True):
        columns, covariance = random[grouping.name]
        z, x = basis(own, columns, centred=False), basis(own, result.columns)
        turned = np.linalg.solve(z.to_units, np.linalg.solve(z.to_units, covariance).T)
        product = cross(own, z, x)
        middle = middle + np.einsum("apj,ab,bqj->pq", product, turned, product, optimize=True)
    terms, rows = list(result.names), np.eye(len(result.names))
    if CONSTANT in result.columns:
        terms, rows = [MEAN, *terms], np.vstack([_mean(moments, result.columns), rows])
    along = rows @ fixed.to_units
    plain = (found.between + found.residual) * np.einsum("ta,ab,tb->t", along, independent, along)
    half = along @ independent
    least = np.einsum("ta,ab,tb->t", half, middle, half) / plain
    ours = np.einsum("ta,ab,tb->t", rows, result.fit.vcov, rows) / plain
    return pd.DataFrame({
        "term": terms, "design_effect": ours, "effective_n": result.nobs / ours,
        "design_effect_ols": least, "effective_n_ols": result.nobs / least,
    })  # fmt: skip


def _random(result: MixedResult) -> dict[str, tuple[list[int], Array]]:
    """Each factor's random-effects columns and the covariance matrix of their coefficients."""
    found = {}
    for at, factor in enumerate(result.factors):
        columns = [k for block in result.blocks if block.factor == at for k in block.columns]
        found[factor] = (columns, result.cov_re[factor].to_numpy())
    return found


def _mean(moments: Moments, columns: list[int]) -> Array:
    """Overall means of columns, in their units."""
    return np.array([1.0 if k == CONSTANT else moments.center[k] for k in columns])


def _spread(moments: Moments, columns: list[int]) -> Array:
    """Cross-products about the overall means, in the columns' units; 0 for the constant."""
    scale = np.array([0.0 if k == CONSTANT else moments.scale[k] for k in columns])
    both = moments.within_total + moments.between_total
    return both[np.ix_(columns, columns)] * scale[:, None] * scale
