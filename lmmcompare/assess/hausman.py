"""Hausman's test of the slopes within groups against those of the random intercept, as plm does it and by REML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import chdtrc

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..errors import DesignError
from ..fit.bases import basis, dependent
from ..fit.mixed import at_theta
from ..text.labels import noun, plural
from ..text.numbers import number, p_value
from .model_test import ModelTest, verdict
from .outcome_means import refuse_equal_outcome_means

ALIKE = 1e-8
"""A share of the within slope's variance below this counts as none."""


@dataclass(frozen=True, eq=False)
class SwamyArora:
    """A random-intercept fit with Swamy and Arora's variances, as plm gives it.

    Parameters
    ----------
    residual, between : float
        Variance within groups and of the random intercept.
    beta, vcov : (p,), (p, p) arrays
        Generalised least squares at these; the covariance with the residual variance of its own residuals.
    """

    residual: float
    between: float
    beta: Array
    vcov: Array


def swamy_arora(comparison: Comparison) -> SwamyArora:
    """Swamy and Arora (1972), Econometrica 40; for groups of different size Baltagi and Chang (1994), J. Econometrics 62.

    The residual variance comes from the regression within groups, that of the intercept from the regression of the group
    means, each mean counted as often as it has rows.

    Raises
    ------
    DesignError
        Where the groups are too few for that regression.
    """
    moments, columns, p = comparison.moments, comparison.ols.columns, len(comparison.ols.columns)
    residual = comparison.no_pooling.fit.row_variance
    whole = basis(moments, [*columns, moments.outcome], centred=CONSTANT in columns)
    by_rows = (whole.mean * moments.w) @ whole.mean.T
    dropped = {k for k, _ in dependent(by_rows[:p, :p])}
    keep = [k for k in range(p) if k not in dropped]
    left = moments.n_groups - len(keep)
    if left < 1:
        raise DesignError(
            f"{moments.n_groups} {plural(comparison.group)} are too few for a regression of their means on "
            f"{len(keep)} coefficients.",
            "Choose fewer predictors.",
        )
    square, means = by_rows[np.ix_(keep, keep)], whole.mean[keep]
    explained = by_rows[keep, p] @ np.linalg.solve(square, by_rows[keep, p])
    rss = float(by_rows[p, p] - explained) * moments.scale[-1] ** 2
    # E(rss) = left * residual + (N - trace) * between
    trace = float(np.trace(np.linalg.solve(square, (means * moments.w**2) @ means.T)))
    between = max((rss - left * residual) / (moments.n_rows - trace), 0.0)
    fit = at_theta(moments, columns, [[CONSTANT]], np.array([np.sqrt(between / residual)]))
    return SwamyArora(residual, between, fit.beta, fit.vcov)


def hausman(comparison: Comparison, variances: Literal["swamy-arora", "reml"] = "swamy-arora") -> ModelTest:
    """Hausman's test that the slopes within groups and those of the random intercept differ by chance only.

    Hausman (1978), Specification tests in econometrics, Econometrica 46, eq. 2.15.

    Parameters
    ----------
    variances : {"swamy-arora", "reml"}
        As plm's ``phtest``: Swamy and Arora's random-intercept fit, and each of the two covariance matrices with a residual
        variance of its own, so that their difference may have any sign. Or our own fit's (REML, or ML where the comparison is by ML) with
        one residual variance for both: the difference is never negative, and the degrees of freedom count the slopes that can differ.

    Raises
    ------
    DesignError
        Where no predictor varies within groups; with REML also where the two slopes are the same by design.
    """
    groups, within = plural(comparison.group), comparison.no_pooling
    if not comparison.design.intercept:  # dummies have one for each group
        raise DesignError("Hausman’s test needs an intercept in the formula.", "Leave out the 0.")
    refuse_equal_outcome_means(comparison)
    varying = [k for k in comparison.ols.columns if k != CONSTANT and comparison.moments.varies_within[k]]
    if dependent(comparison.moments.within_total[np.ix_(varying, varying)]):
        raise DesignError(
            f"Within {groups} a predictor is a combination of the others, as age is of the year: dummies leave it out, and what stands "
            "under the others holds its slope too, which the random intercept’s slopes do not."
        )
    keep = np.flatnonzero(np.isfinite(within.fit.beta))
    if not len(keep):
        raise DesignError(f"No predictor varies within {groups}.", "There is nothing for Hausman’s test.")
    at = [comparison.ols.names.index(within.names[k]) for k in keep]
    slope, spread = within.fit.beta[keep], within.fit.vcov[np.ix_(keep, keep)]
    random = comparison.random_intercept
    share, along = _shares(
        spread * (random.scale / within.scale), random.fit.vcov[np.ix_(at, at)], slope - random.fit.beta[at]
    )
    able = share > ALIKE
    own, own_df = float((along[able] ** 2 / share[able]).sum()), int(able.sum())  # by one residual variance for both
    by_design = "" if able.any() else _same_by_design(comparison, [within.columns[k] for k in keep])
    if variances == "reml":
        if by_design:
            raise DesignError(by_design, "There is nothing to test.")
        statistic, df = own, own_df
        note = f"The variances are those of the random intercept by {_method(comparison)}, for both slopes."
    else:
        plm = swamy_arora(comparison)
        share, along = _shares(spread, plm.vcov[np.ix_(at, at)], slope - plm.beta[at])
        differs = share != 0
        statistic, df = float(abs((along[differs] ** 2 / share[differs]).sum())), len(at)
        statistic = 0.0 if by_design else statistic  # what is left of it is rounding
        note = "As R’s plm: Swamy–Arora variances, and a residual variance of its own for each of the two slopes."
        if not by_design:
            result = f"{number(own)} on χ² with {own_df} df ({p_value(float(chdtrc(own_df, own)))})"
            note += f" With the variances of the {_method(comparison)} fit, one for both, it is {result}."
            if share.min() <= 0:
                note += (
                    " Here the random intercept’s slope has the larger variance, so that plm’s number means nothing."
                )
    p = float(chdtrc(df, statistic))
    words = by_design or verdict(
        p,
        f"The random intercept’s slopes stray from those within {groups}: what else differs between {groups} goes along with "
        "the predictors",
        f"The slopes within {groups} and those of the random intercept agree within their errors",
    )
    return ModelTest(
        f"Hausman test, {_method(comparison)} variances" if variances == "reml" else "Hausman test",
        f"Do the random intercept’s slopes stray from the slopes within {groups}?",
        statistic,
        f"χ² with {df} df",
        df,
        p,
        words,
        f"{note} It assumes independent errors of one variance, and many groups.",
    )


def _same_by_design(comparison: Comparison, columns: list[int]) -> str:
    """Why the random intercept's slopes equal those within groups for any outcome."""
    groups = plural(comparison.group)
    reason = (
        f"The other predictors take up how the {noun(comparison.group)} means of what varies within {groups} differ"
        if comparison.moments.varies_between[columns].any()
        else f"Every predictor that varies within {groups} has the same mean in all of them"
    )
    return f"{reason}: the two slopes are the same by design."


def _method(comparison: Comparison) -> str:
    return "REML" if comparison.reml else "ML"


def _shares(wide: Array, narrow: Array, gap: Array) -> tuple[Array, Array]:
    """Eigenvalues of ``wide - narrow`` relative to ``wide``, and the gap along their directions.

    The quadratic form of the gap in ``(wide - narrow)^-1`` is the sum of the squared gaps over the eigenvalues.
    """
    root = np.linalg.cholesky(wide)
    relative = np.linalg.solve(root, np.linalg.solve(root, wide - narrow).T)
    values, vectors = np.linalg.eigh((relative + relative.T) / 2)
    return values, vectors.T @ np.linalg.solve(root, gap)
