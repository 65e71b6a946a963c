"""The shapes in which pandas' ``to_json`` writes a table besides records: by column, by row, and with a schema."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .cells import typed
from .result import Outcome, listed

Cells = list[Any]
A_DAY, A_YEAR, LATEST = 86_400_000, 31_536_000_000, 7_258_118_400_000
"""Milliseconds of a day and of a year, and from 1970 to 2200."""
_PART = re.compile(r"""'([^'\\]*)'|"([^"\\]*)"|(-?(?:0|[1-9]\d{0,17})(?:\.\d{1,17})?)""")
_TUPLE = re.compile(rf"\((?:{_PART.pattern})(?:, (?:{_PART.pattern}))+\)")


def cell_table(result: dict[str, Any]) -> tuple[list[str], list[Cells], list[str]] | None:
    """Names, columns and notes of an object of objects: {column: {row: cell}}, or {row: {column: cell}}; None where it is none.

    Which of the two it is, the labels of rows tell, which count as a rule; else that all cells of a column are alike; in
    doubt there are more rows than columns, or it is the first, pandas' own choice.
    """
    inner = list(result.values())
    if not inner or not all(isinstance(cells, dict) and cells for cells in inner):
        return None
    if any(isinstance(cell, dict | list) for cells in inner for cell in cells.values()):
        return None
    keys = list(dict.fromkeys(key for cells in inner for key in cells))
    by_row, notes = _is_by_row(list(result), keys, inner), []
    if by_row is None:
        by_row = len(result) > len(keys)
        why = (
            "there are more of them"
            if len(result) != len(keys)
            else "pandas writes columns first unless told otherwise"
        )
        notes.append(
            f"Nothing in the file tells its rows from its columns; {listed(result if by_row else keys)} were taken for rows, since {why}. "
            'If they are columns, save it with orient="records".'
        )
    if not by_row:
        names, rows, columns = list(result), keys, [[cells.get(key) for key in keys] for cells in inner]
    else:
        names, rows, columns = keys, list(result), [[cells.get(key) for cells in inner] for key in keys]
    labelled = index_columns(rows, names)
    return [*labelled, *names], [*labelled.values(), *columns], notes


def column_names(names: Sequence[Any]) -> tuple[list[Any], list[str]]:
    """The names of columns, those of several levels as one ("y_1" for "y" and 1), and a note on these."""
    levels = [_levels(name) for name in names]
    result = ["_".join(map(str, parts)) if parts else name for name, parts in zip(names, levels, strict=True)]
    joined = [name for name, parts in zip(result, levels, strict=True) if parts]
    return result, [f"Names of several levels are one name each: {listed(joined)}."] if joined else []


def index_columns(labels: Sequence[Any], names: Sequence[Any], called: Any = None) -> dict[str, Cells]:
    """The labels of rows as a column, "row" or "index", or one for each of their levels; none where they merely count from 0.

    Parameters
    ----------
    labels, names : sequence
        Of the rows and of the columns.
    called : optional
        What the file calls the labels' levels: a list of text, in the shape "tight".
    """
    if all(str(label) == str(k) for k, label in enumerate(labels)):
        return {}
    levels = [_levels(label) for label in labels]
    if len({len(parts) for parts in levels}) == 1 and levels[0]:
        columns = list(map(list, zip(*levels, strict=True)))
        return dict(zip(_free(names, _given(called, len(columns), "row_{}")), columns, strict=True))
    return {_free(names, _given(called, 1, "row"))[0]: list(labels)}


def _given(called: Any, n: int, otherwise: str) -> list[str]:
    """The names that a file gives so many levels, or else our own."""
    if isinstance(called, list) and len(called) == n and all(isinstance(name, str) and name for name in called):
        return called
    return [otherwise.format(k) for k in range(1, n + 1)]


def _levels(label: Any) -> list[Any]:
    """The parts of a label of several levels: a list, or the text of a Python tuple, such as ('a', 1); else none."""
    if isinstance(label, list):
        return label
    if not isinstance(label, str) or not _TUPLE.fullmatch(label):
        return []
    return [json.loads(number) if number else single or double for single, double, number in _PART.findall(label)]


def _free(taken: Sequence[Any], names: list[str]) -> list[str]:
    """Names that no column has."""
    while not set(names).isdisjoint(map(str, taken)):
        names = [f"{name}_label" for name in names]
    return names


def since_1970(name: str, cells: Sequence[Any]) -> list[datetime.datetime | None]:
    """Dates that pandas wrote as milliseconds since 1970: whole days, or whole seconds under a name by which pandas reads them so.

    Empty where they are none. Days that are none by chance would be numbers that are all multiples of 86,400,000.
    """
    filled = [cell for cell in cells if cell is not None]
    if not filled or not all(type(cell) is int and abs(cell) < LATEST for cell in filled):
        return []
    called = name.lower().startswith(("timestamp", "modified", "date")) or name.lower().endswith(("_at", "_time"))
    step = 1_000 if called and min(filled) > A_YEAR else A_DAY
    if any(cell % step for cell in filled) or max(map(abs, filled)) < A_YEAR:
        return []
    start = datetime.datetime(1970, 1, 1)
    return [None if cell is None else start + datetime.timedelta(milliseconds=cell) for cell in cells]


def with_schema(outcome: Outcome, schema: dict[str, Any]) -> Outcome:
    """A table with the categories that its schema tells, in their order, and without row numbers.

    Parameters
    ----------
    schema : dict
        Of a Table Schema, as ``to_json(orient="table")`` writes it.
    """
    fields = {field.get("name"): field for field in schema.get("fields", []) if isinstance(field, dict)}
    names, columns = list(outcome.names), list(outcome.columns)
    for k, name in enumerate(names):
        constraints = fields.get(name, {}).get("constraints")
        levels = constraints.get("enum") if isinstance(constraints, dict) else None
        if isinstance(levels, list) and all(isinstance(level, str | int | float) for level in levels):
            columns[k] = _categories(columns[k], [typed(level) for level in levels])
    key = schema.get("primaryKey")
    if key == ["index"] and names and names[0] == "index" and columns[0].to_pylist() == list(range(len(columns[0]))):
        names, columns = names[1:], columns[1:]
    return replace(outcome, names=names, columns=columns)


def _categories(column: Any, levels: list[str]) -> Any:
    texts = pc.cast(column, pa.string())
    indices = pc.index_in(texts, pa.array(levels, pa.string()))
    complete = len(set(levels)) == len(levels) and indices.null_count == texts.null_count
    return pa.DictionaryArray.from_arrays(indices, pa.array(levels, pa.string())) if complete else column


def _is_by_row(outer: list[str], inner: list[str], cells: list[dict[str, Any]]) -> bool | None:
    """Whether the outer objects are rows; None where nothing tells."""
    counted_outer, counted_inner = (all(re.fullmatch(r"\d+", key) for key in keys) for keys in (outer, inner))
    if counted_outer != counted_inner:
        return counted_outer
    mixed_outer = sum(len(_kinds(result.values())) > 1 for result in cells)
    mixed_inner = sum(len(_kinds(result.get(key) for result in cells)) > 1 for key in inner)
    return None if (mixed_inner > 0) == (mixed_outer > 0) else mixed_outer > 0


def _kinds(cells: Any) -> set[str]:
    """Whether there are text, truth values or numbers among cells."""
    return {"number" if type(cell) in (int, float) else type(cell).__name__ for cell in cells if cell is not None}
