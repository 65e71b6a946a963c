"""The tables that an administrator offers: those in the folders and DuckDB databases that LMMCOMPARE_TABLES names, no others.

A reader's words are only looked up among the names of these tables. They never become a path or part of a query.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ..errors import DataError, LmmCompareError
from .files import CSV, PARQUET, connect
from .sql_text import literal
from .table import readable_errors

VARIABLE = "LMMCOMPARE_TABLES"
"""Folders and databases, separated as PATH is."""
DATABASES = (".duckdb", ".ddb")
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


def attached(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection on which a database's tables have names in "main" of "offered".

    By itself: of a path that is open already DuckDB gives what it has open, though another file has taken that one's place.
    """
    connection = connect()
    connection.execute(f"ATTACH {literal(str(path))} AS offered (READ_ONLY)")
    return connection


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
        with attached(path) as connection:
            result = connection.execute(
                "SELECT table_name FROM information_schema.tables "
                "WHERE table_catalog = 'offered' AND table_schema = 'main' ORDER BY table_name"
            ).fetchall()
    except duckdb.Error as error:
        LOG.warning("The tables of “%s” cannot be offered: %s", path, error)
        return
    for (name,) in result:
        yield ServerTable(f"{path.stem}: {name}", path, name, 0)
