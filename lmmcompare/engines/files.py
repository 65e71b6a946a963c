"""Parquet and CSV files as a table, by DuckDB: it reads the columns that are needed, part by part."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import duckdb

from ..errors import DataError
from .table import Table, failures_in_words, of_native

MEMORY = "1500MB"
"""What DuckDB may take for its hash tables; beyond, it works on disk."""
PARQUET = (".parquet", ".pq", ".parq")
CSV = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".csv.zst")
MISSING = ["", "NA", "N/A", "NaN", "nan", "NULL", "null"]
"""Cells of a CSV file that say nothing."""
_TYPES = """
    select name, max(file_name), min(file_name), max(kind), min(kind) from (
        select file_name, name, case when type = 'BYTE_ARRAY' and coalesce(converted_type, 'UTF8') <> 'DECIMAL'
        then 'text' else 'numbers' end as kind from parquet_schema(?) where type is not null and num_children is null)
    group by name having min(kind) <> max(kind)"""


def of_any(data: Any) -> Table:
    """Whatever `compare` takes besides a pandas DataFrame: a path, or a table that narwhals can wrap."""
    return of_path(data) if isinstance(data, str | Path) else of_native(data)


def of_path(path: str | Path) -> Table:
    """The table in a file, in the files that a pattern with ``*`` names, or in the Parquet files of a folder.

    Raises
    ------
    DataError
        When no file is there, or they are of another kind, or cannot be read.
    """
    path = Path(path).expanduser()
    with failures_in_words("DuckDB"):
        text = str(path / "**" / "*.parquet" if path.is_dir() else path)
    suffix = text.lower()
    if not suffix.endswith((*PARQUET, *CSV)):
        raise DataError(
            f"“{text}” is neither Parquet nor CSV by its name.",
            f"Name files that end in {', '.join(PARQUET + CSV[:2])}.",
        )
    with failures_in_words("DuckDB"):
        connection = duckdb.connect()
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET temp_directory = ?", [tempfile.gettempdir()])
        files = connection.execute("SELECT count(*) FROM glob(?)", [text]).fetchall()[0][0]
        if not files:
            raise DataError(f"There is no file “{text}”.", "Check the folder and the name.")
        if suffix.endswith(CSV):
            return of_native(connection.read_csv(text, na_values=MISSING))
        if files > 1:
            _refuse_mixed_types(connection, text)
        return of_native(connection.read_parquet(text))


def _refuse_mixed_types(connection: Any, pattern: str) -> None:
    """Raise when a column is text in one Parquet file and numbers in another: from their footers, which are read at once."""
    mixed = connection.execute(_TYPES, [pattern]).fetchall()
    if mixed:
        name, last, first, _, _ = mixed[0]
        raise DataError(
            f"Column “{name}” holds text in one file and numbers in another, between “{first}” and “{last}”.",
            "Give the column one type in all files.",
        )
