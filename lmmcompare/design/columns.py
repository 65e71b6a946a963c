"""A table's columns, each looked up once: what a design is made from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeAlias

import numpy as np
import pandas as pd

from ..arrays import Array


class Columns:
    """The columns of a table that are asked for, under the names of a DataFrame's own methods.

    pandas makes a new Series of a column each time that it is asked for one, which costs a small model more than to fit it.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame: pd.DataFrame | None = frame
        self._columns: dict[str, pd.Series] = {}
        self.index: pd.Index = frame.index

    @classmethod
    def _of(cls, columns: Mapping[str, pd.Series], index: pd.Index) -> Columns:
        result = cls.__new__(cls)
        result._frame, result._columns, result.index = None, dict(columns), index
        return result

    def __getitem__(self, name: str) -> pd.Series:
        if name not in self._columns and self._frame is not None:
            self._columns[name] = self._frame[name]
        return self._columns[name]

    def __len__(self) -> int:
        return len(self.index)

    @property
    def columns(self) -> Collection[str]:
        """Names of the columns that there are."""
        return self._columns.keys() if self._frame is None else self._frame.columns

    def assign(self, **changed: pd.Series) -> Columns:
        """The same with some columns replaced."""
        result = Columns._of(self._columns | changed, self.index)
        result._frame = self._frame
        return result

    def take(self, rows: Array) -> Columns:
        """The columns asked for so far at some places."""
        rows = np.asarray(rows)
        return Columns._of({name: column.take(rows) for name, column in self._columns.items()}, self.index.take(rows))


Table: TypeAlias = pd.DataFrame | Columns
"""What has columns by their names."""
