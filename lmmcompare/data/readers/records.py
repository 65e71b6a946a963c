"""JSON as services and programs write tables: records, lines of records, rows, columns, and what pandas writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from . import python_code
from .cells import clean, column_of, typed
from .data_in_code import passed_over_notes
from .header import LOOKED_AT, FirstLine, first_line
from .header import note as header_note
from .pandas_json import cell_table, column_names, index_columns, since_1970, with_schema
from .result import Limits, Outcome, Unreadable, listed

MOST_TABLES = 100
SHAPES = 'Save it as a list of records, such as [{"group": "a", "y": 1.5}, …], one record a line, or {"columns": …, "data": …}.'


def read(content: bytes, limits: Limits, sheet: str | None = None, header: bool | None = None) -> Outcome:
    """Read JSON: a list of records or of rows, records line by line, or an object that holds one of these, or several.

    In UTF-8, UTF-16 or UTF-32, with or without a byte order mark.
    """
    encoding = json.detect_encoding(content)
    try:
        text = content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise Unreadable("{file} is not JSON in UTF-8 or UTF-16.", "Save it as UTF-8.") from None
    twice: set[str] = set()

    def one(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        record = dict(pairs)
        if len(record) < len(pairs):
            names = [name for name, _ in pairs]
            twice.update(name for name in names[:1000] if names.count(name) > 1)
        return record

    parsed = _parse(text, one)
    tables = _several(parsed)
    name = sheet if sheet in tables else next(iter(tables), None)
    if tables and sheet is not None and sheet not in tables:
        raise Unreadable(f"{{file}} has no table “{sheet[:40]}”.", f"It has {listed(tables, 10)}.")
    outcome = _table(parsed if name is None else tables[name], limits, header)
    if name is not None:
        note = f"The table “{name[:60]}” was read; the file also has {listed((n for n in tables if n != name), 5)}."
        outcome = replace(outcome, sheets=tuple(tables), notes=(note, *outcome.notes))
    if not twice:
        return outcome
    note = f"A name stands twice in a record; its last value was taken: {listed(map(clean, sorted(twice)))}."
    return replace(outcome, notes=(*outcome.notes, note))


def read_code(content: bytes, limits: Limits, sheet: str | None = None) -> Outcome:
    """Read lists and dictionaries that are written down as Python code."""
    found = python_code.to_json(content, limits)
    outcome = read(found.table, limits, sheet)
    others = [f"Passed over, since it is no Python: {listed(found.others)}."] if found.others else []
    return replace(outcome, notes=(*others, *passed_over_notes("Python", found.skipped), *outcome.notes))


def _parse(text: str, one: Any) -> Any:
    try:
        try:
            return json.loads(text, object_pairs_hook=one)
        except json.JSONDecodeError as error:
            lines = text.strip().split("\n")
            if not error.msg.startswith("Extra data") or len(lines) < 2:
                raise
            return [_line(line, k, one) for k, line in enumerate(lines, start=1) if line.strip()]
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"{{file}} is not valid JSON: {error.msg} in line {error.lineno:,}, character {error.colno:,}.", SHAPES
        ) from None
    except RecursionError:
        raise Unreadable("{file} is JSON nested too deeply for a table.", SHAPES) from None
    except ValueError:  # a number of thousands of digits
        raise Unreadable("{file} holds a number that is too long.", "Round it.") from None


def _line(line: str, k: int, one: Any) -> Any:
    try:
        return json.loads(line, object_pairs_hook=one)
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"Line {k:,} of {{file}} is not valid JSON: {error.msg} at character {error.colno:,}.", SHAPES
        ) from None


def _table(result: Any, limits: Limits, header: bool | None) -> Outcome:
    """Find the table in what was parsed; of rows, ``header`` says whether the first holds names."""
    if isinstance(result, dict):
        if result.keys() == {"type", "attributes", "value"}:
            raise Unreadable(
                "{file} is JSON in which R keeps an object of its own (serializeJSON).",
                'In R: write.csv(d, "d.csv", row.names = FALSE), or jsonlite::toJSON(d).',
            )
        if isinstance(result.get("data"), list):
            names = result.get("columns")
            if _is_rows(result["data"]) and isinstance(names, list) and result["data"]:
                return _split(names, result["data"], result.get("index"), result.get("index_names"), limits)
            outcome = _table(result["data"], limits, header)
            return with_schema(outcome, result["schema"]) if isinstance(result.get("schema"), dict) else outcome
        if result and all(isinstance(cells, list) for cells in result.values()):
            if len(result) == 1 and _is_records(next(iter(result.values()))):
                return _records(next(iter(result.values())), limits)
            lengths = {len(cells) for cells in result.values()}
            if len(lengths) == 1:
                limits.check(lengths.pop(), len(result))
                return _plain(list(result), list(result.values()))
        if result and not any(isinstance(value, dict | list) for value in result.values()):
            return _records([result], limits)
        if (by_label := cell_table(result)) is not None:
            names, columns, notes = by_label
            limits.check(len(columns[0]), len(names))
            outcome = _plain(names, columns)
            return replace(outcome, notes=[*notes, *outcome.notes])
    if isinstance(result, list) and _is_records(result):
        return _records(result, limits)
    if isinstance(result, list) and _is_rows(result):
        return _rows(result, limits, header)
    if result == []:
        raise Unreadable("{file} is an empty list.", SHAPES)
    raise Unreadable("{file} is JSON, but no table was found in it.", SHAPES)


def _several(parsed: Any) -> dict[str, Any]:
    """The tables of an object of several lists of records, as R's ``toJSON(list(a = d, b = e))`` writes it; else none."""
    several = (
        isinstance(parsed, dict) and 1 < len(parsed) <= MOST_TABLES and all(map(_is_records_list, parsed.values()))
    )
    return {clean(str(name)): records for name, records in parsed.items()} if several else {}


def _is_records_list(value: Any) -> bool:
    return isinstance(value, list) and _is_records(value)


def _is_records(result: Any) -> bool:
    return bool(result) and all(isinstance(item, dict) for item in result)


def _is_rows(result: Any) -> bool:
    return bool(result) and all(isinstance(item, list) for item in result)


def _records(records: Sequence[dict[str, Any]], limits: Limits) -> Outcome:
    names: dict[str, None] = {}
    for record in records:
        if record.keys() != names.keys():
            names.update(dict.fromkeys(record))
            limits.check(len(records), len(names))
    limits.check(len(records), len(names))
    return _plain(list(names), [[record.get(name) for record in records] for name in names])


def _rows(rows: Sequence[list[Any]], limits: Limits, chosen: bool | None) -> Outcome:
    """Rows of which the first may be the header: it holds text only, and does not look like the rows below it."""
    limits.check(len(rows), len(rows[0]))
    _refuse_uneven(rows, len(rows[0]))
    first = [_shown(cell).strip() for cell in rows[0]]
    below = [[_shown(cell) for cell in row] for row in rows[1 : 1 + LOOKED_AT]]
    text = all(isinstance(cell, str) for cell in rows[0])
    result = first_line(first, below, chosen) if text or chosen is not None else FirstLine(False)
    header, body = (first, rows[1:]) if result.names else ([""] * len(first), rows)
    known = header_note(first, result, chosen)
    outcome = _plain(header, list(zip(*body, strict=True)) if body else [[] for _ in header])
    notes = [known, *outcome.notes] if known else outcome.notes
    return replace(outcome, notes=notes, first_line=result.names, sure=result.sure)


def _split(names: list[Any], rows: Sequence[list[Any]], index: Any, called: Any, limits: Limits) -> Outcome:
    """Names, rows, and maybe what the rows are called, each by itself."""
    limits.check(len(rows), len(names))
    _refuse_uneven(rows, len(names))
    columns = [list(cells) for cells in zip(*rows, strict=True)]
    labelled = index_columns(index, names, called) if isinstance(index, list) and len(index) == len(rows) else {}
    return _plain([*labelled, *names], [*labelled.values(), *columns])


def _refuse_uneven(rows: Sequence[list[Any]], width: int) -> None:
    for k, row in enumerate(rows, start=1):
        if len(row) != width:
            raise Unreadable(f"Row {k:,} of {{file}} has {len(row):,} values, not {width:,}.", "Mend that row.")


def _shown(cell: Any) -> str:
    return "" if cell is None or isinstance(cell, dict | list) else typed(cell)


def _plain(names: Sequence[Any], columns: Sequence[Sequence[Any]]) -> Outcome:
    """Columns of single values; those that mostly hold lists or objects are left out by name, of others such cells are missing.

    An experiment in jsPsych has keys and ratings in a column, and a few answers to a questionnaire, as objects, below them.
    """
    names, joined = column_names(names)
    nested = [sum(isinstance(cell, dict | list) for cell in cells) for cells in columns]
    single = [sum(cell is not None for cell in cells) - n for n, cells in zip(nested, columns, strict=True)]
    keep = [k for k, n in enumerate(nested) if not n or single[k] > n]
    left_out = [clean(str(names[k])) for k in range(len(nested)) if k not in {*keep}]
    some = [f"{clean(str(names[k]))} ({nested[k]:,})" for k in keep if nested[k]]
    columns = [
        [None if isinstance(cell, dict | list) else cell for cell in cells] if n else cells
        for n, cells in zip(nested, columns, strict=True)
    ]
    if not keep:
        raise Unreadable(f"{{file}} has no column of single values: {listed(left_out)} hold lists or objects.", SHAPES)
    notes = joined + [f"Columns of lists or objects were left out: {listed(left_out)}."] * bool(left_out)
    notes += [f"Cells that hold lists or objects are missing, among single values: {listed(some)}."] * bool(some)
    display = ["" if names[k] is None else clean(str(names[k])) for k in keep]
    moments = [since_1970(name, columns[k]) for name, k in zip(display, keep, strict=True)]
    if dated := [name or f"{k}" for k, (name, cells) in enumerate(zip(display, moments, strict=True), 1) if cells]:
        notes.append(f"Milliseconds since 1970 were read as dates: {listed(dated)}.")
    return Outcome(
        display, [column_of(c or columns[k]) for c, k in zip(moments, keep, strict=True)], as_typed=True, notes=notes
    )
