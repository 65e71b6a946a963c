"""Comparison of the mixed model with its nonparametric maximum-likelihood fit, whose random effects need not be normal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..inference.nonparametric import NonparametricFit, nonparametric
from ..models import MixedResult
from ..text.labels import plural
from ..text.numbers import count, number

LITTLE = 0.25
"""A coefficient that moves by less than this share of its standard error has not moved to speak of."""
BEYOND_CHANCE = 3.0
"""Few groups do not tell their effects' distribution: of samples with normal effects in 12 to 50 groups one in three moves some
coefficient by more than one standard error, and none of 385 (12 to 300 groups) by more than 3."""


@dataclass(frozen=True, eq=False)
class NormalityCheck:
    """A model with normal random effects and with any, beside each other; both by maximum likelihood.

    Parameters
    ----------
    coefficients : DataFrame
        ``term, normal, se, nonparametric, change, change_in_se``.
    spread : DataFrame
        ``term, normal, nonparametric``: the standard deviation of each random coefficient and of the residuals ("Residual").
    points : DataFrame
        The mass points, the largest mass first: ``mass`` and a column for each random coefficient, less its mean.
    """

    coefficients: pd.DataFrame
    spread: pd.DataFrame
    points: pd.DataFrame
    fit: NonparametricFit
    sentence: str


def normality_matters(result: MixedResult) -> NormalityCheck:
    """Fit again with random effects of any distribution, and say whether it matters for the coefficients.

    Parameters
    ----------
    result : MixedResult
        With one grouping factor. REML fits are fitted again by maximum likelihood.

    Raises
    ------
    DesignError
        When there are several grouping factors, a random coefficient has no fixed one, or groups have too few rows.
    TooLargeError
        When there are too many groups to wait for.
    """
    fit = nonparametric(result.fit, result.moments)
    normal, names = fit.normal, result.random_names
    se = np.sqrt(np.diag(normal.vcov))
    coefficients = pd.DataFrame({"term": result.names, "normal": normal.beta, "se": se, "nonparametric": fit.beta})
    coefficients["change"] = fit.beta - normal.beta
    coefficients["change_in_se"] = coefficients["change"] / se
    before = np.concatenate([np.sqrt(np.diag(c)) for c in normal.covariances])
    after = np.sqrt(fit.masses @ fit.points**2)
    spread = pd.DataFrame(
        {
            "term": [*names, "Residual"],
            "normal": [*before, np.sqrt(normal.sigma2)],
            "nonparametric": [*after, np.sqrt(fit.sigma2)],
        }
    )
    points = pd.DataFrame(fit.points, columns=names)
    points.insert(0, "mass", fit.masses)
    return NormalityCheck(coefficients, spread, points, fit, _sentence(result, coefficients, fit))


def _sentence(result: MixedResult, coefficients: pd.DataFrame, fit: NonparametricFit) -> str:
    worst = coefficients.loc[coefficients["change_in_se"].abs().idxmax()]
    moved = abs(worst["change_in_se"])
    gain = fit.loglik - fit.normal.loglik
    compared = (
        f"Instead of a normal distribution, let the random effects of the {plural(result.group)} take {count(len(fit.masses), 'value')}"
        f"{', each with a share of its own (mass points)' if len(fit.masses) > 1 else ' only'}"
    )
    if moved < LITTLE:
        what = f"No coefficient moves by more than {number(max(moved, 0.01), 2)} of its standard error: for them it does not matter"
    else:
        verdict = "normal effects can move it so far by chance"
        if moved > BEYOND_CHANCE:
            verdict = "it matters, for normal effects hardly move a coefficient so far by chance"
        what = (
            f"“{result.label(str(worst['term']))}” moves from {number(worst['normal'])} to {number(worst['nonparametric'])}, "
            f"{number(moved, 2)} of its standard error: {verdict}"
        )
    sentence = f"{compared}. {what}. The log-likelihood is {number(max(gain, 0.0), 2)} higher."
    if not fit.converged:
        sentence += f" Other distributions could add at most {number(fit.gap, 2)} more."
    return sentence
