"""Parquet files by DuckDB, with what it does not read of their Arrow schema: the order of categories, lengths of time, periods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet

from ..data.readers.pandas_periods import counting, frequency
from ..errors import DataError
from .sql_text import literal, quoted

_TYPES = """
    select name, max(file_name), min(file_name), max(kind), min(kind) from (
        select file_name, name, case when type = 'BYTE_ARRAY' and coalesce(converted_type, 'UTF8') <> 'DECIMAL'
        then 'text' else 'numbers' end as kind from parquet_schema(?) where type is not null and num_children is null)
    group by name having min(kind) <> max(kind)"""
_ABSENT = """
    with columns as (select distinct file_name, name from parquet_schema(?) where type is not null and num_children is null),
    files as (select distinct file_name from columns), names as (select distinct name from columns)
    select name, file_name from names cross join files
    where (file_name, name) not in (select (file_name, name) from columns) order by name, file_name limit 1"""
_NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
_UNITS = {"M": "month", "D": "day", "h": "hour", "m": "minute", "s": "second"}
"""What numpy's units are in SQL."""


def read(
    connection: duckdb.DuckDBPyConnection, pattern: str, files: Sequence[str], columns: Sequence[str] | None
) -> duckdb.DuckDBPyRelation:
    """The files as one relation.

    Parameters
    ----------
    connection, pattern, files
        The files are those that the pattern names.
    columns : sequence of str, optional
        The columns whose types matter; all when left out.
    """
    if len(files) > 1:
        _refuse_mixed_types(connection, pattern)
        _refuse_absent_columns(connection, pattern)
    # without the option DuckDB takes the smallest and largest values noted in a file for bounds of all; none of them is NaN
    relation = connection.sql(f"FROM read_parquet({literal(pattern)}, can_have_nan = true)")
    schema = _schema(files[0])
    if schema is None:
        return relation
    changed = {}
    for name in relation.columns if columns is None else [name for name in relation.columns if name in columns]:
        kind = schema.field(name).type if name in schema.names else pa.null()
        if name in schema.names and (begun := _begun(schema.field(name))):
            changed[name] = begun
        elif pa.types.is_duration(kind):
            past = f"{quoted(name)}::HUGEINT * {_NANOSECONDS[kind.unit]} // 1000"
            changed[name] = f"to_microseconds(({past})::BIGINT)"
        elif pa.types.is_dictionary(kind) and (levels := _categories(relation, files, name)):
            changed[name] = f"{quoted(name)}::ENUM({', '.join(map(literal, levels))})"
    return relation.project(", ".join(f"{changed.get(n, quoted(n))} AS {quoted(n)}" for n in relation.columns))


def _schema(file: str) -> pa.Schema | None:
    """The Arrow schema that the file's writer noted; None where there is none at hand."""
    with suppress(OSError, pa.ArrowException):
        return parquet.read_schema(file)
    return None


def _begun(field: pa.Field) -> str:
    """The moments at which pandas' periods begin, in SQL, as an upload is read; empty where a column holds none that is known."""
    freq = frequency(field)
    how = counting(freq) if freq is not None else None
    if how is None:
        return ""
    name, whole = _UNITS[how.unit], "INTEGER" if how.unit in "MD" else "BIGINT"  # what DuckDB's functions take
    return f"TIMESTAMP '1970-01-01' + to_{name}s(({quoted(field.name)} * {how.times} + {how.shift})::{whole})"


def _categories(relation: duckdb.DuckDBPyRelation, files: Sequence[str], name: str) -> list[str]:
    """All categories of a column of text that occur, in the order of the files' dictionaries; none of another column."""
    occur = {row[0] for row in relation.select(duckdb.ColumnExpression(name)).distinct().fetchall()} - {None}
    if not all(isinstance(value, str) for value in occur):
        return []
    order: dict[str, None] = {}
    for words in _dictionaries(files, name):
        order.update(dict.fromkeys(words))
        if occur <= order.keys():
            return [word for word in order if word in occur]
    return []


def _dictionaries(files: Sequence[str], name: str) -> Iterator[list[str]]:
    """The dictionary of each part of each file: most often the first has all categories."""
    for file in files:
        opened = parquet.ParquetFile(file)
        for k in range(opened.num_row_groups):
            for chunk in opened.read_row_group(k, columns=[name], use_threads=False).column(0).chunks:
                yield chunk.dictionary.to_pylist() if pa.types.is_dictionary(chunk.type) else []


def _refuse_mixed_types(connection: duckdb.DuckDBPyConnection, pattern: str) -> None:
    """Raise when a column is text in one Parquet file and numbers in another: from their footers, which are read at once."""
    mixed = connection.execute(_TYPES, [pattern]).fetchall()
    if mixed:
        name, last, first, _, _ = mixed[0]
        raise DataError(
            f"Column “{name}” holds text in one file and numbers in another, between “{first}” and “{last}”.",
            "Give the column one type in all files.",
        )


def _refuse_absent_columns(connection: duckdb.DuckDBPyConnection, pattern: str) -> None:
    """Raise when a Parquet file lacks a column that another one has."""
    absent = connection.execute(_ABSENT, [pattern]).fetchall()
    if absent:
        name, file = absent[0]
        raise DataError(
            f"Column “{name}” is not in all files: “{Path(file).name}” lacks it.", "Give all files the same columns."
        )
