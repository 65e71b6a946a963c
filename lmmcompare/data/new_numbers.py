"""A column of numbers made from one: means and distances of groups, functions, lags, ranks, times since a start.

Groups are a code for each row, -1 where none is known, and how many there are. Errors name the column that it is made from.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..arrays import Array
from ..errors import DataError
from .relation_to_groups import power_of_two

FUNCTIONS = {"log": np.log, "exp": np.exp, "sqrt": np.sqrt}


def group_means(values: Array, codes: Array, n_groups: int, column: str) -> Array:
    """For each row the mean over the rows of its group that have a number."""
    keep = (codes >= 0) & np.isfinite(values)
    if not keep.any():
        raise DataError(f"No row has both “{column}” and a group.", "Choose another column or group.")
    shift = float(values[keep].mean())  # sums of what is left keep their digits
    sums = np.bincount(codes[keep], values[keep] - shift, minlength=n_groups)
    sizes = np.bincount(codes[keep], minlength=n_groups)
    means = np.full(n_groups + 1, np.nan)  # the last is for rows without a group, whose code is -1
    means[:-1] = np.where(sizes > 0, shift + sums / np.maximum(sizes, 1), np.nan)
    return means[codes]


def centred(values: Array, column: str) -> Array:
    """Distances from the mean of all rows."""
    return values - _finite(values, column).mean()


def standardised(values: Array, column: str) -> Array:
    """Distances from the mean of all rows in standard deviations."""
    values = values / power_of_two(_finite(values, column))
    finite = _finite(values, column)
    sd = float(finite.std(ddof=1)) if len(finite) > 1 else 0.0
    if not sd > 0:
        raise DataError(f"“{column}” has one value only, so no standard deviation.", "Choose another column.")
    return (values - finite.mean()) / sd


def function_of(values: Array, function: str, column: str) -> Array:
    """One of `FUNCTIONS`; what has none becomes missing, and the step's sentence says in how many rows."""
    with np.errstate(all="ignore"):
        result = FUNCTIONS[function](values)
    result = np.where(np.isfinite(result), result, np.nan)
    if not np.isfinite(result).any():
        raise DataError(f"No value of “{column}” has a {function}.", "Choose another column.")
    return result


def change(values: Array, order: Array, codes: Array, n_groups: int) -> Array:
    """Distances from the first number of each group; ``order`` holds its rows one after another."""
    present = order[np.isfinite(values[order])]
    first = np.full(n_groups + 1, np.nan)
    first[codes[present[::-1]]] = values[present[::-1]]
    return values - first[codes]


def lag(values: Array, order: Array, codes: Array) -> Array:
    """The value of the row before in each group."""
    result = np.full(len(values), np.nan)
    same = codes[order[1:]] == codes[order[:-1]]
    result[order[1:][same]] = values[order[:-1][same]]
    return result


def rank(values: Array, codes: Array | None) -> Array:
    """Ranks within groups, or over all rows."""
    column = pd.Series(values)
    if codes is None:
        return column.rank().to_numpy()
    return column.where(codes >= 0).groupby(codes).rank().to_numpy()


def since_first(values: Array, codes: Array, n_groups: int) -> Array:
    """Distances from the smallest number of each group."""
    keep = (codes >= 0) & np.isfinite(values)
    first = np.full(n_groups + 1, np.inf)
    np.minimum.at(first, codes[keep], values[keep])
    first[-1] = np.nan
    return np.where(np.isfinite(first[codes]), values - first[codes], np.nan)


def row_numbers(order: Array, codes: Array, n_groups: int) -> Array:
    """The number of each row in its group, from 1."""
    result = np.full(len(codes), np.nan)
    sizes = np.bincount(codes[order], minlength=n_groups)
    result[order] = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + 1.0
    return result


def _finite(values: Array, column: str) -> Array:
    finite = values[np.isfinite(values)]
    if not len(finite):
        raise DataError(f"“{column}” has no number.", "Choose another column.")
    return finite
