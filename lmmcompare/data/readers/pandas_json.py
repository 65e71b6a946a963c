"""The shapes in which pandas' ``to_json`` writes a table besides records: by column, by row, and with a schema."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .cells import typed
from .result import Outcome

Cells = list[Any]


def cell_table(result: dict[str, Any]) -> tuple[list[str], list[Cells]] | None:
    """Names and columns of an object of objects: {column: {row: cell}}, or {row: {column: cell}}; None where it is none.

    Which of the two it is, the labels of rows tell, which count as a rule; else that all cells of a column are alike; in
    doubt it is the first, pandas' own choice.
    """
    inner = list(result.values())
    if not inner or not all(isinstance(cells, dict) and cells for cells in inner):
        return None
    if any(isinstance(cell, dict | list) for cells in inner for cell in cells.values()):
        return None
    keys = list(dict.fromkeys(key for cells in inner for key in cells))
    by_column = {name: [cells.get(key) for key in keys] for name, cells in result.items()}
    if not _is_by_row(list(result), keys, inner):
        names, rows, columns = list(result), keys, list(by_column.values())
    else:
        names, rows, columns = keys, list(result), [[cells.get(key) for cells in inner] for key in keys]
    labelled = index_column(rows, names)
    if labelled is not None:
        names, columns = [labelled[0], *names], [labelled[1], *columns]
    return names, columns


def index_column(labels: Sequence[Any], names: Sequence[Any]) -> tuple[str, Cells] | None:
    """The labels of rows as a column, "row" or "index"; None where they merely count from 0."""
    if all(str(label) == str(k) for k, label in enumerate(labels)):
        return None
    return next(name for name in ("row", "index", "row_label") if name not in names), list(labels)


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


def _is_by_row(outer: list[str], inner: list[str], cells: list[dict[str, Any]]) -> bool:
    counted_outer, counted_inner = (all(re.fullmatch(r"\d+", key) for key in keys) for keys in (outer, inner))
    if counted_outer != counted_inner:
        return counted_outer
    mixed_outer = sum(len(_kinds(result.values())) > 1 for result in cells)
    mixed_inner = sum(len(_kinds(result.get(key) for result in cells)) > 1 for key in inner)
    return mixed_inner == 0 and mixed_outer > 0


def _kinds(cells: Any) -> set[str]:
    """Whether there are text, truth values or numbers among cells."""
    return {"number" if type(cell) in (int, float) else type(cell).__name__ for cell in cells if cell is not None}
