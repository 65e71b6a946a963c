"""The patterns by which columns give themselves away, whatever they are called: runs, restarts, order within groups.

A group's rows stand together and repeat; a time rises within each group and starts again in the next; a covariate of the group
never changes within it. All of it is counted over whole arrays, of a large table over blocks of its rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from ..arrays import Array
from .column_info import ColumnInfo
from .relation_to_groups import Varies, categorical_relation, codes_of, power_of_two, scaled_relation

MOST_ROWS = 60_000
N_BLOCKS = 20


@dataclass(frozen=True, eq=False)
class Pattern:
    """One column as codes and, where it is one, as numbers.

    Attributes
    ----------
    info : ColumnInfo
        Of the whole column.
    column : Series
        The rows that are looked at.
    breaks : int
        At how many rows a block of rows begins that does not follow the row before; 0 for a table looked at whole.
    """

    info: ColumnInfo
    column: pd.Series
    breaks: int = 0
    _relations: dict[str, tuple[Varies, float]] = field(default_factory=dict, init=False, repr=False)

    @property
    def name(self) -> str:
        """The column's name."""
        return self.info.name

    @cached_property
    def _codes(self) -> tuple[Array, int]:
        return codes_of(self.column)

    @property
    def codes(self) -> Array:
        """(n,) level of each row, -1 where it is missing."""
        return self._codes[0]

    @cached_property
    def levels(self) -> int:
        """Different values."""
        plain = self.info.is_number and not self.breaks and isinstance(self.column.dtype, np.dtype)
        return self.info.n_unique if plain else self._codes[1]

    @cached_property
    def first_rows(self) -> Array:
        """(levels,) the row in which each stands first; of a column without missing values."""
        first = np.zeros(self.levels, dtype=np.int64)
        first[self.codes[::-1]] = np.arange(len(self.codes))[::-1]
        return first

    @cached_property
    def sizes(self) -> Array:
        """(levels,) rows of each."""
        present = self.codes if self.is_complete else self.codes[self.codes >= 0]
        return np.bincount(present, minlength=self.levels)

    @cached_property
    def usual_size(self) -> float:
        """The median of the levels' rows."""
        return float(np.median(self.sizes))

    @cached_property
    def diversity(self) -> float:
        """The chance that two rows have different values."""
        return 1.0 - float(np.sum((self.sizes / max(self.n_present, 1)) ** 2))

    @property
    def is_complete(self) -> bool:
        """Whether no value is missing or infinite."""
        return not (self.info.n_missing or self.info.n_infinite)

    @cached_property
    def runs(self) -> int:
        """How often the value changes from row to row, and one."""
        codes = self.codes if self.is_complete else self.codes[self.codes >= 0]
        return 1 + int(np.count_nonzero(codes[1:] != codes[:-1]))

    @cached_property
    def order(self) -> Array:
        """(n,) the rows by level, those of one level in their order; of a column without missing values."""
        return np.argsort(self.codes, kind="stable")

    @cached_property
    def same_as_previous(self) -> Array:
        """(n - 1,) whether a row, in this `order`, is of the level of the row before it."""
        codes = self.codes[self.order]
        return codes[1:] == codes[:-1]

    @cached_property
    def numbers(self) -> Array | None:
        """(n,) the values, of dates in days since the earliest, infinite ones missing; None for text and categories."""
        if self.info.is_number:
            plain = isinstance(self.column.dtype, np.dtype)  # pandas would look for missing values in it
            values = self.column.to_numpy(float) if plain else self.column.to_numpy(float, na_value=np.nan)
            return values if not self.info.n_infinite else np.where(np.isinf(values), np.nan, values)
        if self.info.is_date:
            days = (self.column - self.column.min()) / pd.Timedelta(days=1)
            return days.to_numpy(dtype=float, na_value=np.nan)
        return None

    @cached_property
    def scaled(self) -> Array | None:
        """(n,) the numbers over a power of two, so that sums of their squares neither overflow nor vanish."""
        if self.numbers is None:
            return None
        return self.numbers / power_of_two(self.finite)

    @property
    def finite(self) -> Array:
        """The numbers that are not missing."""
        assert self.numbers is not None
        return self.numbers if self.is_complete else self.numbers[np.isfinite(self.numbers)]

    @cached_property
    def is_whole(self) -> bool:
        """Whether it holds whole numbers only."""
        if self.numbers is None or self.info.is_date:
            return False
        return self.column.dtype.kind in "iu" or bool((self.finite == np.rint(self.finite)).all())

    @cached_property
    def is_contiguous(self) -> bool:
        """Whether the rows of each level stand together."""
        return self.n_present > self.levels and self.runs <= self.levels + self.breaks

    @cached_property
    def is_numbered(self) -> bool:
        """Whether its levels are numbered 1, 2, 3, … (or from 0), each as often as the others, or in runs of rows."""
        low, high = self.info.minimum, self.info.maximum
        if not self.is_whole or low not in (0, 1) or high - low + 1 != self.info.n_unique:
            return False
        even = len(self.sizes) and self.sizes.max() <= 1.5 * self.sizes.min()
        return bool(even) or self.n_present >= 2 * self.runs

    @cached_property
    def starts_anew(self) -> bool:
        """Whether it counts up row by row and starts again and again, or counts how often another has: trials in blocks, and blocks."""
        if not self.is_whole or not self.is_complete or self.levels < 3:
            return False
        steps = np.diff(self.finite)
        up, down = steps[steps > 0], steps[steps < 0]
        again = np.count_nonzero(self.finite[1:][steps < 0] == self.info.minimum)
        return len(down) > 1 and bool((up == 1).all()) and again == len(down)

    @cached_property
    def is_sorted(self) -> bool:
        """Whether its numbers never fall from the first row to the last, as ids of a sorted table do."""
        if self.numbers is None:
            return False
        values = self.finite
        return len(values) > 2 and int(np.count_nonzero(values[1:] < values[:-1])) <= self.breaks

    def determines(self, other: Pattern) -> bool:
        """Whether all rows of one level have one value of the other column (or none)."""
        if self.is_complete and self.levels < other.levels:
            return False  # more values than levels to have them
        mine, theirs = self._beside(other)
        first = np.zeros(self.levels, dtype=np.int64)
        first[mine[::-1]] = theirs[::-1]
        return bool((first[mine] == theirs).all())

    def distinguishes(self, other: Pattern) -> bool:
        """Whether no two rows of one level have the same value of the other column."""
        if self.is_complete and other.is_complete and self.sizes.max(initial=0) > other.levels:
            return False  # more rows than values
        mine, theirs = self._beside(other)
        cells = mine.astype(np.int64) * max(other.levels, 1) + theirs
        return len(cells) > 0 and len(pd.unique(cells)) == len(cells)

    def indicates(self, other: Pattern) -> bool:
        """Whether it is 1 in all rows of one level of the other column and nowhere else, where there are more levels than two."""
        if self.numbers is None or other.levels < 3 or len(self.codes) == 0:
            return False
        ones = np.flatnonzero(self.numbers == 1)
        level = other.codes[ones[0]] if len(ones) else -1
        return level >= 0 and len(ones) == other.sizes[level] and bool((other.codes[ones] == level).all())

    def cells_with(self, other: Pattern) -> Array | None:
        """(n,) the first row that shares each row's values of this column and the other; None where few rows share both."""
        few = 2 * other.levels <= self.sizes.max(initial=0) and self.levels * other.levels <= 4 * len(self.codes)
        if not few or not (self.is_complete and other.is_complete):
            return None
        cells = self.codes * other.levels + other.codes
        first = np.full(self.levels * other.levels, -1)
        first[cells[::-1]] = np.arange(len(cells))[::-1]
        return first[cells] if 2 * np.count_nonzero(first >= 0) <= len(cells) else None

    def relation_to(self, group: Pattern) -> tuple[Varies, float]:
        """Where it varies, given another's groups, and the share of its sum of squares that lies between them."""
        if group.name not in self._relations:
            self._relations[group.name] = self._related(group)
        return self._relations[group.name]

    def _related(self, group: Pattern) -> tuple[Varies, float]:
        if self.scaled is None:
            return categorical_relation(self.codes, self.levels, group.codes, group.levels)
        if self.is_complete and group.is_complete:
            return scaled_relation(self.scaled, group.codes, group.sizes)
        keep = (group.codes >= 0) & np.isfinite(self.scaled)
        codes = group.codes[keep]
        return scaled_relation(self.scaled[keep], codes, np.bincount(codes, minlength=group.levels))

    @property
    def n_present(self) -> int:
        """Rows with a value."""
        return int(self.sizes.sum())

    def _beside(self, other: Pattern) -> tuple[Array, Array]:
        """The codes of the rows in which neither is missing."""
        if self.is_complete and other.is_complete:
            return self.codes, other.codes
        keep = (self.codes >= 0) & (other.codes >= 0)
        return self.codes[keep], other.codes[keep]


def blocks(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """A small table as it is; of a large one blocks of rows that follow each other, and at how many rows a block begins."""
    n = len(frame)
    if n <= MOST_ROWS:
        return frame, 0
    size = MOST_ROWS // N_BLOCKS
    starts = np.linspace(0, n - size, N_BLOCKS).astype(np.int64)
    return frame.iloc[(starts[:, None] + np.arange(size)).ravel()], N_BLOCKS - 1
