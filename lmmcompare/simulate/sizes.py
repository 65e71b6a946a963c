"""Group sizes by a deterministic rule, so that the number of rows is known before anything is drawn."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from ..arrays import Array


def group_sizes(groups: int, size: int | tuple[int, ...], spread: float = 0.0, dropout: float = 0.0) -> Array:
    """Rows of each group, (J,) whole numbers of at least 1.

    Sizes that are spread are the quantiles of a lognormal distribution with mean ``size`` and, before they are rounded
    to whole rows, exactly the coefficient of variation ``spread``; the smallest group comes first. Under dropout,
    occasion t has groups (1 - dropout)^t of the groups, rounded; the group that stays longest comes first.
    """
    if isinstance(size, tuple):
        return np.array(size, dtype=np.int64)
    if spread > 0:
        return _spread(groups, size, spread)
    if dropout > 0:
        there = np.rint(groups * (1 - dropout) ** np.arange(size))  # groups at each occasion
        return (there > np.arange(groups)[:, None]).sum(axis=1)
    return np.full(groups, size, dtype=np.int64)


def _spread(groups: int, size: int, spread: float) -> Array:
    quantiles = ndtri((np.arange(groups) + 0.5) / groups)

    def relative(log_sd: float) -> Array:
        weights = np.exp(log_sd * (quantiles - quantiles[-1]))
        return weights / weights.mean()

    low, high = 0.0, 1.0
    while relative(high).std() < spread and high < 1e3:
        high *= 2
    for _ in range(60):  # halving: the spread grows with log_sd
        middle = (low + high) / 2
        low, high = (middle, high) if relative(middle).std() < spread else (low, middle)
    return np.maximum(1, np.rint(size * relative(high))).astype(np.int64)
