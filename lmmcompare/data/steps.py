"""What can be done to a table: one row per measurement, a column's type, codes as missing, cells filled, rows kept, names, columns.

Each step is data; its ``apply`` gives a new frame and a sentence on what was done, and raises DataError, naming the column,
where the table is not such that it can be done. The frame given is never changed. What the columns are called at length goes
along: `labels_after`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from ..arrays import Array
from ..errors import DataError
from ..text.english import listed
from ..text.numbers import count
from .change_type import as_category, as_number, as_text, as_truth, number_text
from .columns import is_number
from .dates import as_date
from .reshape import Families, check_name, label_of, to_long

Type = Literal["number", "category", "text", "date", "truth"]
TYPES: tuple[Type, ...] = get_args(Type)
MOST_SHOWN = 6
"""Categories whose order is told."""


@dataclass(frozen=True, slots=True)
class ToLong:
    """Measurements that stand side by side, below each other; see `reshape.to_long`."""

    families: Families
    keep_missing: bool = False

    def apply(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
        """One row per measurement."""
        long = to_long(frame, self.families, self.keep_missing)
        made = "" if self.families.id in frame.columns else f", “{self.families.id}” numbers the rows they came from"
        left_out = len(frame) * len(self.families.times) - len(long)
        missing = f"; {count(left_out, 'row')} without a measurement left out" if left_out else ""
        names = ", ".join(f"“{name}”" for name in self.families.names)
        return long, (
            f"One row per measurement: {count(len(frame), 'row')} became {len(long):,}{missing}. {names} beside "
            f"“{self.families.time}”{made}."
        )


@dataclass(frozen=True, slots=True)
class Retype:
    """A column as numbers, categories, text, dates or truth values.

    Attributes
    ----------
    to : str
        "number", "category", "text", "date" or "truth".
    levels : tuple of str
        Of categories, those that come first; the first of all is the baseline. The others follow in their order. Of truth
        values, the one that is true. Of dates, the order in which they are written, where they do not tell (`dates.ORDERS`).
        Of numbers, what stands for values beyond a limit of detection (`detection_limits.SUBSTITUTES`).
    """

    column: str
    to: Type
    levels: tuple[str, ...] = ()

    def apply(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
        """The column's new values; what is no number becomes missing, and the sentence says how many."""
        column = column_of(frame, self.column)
        if self.to == "category":
            values: Any = as_category(column, self.levels)
            words = f"“{self.column}” holds {count(len(values.categories), 'category', 'categories')}"
            words += f", compared with “{values.categories[0]}”" if len(values.categories) else ""
            shown = ", ".join(map(str, values.categories[:MOST_SHOWN]))
            words += (
                f", in the order {shown}{', …' * (len(values.categories) > MOST_SHOWN)}." if self.levels[1:] else "."
            )
        elif self.to == "text":
            values, words = as_text(column), f"“{self.column}” is text."
        elif self.to == "date":
            values, words = as_date(column, *self.levels[:1])
        elif self.to == "truth":
            values, words = as_truth(column, self.levels)
        else:
            values, words = as_number(column, *self.levels[:1])
        return frame.assign(**{self.column: values}), words


@dataclass(frozen=True, slots=True)
class SetMissing:
    """Numbers that stand for missing values, such as -99, made missing."""

    column: str
    values: tuple[float, ...]

    def apply(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
        """The column without these numbers, of which one at least must be there."""
        column = column_of(frame, self.column)
        if not is_number(column):
            raise DataError(f"“{self.column}” is not of numbers.", "Make it a number first.")
        values = column.to_numpy(dtype=float, na_value=np.nan)
        coded = np.isin(values, self.values)
        display = ", ".join(number_text(value) for value in self.values[:5])
        if not coded.any():
            raise DataError(f"“{self.column}” holds no {display}.", "Choose numbers that it holds.")
        words = f"“{self.column}”: {display} became missing in {count(int(coded.sum()), 'row')}."
        return frame.assign(**{self.column: np.where(coded, np.nan, values)}), words


@dataclass(frozen=True, slots=True)
class FillDown:
    """Blank cells filled with the value above, as where a group's name stands in its first row only; see `merged_cells`."""

    columns: tuple[str, ...]

    def apply(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
        """The columns filled, of which one at least must lack a value; cells above the first value stay blank."""
        filled = {name: column_of(frame, name).ffill() for name in self.columns}
        taken = pd.DataFrame({name: frame[name].isna() & filled[name].notna() for name in self.columns}).any(axis=1)
        display = listed([f"“{name}”" for name in self.columns])
        if not taken.any():
            raise DataError(f"{display} holds no blank cell below a value.", "Choose columns with blank cells.")
        words = f"{display} filled down: {count(int(taken.sum()), 'row')} took the value of the row above."
        return frame.assign(**filled), words


@dataclass(frozen=True, slots=True)
class Keep:
    """Rows kept by one column: numbers within bounds, some of its categories, or those that are not missing.

    Attributes
    ----------
    op : str
        "between", "in" or "present".
    low, high : float or None
        For "between", both included; None is no bound.
    values : tuple of str
        For "in", the values as text.
    """

    column: str
    op: Literal["between", "in", "present"]
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()

    def mask(self, frame: pd.DataFrame) -> Array:
        """Which rows are kept."""
        column = column_of(frame, self.column)
        if self.op == "present":
            return column.notna().to_numpy()
        if self.op == "in":
            wanted = dict.fromkeys(self.values)
            if not isinstance(column.dtype, pd.CategoricalDtype):
                return as_text(column).isin(wanted).to_numpy()
            chosen = as_text(pd.Series(column.cat.categories)).isin(wanted).to_numpy()
            codes = column.cat.codes.to_numpy()
            return (codes >= 0) & np.append(chosen, False)[codes]
        if not is_number(column):
            raise DataError(f"“{self.column}” is not of numbers, so it has no range.", "Make it a number first.")
        values = column.to_numpy(dtype=float, na_value=np.nan)
        low = -math.inf if self.low is None else self.low
        return (values >= low) & (values <= (math.inf if self.high is None else self.high))

    def words(self, kept: int, rows: int) -> str:
        """A sentence, such as "168 of 180 rows kept: “Days” from 2 to 9."."""
        if self.op == "present":
            which = "is not missing"
        elif self.op == "in":
            display = ", ".join(value[:40] for value in self.values[:4])
            more = len(self.values) - 4
            which = f"is {display}" + (f" or one of {more:,} more" if more > 0 else "")
        else:
            named = (("from", self.low), ("to", self.high))
            bounds = [f"{word} {number_text(bound)}" for word, bound in named if bound is not None]
            which = " ".join(bounds) or "is any number"
        return f"{kept:,} of {count(rows, 'row')} kept: “{self.column}” {which}."

    def apply(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
        """The rows that are kept; at least one."""
        mask = self.mask(frame)
        keep = int(mask.sum())
        if not keep:
            raise DataError(f"No row is left: {self.words(0, len(frame))}", "Choose a wider range or more values.")
        return frame[mask].reset_index(drop=True), self.words(keep, len(frame))


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """Rows left out by hand, by their numbers from 1."""

    rows: tuple[int, ...]

    def apply(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
        """The other rows; at least one."""
        there = [row for row in self.rows if row <= len(frame)]
        if len(there) < len(self.rows):
            raise DataError(f"There is no row {self.rows[-1]:,}: the table has {len(frame):,}.", "Leave out others.")
        if len(set(there)) == len(frame):
            raise DataError("No row would be left.", "Leave out fewer of them.")
        keep = np.ones(len(frame), dtype=bool)
        keep[np.array(there, dtype=int) - 1] = False
        display = ", ".join(f"{row:,}" for row in there[:20]) + (
            f" and {len(there) - 20:,} more" if len(there) > 20 else ""
        )
        words = f"{count(len(there), 'row')} left out by hand: number{'s' * (len(there) > 1)} {display}."
        return frame[keep].reset_index(drop=True), words


@dataclass(frozen=True, slots=True)
class Rename:
    """A column by another name."""

    column: str
    to: str

    def apply(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
        """The same values under the new name."""
        column_of(frame, self.column)
        check_name(self.to)
        if self.to in frame.columns:
            raise DataError(f"There is a column “{self.to}” already.", f"Choose another name for “{self.column}”.")
        return frame.rename(columns={self.column: self.to}), f"“{self.column}” is called “{self.to}”."


@dataclass(frozen=True, slots=True)
class Drop:
    """Columns left out."""

    columns: tuple[str, ...]

    def apply(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
        """The other columns; at least one."""
        for name in self.columns:
            column_of(frame, name)
        if len(set(self.columns)) == len(frame.columns):
            raise DataError("No column would be left.", "Leave out fewer of them.")
        display = ", ".join(f"“{name}”" for name in self.columns[:4])
        more = f" and {len(self.columns) - 4:,} more" if len(self.columns) > 4 else ""
        return frame.drop(columns=list(self.columns)), f"Left out: {display}{more}."


def labels_after(step: Any, labels: Mapping[str, str]) -> dict[str, str]:
    """What the columns are called at length after a step: a measurement by what its columns' labels have in common."""
    if isinstance(step, Rename):
        return {step.to if name == step.column else name: text for name, text in labels.items()}
    if not isinstance(step, ToLong):
        return dict(labels)
    after = {name: text for name, text in labels.items() if name not in step.families.columns}
    for name, columns in step.families.measures:
        after.pop(name, None)
        if text := label_of([labels.get(column, "") for column in columns]):
            after[name] = text
    return after


def column_of(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column by its name, which must be there once."""
    if list(frame.columns).count(name) != 1:
        raise DataError(f"There is no column “{name}” in the table.", f"It has {_some(frame)}.")
    return frame[name]


def _some(frame: pd.DataFrame) -> str:
    names = [str(name) for name in frame.columns]
    display = ", ".join(f"“{name[:40]}”" for name in names[:5])
    return display + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
