"""Parquet, Feather and Arrow files: their many types to plain ones, with sizes looked up before the data."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather as feather
import pyarrow.parquet as parquet

from .outcome import Column, Limits, Outcome, Unreadable, listed

LARGEST_EXACT = 2**53


def read_parquet(content: bytes, limits: Limits) -> Outcome:
    """Read a Parquet file; columns of lists and structures are left out before they are read."""
    file = parquet.ParquetFile(pa.BufferReader(content))
    limits.check(file.metadata.num_rows, len(file.schema_arrow))
    kept, nested = _plain_fields(file.schema_arrow)
    names = [file.schema_arrow.field(k).name for k in kept]
    return _outcome(file.read(columns=names if nested else None, use_threads=False), limits, nested)


def read_arrow(content: bytes, limits: Limits) -> Outcome:
    """Read an Arrow file or stream, or the first version of Feather."""
    source = pa.BufferReader(content)
    if content.startswith(b"FEA1"):
        return _outcome(feather.read_table(source, use_threads=False), limits, [])
    if content.startswith(b"ARROW1"):
        reader = pa.ipc.open_file(source)
        batches = (reader.get_batch(k) for k in range(reader.num_record_batches))
    else:
        reader = pa.ipc.open_stream(source)
        batches = iter(reader)
    kept, nested = _plain_fields(reader.schema)
    pieces, rows = [], 0
    for batch in batches:
        rows += batch.num_rows
        limits.check(rows, len(reader.schema))
        pieces.append(batch.select(kept))
    schema = pa.schema([reader.schema.field(k) for k in kept])
    return _outcome(pa.Table.from_batches(pieces, schema), limits, nested)


def _plain_fields(schema: pa.Schema) -> tuple[list[int], list[str]]:
    """The positions of the columns of single values, and the names of the others."""
    kept = [k for k, field in enumerate(schema) if not pa.types.is_nested(field.type)]
    return kept, [field.name for field in schema if pa.types.is_nested(field.type)]


def _outcome(table: pa.Table, limits: Limits, left_out: list[str]) -> Outcome:
    limits.check(table.num_rows, table.num_columns)
    table.validate(full=True)
    names, columns, rounded = [], [], []
    for name, column in zip(table.column_names, table.columns, strict=True):
        if name.startswith("__index_level_"):  # pandas' row numbers
            continue
        plain = _plain(column)
        if plain is None:
            left_out = [*left_out, name]
            continue
        if pa.types.is_integer(column.type) and pa.types.is_floating(plain.type) and _is_large(plain):
            rounded.append(name)
        names.append(name)
        columns.append(plain)
    notes = []
    if left_out:
        notes.append(f"Columns of lists, structures or bytes were left out: {listed(left_out)}.")
    if not columns:
        raise Unreadable(f"{{file}} has no column of single values. {' '.join(notes)}".strip(), "Unnest them first.")
    if rounded:
        notes.append(f"Numbers too long to be kept exactly were rounded: {listed(rounded)}.")
    return Outcome(names, columns, notes=notes)


def _plain(column: Column) -> Column | None:
    """A column as int64, float64, string or dictionary of strings; None where it holds nothing of the kind."""
    types, kind = pa.types, column.type
    if types.is_dictionary(kind):
        return _categories(column)
    if types.is_run_end_encoded(kind):
        return _plain(pc.run_end_decode(column))
    if types.is_boolean(kind):
        return pc.if_else(column, "True", "False")
    if types.is_integer(kind):
        small = not types.is_uint64(kind) or (pc.max(column).as_py() or 0) < 2**63
        return pc.cast(column, pa.int64()) if small and not column.null_count else pc.cast(column, pa.float64(), False)
    if types.is_floating(kind) or types.is_decimal(kind) or types.is_null(kind):
        return pc.cast(column, pa.float64())
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return _text(column)
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind):
        try:
            return _text(pc.cast(column, pa.large_string()))  # text that its writer did not mark as such
        except pa.ArrowInvalid:
            return None
    if types.is_duration(kind):
        return pc.divide(pc.cast(pc.cast(column, pa.int64()), pa.float64(), False), _PER_SECOND[kind.unit])
    if types.is_temporal(kind) and not types.is_interval(kind):
        return _moments(column)
    return None


_PER_SECOND = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}


def _text(column: Column) -> Column:
    """Text, blank cells missing."""
    column = pc.cast(column, pa.large_string())
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.large_string()), column)


def _categories(column: Column) -> Column:
    """Categories of text in their order; others as the values that they stand for."""
    value_type = column.type.value_type
    if not (pa.types.is_string(value_type) or pa.types.is_large_string(value_type)):
        return _plain(pc.cast(column, value_type))
    whole = column.unify_dictionaries().combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0) if whole.num_chunks else pa.array([], column.type)
    words = pc.cast(whole.dictionary, pa.string())
    if words.null_count or len(pc.unique(words)) < len(words):  # pandas has every category once
        return _text(pc.cast(column, value_type))
    return pa.DictionaryArray.from_arrays(pc.cast(whole.indices, pa.int32()), words)


def _moments(column: Column) -> Column:
    """Dates as 2020-01-31, with the time where any has one; times as 12:30:00."""
    if pa.types.is_timestamp(column.type):
        days = pc.cast(column, pa.date32(), safe=False)
        if pc.all(pc.equal(pc.cast(days, column.type, safe=False), column)).as_py() is not False:
            column = days
    return pc.replace_substring_regex(pc.cast(column, pa.large_string()), r"\.0+(Z?)$", r"\1")


def _is_large(numbers: Column) -> bool:
    return (pc.max(pc.abs(numbers)).as_py() or 0.0) > LARGEST_EXACT
