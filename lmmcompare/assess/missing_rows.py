"""Predictors whose group means differ only by which rows a group has, as times of measurement do where some are missing."""

from __future__ import annotations

import numpy as np
from scipy.special import fdtr

from ..comparison.compare import Comparison
from ..work.memo import memoised

FEWEST = 3
"""So many complete groups beyond the columns that their means are compared with; fewer could be alike by chance."""
SHARE = 0.1
"""And at least this share of all groups."""
SAME = 1e-9
"""Means are the same where they differ by less than this share of the column's standard deviation."""

BY_CHANCE = 0.001
"""Means of rows drawn at random differ as little as this share of the time."""


@memoised
def differs_by_missing_rows(comparison: Comparison, column: int) -> bool:
    """Whether the groups with the most rows all have the same mean of a column that varies within groups, and others do not.

    What a column has in common with columns that are constant within groups is taken out first: month × arm has another mean in
    each arm.

    Parameters
    ----------
    comparison : Comparison
    column : int
        Of the fixed part.
    """
    moments = comparison.moments
    if moments.same_sizes or not (moments.varies_within[column] and moments.varies_between[column]):
        return False
    complete = moments.n == moments.n.max()
    constant = [k for k in comparison.design.fixed if not moments.varies_within[k]]
    if complete.sum() < max(FEWEST + 1 + len(constant), SHARE * moments.n_groups):
        return False

    def left(groups: np.ndarray) -> float:
        known = np.vstack([np.ones(groups.sum()), moments.mean[constant][:, groups]]).T
        means = moments.mean[column, groups]
        return float(np.abs(means - known @ np.linalg.lstsq(known, means, rcond=1e-10)[0]).max())

    return left(complete) < SAME < left(np.full(moments.n_groups, True))


@memoised
def differs_by_rows_alone(comparison: Comparison, column: int) -> bool:
    """Whether group means of a column that varies within groups differ only by which rows a group has.

    So where `differs_by_missing_rows`; and where they differ less than those of rows drawn at random would (the lower tail of an
    analysis of variance), for then all groups have it spread alike: days of a diary of which some are missing for everyone, or a
    treatment that was assigned within blocks of unequal size. Not a category of three or more: in incomplete blocks their shares
    differ by design, and what lies between blocks tells of them.

    Parameters
    ----------
    comparison : Comparison
    column : int
        Of the fixed part.
    """
    moments = comparison.moments
    if differs_by_missing_rows(comparison, column):
        return True
    if moments.same_sizes or not (moments.varies_within[column] and moments.varies_between[column]):
        return False
    if any(len(term) > 1 and column in term for term in comparison.design.terms.values()):
        return False
    constant = [k for k in comparison.design.fixed if not moments.varies_within[k]]
    known = np.vstack([np.ones(moments.n_groups), moments.mean[constant]]).T * np.sqrt(moments.w)[:, None]
    means = moments.mean[column] * np.sqrt(moments.w)
    fitted, _, rank, _ = np.linalg.lstsq(known, means, rcond=1e-10)
    df = moments.n_groups - int(rank), moments.n_rows - moments.n_groups
    if min(df) < 1:
        return False
    between = float(((means - known @ fitted) ** 2).sum()) / df[0]
    return bool(fdtr(*df, between / (float(moments.within_total[column, column]) / df[1])) < BY_CHANCE)
