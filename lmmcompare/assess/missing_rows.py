"""Predictors whose group means differ only since groups lack rows, as times of measurement do where people drop out."""

from __future__ import annotations

import numpy as np

from ..comparison.comparison import Comparison
from ..work.memo import memoised

FEWEST = 3
"""So many complete groups beyond the columns that their means are compared with; fewer could be alike by chance."""
SHARE = 0.1
"""And at least this share of all groups."""
SAME = 1e-9
"""Means are the same where they differ by less than this share of the column's standard deviation."""


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
