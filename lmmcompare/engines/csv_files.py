"""CSV files: a small one is read as an upload is; large ones and several by DuckDB, by the same rules.

A column is numbers, dates or text by all of its cells, never by the first alone, and text where numbers would lose what tells
its values apart ("007", "1.10" beside "1.1").
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ..data.convert import MISSING, MISSING_IN_NUMBERS
from ..data.detect import Dialect, decode, detect
from ..data.limits import max_bytes
from ..data.read import read as read_table
from ..data.table import unique_names
from ..design.dtypes import ISO
from .parquet_files import quoted

HEAD = 1 << 20
"""Bytes that tell the separator and the names of the columns."""
PACKED = {".gz": 0.1, ".zst": 0.0}
"""The share of the largest file that a packed one may have to be read as an upload is."""
_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|Inf|infinity|Infinity)"
_COMMA = r"[+-]?((\d{1,3}(\.\d{3})+|\d+)(,\d*)?|,\d+)([eE][+-]?\d+)?"
_THOUSANDS = r"[+-]?(\d+|[1-9]\d{0,2}(,\d{3})+)(\.\d+)?"
_WHOLE = r"[+-]?(0|[1-9]\d{0,17})"
_CODE = r"[+-]?0\d+|[+-]?\d{19,}"
"""Whole numbers that are names: numbers would lose their zeros or digits."""


def read(
    connection: duckdb.DuckDBPyConnection, pattern: str, files: Sequence[str], columns: Sequence[str] | None
) -> duckdb.DuckDBPyRelation:
    """The files as one relation; parameters as in `parquet_files.read`."""
    path = Path(files[0])
    if len(files) == 1 and path.is_file() and path.stat().st_size <= max_bytes() * PACKED.get(path.suffix, 1.0):
        frame = read_table(path.read_bytes(), path.name).frame
        return connection.from_arrow(pa.Table.from_pandas(frame, preserve_index=False))
    dialect, names, header = _layout(path)
    cells = connection.read_csv(
        pattern, delimiter=dialect.separator, quotechar=dialect.quote, header=header, names=names, all_varchar=True
    )
    wanted = [name for name in names if columns is None or name in columns]
    return _typed(connection, cells, wanted, dialect.separator)


def _layout(path: Path) -> tuple[Dialect, list[str], bool]:
    """The dialect, the names of the columns, and whether the first line has them, by the head of a file."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        head = file.read(min(HEAD, max_bytes()))
    head = head[: head.rfind(b"\n") + 1] or head
    text, _ = decode(head, f"“{path.name}”")
    dialect = detect(text, f"“{path.name}”")
    read = set(read_table(head, path.name).frame.columns)
    extra = {"row names": (["row"], []), "blank": ([], [""])}.get(dialect.extra, ([], []))
    raw = [*extra[0], *dialect.header, *extra[1]]
    names = unique_names(raw)[0]
    header = bool(read & set(names))
    return dialect, names if header else unique_names([""] * len(raw))[0], header


def _typed(
    connection: duckdb.DuckDBPyConnection, cells: duckdb.DuckDBPyRelation, names: Sequence[str], separator: str
) -> duckdb.DuckDBPyRelation:
    """The columns as numbers, dates or text, by two passes over all cells."""
    texts, numbers = ({n: _blanked(n, of) for n in names} for of in (MISSING, MISSING_IN_NUMBERS))
    patterns = {
        "n": ".*",
        "plain": _NUMBER,
        "whole": _WHOLE,
        "comma": _COMMA,
        "thousands": _THOUSANDS,
        "code": _CODE,
        "date": f"{ISO}Z?",
    }
    asked = [
        f"count(*) filter (regexp_full_match({numbers[name]}, '{pattern}')) as {quoted(f'{what} {k}')}"
        for k, name in enumerate(names)
        for what, pattern in patterns.items()
    ]
    counted = _row(cells, asked)
    found = [
        dict(zip(patterns, counted[k : k + len(patterns)], strict=True)) for k in range(0, len(counted), len(patterns))
    ]
    values = {n: _as_number(numbers[n], c, separator) for n, c in zip(names, found, strict=True)}
    values = {name: value for name, value in values.items() if value is not None}
    if values:
        texts_and_numbers = ((_unpadded(numbers[n]), value) for n, value in values.items())
        merged = _row(cells, [f"count(distinct {text}) > count(distinct {value})" for text, value in texts_and_numbers])
        values = {n: value for (n, value), lost in zip(values.items(), merged, strict=True) if not lost}
    dates = {
        n: f"rtrim({numbers[n]}, 'Z')::TIMESTAMP" for n, c in zip(names, found, strict=True) if 0 < c["n"] == c["date"]
    }
    typed = {**texts, **dates, **values}
    return cells.project(", ".join(f"{value} as {quoted(name)}" for name, value in typed.items()))


def _row(cells: duckdb.DuckDBPyRelation, asked: Sequence[str]) -> tuple[Any, ...]:
    """What is asked of all cells."""
    found = cells.query("cells_of_file", f"SELECT {', '.join(asked)} FROM cells_of_file")
    assert found is not None
    return tuple(found.fetchall()[0])


def _as_number(cell: str, found: dict[str, int], separator: str) -> str | None:
    """A column of text as numbers; None where it is none, or where they are names."""
    if not found["n"] or found["code"]:
        return None
    if found["whole"] == found["n"]:
        return f"({cell})::BIGINT"
    if found["plain"] == found["n"]:
        return f"({cell})::DOUBLE"
    if separator == "," and found["thousands"] == found["n"]:
        return f"replace({cell}, ',', '')::DOUBLE"
    if found["comma"] == found["n"]:
        return f"replace(replace({cell}, '.', ''), ',', '.')::DOUBLE"
    return None


def _blanked(name: str, missing: Sequence[str]) -> str:
    """A column's cells without blanks around them, null where they say nothing."""
    cell = f"trim({quoted(name)}, e' \\t')"
    return f"case when {cell} in ({', '.join(repr(word) for word in missing)}) then null else {cell} end"


def _unpadded(cell: str) -> str:
    """Numbers in one way of writing each: "+5", "5.0" and "5" are one, "1.10" and "1.1" are two."""
    for pattern, new in ((r"^\+", ""), (r"[.,]0*$", ""), (r"^(-?)\.", r"\10."), (r"^-0$", "0")):
        cell = f"regexp_replace({cell}, '{pattern}', '{new}')"
    return cell
