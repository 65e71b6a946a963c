"""Tables that an administrator offers: those in the folders and DuckDB databases that LMMCOMPARE_TABLES names, no others.

A reader's words are only looked up among the names of these tables. They never become a path or part of a query.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd

from ..arrays import Array
from ..design.rows import plain_frame
from ..errors import DataError, LmmCompareError
from .files import CSV, MEMORY, PARQUET, from_data
from .parquet_files import quoted
from .sample import draw
from .table import Frame, Kind, Table, fetch, numbers, readable_errors

VARIABLE = "LMMCOMPARE_TABLES"
"""Folders and databases, separated as PATH is."""
DATABASES = (".duckdb", ".ddb")
IN_MEMORY = 20_000_000
"""A table of no more cells than this is read whole; of a larger one the engine sums, and a sample stands for its rows."""
ROWS = 20_000
"""Rows of that sample."""
GROUPS = 200
"""Groups whose rows are all looked at, where it matters how rows of one group differ."""
MOST = 1_000
"""Tables that are listed."""
UNREADABLE = (OSError, RuntimeError)
"""What files raise that are gone, or may not be read, or are links that lead in a circle."""
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class ServerTable:
    """A table that users may open.

    Parameters
    ----------
    name : str
        What it is called in lists and links.
    path : Path
        A file, a folder of Parquet files, or a database.
    inner_name : str
        Its name within the database; empty for files.
    size : int
        Bytes on disk; of a table in a database 0.
    """

    name: str
    path: Path
    inner_name: str
    size: int

    def state(self) -> tuple[tuple[str, int, int], ...]:
        """Name, size and time of change of each of its files: another one once any of them has changed."""
        parts = sorted(self.path.rglob("*.parquet")) if self.path.is_dir() else [self.path]
        result = []
        for part in parts:
            with suppress(OSError):
                stat = part.stat()
                result.append((str(part), stat.st_size, stat.st_mtime_ns))
        return tuple(result)

    @contextmanager
    def consistent_reads(self) -> Iterator[None]:
        """Ask its files: failures come in words without its place on the server, and none is mixed of old and new rows.

        Raises
        ------
        DataError
            Also where the files have changed meanwhile.
        """
        before = self.state()
        try:
            with readable_errors("DuckDB"):
                yield
        except LmmCompareError as error:
            if str(self.path.parent) not in str(error):
                raise
            problem, remedy, in_app = (
                text.replace(f"{self.path.parent}{os.sep}", "") for text in (error.problem, error.remedy, error.in_app)
            )
            raise type(error)(problem, remedy, in_app=in_app) from None
        if self.state() != before:
            raise DataError(f"“{self.name}” was changed on the server while it was read.", "Try again in a moment.")


@dataclass(frozen=True, eq=False)
class DatabaseTable:
    """A table of a database that is held open.

    Parameters
    ----------
    connection : DuckDBPyConnection
    name : str
    """

    connection: duckdb.DuckDBPyConnection
    name: str

    def relation(self) -> Any:
        """The table on a connection of its own: DuckDB refuses who asks while another waits for the same connection's answer."""
        return self.connection.cursor().table(quoted(self.name))


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

    def group_sizes(self, column: str) -> tuple[Array, int]:
        """The number of rows of each group of a column, (J,), and of rows without one; the engine counts."""
        counted = fetch(from_data(self.data).frame.group_by(column).agg(nw.len().alias("rows of it")))
        missing = counted.get_column(column).is_null().to_numpy().astype(bool)
        rows = counted.get_column("rows of it").to_numpy()
        return rows[~missing], int(rows[missing].sum())

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


def server_tables() -> dict[str, ServerTable]:
    """The tables that may be opened, by name: of the folders and databases in LMMCOMPARE_TABLES, separated as in PATH.

    Returns
    -------
    dict
        Empty where nothing is offered. What cannot be read is left out, and named in the log.
    """
    result: dict[str, ServerTable] = {}
    for place in (Path(os.path.expanduser(part)) for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part):
        tables = _of_database(place) if place.name.lower().endswith(DATABASES) else _of_folder(place)
        for table in tables:
            if len(result) < MOST:
                result.setdefault(table.name, table)
    return dict(sorted(result.items()))


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
        connection = duckdb.connect(table.path, read_only=True)
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        return DatabaseTable(connection, table.inner_name)


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


def _of_folder(folder: Path) -> Iterator[ServerTable]:
    """Files of the folder, and its folders of Parquet files; what a link leads out of the folder to is not offered."""
    try:
        home = folder.resolve(strict=True)
        entries = sorted(path for path in home.iterdir() if not path.name.startswith("."))
    except UNREADABLE as error:
        LOG.warning("The tables of “%s” cannot be offered: %s", folder, error)
        return
    for path in entries:
        try:
            result = _of_entry(path, home)
        except UNREADABLE as error:  # one that cannot be read hides no other
            LOG.warning("“%s” cannot be offered: %s", path, error)
            continue
        if result is not None:
            yield result


def _of_entry(path: Path, home: Path) -> ServerTable | None:
    if any(sign in path.name for sign in "*?[]"):  # DuckDB would read more than this file
        return None
    if not path.resolve(strict=True).is_relative_to(home):
        return None
    if path.is_file():
        is_table = path.name.lower().endswith((*PARQUET, *CSV))
        return ServerTable(path.name, path, "", path.stat().st_size) if is_table else None
    parts = list(path.rglob("*.parquet")) if path.is_dir() else []
    if not parts or not all(part.resolve(strict=True).is_relative_to(path) for part in parts):
        return None
    return ServerTable(path.name, path, "", sum(part.stat().st_size for part in parts))


def _of_database(path: Path) -> Iterator[ServerTable]:
    try:
        with duckdb.connect(path, read_only=True) as connection:
            result = connection.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' ORDER BY table_name"
            ).fetchall()
    except duckdb.Error as error:
        LOG.warning("The tables of “%s” cannot be offered: %s", path, error)
        return
    for (name,) in result:
        yield ServerTable(f"{path.stem}: {name}", path, name, 0)
