"""Numbers that may stand for missing values, such as -99 or 999: far from all others, and of the kind that people use."""

from __future__ import annotations

import numpy as np

from ..arrays import Array

BELOW = frozenset(-digit * (10**k - 1) // 9 for digit in (7, 8, 9) for k in range(1, 6))
"""-7, -77, …, -99999."""
ABOVE = frozenset(
    (9, *(value for k in range(2, 7) for value in (10**k - 3, 10**k - 2, 10**k - 1)), 88, 888, 8888, 77, 777, 7777)
)
"""9, 97, 98, 99, 997, …, 999999; 88, 77, ….."""


def sentinels(values: Array) -> tuple[float, ...]:
    """Values that may stand for missing ones, in ascending order; none in most columns.

    A negative code counts where all other values are 0 or more, and any code where it lies further from the others than they
    lie from each other.

    Parameters
    ----------
    values : (k,) array
        The different values of a column, finite.
    """
    if len(values) < 3 or (values.min().item() not in BELOW and values.max().item() not in ABOVE):
        return ()
    is_below, is_above = np.isin(values, list(BELOW)), np.isin(values, list(ABOVE))
    others = values[~(is_below | is_above)]
    if len(others) < 2:
        return ()
    low, high = others.min(), others.max()
    below, above = values[is_below & (values < low)], values[is_above & (values > high)]
    below = below[(low >= 0) | (low - below > high - low)]
    above = above[above - high > high - low]
    return tuple(float(value) for value in np.sort(np.concatenate([below, above])))
