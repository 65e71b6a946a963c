"""MATLAB's files (.mat, version 5 to 7): vectors of one length, matrices, and structures of such.

MATLAB's own ``table``, ``categorical`` and ``datetime`` are objects of classes that nothing but MATLAB knows how to read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from .cells import clean, column_of, whole
from .mat_values import Value, parse
from .result import Column, Limits, Outcome, Unreadable, listed

WAY_OUT = 'In MATLAB, with T for the table: writetable(T, "T.csv")'
VECTORS = "vectors"
"""What the table is called that vectors make which are saved each by itself."""


def read(content: bytes, limits: Limits, sheet: str | None = None) -> Outcome:
    """Read a table of a MATLAB file: the one that is named, else the first.

    Vectors of one length that are saved each by itself are one table, with the matrices of as many rows; each structure and
    each matrix is another.
    """
    if not content.startswith(b"MATLAB 5.0"):
        raise Unreadable(
            "{file} is a MATLAB file of version 7.3, which is not read.", f'{WAY_OUT}, or save("name.mat", "-v7")'
        )
    values = parse(content, limits)
    opaque = any(value.kind == "other" for value in values.values())
    tables = _tables(values)
    if not tables:
        what = "holds tables or other objects of MATLAB’s classes" if opaque else "holds no vectors of one length"
        raise Unreadable(f"{{file}} is a MATLAB file that {what}, which cannot be read here.", WAY_OUT)
    if sheet is not None and len(tables) > 1 and sheet not in tables:
        raise Unreadable(f"{{file}} has no table “{sheet[:40]}”.", f"It has {listed(tables, 10)}.")
    name = sheet if sheet in tables else next(iter(tables))
    assert name is not None
    columns, left_out = _columns(tables[name])
    if not columns:
        raise Unreadable(f"{{file}} has no column of single values: {listed(left_out)}.", WAY_OUT)
    limits.check(len(next(iter(columns.values()))), len(columns))
    notes = []
    if others := [other for other in tables if other != name]:
        notes.append(f"“{name[:60]}” was read; the file also has {listed(others, 5)}.")
    if left_out:
        notes.append(f"Left out, being no column of single values: {listed(left_out)}.")
    parts = set(values[name].data) - set(tables[name]) if name in values and values[name].kind == "structure" else set()
    known = {*tables, *tables.get(VECTORS, ()), *(table.partition(".")[0] for table in tables)}
    if rest := [*sorted(parts), *(other for other in values if other not in known and values[other].kind != "other")]:
        notes.append(f"Of another length, or a single value, and left out: {listed(map(clean, rest))}.")
    if opaque:
        notes.append(
            f"Objects of MATLAB’s classes (table, categorical, datetime), functions, sparse and complex numbers were left out. {WAY_OUT}"
        )
    sheets = tuple(tables) if len(tables) > 1 else ()
    return Outcome(list(columns), list(columns.values()), notes=notes, sheets=sheets, sheet=name)


def _tables(values: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
    """Name to the columns of each table in a file; a matrix of a structure is called as MATLAB does: "s.data"."""
    vectors: dict[str, Value] = {}
    result: dict[str, dict[str, Value]] = {}
    for name, value in values.items():
        if value.kind == "structure":
            fields = {field: _field(inner) for field, inner in value.data.items()}
            matrices = {key: cells for key, cells in fields.items() if _is_matrix(cells)}
            result |= {f"{name}.{key}": _matrix_columns(key, cells, fields) for key, cells in matrices.items()}
            size = _commonest(fields)
            columns = {key: cells for key, cells in fields.items() if _length(cells) == size}
            if size > 1 and not (matrices and all(map(_list_of_texts, columns.values()))):
                result[name] = columns  # unless it holds but the names of a matrix' columns
        elif _length(value) > 1:
            vectors[name] = value
        elif _is_matrix(value):
            result[name] = _matrix_columns(name, value, values)
    size = _commonest(vectors)
    together = {name: value for name, value in vectors.items() if _length(value) == size}
    for name, value in values.items():
        if _is_matrix(value) and value.shape[0] == size:
            together |= result[name]
    return ({VECTORS: together} if len(together) > 1 else {}) | result


def _is_matrix(value: Value) -> bool:
    return value.kind == "numbers" and len(value.shape) == 2 and min(value.shape) > 1


def _matrix_columns(name: str, matrix: Value, beside: Mapping[str, Value]) -> dict[str, Value]:
    """The columns of a matrix, by the one list of as many different texts that stands beside it, else numbered."""
    rows, columns = matrix.shape
    lists = {tuple(texts) for value in beside.values() if len(texts := _list_of_texts(value)) == columns}
    names: Sequence[str] = lists.pop() if len(lists) == 1 and rows != columns else ()
    if len(set(names)) < columns:
        names = [f"{name}_{k + 1}" for k in range(columns)]
    parts = matrix.data.reshape(columns, rows)
    return {key: Value("numbers", (rows, 1), part) for key, part in zip(names, parts, strict=True)}


def _list_of_texts(value: Value) -> list[str]:
    """The texts of a vector that holds nothing else; none where it does, or is no vector."""
    if not _length(value) or value.kind == "numbers":
        return []
    cells = value.data if value.kind == "text" else [_cell(inner) for inner in value.data]
    return cells if all(cell and isinstance(cell, str) for cell in cells) else []


def _field(inner: Sequence[Value]) -> Value:
    """A field of one structure, or of an array of structures, each of which is a row."""
    return inner[0] if len(inner) == 1 else Value("cells", (len(inner), 1), list(inner))


def _length(value: Value) -> int:
    """Of a vector, or of an array of letters with a text in each row; 0 for what is none."""
    if value.kind == "text":
        return value.shape[0] if len(value.shape) == 2 else 0
    if value.kind not in ("numbers", "cells") or not value.shape or max(value.shape) != len(value.data):
        return 0
    return len(value.data)


def _commonest(columns: Mapping[str, Value]) -> int:
    sizes = Counter(_length(value) for value in columns.values() if _length(value) > 1)
    return sizes.most_common(1)[0][0] if sizes else 0


def _columns(table: Mapping[str, Value]) -> tuple[dict[str, Column], list[str]]:
    columns, left_out = {}, []
    for name, value in table.items():
        column = _column(value)
        if column is None:
            left_out.append(clean(name))
        else:
            columns[clean(name)] = column
    return columns, left_out


def _column(value: Value) -> Column | None:
    if value.kind == "text":
        return _texts(value.data)
    if value.kind == "numbers":
        kind = value.data.dtype.kind
        if kind == "f":
            return whole(pa.array(value.data, mask=np.isnan(value.data)))
        return pa.array(value.data) if kind == "b" else column_of(value.data.tolist())
    cells = [_cell(inner) for inner in value.data]
    if any(cell is NotImplemented for cell in cells):
        return None
    return _texts(cells) if all(cell is None or isinstance(cell, str) for cell in cells) else column_of(cells)


def _cell(value: Value) -> Any:
    """What is in a cell: a number, a text, None where it is empty; NotImplemented for anything else."""
    if value.kind == "text" and len(value.data) <= 1:
        return value.data[0] or None if value.data else None
    if value.kind != "numbers" or len(value.data) > 1:
        return NotImplemented
    item = value.data[0].item() if len(value.data) else None
    return None if isinstance(item, float) and np.isnan(item) else item


def _texts(cells: Sequence[str | None]) -> Column:
    return pa.array([clean(cell) if cell else None for cell in cells], pa.string())
