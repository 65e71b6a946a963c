"""Parquet, Feather and Arrow files: their many types to plain ones, with sizes looked up before the data."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather as feather
import pyarrow.parquet as parquet

from . import numeric_text, pandas_periods
from .result import Column, Limits, Outcome, Unreadable, listed

LEVEL = "__index_level_"
"""How the columns begin in which pandas writes labels of rows without a name."""


def read_parquet(content: bytes, limits: Limits) -> Outcome:
    """Read a Parquet file; columns of lists and structures are left out before they are read."""
    file = parquet.ParquetFile(pa.BufferReader(content))
    limits.check(file.metadata.num_rows, len(file.schema_arrow))
    keep, nested = _plain_fields(file.schema_arrow)
    names = [file.schema_arrow.field(k).name for k in keep]
    return outcome(file.read(columns=names if nested else None, use_threads=False), limits, nested)


def read_arrow(content: bytes, limits: Limits) -> Outcome:
    """Read an Arrow file or stream, or the first version of Feather."""
    source = pa.BufferReader(content)
    if content.startswith(b"FEA1"):
        return outcome(feather.read_table(source, use_threads=False), limits, [])
    if content.startswith(b"ARROW1"):
        reader = pa.ipc.open_file(source)
        batches = (reader.get_batch(k) for k in range(reader.num_record_batches))
    else:
        reader = pa.ipc.open_stream(source)
        batches = iter(reader)
    keep, nested = _plain_fields(reader.schema)
    pieces, rows = [], 0
    for batch in batches:
        rows += batch.num_rows
        limits.check(rows, len(reader.schema))
        pieces.append(batch.select(keep))
    schema = pa.schema([reader.schema.field(k) for k in keep])
    return outcome(pa.Table.from_batches(pieces, schema), limits, nested)


def _numbers_rows(column: Column) -> bool:
    """Whether pandas' labels of rows are whole numbers of which none stands twice."""
    whole = pa.types.is_integer(column.type) and not column.null_count
    return bool(whole and pc.count_distinct(column).as_py() == len(column))


def _level_name(name: str, taken: set[str]) -> str:
    """What a column is called: "row_1", … for labels of rows that pandas has no name for."""
    if not name.startswith(LEVEL):
        return name
    number = re.sub(r"\D", "", name)
    called = f"row_{int(number) + 1}" if number else "row"
    return called if called not in taken else name


def _plain_fields(schema: pa.Schema) -> tuple[list[int], list[str]]:
    """The positions of the columns of single values, and the names of the others."""
    keep = [k for k, field in enumerate(schema) if not pa.types.is_nested(field.type)]
    return keep, [field.name for field in schema if pa.types.is_nested(field.type)]


def outcome(table: pa.Table, limits: Limits, left_out: list[str]) -> Outcome:
    """A table of any of Arrow's types as one of plain types; ``left_out`` are columns that are no part of it any more."""
    limits.check(table.num_rows, table.num_columns)
    table.validate(full=True)
    names, columns, losses, universal, lasting, left_out_numbers = [], [], {}, [], [], False
    taken = set(table.column_names)
    table, notes = pandas_periods.as_dates(table)
    for name, column in zip(table.column_names, table.columns, strict=True):
        if name.startswith(LEVEL) and _numbers_rows(column):
            left_out_numbers |= column[0].as_py() != 0 or column[-1].as_py() != len(column) - 1
            continue
        plain = _plain(column)
        if plain is None:
            left_out = [*left_out, name]
            continue
        if isinstance(plain, _Identifiers):
            losses[name], plain = plain.loss, plain.texts
        if pa.types.is_timestamp(column.type) and column.type.tz is not None:
            universal.append(name)
        if pa.types.is_duration(column.type):
            lasting.append(name)
        names.append(_level_name(name, taken))
        columns.append(plain)
    notes += ["Numbers of rows, which a selection or an order left behind, were left out."] * left_out_numbers
    notes += [f"Lengths of time are numbers of days: {listed(lasting)}."] if lasting else []
    if left_out:
        notes.append(f"Columns of lists, structures or bytes were left out: {listed(left_out)}.")
    if not columns:
        raise Unreadable(f"{{file}} has no column of single values. {' '.join(notes)}".strip(), "Unnest them first.")
    if universal:
        notes.append(f"Times with a zone are universal time (UTC): {listed(universal)}.")
    return Outcome(names, columns, notes=[*notes, *numeric_text.sentences(losses)])


@dataclass(frozen=True, slots=True)
class _Identifiers:
    """Numbers that stay text, and why."""

    texts: Column
    loss: numeric_text.Loss


def _plain(column: Column) -> Column | _Identifiers | None:
    """A column as int64, float64, bool, timestamp, string or dictionary of strings; None where it holds nothing of the kind."""
    types, kind = pa.types, column.type
    if types.is_dictionary(kind):
        return _categories(column)
    if types.is_run_end_encoded(kind):
        return _plain(pc.run_end_decode(column))
    if types.is_boolean(kind):
        return column
    if types.is_integer(kind) or types.is_decimal(kind):
        return _exact(column)
    if types.is_floating(kind) or types.is_null(kind):
        return pc.cast(column, pa.float64())
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return _text(column)
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind):
        try:
            return _text(pc.cast(column, pa.large_string()))  # text that its writer did not mark as such
        except pa.ArrowInvalid:
            return None
    if types.is_duration(kind):
        return pc.divide(pc.cast(pc.cast(column, pa.int64()), pa.float64(), False), _PER_DAY[kind.unit])
    if types.is_temporal(kind) and not types.is_interval(kind):
        return _moments(column)
    return None


def _exact(column: Column) -> Column | _Identifiers:
    """Integers and decimals: int64 where that holds them, float64 where that tells them apart, else text."""
    if not column.null_count and (pa.types.is_integer(column.type) or column.type.scale == 0):
        with suppress(pa.ArrowInvalid):
            return pc.cast(column, pa.int64())
    numbers = pc.cast(column, pa.float64(), False)
    if pa.types.is_integer(column.type) and (pc.max(pc.abs(numbers)).as_py() or 0.0) < numeric_text.LARGEST_EXACT:
        return numbers
    texts = pc.cast(column, pa.string())
    lost = numeric_text.loss(texts, numbers.to_numpy() if len(numbers) else np.zeros(0))
    return numbers if lost is None else _Identifiers(texts, lost)


_PER_DAY = {"s": 86_400.0, "ms": 86_400e3, "us": 86_400e6, "ns": 86_400e9}
"""Lengths of time are numbers of days, as models count them."""


def _text(column: Column) -> Column:
    """Text, blank cells missing."""
    column = pc.cast(column, pa.large_string())
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.large_string()), column)


def _categories(column: Column) -> Column | _Identifiers | None:
    """Categories in their order where they are text or the file says that their order counts; else their values."""
    value_type = column.type.value_type
    text = pa.types.is_string(value_type) or pa.types.is_large_string(value_type)
    if not text and not column.type.ordered:
        return _plain(pc.cast(column, value_type))
    whole = column.unify_dictionaries().combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0) if whole.num_chunks else pa.array([], column.type)
    words = pc.cast(whole.dictionary, pa.string())
    if words.null_count or len(pc.unique(words)) < len(words):  # pandas has every category once
        return _text(pc.cast(pc.cast(column, value_type), pa.string()))
    return pa.DictionaryArray.from_arrays(pc.cast(whole.indices, pa.int32()), words)


def _moments(column: Column) -> Column:
    """Dates with or without a time of day as timestamps without a zone; times of day as 12:30:00."""
    if not pa.types.is_time(column.type):
        exact = column if pa.types.is_date(column.type) else pc.cast(column, pa.timestamp(column.type.unit))
        for unit in ("us", "ns"):  # nanoseconds where less would make two moments one
            with suppress(pa.ArrowInvalid):
                return pc.cast(exact, pa.timestamp(unit))
    return pc.replace_substring_regex(pc.cast(column, pa.large_string()), r"\.0+(Z?)$", r"\1")
