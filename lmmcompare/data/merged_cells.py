"""Columns of a spreadsheet in which a group's name stands in its first row only, as where cells are merged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .columns import is_number
from .relation_to_groups import codes_of

MOST_COLUMNS = 4
"""Columns from the left that are looked at."""
BLANK = 0.5
"""Share of the rows without a value from which on a column is one of merged cells: groups of two rows and more."""
FULL = 0.8
"""Share of the rows with a value in some column beside them."""


@dataclass(frozen=True, slots=True)
class MergedCells:
    """What stands in the first row of each group only.

    Attributes
    ----------
    columns : tuple of str
    blanks : int
        Rows that lack a value of one of them.
    """

    columns: tuple[str, ...]
    blanks: int


def merged_cells(frame: pd.DataFrame) -> MergedCells | None:
    """The columns from the left of which each has a value in the first row, none like the one before it, and mostly none."""
    found: list[str] = []
    for name in frame.columns[:MOST_COLUMNS]:
        if not _is_merged(frame[name]):
            break
        found.append(str(name))
    beside = frame.iloc[:, len(found) :]
    if not found or not (beside.notna().mean() >= FULL).any():
        return None
    return MergedCells(tuple(found), int(frame[found].isna().any(axis=1).sum()))


def _is_merged(column: pd.Series) -> bool:
    missing = column.isna().to_numpy()
    if isinstance(column, pd.DataFrame) or not len(column) or missing[0] or missing.mean() < BLANK:
        return False
    present = column[~missing]
    if is_number(present) and not (present == np.rint(present)).all():
        return False  # measured, now and then
    codes, _ = codes_of(present)
    return len(codes) > 1 and bool((codes[1:] != codes[:-1]).all())
