"""What a column of a table holds, and how it is said: its kind, its range, its missing values, its stray text."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..text.numbers import count, number
from .readers.header import FIRST_YEAR, LAST_YEAR

Kind = Literal["numeric", "binary", "categorical", "text", "date", "constant", "empty"]

ROOM = 36
"""Letters of the examples that a cell of the table of columns shows."""


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """What one column holds.

    Attributes
    ----------
    name : str
        The column's name.
    kind : str
        "numeric", "binary" (two different values, of whatever type), "categorical", "text", "date", "constant" (one
        value) or "empty" (all missing).
    n_missing, n_unique, n_infinite : int
        Rows without a value, different values, infinite values.
    minimum, maximum, mean, sd : float
        Of the finite numbers; NaN for a column that is not of numbers.
    examples : tuple of str
        A few of the values: of categories the first in their order, of others the first in the table.
    is_number : bool
        Whether the column's type is numeric, so that it can be used as a number.
    n_not_numeric : int
        For a column of text of which most rows are numbers: the rows that are not. Otherwise 0.
    not_numeric : tuple of str
        Some of these offending values.
    n_as_numbers : int
        For a column of text of which every value is a number: how many different numbers they are. Otherwise 0.
    codes : tuple of float
        Numbers that may stand for missing values; see ``data.sentinels``.
    is_date : bool
        Whether the column's type is a date, with or without a time of day.
    first, last : str
        The earliest and the latest date.
    are_days : bool
        Whether numbers are days written without signs, such as 20210115, perhaps with the hour and the minute.
    is_truth : bool
        Whether the column's type is true or false: categories as a predictor, 1 and 0 as an outcome.
    """

    name: str
    kind: Kind
    n_missing: int = 0
    n_unique: int = 0
    n_infinite: int = 0
    minimum: float = math.nan
    maximum: float = math.nan
    mean: float = math.nan
    sd: float = math.nan
    examples: tuple[str, ...] = ()
    is_number: bool = False
    n_not_numeric: int = 0
    not_numeric: tuple[str, ...] = ()
    n_as_numbers: int = 0
    codes: tuple[float, ...] = ()
    is_date: bool = False
    first: str = ""
    last: str = ""
    are_days: bool = False
    is_truth: bool = False

    @property
    def words(self) -> str:
        """A short phrase, such as "numeric, 2 to 8, mean 5.1" or "categorical, 3 values: A, B, C"."""
        # first, and without its values: a narrow cell cuts off what comes later
        parts = [f"{self.stray_text}, so {self.kind}"] if self.n_not_numeric else []
        if self.codes:
            parts.append(f"{' and '.join(map(figure, self.codes[:3]))} may stand for missing")
        if not self.n_not_numeric:
            parts.append(self._what())
        if self.n_infinite:
            parts.append(count(self.n_infinite, "infinite value"))
        if self.n_missing and self.kind != "empty":
            parts.append(f"{self.n_missing:,} missing")
        return "; ".join(parts)

    @property
    def stray_text(self) -> str:
        """What keeps a column from being numeric, such as "numbers but for text in 1 row: “timeout”"; see ``n_not_numeric``."""
        display = ", ".join(f"“{value}”" for value in self.not_numeric[:3])
        return f"numbers but for text in {count(self.n_not_numeric, 'row')}: {display}"

    def _what(self) -> str:
        if self.kind == "empty":
            return "empty, no values"
        if self.kind == "constant":
            return f"constant, always {self.examples[0] if self.examples else ''}".rstrip()
        if self.kind == "numeric":
            mean = 0.0 if abs(self.mean) < 1e-6 * self.sd else self.mean  # what centring leaves is rounding
            bounds = f"numeric, {figure(self.minimum)} to {figure(self.maximum)}, mean {number(mean)}"
            return as_years(bounds) if self.minimum >= FIRST_YEAR and self.maximum <= LAST_YEAR else bounds
        if self.is_date and self.kind == "date":
            return f"dates, {self.first} to {self.last}"
        if self.kind == "date":
            return f"dates as text, such as {self.examples[0]}"
        if self.kind == "text":
            return f"text, {self.n_unique:,} different values, such as {self.examples[0]}"
        return f"{self.kind}, {self.n_unique:,} values: {fitting(self.examples, self.n_unique)}"


def fitting(examples: Sequence[str], n: int, room: int = ROOM) -> str:
    """As many of ``n`` values as a cell of a table has room for, and at least one: "A, B, …"."""
    lengths = np.cumsum([len(str(example)) + 2 for example in examples])
    shown = examples[: max(1, int((lengths <= room + 2).sum()))]
    return ", ".join(map(str, shown)) + (", …" if len(shown) < n else "")


def figure(value: float) -> str:
    """A value of a column as it stands there, if it has 6 digits or fewer; others rounded."""
    whole = math.isfinite(value) and value == round(value) and abs(value) < 1e9
    if whole:
        return number(value, decimals=0)
    short = f"{value:.6g}"
    if 1e-3 <= abs(value) < 1e6 and float(short) == value:
        return number(value, decimals=len(short.partition(".")[2]))
    return number(value, 4 if abs(value) >= 1000 else 3)


def as_years(text: str) -> str:
    """Numbers that may be years without separators of thousands: nobody writes 1,984."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", text)
