"""The population-averaged fit: generalised estimating equations, by statsmodels."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from ..design.coefficients import CONSTANT
from ..design.grouping import Grouping
from ..errors import DesignError, TooLargeError
from ..inference.robust import cluster_robust
from ..models import MixedResult
from ..text.labels import noun, plural
from ..text.numbers import number

MAX_ROWS = 20_000
"""More rows than this would keep a reader waiting."""
FEW = 40
"""Sandwich standard errors are too small with fewer clusters than this."""


@dataclass(frozen=True, eq=False)
class PopulationAveraged:
    """Generalised estimating equations (GEE) with an exchangeable working correlation.

    Parameters
    ----------
    coefficients : DataFrame
        ``term, estimate, se, z, p``, the standard errors robust (sandwich).
    correlation : float
        Working correlation of two rows of one cluster.
    """

    coefficients: pd.DataFrame
    correlation: float
    sentence: str


def population_averaged(result: MixedResult) -> PopulationAveraged:
    """Fit a mixed model's fixed part as population averages.

    Liang and Zeger (1986), Longitudinal data analysis using generalized linear models, Biometrika 73(1).

    Parameters
    ----------
    result : MixedResult
        Nested grouping factors are clustered by the outermost.

    Raises
    ------
    DesignError
        When the grouping factors are crossed, so that no set of clusters is independent.
    TooLargeError
        Beyond `MAX_ROWS` rows, or where only a sample of them is at hand.
    """
    result.design.refuse_sample("GEE")
    if result.design.weights is not None:
        raise DesignError(
            "GEE is fitted to rows without weights only.", "Use the mixed model, or leave the weights out."
        )
    cluster = outermost(result.groupings)
    if result.nobs > MAX_ROWS:
        raise TooLargeError(
            f"GEE goes through the rows again and again, and {result.nobs:,} are too many; {MAX_ROWS:,} are allowed.",
            f"Use some of the {plural(cluster.name)}.",
        )
    import statsmodels.api as sm  # slow to import, and needed only here

    from .interruptible_statsmodels import InterruptibleExchangeable

    x, y = result.fixed_matrix(), result.design.columns[-1][:]
    constant = result.columns.index(CONSTANT) if CONSTANT in result.columns else None
    # in standardised columns: statsmodels judges by the size of the score whether it has converged
    scale, spread = np.where(np.ptp(x, axis=0) > 0, x.std(axis=0), 1.0), y.std()
    center, shift = np.zeros(x.shape[1]), 0.0
    units = np.diag(1 / scale)
    if constant is not None:
        center, shift = np.where(np.arange(x.shape[1]) == constant, 0.0, x.mean(axis=0)), y.mean()
        units[constant] -= center / scale
    model = sm.GEE(
        (y - shift) / spread,
        (x - center) / scale,
        groups=np.asarray(cluster.codes),
        cov_struct=InterruptibleExchangeable(),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where it did not converge, which is asked for below
        fit = model.fit(maxiter=200, ctol=1e-8)
    if fit is None or not fit.converged:
        raise DesignError("GEE did not converge on these rows.", "Use the mixed model.")
    estimate = spread * units @ fit.params
    if constant is not None:
        estimate[constant] += shift
    se = spread * np.sqrt(np.maximum(np.diag(units @ fit.cov_params() @ units.T), 0.0))
    # a coefficient that one cluster alone determines has residuals of 0 along it, which a sandwich counts as knowledge
    moments = result.crossing.factors[result.groupings.index(cluster)]
    if len(cluster.levels) > 1:
        se[cluster_robust(moments, result.columns, "CR0").rests_on_one(np.eye(len(se)))] = np.nan
    z = estimate / se
    frame = pd.DataFrame({"term": result.names, "estimate": estimate, "se": se, "z": z, "p": 2 * ndtr(-np.abs(z))})
    correlation = float(fit.cov_struct.dep_params)
    return PopulationAveraged(frame, correlation, _sentence(cluster, correlation))


def outermost(groupings: tuple[Grouping, ...]) -> Grouping:
    """The grouping factor that the levels of all others lie within.

    Raises
    ------
    DesignError
        When there is none: the factors are crossed.
    """
    outer = min(groupings, key=lambda g: len(g.levels))
    for inner in groupings:
        pairs = np.unique(np.asarray(inner.codes, dtype=np.int64) * len(outer.levels) + outer.codes)
        if len(pairs) > len(inner.levels):
            raise DesignError(
                f"“{inner.name}” and “{outer.name}” are crossed, and GEE needs clusters that share nothing.",
                "Keep one of the grouping factors, or use the mixed model.",
            )
    return outer


def _sentence(cluster: Grouping, correlation: float) -> str:
    words = (
        f"GEE estimates averages over the population, the same coefficients that a linear mixed model estimates, weighting rows "
        f"as if any two of one {noun(cluster.name)} had a correlation of {number(correlation, 2)} (its own estimate, from the residuals, "
        f"of what the mixed model calls the intraclass correlation; it may be negative); its robust standard errors hold "
        f"even where that is wrong."
    )
    if correlation >= 1:
        words += (
            " But no two rows can have such a correlation: its estimate has run away, as it may with few clusters, so rely on none of "
            "these numbers."
        )
    if len(cluster.levels) < FEW:
        words += f" With only {len(cluster.levels)} {plural(cluster.name)} they tend to be too small."
    return words
