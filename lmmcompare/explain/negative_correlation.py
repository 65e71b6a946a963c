"""Rows of a group that offset each other: a negative correlation, which a random intercept cannot show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import fdtr

from ..assess.outcome_means import equal_outcome_means
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.labels import an, noun, plural
from ..text.numbers import number, p_value
from ..work.memo import memoised
from .moulton import residual_correlation

CHANCE = 0.025
"""Rows are said to offset each other where chance alone would make them so little alike less often than this."""
ZERO = 1e-4
"""A relative SD of the random intercept below this is 0."""


@dataclass(frozen=True)
class WithinGroupCorrelation:
    """The correlation of two OLS residuals of one group.

    Parameters
    ----------
    value : float
        Mean product of the residuals over all pairs of rows of one group, over their mean square.
    p_negative : float
        Probability of residuals that are so little alike, were rows independent: the lower tail of the F test of the group dummies,
        exact for normal errors. NaN where the dummies cannot be fitted.
    variance_is_zero : bool
        Whether the random intercept's variance is estimated as 0.
    """

    value: float
    p_negative: float
    variance_is_zero: bool

    @property
    def offsetting(self) -> bool:
        """Whether rows of a group are less alike than rows at random, beyond chance."""
        return self.value < 0 and self.p_negative < CHANCE


@memoised
def within_group_correlation(comparison: Comparison) -> WithinGroupCorrelation:
    """How alike rows of one group are once the predictors are taken out, with its sign; from the moments."""
    value = residual_correlation(comparison)
    theta = float(comparison.random_intercept.fit.optimum.solution.theta[0])
    return WithinGroupCorrelation(value, _lower_tail(comparison), theta < ZERO)


def is_hidden(comparison: Comparison) -> bool:
    """Whether rows of a group offset each other, which the formula's random part, all of it 0, cannot show: its errors are then wrong."""
    correlation = within_group_correlation(comparison)
    if not (correlation.offsetting and correlation.variance_is_zero) or comparison.formula_model == Model.SEVERAL:
        return False
    return comparison.formula_model == Model.RANDOM_INTERCEPT or not comparison.mixed.cov_re[comparison.group].any(
        axis=None
    )


def _lower_tail(comparison: Comparison) -> float:
    if Model.NO_POOLING not in comparison.fits:
        return float("nan")
    small, big = comparison.ols.fit, comparison.no_pooling.fit
    df = big.rank - small.rank
    if df < 1 or big.df < 1 or big.rss <= 0:
        return float("nan")
    return float(fdtr(df, big.df, max(small.rss - big.rss, 0.0) / df / big.sigma2))


def offsetting_sentence(comparison: Comparison, term: str | None = None) -> str:
    """What a negative correlation means for the chosen coefficient; empty where rows of a group do not offset each other."""
    result = within_group_correlation(comparison)
    if not (result.offsetting or (result.variance_is_zero and result.value < 0)):
        return ""
    group, groups = noun(comparison.group), plural(comparison.group)
    value = number(result.value, 2)
    if not result.offsetting:
        tail = f" ({p_value(result.p_negative)})" if np.isfinite(result.p_negative) else ""
        return (
            f"The variance between {groups} is estimated as 0, the smallest that it can be: two rows of one {group} are a little less "
            f"alike than two rows at random (their OLS residuals correlate by {value}), no more than chance would do{tail}."
        )
    consequence = _consequence(comparison, term or comparison.constant)
    return (
        f"Rows of {an(comparison.group)} offset each other: where one lies above what the predictors say, the others tend to "
        f"lie below (their OLS residuals correlate by {value}, {p_value(result.p_negative)}). {consequence} A random "
        f"intercept cannot show this: its variance ends at 0, and its standard errors are those of OLS. Cluster-robust standard errors "
        "(CR2, computed from each group’s own residuals) can, and so can compound symmetry: one correlation "
        "for all pairs of a group, which may be negative."
    )


def _consequence(comparison: Comparison, term: str) -> str:
    groups, names, moments = plural(comparison.group), comparison.design.names, comparison.moments
    inside = outside = False
    if term in names[:-1]:
        column = names.index(term)
        inside, outside = bool(moments.varies_within[column]), bool(moments.varies_between[column])
    name = comparison.coefficient(term).label
    if inside and not outside:
        return f"So {name}, compared within {groups}, is known less well than OLS says."
    if equal_outcome_means(comparison):  # that means do not scatter was put in, and tells no error
        return f"So what is compared within {groups} is known less well than OLS says."
    if outside and not inside:
        return f"So {name}, compared between {groups}, is known better than OLS says."
    general = (
        f"So means, and what is compared between {groups}, are known better than OLS says, and what is compared within "
        f"{groups} less well"
    )
    return f"{general}; {name} is compared both ways." if inside else f"{general}."
