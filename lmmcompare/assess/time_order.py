"""The ordering of rows within a group: a column of times or visits, or the order in the table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..data.time_columns import Times, times
from ..design.dtypes import day_name, days, first_day, is_date, is_numeric, plain_column
from ..design.levels import factorize
from ..formula.edit import outcome_column
from ..formula.expressions import columns_of


@dataclass(frozen=True, eq=False)
class Clock:
    """What the rows of a group are ordered by.

    Parameters
    ----------
    name : str
        A column of times or visits; empty for the order of the rows in the table.
    time : (n,) array
        Times, numbers of visits, or places in the table.
    column : Series
        The column itself; numbers of the rows where there is none.
    """

    name: str
    time: Array
    column: pd.Series

    def labels(self, rows: Array) -> list[str]:
        """What readers know some rows' times by."""
        column = self.column.iloc[rows]
        if is_date(column):
            return [day_name(day) for day in column]
        return [f"{v:g}" for v in column] if is_numeric(column) else [str(v) for v in column]


def clock_of(rows: pd.DataFrame, name: str = "") -> Clock:
    """The times of a comparison's rows; of a column that is text the numbers of its levels.

    Parameters
    ----------
    rows : DataFrame
        The table's rows that the design holds.
    name : str
        The column; empty for the order of the rows.
    """
    if not name:
        place = np.arange(len(rows), dtype=float)
        return Clock("", place, pd.Series(place + 1))
    column = plain_column(rows[name])
    if is_date(column):
        return Clock(name, days(column, first_day(column)), column)
    if is_numeric(column):
        return Clock(name, column.to_numpy(dtype=float), column)
    return Clock(name, factorize(rows[name])[0].astype(float), column)


def opening_clock(comparison: Comparison, rows: pd.DataFrame) -> Clock:
    """The clock that a page opens with, times in the table's rows that the design holds."""
    result = times(rows, comparison.grouping.columns, outcome_column(comparison.spec))
    return clock_of(rows, clocks(comparison, rows, result)[0])


def clocks(comparison: Comparison, rows: pd.DataFrame, known: Times) -> list[str]:
    """The columns that the rows may be ordered by, the likeliest first; the order of the rows is an empty name.

    First the structure's own; then whole numbers and days, and other numbers along which the rows of each group stand in the table,
    as those of a time do; the order of the rows; then numbers that rows do not stand in the order of.

    Parameters
    ----------
    rows : DataFrame
        The table's rows that the design holds.
    known : Times
        Of the table.
    """
    correlation, grouping = comparison.spec.correlation, comparison.grouping
    own = [correlation.order] if correlation is not None and correlation.order else []
    order = np.argsort(grouping.codes, kind="stable")
    inside = np.diff(grouping.codes[order]) == 0

    def stands(name: str) -> bool:
        step = np.diff(clock_of(rows, name).time[order])[inside]
        return not (step < 0).any()

    # what a row weighs, or is known to start from, is no time
    taken = {name for factor in comparison.spec.known_parts for name in columns_of(factor)}
    whole, all_times = ([name for name in names if name not in taken] for names in (known.whole, known.times))
    likely = [*whole, *(name for name in all_times if stands(name))]
    used = [name for name in likely if name in comparison.design.names]
    return [*dict.fromkeys([*own, *used, *likely, "", *all_times])]
