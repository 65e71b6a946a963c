"""Wide tables, several measurements a row, made long: one row per measurement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import chain, count, pairwise
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError
from .columns import is_number
from .limits import limits
from .table import unique_names

Time = float | str
SHORTEST_LABEL = 3
"""Characters that labels must have in common to be one label."""


@dataclass(frozen=True, slots=True)
class Families:
    """Columns that hold the same measurement at several times, side by side.

    Attributes
    ----------
    measures : tuple of (str, tuple of str)
        What each measurement is to be called, and its columns, one for each time.
    times : tuple of float or of str
        When each was taken: all numbers, or all words in their order.
    id : str
        The column that tells the rows apart; it is made where the table has none of this name.
    time : str
        What the column of times is to be called.
    """

    measures: tuple[tuple[str, tuple[str, ...]], ...]
    times: tuple[Time, ...]
    id: str = "id"
    time: str = "time"

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are measurements."""
        return tuple(chain.from_iterable(columns for _, columns in self.measures))

    @property
    def names(self) -> tuple[str, ...]:
        """What the measurements are to be called."""
        return tuple(name for name, _ in self.measures)

    @property
    def numeric(self) -> bool:
        """Whether the times are numbers."""
        return not any(isinstance(time, str) for time in self.times)

    @property
    def words(self) -> str:
        """A sentence about what was found, such as "Each row holds 3 measurements: “score_1”, “score_2”, “score_3”."."""
        display = [_few(columns) for _, columns in self.measures[:3]]
        if len(self.measures) > 3:
            display.append(f"{len(self.measures) - 3:,} more")
        each = " each" if len(self.measures) > 1 else ""
        what = f"{len(self.measures):,} measurements" if each else "a measurement"
        return f"Each row holds {what} taken {len(self.times):,} times{each}: {'; '.join(display)}."


def to_long(frame: pd.DataFrame, families: Families, keep_missing: bool = False) -> pd.DataFrame:
    """One row per measurement: the rows of a person after each other, in the order of the times.

    Parameters
    ----------
    frame : DataFrame
        A row per person, or whatever ``families.id`` names.
    families : Families
        Which columns are measurements, of what and when.
    keep_missing : bool
        Keep rows in which nothing was measured; a model leaves them out.

    Returns
    -------
    DataFrame
        The id, the other columns as they were, the time (a number, or a category in the order of the times) and the
        measurements.

    Raises
    ------
    DataError
        When a column is not there, is named twice or mixes numbers with text, a new name is taken, or the rows are too many.
    """
    check(frame, families)
    width = len(families.times)
    others = frame.drop(columns=list(families.columns))
    if families.id not in others.columns:
        others.insert(0, families.id, np.arange(1, len(frame) + 1))
    measured = pd.concat([_alike(frame[list(columns)]) for _, columns in families.measures], axis=1)
    measured.columns = pd.MultiIndex.from_product([families.names, range(width)])
    measured.index = pd.RangeIndex(len(frame))
    stacked = measured.stack(level=1, future_stack=True)
    long = others.take(np.repeat(np.arange(len(frame)), width)).reset_index(drop=True)
    long[families.time] = _column_of_times(families, len(frame))
    long[list(families.names)] = stacked[list(families.names)].set_axis(long.index)
    if not keep_missing:
        long = long[stacked.notna().any(axis=1).to_numpy()].reset_index(drop=True)
    return long


def check(frame: pd.DataFrame, families: Families) -> None:
    """Raise DataError where these families cannot be made long; see `to_long`."""
    names = list(frame.columns)
    for column in families.columns:
        if names.count(column) != 1:
            raise DataError(f"There is no column “{column}” in the table.", "Pick the measurements again.")
    for name, columns in families.measures:
        numbers = [is_number(frame[column]) for column in columns]
        if any(numbers) and not all(numbers):
            text = columns[numbers.index(False)]
            raise DataError(
                f"Of the measurements “{name}”, “{text}” holds text and “{columns[numbers.index(True)]}” numbers.",
                f"Make “{text}” a number first, or leave it out.",
                in_app=f"Make “{text}” a number first, under column types, or leave it out.",
            )
    keep = set(names) - set(families.columns) - {families.id}
    new = [families.id, families.time, *families.names]
    for name in new:
        check_name(name)
        if name in keep or new.count(name) > 1:
            raise DataError(f"Two columns would be called “{name}”.", "Choose another name for one of them.")
    rows, width = len(frame) * len(families.times), len(keep) + len(new)
    if rows * width > limits().cells:
        raise DataError(
            f"One row per measurement makes {rows:,} rows of {width:,} columns; at most {limits().cells:,} cells are kept.",
            "Leave out columns that the comparison does not need, or keep fewer rows, first.",
        )


def check_name(name: str) -> None:
    """Raise DataError for what cannot be the name of a column, because a formula could not say it."""
    if unique_names([name])[0] != [name]:
        raise DataError(
            f"“{name[:40]}” cannot be the name of a column.", "Use up to 200 characters, and no backquote among them."
        )


def free_name(name: str, taken: set[str]) -> str:
    """The name, or the first of name_2, name_3, … that is not taken."""
    return next(new for new in chain([name], (f"{name}_{k}" for k in count(2))) if new not in taken)


def common_start(texts: Sequence[str]) -> str:
    """What all texts begin with; of paths `os.path` has it, of texts it has no longer."""
    first, last = min(texts), max(texts)  # in their order, what the two begin with all do
    different = (k for k, (a, b) in enumerate(zip(first, last, strict=False)) if a != b)
    return first[: next(different, len(first))]


def label_of(labels: Sequence[str]) -> str:
    """What labels of several columns have in common, such as "Depression score" of "Depression score, week 1" and "…, week 2".

    All of it where they are the same; the first where they have too little in common; "" where there is none.
    """
    labels = [label for label in labels if label]
    if len(set(labels)) < 2:
        return labels[0] if labels else ""
    start = common_start(labels)
    if any(re.match(r"\w", label[len(start) :]) for label in labels):
        start = re.sub(r"\w*$", "", start)  # no half words
    start = re.sub(r"[\W_]*$", "", start)
    return start if len(start) >= SHORTEST_LABEL else labels[0]


def merge_levels(orders: Iterable[Iterable[Any]]) -> list[Any]:
    """The levels of several categories in an order that all of theirs agree with; where they contradict, as they come.

    A level that is missing from one of them stands where the others have it: (b, c) and (a, b) give a, b, c.
    """
    orders = list(dict.fromkeys(map(tuple, orders)))
    place = {level: k for k, level in enumerate(dict.fromkeys(chain.from_iterable(orders)))}
    after: dict[Any, set[Any]] = {level: set() for level in place}
    before = dict.fromkeys(place, 0)
    for order in orders:
        for low, high in pairwise(order):
            before[high] += high not in after[low]
            after[low].add(high)
    merged: dict[Any, None] = {}
    free = [(k, level) for level, k in place.items() if not before[level]]
    while len(merged) < len(place):
        if not free:  # a contradiction
            free = [next((k, level) for level, k in place.items() if level not in merged)]
        _, level = heappop(free)
        if level in merged:
            continue
        merged[level] = None
        for high in after[level]:
            before[high] -= 1
            if not before[high]:
                heappush(free, (place[high], high))
    return list(merged)


def _alike(columns: pd.DataFrame) -> pd.DataFrame:
    """Categories that differ from time to time are made the same, and text of what is neither all text nor all dates."""
    types = list(columns.dtypes)
    if len(set(types)) == 1 or all(map(is_number, (columns[name] for name in columns))):
        return columns
    if all(isinstance(t, pd.CategoricalDtype) for t in types):
        return columns.astype(pd.CategoricalDtype(merge_levels(t.categories for t in types)))
    if all(pd.api.types.is_datetime64_any_dtype(t) for t in types):
        return columns.astype("datetime64[ns]")
    return columns.apply(lambda column: column.astype("str").where(column.notna()))


def _column_of_times(families: Families, n: int) -> pd.Series | pd.Categorical | np.ndarray:
    if families.numeric:
        times = np.array(families.times, dtype=float)
        whole = times.astype(np.int64)
        return np.tile(whole if (whole == times).all() else times, n)
    return pd.Categorical.from_codes(np.tile(np.arange(len(families.times)), n), [str(t) for t in families.times])


def _few(names: tuple[str, ...]) -> str:
    if len(names) > 4:
        names = (names[0], names[1], "…", names[-1])
    return ", ".join(name if name == "…" else f"“{name[:40]}”" for name in names)
