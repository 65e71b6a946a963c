"""MATLAB's files (.mat, version 5 to 7) as SciPy reads them: vectors of one length, structures of such, and matrices.

MATLAB's own ``table``, ``categorical`` and ``datetime`` are objects of classes that nothing but MATLAB knows how to read.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import scipy.io

from .cells import clean, column_of, typed, whole
from .outcome import Column, Limits, Outcome, Unreadable, listed

Array = np.ndarray  # the child that reads files does without the package: `lmmcompare.arrays` is not there

WAY_OUT = 'In MATLAB, with T for the table: writetable(T, "T.csv")'
VECTORS = "vectors"
"""What the table is called that vectors make which are saved each by itself."""


def read(content: bytes, limits: Limits, sheet: str | None = None) -> Outcome:
    """Read a table of a MATLAB file: the one that is named, else the first.

    Vectors of one length that are saved each by itself are one table, each structure and each matrix is another.
    """
    if not content.startswith(b"MATLAB 5.0"):
        raise Unreadable("{file} is a MATLAB file of version 7.3, which is not read.", f'{WAY_OUT}, or save("name.mat", "-v7")')
    for name, shape, _ in scipy.io.whosmat(io.BytesIO(content)):
        if np.prod(shape, dtype=float) > limits.cells:
            raise Unreadable(f"“{name[:40]}” in {{file}} has more than {limits.cells:,} values.", WAY_OUT)
    whole_file = scipy.io.loadmat(io.BytesIO(content), squeeze_me=False, chars_as_strings=True)
    values = {str(name): value for name, value in whole_file.items() if not str(name).startswith("__")}
    opaque = "MatlabOpaque" in {type(value).__name__ for value in whole_file.values()} or "None" in whole_file
    tables = _tables(values)
    if not tables:
        what = "holds tables or other objects of MATLAB's classes" if opaque else "holds no vectors of one length"
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
    if opaque:
        notes.append(f"Objects of MATLAB's classes (table, categorical, datetime) were left out. {WAY_OUT}")
    return Outcome(list(columns), list(columns.values()), notes=notes, sheets=tuple(tables) if len(tables) > 1 else ())


def _tables(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Name to the columns of each table in a file."""
    vectors, result = {}, {}
    for name, value in values.items():
        if not isinstance(value, np.ndarray) or type(value).__name__ in ("MatlabOpaque", "MatlabFunction"):
            continue
        if value.dtype.names:
            fields = {field: _field(value[field]) for field in value.dtype.names}
            size = _commonest(fields)
            if size > 1:
                result[name] = {key: cells for key, cells in fields.items() if _length(cells) == size}
        elif _length(value) > 1:
            vectors[name] = value
        elif value.ndim == 2 and value.dtype.kind in "biuf" and min(value.shape) > 1:
            result[name] = {f"{name}_{k + 1}": value[:, k] for k in range(value.shape[1])}
    size = _commonest(vectors)
    together = {name: value for name, value in vectors.items() if _length(value) == size}
    return ({VECTORS: together} if len(together) > 1 else {}) | result


def _field(cells: Array) -> Any:
    """A field of one structure, or of an array of structures."""
    return cells.flat[0] if cells.size == 1 else cells.reshape(-1)


def _length(value: Any) -> int:
    """Of a vector; 0 for what is none."""
    if not isinstance(value, np.ndarray) or value.dtype.names or not value.size or max(value.shape) != value.size:
        return 0
    return value.size


def _commonest(columns: Mapping[str, Any]) -> int:
    sizes = Counter(_length(value) for value in columns.values() if _length(value) > 1)
    return sizes.most_common(1)[0][0] if sizes else 0


def _columns(table: Mapping[str, Any]) -> tuple[dict[str, Column], list[str]]:
    columns, left_out = {}, []
    for name, value in table.items():
        column = _column(value.reshape(-1))
        if column is None:
            left_out.append(name)
        else:
            columns[clean(name)] = column
    return columns, left_out


def _column(values: Array) -> Column | None:
    kind = values.dtype.kind
    if kind == "b":
        return pa.array(values)
    if kind in "iuf":
        numbers = values.astype(float)
        if kind != "f" and np.abs(numbers).max() >= 2.0**53:
            return pa.array(values.astype(np.int64)) if kind == "i" else column_of(values.tolist())
        return whole(pa.array(numbers, mask=np.isnan(numbers)))
    if kind == "U":
        return _texts([str(value).rstrip() for value in values])
    if kind != "O":
        return None
    cells = [_cell(value) for value in values]
    if any(cell is NotImplemented for cell in cells):
        return None
    return _texts(cells) if all(cell is None or isinstance(cell, str) for cell in cells) else column_of(cells)


def _cell(value: Any) -> Any:
    """What is in a cell of a cell array: a number, a text, None where it is empty; NotImplemented for anything else."""
    if isinstance(value, str):
        return value or None
    if not isinstance(value, np.ndarray) or value.dtype.names or value.dtype.kind not in "biufU" or value.size > 1:
        return NotImplemented
    if not value.size:
        return None
    item = value.reshape(-1)[0].item()
    return None if isinstance(item, float) and np.isnan(item) else item


def _texts(cells: list[str | None]) -> Column:
    return pa.array([typed(cell) if cell else None for cell in cells], pa.string())
