"""Columns that say when, or by which visit, each row of a group was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .columns import has_times, is_date

MOST_VISITS = 40
MOST_LEVELS = 12


@dataclass(frozen=True)
class Times:
    """The columns that a structure of the residuals may go by, those that suit best first.

    Parameters
    ----------
    whole, times : tuple of str
        Whole numbers or days that are distinct within groups; other numbers and moments that are.
    visits : tuple of str
        Columns of at most `MOST_VISITS` values, distinct within groups.
    levels : tuple of str
        Columns of 2 to `MOST_LEVELS` values, whatever they are in the groups.
    """

    whole: tuple[str, ...]
    times: tuple[str, ...]
    visits: tuple[str, ...]
    levels: tuple[str, ...]

    def within_rows(self, others: Times) -> Times:
        """The columns that are proposed from other rows of the same table too; all levels."""
        return Times(
            tuple(name for name in self.whole if name in others.whole),
            tuple(name for name in self.times if name in {*others.times, *others.whole}),
            tuple(name for name in self.visits if name in others.visits),
            self.levels,
        )


def times(frame: pd.DataFrame, group: Sequence[str], outcome: str = "") -> Times:
    """Find the columns by which rows of one group may be told apart.

    Parameters
    ----------
    group : sequence of str
        The columns whose combinations are the groups; there are two or more.
    outcome : str, optional
        A column that is none of these.
    """
    whole, real, visits, levels = [], [], [], []
    for name in (n for n in frame.columns if n not in {*group, outcome}):
        column = frame[name].dropna()
        different = column.nunique()
        if 2 <= different <= MOST_LEVELS:
            levels.append(name)
        if different < 2 or frame.loc[column.index, [*group, name]].duplicated().any() or _numbers_rows(column):
            continue
        if _is_number(column):
            real.append(name)
        if is_whole(column):
            whole.append(name)
        if different <= MOST_VISITS:
            visits.append(name)
    return Times(tuple(whole), tuple(n for n in real if n not in whole), tuple(visits), tuple(levels))


def _numbers_rows(column: pd.Series) -> bool:
    """Whether a column gives each row of the table a number of its own, without gaps: an id, which tells no time."""
    return (
        is_whole(column) and column.is_unique and not is_date(column) and column.max() - column.min() == len(column) - 1
    )


def _is_number(column: pd.Series) -> bool:
    kind = pd.api.types
    if kind.is_bool_dtype(column.dtype):
        return False
    return kind.is_numeric_dtype(column.dtype) or is_date(column)


def is_whole(column: pd.Series) -> bool:
    """Whether a column holds whole numbers, or days without a time of day."""
    if not _is_number(column):
        return False
    if is_date(column):
        return not has_times(column)
    values = column.dropna().to_numpy(dtype=float)
    return bool(np.isfinite(values).all() and (values == np.round(values)).all())
