"""JASP's files (.jasp): the table in their SQLite database, with labels and declared missing values; analyses are not run.

Read from a file of JASP 0.96 (archive version 5) and JASP's public source. The database is opened in memory; nothing but
its tables is read, and its views, triggers and functions are refused.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import analyses
from .cells import clean, typed, whole
from .compression import parts
from .result import Column, Limits, Outcome, Unreadable, declared_notes

MISSING = -(2**31)
WITHOUT_LABEL = -1


def read(content: bytes, limits: Limits) -> Outcome:
    """Read the table of a JASP file as its filter leaves it."""
    files = parts(content, limits, ("internal.sqlite", "analyses.json"))
    if "internal.sqlite" not in files:
        raise Unreadable(
            "{file} is of an old JASP, whose files hold the data in another way.",
            "Open it in a newer JASP and save it anew.",
        )
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(files["internal.sqlite"])
        connection.set_authorizer(_only_reading)
        return _read(connection, files.get("analyses.json", b"{}"), limits)
    finally:
        connection.close()


def _only_reading(action: int, *_: Any) -> int:
    return sqlite3.SQLITE_OK if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ) else sqlite3.SQLITE_DENY


def _read(connection: sqlite3.Connection, set_up: bytes, limits: Limits) -> Outcome:
    made = connection.execute("SELECT name, sql FROM sqlite_master").fetchall()
    tables = {name for name, sql in made if str(sql).upper().startswith("CREATE TABLE")}  # no view, no virtual table
    if not {"DataSets", "Columns", "Labels"} <= tables:
        raise Unreadable("{file} is a JASP file without a table.", "Choose a file with data in it.")
    dataset, empty = connection.execute("SELECT id, emptyValuesJson FROM DataSets ORDER BY id LIMIT 1").fetchone()
    place = f"DataSet_{int(dataset)}"
    if place not in tables:
        raise Unreadable("{file} is a JASP file without a table.", "Choose a file with data in it.")
    known = connection.execute(
        "SELECT id, name, title, description, columnType, emptyValuesJson FROM Columns WHERE dataSet = ? ORDER BY colIdx",
        (dataset,),
    ).fetchmany(limits.columns + 1)
    limits.check(0, len(known))
    names, columns, labels, lost = [], [], {}, {}
    words = _labels(connection, limits)
    rows = 0
    for key, name, title, description, kind, own in known:
        query = f"SELECT Column_{int(key)}_DBL, Column_{int(key)}_INT FROM {place} ORDER BY rowNumber"
        cells = connection.execute(query).fetchmany(limits.rows + 1)
        rows = len(cells)
        limits.check(rows, len(known))
        missing = _empty_values(own, empty, str(name))
        column, declared = _column(cells, kind, words.get(key, {}), missing)
        names.append(clean(str(name)))
        columns.append(column)
        if declared:
            lost[names[-1]] = ", ".join(declared[:5])
        if long := clean(str(description or (title if title != name else "") or "")):
            labels[names[-1]] = long
    if not names:
        raise Unreadable("{file} is a JASP file without a table.", "Choose a file with data in it.")
    notes = declared_notes(lost)
    if (keep := _filter(connection, place, rows)) is not None:
        columns = [column.filter(pa.array(keep)) for column in columns]
        notes.append(f"{(~keep).sum():,} of {rows:,} rows were left out, as JASP's filter does.")
    formula, note = analyses.of_jasp(set_up, names)
    return Outcome(names, columns, notes=[*notes, *note], labels=labels, missing_codes=lost, formula=formula)


def _labels(connection: sqlite3.Connection, limits: Limits) -> dict[int, dict[int, str]]:
    """The text of each label of a column by its value, in their order."""
    result: dict[int, dict[int, str]] = {}
    query = "SELECT columnId, value, label, originalValueJson FROM Labels ORDER BY columnId, ordering"
    for column, value, label, original in connection.execute(query).fetchmany(limits.cells):
        if not label:
            parsed = json.loads(original or '""')
            label = typed(parsed) if isinstance(parsed, str | int | float) else str(original).strip()
        result.setdefault(column, {})[value] = clean(str(label))
    return result


def _empty_values(own: str | None, of_table: str | None, name: str) -> set[str]:
    """Texts that stand for missing values in a column: its own list, even an empty one, else the table's.

    JASP 0.18 and 0.19 keep all lists with the table; later ones mark a column's own.
    """
    column, table = (
        parsed if isinstance(parsed := json.loads(text or "null"), dict) else {} for text in (own, of_table)
    )
    by_column = table.get("emptyValuesPerColumn")
    if column.get("custom"):
        items = column.get("strings")
    elif isinstance(by_column, dict) and name in by_column:
        items = by_column[name]
    else:
        items = table.get("strings", table.get("workspaceEmptyValues"))
    return {str(item) for item in items} if isinstance(items, list) else set()


def _column(
    cells: list[tuple[Any, Any]], kind: str, words: Mapping[int, str], missing: set[str]
) -> tuple[Column, list[str]]:
    """A column, and which of its values were declared to be missing."""
    numbers = np.array([np.nan if number is None else float(number) for number, _ in cells], float)
    codes = np.array([MISSING if code is None else int(code) for _, code in cells], np.int64)
    declared_numbers = [float(text) for text in sorted(missing) if re.fullmatch(r"-?\d+(\.\d+)?", text)]
    if kind == "scale" or not words:
        lost = np.isin(numbers, declared_numbers)
        column = whole(pa.array(numbers, mask=np.isnan(numbers) | lost))
        return column, [typed(value) for value in np.unique(numbers[lost]).tolist()]
    levels = {code: word for code, word in words.items() if word not in missing}
    declared = sorted({words[code] for code in np.unique(codes).tolist() if code in words and words[code] in missing})
    unlabelled = codes == WITHOUT_LABEL
    if unlabelled.any():  # the value is the number itself
        values = np.unique(numbers[unlabelled & ~np.isnan(numbers) & ~np.isin(numbers, declared_numbers)])
        first = max(words, default=0) + 1
        levels |= {first + k: typed(value) for k, value in enumerate(values.tolist())}
        codes = np.where(unlabelled & np.isin(numbers, values), first + np.searchsorted(values, numbers), codes)
    texts = list(levels.values())
    if len(set(texts)) < len(texts):
        texts = [f"{word} ({code})" for code, word in levels.items()]
    indices = pc.index_in(pa.array(codes), pa.array(list(levels), pa.int64()))
    return pa.DictionaryArray.from_arrays(indices, pa.array(texts, pa.string())), declared


def _filter(connection: sqlite3.Connection, place: str, rows: int) -> np.ndarray | None:
    """The rows that the filter lets through; None where it lets all."""
    cursor = connection.execute(f"SELECT * FROM {place} LIMIT 0")
    known = [item[0] for item in cursor.description if re.fullmatch(r"Filter_\d+", item[0])]
    if not known:
        return None
    passes = connection.execute(f"SELECT {known[0]} FROM {place} ORDER BY rowNumber").fetchmany(rows)
    keep = np.array([value != 0 for (value,) in passes], bool)
    return None if keep.all() else keep
