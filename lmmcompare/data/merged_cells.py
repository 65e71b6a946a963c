"""Columns of a spreadsheet in which a group's name stands in its first row only, as where cells are merged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arrays import Array
from .columns import is_number
from .relation_to_groups import codes_of

BLANK = 0.5
"""Share of the rows without a value from which on a column at the left is one of merged cells: groups of two rows and more."""
MOST_SIZES, FEWEST = 3, 3
"""Sizes that the groups of a column elsewhere may have, and groups that it must: values that are merely missing leave many."""
FULL = 0.8
"""Share of the rows with a value in some column beside them."""


@dataclass(frozen=True, slots=True)
class MergedCells:
    """What stands in the first row of each group only.

    Attributes
    ----------
    blanks : int
        Rows that lack a value of one of them.
    """

    columns: tuple[str, ...]
    blanks: int


def merged_cells(frame: pd.DataFrame) -> MergedCells | None:
    """The columns that have a value in the first row of each group only.

    At the left, as far as such columns go, most rows lack it, or most groups have two rows and more and none the name of
    another; elsewhere there must be no doubt: every group has two rows and more, of few different sizes.
    """
    found: list[str] = []
    leading, block = True, np.zeros(len(frame), dtype=np.int64)
    for k, name in enumerate(frame.columns):
        present = _first_rows(frame.iloc[:, k])
        if present is None:
            leading = False
            continue
        sizes = np.diff(np.flatnonzero(present), append=len(frame))
        names = pd.MultiIndex.from_arrays([block[present], codes_of(frame.iloc[:, k])[0][present]])
        several = 2 * np.count_nonzero(sizes > 1) >= len(sizes) and names.is_unique
        leading = leading and bool(len(sizes) <= (1 - BLANK) * len(frame) or several)
        certain = names.is_unique and sizes.min() > 1 and len(np.unique(sizes)) <= MOST_SIZES and len(sizes) >= FEWEST
        if leading or certain:
            found.append(str(name))
            block = np.cumsum(present)
    beside = frame.drop(columns=found)
    if not found or not (beside.notna().mean() >= FULL).any():
        return None
    return MergedCells(tuple(found), int(frame[found].isna().any(axis=1).sum()))


def _first_rows(column: pd.Series) -> Array | None:
    """(n,) where a column has a value, if the first row does, no value is like the one before it, and none was measured."""
    present = column.notna().to_numpy()
    if not len(present) or present.all() or not present[0]:
        return None
    values = column[present]
    if is_number(values) and not (values == np.rint(values)).all():
        return None  # measured, now and then
    codes, _ = codes_of(values)
    return present if len(codes) > 1 and bool((codes[1:] != codes[:-1]).all()) else None
