"""Tests between models: of the groups (Breusch-Pagan), and of the slopes within against those between them (Mundlak)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, fdtrc, ndtr

from ..catalogue import Model
from ..comparison.compare import Comparison
from ..design.coefficients import CONSTANT
from ..errors import DesignError
from ..fit.bases import basis, cross_total
from ..fit.linear import ols
from ..inference.robust import cluster_robust
from ..inference.small_sample import directions
from ..models import MixedResult
from ..text.labels import an, noun, plural
from ..text.numbers import number, p_value
from .hypotheses import hypothesis

LEVEL = 0.05
"""A p value below this counts as evidence in the verdicts."""


@dataclass(frozen=True)
class ModelTest:
    """A test between two models.

    Parameters
    ----------
    name : str
        The test's technical name.
    question : str
        What it asks, in plain words.
    statistic : float
    distribution : str
        What the statistic is held against.
    df : float
        Its degrees of freedom (of a mixture the larger, of F the numerator's).
    p : float
    verdict : str
        One sentence.
    note : str
        What it assumes, and what to beware of.
    p_naive : float
        The p value without the correction for a variance on the boundary; NaN where none is needed.
    """

    name: str
    question: str
    statistic: float
    distribution: str
    df: float
    p: float
    verdict: str
    note: str
    p_naive: float = float("nan")


def verdict(p: float, yes: str, no: str, *, at_most: bool = False) -> str:
    """A sentence of what the p value lets one say; ``at_most`` where it is an upper bound."""
    text = p_value(p)
    return f"{yes if p < LEVEL else no} ({text.replace('=', '≤') if at_most else text})."


def breusch_pagan(comparison: Comparison) -> ModelTest:
    """Lagrange multiplier test of the random intercept, from the OLS residuals.

    Breusch and Pagan (1980), Rev. Econ. Stud. 47; for groups of different size Baltagi and Li (1990), Econometric Theory 6.
    A variance is not negative, so the p value is the one-sided one of Honda (1985), Rev. Econ. Stud. 52, which is that of the
    50:50 mixture of chi-squares with 0 and 1 df; ``p_naive`` is Breusch and Pagan's own.
    """
    moments, columns = comparison.moments, comparison.ols.columns
    whole = basis(moments, [*columns, len(moments.center) - 1], centred=CONSTANT in columns)
    gram, p = cross_total(moments, whole), len(columns)
    residual = np.append(-np.linalg.solve(gram[:p, :p], gram[:p, p]), 1.0)
    sums = moments.w * (residual @ whole.mean)
    pairs = float((moments.w**2).sum() - moments.n_rows)
    if (moments.n == 1).all():
        raise DesignError(
            f"Every {comparison.group} has a single row.", "Choose a grouping column whose values repeat."
        )
    together = float(sums @ sums) / float(residual @ gram @ residual) - 1
    honda = moments.n_rows * together / np.sqrt(2 * pairs)
    one_sided, two_sided = float(ndtr(-honda)), float(chdtrc(1, honda**2))
    groups = plural(comparison.group)
    return ModelTest(
        "Breusch–Pagan test, one-sided (Honda)",
        f"Do rows of one {noun(comparison.group)} resemble each other, once the predictors are accounted for?",
        honda**2,
        "50:50 mixture of χ² with 0 and 1 df",
        1,
        one_sided,
        verdict(one_sided, f"The {groups} matter", f"The residuals of OLS show no sign that the {groups} matter"),
        f"It needs OLS only, and normal errors. Honda’s statistic is {number(honda)}; Breusch and Pagan’s own two-sided test "
        f"of the same gives {p_value(two_sided)}.",
        two_sided,
    )


def mundlak(comparison: Comparison, *, robust: bool = False) -> ModelTest:
    """Mundlak's test that all coefficients of the group means are 0, beside the predictors themselves.

    Mundlak (1978), On the pooling of time series and cross section data, Econometrica 46. A Wald test as F, with
    Satterthwaite's denominator degrees of freedom.

    Parameters
    ----------
    comparison : Comparison
    robust : bool
        With the pooled regression on predictors and group means and its cluster-robust covariance (CR2) in the place of the
        within-between model's; Satterthwaite's df for one mean, groups - 1 for several.

    Raises
    ------
    DesignError
        Where there is no within-between model, with the reason.
    """
    fit = comparison.fits.get(Model.WITHIN_BETWEEN)
    if not isinstance(fit, MixedResult):
        raise DesignError(
            "Mundlak’s test needs the within-between model.", comparison.absent.get(Model.WITHIN_BETWEEN, "")
        )
    q = len(fit.means_of)
    rows = np.eye(len(fit.names))[-q:]
    if robust:
        sandwich = cluster_robust(fit.moments, fit.columns, "CR2")
        beta = ols(fit.moments, fit.columns).beta
        turn, variance = directions(rows, sandwich.vcov)
        statistic = float(((turn @ rows @ beta) ** 2 / variance).mean())
        q, df = len(turn), float(sandwich.df[-1]) if q == 1 else fit.moments.n_groups - 1.0
        p = float(fdtrc(q, df, statistic))
        note = f"Errors within {an(comparison.group)} may be correlated in any way: standard errors are cluster-robust (CR2)."
    else:
        result = hypothesis(fit, rows)
        statistic, q, df, p = float(result["F"]), int(result["num_df"]), float(result["den_df"]), float(result["p"])
        note = (
            "Errors are independent and of one variance within groups, as the model says; Satterthwaite’s degrees of freedom. "
            "It asks what Hausman’s test asks, and never meets a negative variance."
        )
    groups = plural(comparison.group)
    return ModelTest(
        "Mundlak test" + (", cluster-robust" if robust else ""),
        f"Is the slope within {groups} the slope between them?",
        statistic,
        f"F with {q} and {number(df)} df",
        q,
        p,
        verdict(
            p,
            f"The slopes within and between {groups} differ, so a random intercept mixes two different slopes",
            f"No sign that the slopes within and between {groups} differ",
        ),
        note,
    )
