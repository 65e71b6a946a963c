"""Opens the tables that an administrator offers: small ones whole, of large ones a sample, and the engine sums all rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd

from ..arrays import Array
from ..design.rows import plain_frame
from ..errors import DataError
from .files import from_data
from .sample import draw
from .server_tables import ServerTable, attached
from .sql_text import quoted
from .table import Frame, Kind, Table, fetch, numbers, readable_errors

IN_MEMORY = 20_000_000
"""A table of no more cells than this is read whole; of a larger one the engine sums, and a sample stands for its rows."""
ROWS = 20_000
"""Rows of that sample."""
GROUPS = 200
"""Groups whose rows are all looked at, where it matters how rows of one group differ."""


@dataclass(frozen=True, eq=False)
class DatabaseTable:
    """A table of a database that is held open."""

    connection: duckdb.DuckDBPyConnection
    name: str

    def relation(self) -> Any:
        """The table on a connection of its own: DuckDB refuses who asks while another waits for the same connection's answer."""
        return self.connection.cursor().table(f"offered.main.{quoted(self.name)}")


@dataclass(frozen=True, eq=False)
class OpenTable:
    """An offered table as the app uses it.

    Parameters
    ----------
    place : DataFrame, str or DatabaseTable
        The rows, the path of files, or the table of a database.
    rows : DataFrame
        All rows of a small table; of a large one a uniform sample.
    n : int
        How many rows the table has.
    """

    place: pd.DataFrame | str | DatabaseTable
    rows: pd.DataFrame
    n: int

    @property
    def data(self) -> Any:
        """What `compare` takes; each who asks may ask while others do."""
        return _askable(self.place)

    def group_sizes(self, column: str) -> Array:
        """The number of rows of each group of a column, (J,); the engine counts."""
        counted = fetch(from_data(self.data).frame.group_by(column).agg(nw.len().alias("rows of it")))
        missing = counted.get_column(column).is_null().to_numpy().astype(bool)
        return counted.get_column("rows of it").to_numpy()[~missing]

    def whole_groups(self, columns: Sequence[str]) -> pd.DataFrame:
        """All rows of some groups, of which a sample has single rows; of groups that are very large only the first rows read."""
        table, names = _plain(from_data(self.data), "").frame, list(columns)
        some = self.rows[names].dropna().drop_duplicates().head(GROUPS)
        sizes = fetch(_of_groups(table, some).group_by(*names).agg(nw.len().alias("rows of it"))).to_pandas()
        enough = sizes["rows of it"].cumsum().shift(fill_value=0) < ROWS
        rows = fetch(_of_groups(table, sizes.loc[enough, names]).head(2 * ROWS)).to_pandas()
        return plain_frame(rows, rows.columns)

    @property
    def is_sample(self) -> bool:
        """Whether the rows stand for more of them."""
        return len(self.rows) < self.n


def _of_groups(table: Frame, keys: pd.DataFrame) -> Frame:
    """The rows whose keys are among these, column by column."""
    return table.filter(*(nw.col(name).is_in(list(keys[name].drop_duplicates())) for name in keys.columns))


def columns_of(table: ServerTable) -> list[str]:
    """The columns of a table that can be compared.

    Raises
    ------
    DataError
        When it is gone, or may not be read, or holds nothing that can be compared.
    """
    with table.consistent_reads():
        return list(_source(table)[1].kinds)


def open_table(table: ServerTable) -> OpenTable:
    """Open a table: read it where it is small, else draw a sample that stands for its rows.

    Raises
    ------
    DataError
        When it is gone, or may not be read, or holds nothing that can be compared.
    """
    with table.consistent_reads():
        place, source = _source(table)
        n = int(numbers(source.frame.select(nw.len().alias("rows")))["rows"])
        if n * len(source.kinds) <= IN_MEMORY:
            rows = _rows(source, n, n)
            return OpenTable(rows, rows, n)
        return OpenTable(place, _rows(source, n, ROWS), n)


def _rows(source: Table, n: int, size: int) -> pd.DataFrame:
    """Rows as those of an upload are: dates of UTC, decimals as numbers."""
    rows = draw(source.frame, n, size)
    return plain_frame(rows, rows.columns)


def _source(table: ServerTable) -> tuple[str | DatabaseTable, Table]:
    """Where an offered table lies, and what can be compared of it."""
    place = _in_database(table) if table.inner_name else str(table.path)
    return place, _plain(from_data(_askable(place)), table.name)


def _in_database(table: ServerTable) -> DatabaseTable:
    with readable_errors("DuckDB"):
        return DatabaseTable(attached(table.path), table.inner_name)


def _askable(place: pd.DataFrame | str | DatabaseTable) -> Any:
    return place.relation() if isinstance(place, DatabaseTable) else place


def _plain(table: Table, name: str) -> Table:
    """The columns that a comparison can use; times of day among them as text."""
    keep: dict[str, Kind] = {column: kind for column, kind in table.kinds.items() if kind != "other"}
    if not keep:
        raise DataError(f"“{name}” has no column of numbers or text.", "Open another table.")
    times = [nw.col(column).cast(nw.String) for column, kind in keep.items() if kind == "time"]
    only = table.select(keep, levels=keep)
    return Table(only.frame.with_columns(*times) if times else only.frame, keep)
