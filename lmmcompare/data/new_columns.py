"""A new column made from others: means and distances of groups, transformations, lags, ranks, cuts, times since a start.

`new_numbers` and `new_categories` work the values out over whole arrays; the column that it is made from stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ..arrays import Array
from ..errors import DataError
from ..text.numbers import count, number
from .change_type import number_text
from .columns import is_date, is_number
from .new_categories import combination, cut, recode
from .new_numbers import (
    centred,
    change,
    function_of,
    group_means,
    lag,
    rank,
    row_numbers,
    since_first,
    standardised,
)
from .relation_to_groups import codes_of
from .reshape import check_name
from .steps import column_of

How = Literal[
    "mean",
    "within",
    "centred",
    "standardised",
    "log",
    "exp",
    "sqrt",
    "change",
    "lag",
    "rank",
    "combination",
    "cut",
    "recode",
    "days",
    "years",
    "since",
    "number",
]
HOW: tuple[How, ...] = get_args(How)
GROUPED: tuple[How, ...] = ("mean", "within", "change", "lag", "since", "number")
"""These need a group; a rank may have one."""
ORDERED: tuple[How, ...] = ("change", "lag", "number")
"""These go by an order of the rows: that of a column, or that of the table."""
BEYOND = {"log": "0 or negative", "sqrt": "negative", "exp": "too large"}
"""What has no value under a function."""
YEAR = 365.25


@dataclass(frozen=True, slots=True)
class NewColumn:
    """One more column.

    Attributes
    ----------
    name : str
        What it is to be called.
    how : str
        "mean" (of the column in its group), "within" (the distance from that mean), "centred" (at the mean of all rows),
        "standardised", "log", "exp", "sqrt", "change" (from the group's first value), "lag" (the value of the group's row
        before), "rank", "combination" (of two columns' categories), "cut" (at ``points``), "recode", "days" or "years"
        (of a date, since the earliest), "since" (time since the group's first), "number" (of the row in its group).
    column : str
        What it is made from.
    by : tuple of str
        The columns whose combinations are the groups; for "combination" the other column.
    order : str
        The column by which the rows of a group follow each other; empty for the order of the table.
    points : tuple of float
        Where "cut" cuts; a value on a point belongs to what is above it.
    recoded : tuple of (str, str)
        For "recode", values as text and what they become; the others stay.
    """

    name: str
    how: How
    column: str
    by: tuple[str, ...] = ()
    order: str = ""
    points: tuple[float, ...] = ()
    recoded: tuple[tuple[str, str], ...] = ()

    def apply(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
        """The table with the column at its end, and a sentence on how it was made and how many values are missing."""
        check_name(self.name)
        if self.name in frame.columns:
            raise DataError(f"There is a column “{self.name}” already.", "Choose another name for the new one.")
        values = pd.Series(self.values(frame), index=frame.index, name=self.name)
        missing = int(values.isna().sum())
        lost = f"; missing in {count(missing, 'row')}" if missing else ""
        if self.how in BEYOND and (beyond := int((values.isna() & column_of(frame, self.column).notna()).sum())):
            lost += f", in {beyond:,} of them since “{self.column}” is {BEYOND[self.how]}"
        return frame.assign(**{self.name: values}), f"“{self.name}” is {self.words}{lost}."

    @property
    def words(self) -> str:
        """What it is, such as "the mean of “extrav” in its “class”"."""
        column = f"“{self.column}”"
        groups = " and ".join(f"“{name}”" for name in self.by)
        order = f" by “{self.order}”" if self.order else " in the table’s order"
        return {
            "mean": f"the mean of {column} in its {groups}",
            "within": f"{column} less its mean in {groups}",
            "centred": f"{column} less its mean over all rows",
            "standardised": f"{column} less its mean, in standard deviations",
            "log": f"the natural logarithm of {column}",
            "exp": f"the exponential of {column}",
            "sqrt": f"the square root of {column}",
            "change": f"{column} less the first of its {groups}{order}",
            "lag": f"{column} of the row before in its {groups}{order}",
            "rank": f"the rank of {column}" + (f" in its {groups}" if self.by else ""),
            "combination": f"{column} and {groups} together",
            "cut": f"{column} cut at {', '.join(map(number_text, self.points))}",
            "recode": f"{column} with {', '.join(f'{old} as {new}' for old, new in self.recoded[:3])}",
            "days": f"days since the earliest {column}",
            "years": f"years (of {number(YEAR, decimals=2)} days) since the earliest {column}",
            "since": f"{column} less the earliest of its {groups}",
            "number": f"the number of the row in its {groups}{order}",
        }[self.how]

    def values(self, frame: pd.DataFrame) -> Array | pd.Series | pd.Categorical:
        """The new column's values, (n,).

        Raises
        ------
        DataError
            When the column is not such that they can be made.
        """
        if self.how in GROUPED and not self.by:
            raise DataError("Whose groups are meant is not said.", "Choose a grouping column.")
        match self.how:
            case "combination":
                return combination(*(column_of(frame, name) for name in (self.column, *self.by)))
            case "cut":
                return cut(self.amounts(frame), self.points)
            case "recode":
                return recode(column_of(frame, self.column), dict(self.recoded))
            case "days":
                return self._dates(frame)
            case "years":
                return self._dates(frame) / YEAR
            case "number":
                return row_numbers(*self._ordered(frame))
        return self._numbers(self.amounts(frame), frame)

    def _numbers(self, values: Array, frame: pd.DataFrame) -> Array:
        """What is made of the column's numbers."""
        match self.how:
            case "mean":
                return group_means(values, *self.groups(frame), self.column)
            case "within":
                return values - group_means(values, *self.groups(frame), self.column)
            case "centred":
                return centred(values, self.column)
            case "standardised":
                return standardised(values, self.column)
            case "log" | "exp" | "sqrt":
                return function_of(values, self.how, self.column)
            case "change":
                return change(values, *self._ordered(frame))
            case "lag":
                order, codes, _ = self._ordered(frame)
                return lag(values, order, codes)
            case "rank":
                return rank(values, self.groups(frame)[0] if self.by else None)
            case "since":
                return since_first(values, *self.groups(frame))
        raise TypeError(f"not a known way to make a column: {self.how}")

    def amounts(self, frame: pd.DataFrame) -> Array:
        """(n,) the column's numbers; of dates the days since the earliest."""
        column = column_of(frame, self.column)
        if is_date(column):
            return self._dates(frame)
        if not is_number(column):
            raise DataError(
                f"“{self.column}” is not of numbers.",
                "Make it a number first.",
                in_app="Make it a number first (“Column types”).",
            )
        return column.to_numpy(dtype=float, na_value=np.nan)

    def groups(self, frame: pd.DataFrame) -> tuple[Array, int]:
        """(n,) the group of each row, -1 where none is known; and how many there are."""
        codes, n_groups = np.zeros(len(frame), dtype=np.int64), 1
        for name in self.by:
            more, levels = codes_of(column_of(frame, name))
            both = np.where((codes < 0) | (more < 0), -1, codes * max(levels, 1) + more)
            codes, unique = pd.factorize(np.where(both < 0, np.nan, both.astype(float)))
            n_groups = len(unique)
        return codes, n_groups

    def _dates(self, frame: pd.DataFrame) -> Array:
        column = column_of(frame, self.column)
        if not is_date(column):
            raise DataError(
                f"“{self.column}” holds no dates.",
                "Make it a date first.",
                in_app="Make it a date first (“Column types”).",
            )
        return ((column - column.min()) / pd.Timedelta(days=1)).to_numpy(dtype=float, na_value=np.nan)

    def _ordered(self, frame: pd.DataFrame) -> tuple[Array, Array, int]:
        """The rows with a group and a place in it, group after group in their order; the groups of all rows."""
        codes, n_groups = self.groups(frame)
        keep = codes >= 0
        if not self.order:
            rows = np.flatnonzero(keep)
            return rows[np.argsort(codes[rows], kind="stable")], codes, n_groups
        when = replace(self, column=self.order).amounts(frame)
        rows = np.flatnonzero(keep & np.isfinite(when))
        return rows[np.lexsort((when[rows], codes[rows]))], codes, n_groups
