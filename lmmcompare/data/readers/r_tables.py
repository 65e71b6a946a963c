"""R's files: their data frames, and what of them is not a table; functions and models in them are never run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import r_code, r_columns, r_formula
from .cells import clean
from .columnar import outcome
from .data_in_code import passed_over_notes
from .r_serialization import parse
from .r_values import Value
from .r_vectors import KINDS, texts
from .result import Column, Limits, Outcome, Unreadable, declared_notes, listed
from .value_labels import Labelled

DEEPEST = 3
"""Lists within lists in which data frames are looked for: a fitted model keeps its own."""
MOST = 100
"""Data frames of a file that are offered."""


def read(content: bytes, limits: Limits, sheet: str | None = None) -> Outcome:
    """Read a data frame of an .rds or .RData file: the one that is named, else the first.

    Parameters
    ----------
    sheet : str, optional
        One of ``Outcome.sheets``: the name of an object, or its place within one, as R writes it: fit$model, fit@frame.
    """
    return _read(parse(content), limits, sheet, [])


def read_code(content: bytes, limits: Limits, sheet: str | None = None) -> Outcome:
    """Read a data frame that is written down as R code: the one that is named, else the first."""
    made, skipped = r_code.parse(content, limits)
    objects = made.named()
    frames = [(name, value) for name, value in objects if "data.frame" in value.classes] or _together(objects)
    whole = frames[0][1] if len(frames) == 1 else Value("pairs", [v for _, v in frames], [n for n, _ in frames])
    return _read(whole, limits, sheet, passed_over_notes("R", skipped))


def _together(objects: list[tuple[str, Value]]) -> list[tuple[str, Value]]:
    """Vectors of one length as a table, of which a model beside them makes one; other objects as they are."""
    lengths = {len(value) if value.kind in KINDS else 0 for _, value in objects}
    if len(objects) < 2 or len(lengths) > 1 or min(lengths) < 2:
        return objects
    about = {"names": texts([name for name, _ in objects]), "class": texts(["data.frame"])}
    return [("table", Value("list", [value for _, value in objects], attributes=about))]


def _read(whole: Value, limits: Limits, sheet: str | None, notes: list[str]) -> Outcome:
    plain_list = whole.kind == "list" and not whole.classes and len(whole.texts("names")) == len(whole)
    objects = whole.named() if whole.kind == "pairs" or plain_list else [("", whole)]
    frames = dict(_frames(objects))
    if not frames:
        candidates = [*objects, ("table", whole)] if plain_list else objects
        frames = {name or "table": table for name, value in candidates if (table := _as_frame(value)) is not None}
    if not frames:
        raise _without_frame(objects)
    names = tuple(frames)[:MOST]
    if sheet is not None and len(frames) > 1 and sheet not in frames:
        raise Unreadable(f"{{file}} has no data frame “{sheet[:40]}”.", f"It has {listed(names, 10)}.")
    name = sheet if sheet is not None and sheet in frames else max(names, key=lambda n: min(_width(frames[n]), 2))
    if others := [other for other in names if other != name]:
        notes.append(f"The data frame “{name[:60]}” was read; the file also has {listed(others, 5)}.")
    ignored = [
        f"{n} ({_what(value)})"
        for n, value in objects
        if value.kind not in ("NULL", "symbol") and n and not _holds(n, frames) and frames[name] is not whole
    ]
    if ignored:
        notes.append(f"Left out, and not run: {listed(ignored)}.")
    result = _table(frames[name], limits, notes)
    offered = names if len(names) > 1 else ()
    return replace(result, sheets=offered, sheet=name, formula=r_formula.of_groups(frames[name]))


def _frames(objects: Sequence[tuple[str, Value]], depth: int = 0) -> Iterator[tuple[str, Value]]:
    """The data frames among objects, and then those within them, with their places."""
    within = []
    for name, value in objects:
        if "data.frame" in value.classes and value.kind == "list":
            yield name or ("table" if not depth else ""), value
        elif depth < DEEPEST and value.kind == "list":
            within.append([(f"{name}${inner}" if name else inner, part) for inner, part in value.named() if inner])
        elif depth < DEEPEST and value.kind == "S4":
            within.append([(f"{name}@{slot}" if name else slot, part) for slot, part in value.attributes.items()])
    for parts in within:
        yield from _frames(parts, depth + 1)


def _width(frame: Value) -> int:
    """How many columns of single values a data frame has."""
    return sum(part.kind in ("logical", "integer", "double", "text") for part in frame.data)


def _as_frame(value: Value) -> Value | None:
    """A matrix, or a list of vectors of one length, as a data frame."""
    if value.kind in ("logical", "integer", "double", "text") and set(value.classes) <= {"matrix", "array"}:
        columns = r_columns.expanded("", value)
        if len(columns) < 2:
            return None
        names = value.attributes.get("dimnames")
        of_rows = {"row.names": names.data[0]} if names is not None and names.kind == "list" and len(names) else {}
        return Value(
            "list", [column for _, column in columns], [name.removeprefix(".") for name, _ in columns], of_rows
        )
    plain = value.kind == "list" and len(value) > 1 and not value.classes and all(name for name, _ in value.named())
    lengths = {len(part) for part in value.data} if plain else set()
    return value if len(lengths) == 1 and lengths != {0} and all(part.kind != "list" for part in value.data) else None


def _table(frame: Value, limits: Limits, notes: list[str]) -> Outcome:
    names = frame.names or frame.texts("names")
    if len(names) != len(frame):
        raise ValueError("a data frame without names")
    values = [pair for name, value in zip(names, frame.data, strict=True) for pair in r_columns.expanded(name, value)]
    limits.check(0, len(values))
    result = Labelled()
    columns: list[tuple[str, Column]] = []
    labels, left_out, lost, others, lasting, unknown = {}, [], {}, [], [], []
    for name, value in values:
        column = r_columns.array(value)
        if column is None:
            left_out.append(name)
            continue
        which, words = r_columns.declared(value) if not pa.types.is_dictionary(column.type) else (None, "")
        if which is not None:
            column = pc.if_else(pa.array(which), pa.scalar(None, column.type), column)
            lost[clean(name)] = words
        columns.append((name, result.column(name, column, r_columns.labels(value))))
        if "POSIXct" in value.classes or "POSIXlt" in value.classes:
            others += [f"{name} ({r_columns.zone(value)})"] if r_columns.zone(value) else []
        if "difftime" in value.classes and not pa.types.is_string(column.type):
            lasting.append(name)
        unknown += [f"{name} ({kind})" for kind in value.classes[:1] if not r_columns.PLAIN & set(value.classes)]
        if label := value.texts("label"):
            labels[clean(name)] = clean(label[0])
    lengths = {len(column) for _, column in columns}
    if len(lengths) > 1:
        raise ValueError("a data frame with columns of different lengths")
    limits.check(max(lengths, default=0), len(columns))
    if (rows := _row_names(frame, max(lengths, default=0), notes)) is not None:
        columns.insert(0, (next(name for name in ("row", "row_name", "row_label") if name not in names), rows))
    if lasting:
        notes.append(f"Lengths of time are numbers of days: {listed(lasting)}.")
    notes += declared_notes(lost)
    if unknown:
        notes.append(f"Of a class that is not known here, read as the plain values in it: {listed(unknown)}.")
    if others:
        notes.append(f"Times are in universal time (UTC), though R shows them in another zone: {listed(others)}.")
    notes += result.sentences()
    plain = [pa.chunked_array([column]) if not isinstance(column, pa.ChunkedArray) else column for _, column in columns]
    zoneless = [pc.cast(c, pa.timestamp("us")) if pa.types.is_timestamp(c.type) else c for c in plain]
    table = pa.Table.from_arrays(zoneless, names=[clean(name) for name, _ in columns])
    known = outcome(table, limits, [clean(name) for name in left_out])
    return Outcome(known.names, known.columns, notes=[*notes, *known.notes], labels=labels, missing_codes=lost)


def _row_names(frame: Value, n: int, notes: list[str]) -> Column | None:
    """The names of rows as a column; None where they are numbers, which a selection of rows leaves behind."""
    words = frame.texts("row.names")
    numbers = frame.attributes.get("row.names")
    if numbers is not None and numbers.kind == "integer" and len(numbers) == n and n > 2:
        words = [str(number) for number in numbers.data.tolist()]
    if not words or len(words) != n or all(word == str(k + 1) for k, word in enumerate(words)):
        return None
    if all(word.isdecimal() for word in words):
        notes.append("Numbers of rows, which a selection or an order left behind, were left out.")
        return None
    return pa.array([clean(word) for word in words], pa.string())


def _holds(name: str, frames: dict[str, Value]) -> bool:
    return any(place == name or place.startswith((f"{name}$", f"{name}@")) for place in frames)


def _what(value: Value) -> str:
    """An object in words: "a function", "an object of class lm", "3 numbers"."""
    if value.kind in ("function", "environment", "expression", "promise", "pointer") or (
        value.kind == "call" and not value.classes
    ):
        return f"{'an' if value.kind[0] == 'e' else 'a'} {value.kind}"
    if value.classes:
        return f"an object of class {value.classes[0][:40]}"
    if value.kind == "list":
        return "a list"
    return f"{len(value):,} values" if isinstance(value.data, np.ndarray) else f"a {value.kind}"


def _without_frame(objects: Sequence[tuple[str, Value]]) -> Unreadable:
    display = [f"{name} ({_what(value)})" if name else _what(value) for name, value in objects]
    return Unreadable(
        f"{{file}} is an R data file without a data frame; it holds {listed(display, 4)}.",
        'In R: write.csv(as.data.frame(d), "d.csv", row.names = FALSE), with the name of the table for d.',
    )
