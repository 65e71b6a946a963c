"""How the values of a column are distributed, as a few bars: intervals of numbers and dates, the commonest of other values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from ..arrays import Array
from ..text.numbers import number
from .column_info import ColumnInfo
from .columns import is_date, is_number
from .relation_to_groups import codes_of

MOST_COLUMNS = 24
INTERVALS = 20
COMMONEST = 8
NAMED = 3
"""Most levels of which each has its name below its bar."""


@dataclass(frozen=True, eq=False)
class Distribution:
    """The bars of one column.

    Parameters
    ----------
    labels : tuple of str
        What each bar stands for.
    counts : (k,) array
        Rows of each.
    ticks : mapping of int to str
        Names below bars, by the bar's position.
    note : str
        What is to be known of it besides, or empty.
    """

    column: str
    labels: tuple[str, ...]
    counts: Array
    ticks: Mapping[int, str]
    note: str = ""


def distributions(frame: pd.DataFrame, infos: Sequence[ColumnInfo]) -> list[Distribution]:
    """The bars of the first `MOST_COLUMNS` columns that hold anything; ``infos`` in the order of the columns."""
    some = [(k, info) for k, info in enumerate(infos) if info.kind != "empty"][:MOST_COLUMNS]
    return [distribution(info.name, frame.iloc[:, k], _note(info)) for k, info in some]


def distribution(name: str, column: pd.Series, note: str = "") -> Distribution:
    """The bars of one column; rows without a value, or with an infinite one, are in none of them."""
    if is_date(column):
        days = (column - column.min()) / pd.Timedelta(days=1)
        first = column.min()
        return _numbers(
            name, days.to_numpy(dtype=float), note, lambda day: str((first + pd.Timedelta(days=day)).date())
        )
    if is_number(column):
        return _numbers(name, column.to_numpy(dtype=float, na_value=np.nan), note, _figure)
    return _levels(name, column, note)


def group_sizes(frame: pd.DataFrame, group: str) -> Distribution:
    """The bars of the numbers of rows that groups have: each counts groups."""
    codes, n_groups = codes_of(frame[group])
    sizes = np.bincount(codes[codes >= 0], minlength=n_groups)
    return _numbers(f"rows per {group}", sizes.astype(float), f"{n_groups:,} groups", _figure)


def _numbers(name: str, values: Array, note: str, words: Callable[[float], str]) -> Distribution:
    values = values[np.isfinite(values)]
    if not len(values):
        return Distribution(name, (), np.zeros(0, int), {}, note)
    low, high = float(values.min()), float(values.max())
    if high - low <= INTERVALS and (values == np.round(values)).all():  # a bar for each whole number
        counts = np.bincount((values - low).astype(np.int64))
        labels = tuple(words(low + k) for k in range(len(counts)))
        ends = {0: labels[0], len(counts) - 1: labels[-1]}
        return Distribution(name, labels, counts, ends, note)
    different = np.sort(pd.unique(values))
    if len(different) <= INTERVALS:  # a bar for each value: intervals would look like gaps that mean nothing
        labels = tuple(map(words, different))
        counts = np.bincount(np.searchsorted(different, values))
        return Distribution(name, labels, counts, {0: labels[0], len(labels) - 1: labels[-1]}, note)
    share = values / 4 - low / 4  # of very large numbers the difference overflows
    share /= share.max() or 1.0
    counts = np.bincount(np.minimum((share * INTERVALS).astype(np.int64), INTERVALS - 1), minlength=INTERVALS)
    edges = [words(4 * (low / 4 + (high / 4 - low / 4) * (k / INTERVALS))) for k in range(INTERVALS)] + [words(high)]
    labels = tuple(f"{a} to {b}" for a, b in pairwise(edges))
    return Distribution(name, labels, counts, {0: edges[0], INTERVALS - 1: edges[-1]}, note)


def _levels(name: str, column: pd.Series, note: str) -> Distribution:
    values = column.astype(str).where(column.notna()) if column.dtype == object else column
    codes, n_levels = codes_of(values)
    counts = np.bincount(codes[codes >= 0], minlength=n_levels)
    order = np.argsort(-counts, kind="stable")[:COMMONEST]
    first = np.full(n_levels, -1)
    rows = np.flatnonzero(codes >= 0)[::-1]
    first[codes[rows]] = rows
    labels = [str(value) for value in values.iloc[first[order]]]
    heights = counts[order]
    if n_levels > COMMONEST:
        labels.append(f"{n_levels - COMMONEST:,} other values")
        heights = np.append(heights, counts.sum() - heights.sum())
    ticks = dict(enumerate(labels)) if len(labels) <= NAMED else {COMMONEST: "others"} if n_levels > COMMONEST else {}
    return Distribution(name, tuple(labels), heights, ticks, note)


def _note(info: ColumnInfo) -> str:
    parts = [f"{' and '.join(map(_figure, info.codes[:3]))}?"] if info.codes else []
    parts += [f"{info.n_missing:,} missing"] if info.n_missing else []
    return ", ".join(parts)


def _figure(value: float) -> str:
    if value == round(value) and abs(value) < 1e4:
        return f"{value:.0f}"  # without a comma: it may be a year
    return number(value, decimals=0) if value == round(value) and abs(value) < 1e9 else number(value, 3)
