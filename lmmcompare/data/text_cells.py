"""The cells of a column of text, as Arrow holds them: the different ones, what is true of them, and their changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..arrays import Array
from .readers.cell_patterns import COMMA, MINUS, MISSING_IN_NUMBERS

Text = Any  # a pyarrow string array, chunked or not; pyarrow ships no types
FIRST_CELLS = (10, 1000)
"""Cells that tell most columns that are no numbers."""
RECURRING = 200
"""Cells that tell whether most recur: each different one is looked at once then."""


@dataclass(frozen=True, slots=True)
class Different:
    """The different cells of a column and which of them each row has; all cells where most differ."""

    cells: Text
    codes: Array | None = None

    @classmethod
    def of(cls, column: Text) -> Different:
        """Those of a column."""
        if isinstance(column, pa.ChunkedArray):
            if column.num_chunks != 1:
                return cls(column)
            column = column.chunk(0)
        some = column.slice(0, RECURRING)
        if 2 * pc.count_distinct(some).as_py() > len(some):
            return cls(column)
        encoded = pc.dictionary_encode(column, null_encoding="encode")
        return cls(encoded.dictionary, encoded.indices.to_numpy())

    def of_rows(self, values: Any) -> Any:
        """What was found for these cells, an Arrow or numpy array, row by row."""
        if self.codes is None:
            return values
        return values[self.codes] if isinstance(values, np.ndarray) else values.take(pa.array(self.codes))


class CellFacts:
    """The facts of cells in memory (`text_types.Facts`), each worked out when it is asked for."""

    def __init__(self, values: Text) -> None:
        self._values = values
        self._shares: dict[str, float] = {}
        self.n = len(values) - values.null_count
        self.complete = not values.null_count

    def all(self, pattern: str) -> bool:
        """Whether every cell that is not missing matches."""
        some = self._values.slice(0, FIRST_CELLS[-1])
        in_some = pc.all(pc.match_substring_regex(some, pattern)).as_py() is not False
        return in_some and (len(some) == len(self._values) or self.share(pattern) == 1)

    def share(self, pattern: str) -> float:
        """The share of the cells that match, of those that are not missing."""
        if pattern not in self._shares:
            # plain text is ten times as fast
            find = pc.match_substring if pattern == COMMA else pc.match_substring_regex
            self._shares[pattern] = (pc.sum(find(self._values, pattern)).as_py() or 0) / self.n
        return self._shares[pattern]


def blank(cells: Text, markers: tuple[str, ...]) -> Text:
    """Cells with markers of missing values made missing."""
    return pc.if_else(pc.is_in(cells, pa.array(markers, pa.string())), pa.scalar(None, pa.string()), cells)


def numeric(cells: Text) -> Text:
    """Cells as those of numbers: without markers of missing ones, with a plain sign."""
    return pc.replace_substring(blank(cells, MISSING_IN_NUMBERS), MINUS, "-")


def replaced(values: Text, replacements: tuple[tuple[str, str], ...]) -> Text:
    """Cells with each text replaced by another, one after the other."""
    for old, new in replacements:
        values = pc.replace_substring(values, old, new)
    return values


def any_true(condition: Text) -> bool:
    """Whether a condition holds for any cell."""
    return bool(pc.any(condition).as_py())


def all_match(cells: Text, pattern: str) -> bool:
    """Whether every cell that is not missing matches; False where all are missing."""
    if pc.all(pc.match_substring_regex(cells.slice(0, FIRST_CELLS[0]), pattern)).as_py() is False:
        return False  # the first tell of most columns
    return pc.all(pc.match_substring_regex(cells, pattern)).as_py() is True and len(cells) > cells.null_count
