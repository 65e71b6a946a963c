"""Parquet and CSV files as a table: small CSV files as an upload is read, all else by DuckDB, part by part."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from ..data.read import read
from ..errors import DataError
from . import csv_files, parquet_files
from .table import Table, from_native, readable_errors

MEMORY = "1500MB"
"""What DuckDB may take for its hash tables; beyond, it works on disk."""
PARQUET = (".parquet", ".pq", ".parq")
CSV = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".csv.zst")


def from_data(data: Any, columns: Sequence[str] | None = None) -> Table:
    """Whatever `compare` takes besides a pandas DataFrame: a path, or a table that narwhals can wrap."""
    return from_path(data, columns) if isinstance(data, str | Path) else from_native(data)


def open_file(path: Path, header: bool | None, sheet: str | None) -> Any:
    """A relation or a DataFrame; all as in `models.read_file.read`."""
    path = path.expanduser()
    if path.is_dir() or str(path).lower().endswith((*PARQUET, *CSV)):
        return from_path(path, header=header).frame.to_native()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"“{path}” cannot be read: {error.strerror}.", "Check the folder and the name.") from None
    return read(content, path.name, sheet=sheet, header=header).frame


def from_path(path: str | Path, columns: Sequence[str] | None = None, *, header: bool | None = None) -> Table:
    """The table in a file, in the files that a pattern with ``*`` names, or in the Parquet files of a folder.

    Parameters
    ----------
    columns : sequence of str, optional
        The columns that will be asked for, of all that the table then has; what a file does not tell of these without
        being read is found out.
    header : bool, optional
        Of text files, as in `models.read_file.read`.

    Raises
    ------
    DataError
        When no file is there, or they are of another kind, or cannot be read.
    """
    path = Path(path).expanduser()
    with readable_errors("DuckDB"):
        text = str(path / "**" / "*.parquet" if path.is_dir() else path)
    suffix = text.lower()
    if not suffix.endswith((*PARQUET, *CSV)):
        raise DataError(
            f"“{text}” is neither Parquet nor CSV by its name.",
            f"Name files that end in {', '.join(PARQUET + CSV[:2])}; lmmcompare.read(path) reads the others.",
        )
    with readable_errors("DuckDB"):
        connection = connect()
        files = [row[0] for row in connection.execute("SELECT file FROM glob(?) ORDER BY file", [text]).fetchall()]
        if not files:
            with suppress(FileNotFoundError, NotADirectoryError):
                path.stat()  # fails where a folder may not be read, which is_dir() keeps to itself from Python 3.14 on
            if path.is_dir():
                raise DataError(
                    f"There is no Parquet file in the folder “{path}”.", "Name files of others by a pattern: *.csv."
                )
            raise DataError(f"There is no file “{text}”.", "Check the folder and the name.")
        if suffix.endswith(CSV):
            return from_native(csv_files.read(connection, text, files, columns, header))
        if header is not None:
            raise DataError("Parquet files keep the names of their columns apart from the rows.", "Leave out header=.")
        return from_native(parquet_files.read(connection, text, files, columns))


def connect() -> duckdb.DuckDBPyConnection:
    """A connection of bounded memory, whose times are those of UTC."""
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{MEMORY}'")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET temp_directory = ?", [tempfile.gettempdir()])
    return connection
