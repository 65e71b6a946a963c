"""What lines of R's code change of a data frame: its columns, their names and values, its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from .arrays import Array
from .data_in_code import Unknown
from .r_constructors import concatenated
from .r_factors import factor
from .r_operators import OF_EACH
from .r_values import Value
from .r_vectors import KINDS, Argument, Check, taken, texts, words_of


def frame_of(columns: Sequence[tuple[str, Value]], like: Value | None = None) -> Value:
    """A data frame of columns with their names, with the attributes of another."""
    names = texts([name for name, _ in columns])
    about = {key: part for key, part in like.attributes.items() if key != "names"} if like else {}
    return Value(
        "list", [part for _, part in columns], attributes={"class": texts(["data.frame"]), **about, "names": names}
    )


def is_frame(value: Value | None) -> bool:
    """Whether a value is a data frame."""
    return value is not None and value.kind == "list" and "data.frame" in value.classes


def column_of(frame: Value, name: str) -> Value:
    """``d$x``."""
    columns = dict(frame.named()) if frame.kind == "list" else {}
    if name not in columns:
        raise Unknown(f"“${name[:20]}” of what has no such column")
    return columns[name]


def with_column(frame: Value | None, name: str, value: Value) -> Value:
    """A table after ``d$x <- value``: with a column more, another one, or without one where the value is NULL."""
    if frame is None or not is_frame(frame):
        raise Unknown("a column of what is no data frame")
    columns = dict(frame.named())
    if value.kind == "NULL":
        columns.pop(name, None)
        return frame_of(list(columns.items()), frame)
    n = len(frame.data[0]) if frame.data else 0
    if value.kind not in KINDS or not len(value) or n % len(value):
        raise Unknown("a column of another length")
    columns[name] = taken(value, np.arange(n) % len(value))
    return frame_of(list(columns.items()), frame)


def with_names(value: Value | None, names: Value) -> Value:
    """A table after ``names(d) <- names``, or a factor after ``levels(f) <- names``."""
    words = [word or "" for word in words_of(names)]
    if value is not None and "factor" in value.classes and len(words) == len(value.texts("levels")):
        new = dict(zip(value.texts("levels"), words, strict=True))
        renamed = texts([None if word is None else new[word] for word in words_of(value)])
        result = factor([Argument("x", renamed), Argument("levels", texts(list(dict.fromkeys(words))))], _any_length)
        result.attributes["class"] = value.attributes["class"]
        return result
    if value is None or not is_frame(value) or len(words) != len(value.data):
        raise Unknown("names of what is no data frame of as many columns")
    return frame_of(list(zip(words, value.data, strict=True)), value)


def names_of(value: Value | None) -> Value:
    """What ``names(d)`` or ``levels(f)`` gives."""
    if value is None or value.kind not in (*KINDS, "list"):
        raise Unknown("names of what has none")
    return texts(value.texts("levels") if "factor" in value.classes else value.texts("names"))


def with_values(value: Value, places: Array, new: Value) -> Value:
    """A vector after ``x[places] <- new``."""
    if value.kind not in KINDS or new.kind not in KINDS or (len(places) and (not len(new) or len(places) % len(new))):
        raise Unknown("values of another number or kind")
    if "factor" in value.classes:
        known = texts(value.texts("levels"))
        new = factor([Argument("x", new), Argument("levels", known)], _any_length)
        new.attributes = dict(value.attributes)
    both = concatenated([Argument("", value), Argument("", new)], _any_length)
    at = np.arange(len(value))
    at[places] = len(value) + np.arange(len(places)) % max(len(new), 1)
    return taken(both, at)


def with_cells(frame: Value, rows: Array | None, names: Sequence[str | None] | None, new: Value) -> Value:
    """A table after ``d[rows, "x"] <- new``, in a column that it has."""
    if names is None or len(names) != 1 or not names[0]:
        raise Unknown("values of several columns")
    old = column_of(frame, names[0])
    places = np.arange(len(old)) if rows is None else rows
    return with_column(frame, names[0], with_values(old, places, new))


def _any_length(n: float) -> None:
    """Of values that are there already, as many as there are."""


def _changed(arguments: Sequence[Argument], check: Check) -> Value:
    """``transform(d, z = 2 * x)`` and ``mutate()``."""
    result = _first_frame(arguments)
    for argument in arguments[1:]:
        if not argument.name or argument.name.startswith("."):
            raise Unknown("a new column without a name")
        result = with_column(result, argument.name, argument.value)
    return result


def _filtered(arguments: Sequence[Argument], check: Check) -> Value:
    """``subset(d, x > 2)`` and ``filter()``: rows of which each condition is true."""
    frame = _first_frame(arguments)
    keep = np.ones(len(frame.data[0]) if frame.data else 0, bool)
    for argument in arguments[1:]:
        if argument.name not in ("", "subset") or argument.value.kind != "logical" or len(argument.value) != len(keep):
            raise Unknown("rows chosen by what is no condition")
        keep &= argument.value.data == 1
    columns = [(name, taken(column, np.flatnonzero(keep))) for name, column in frame.named()]
    return replace(
        frame_of(columns, frame), attributes={"class": texts(["data.frame"]), "names": frame.attributes["names"]}
    )


def _complete(arguments: Sequence[Argument], check: Check) -> Value:
    """``na.omit(d)``: the rows without a missing value."""
    frame = _first_frame(arguments)
    missing = [
        OF_EACH["is.na"]([Argument("", replace(column, attributes=_levels_of(column)))], check) for column in frame.data
    ]
    if len(arguments) > 1:
        raise Unknown("rows without a missing value in some columns")
    return part_of(frame, np.flatnonzero(~np.any([part.data == 1 for part in missing], axis=0)))


def _levels_of(column: Value) -> dict[str, Value]:
    """The attributes of a factor; none of a column of another class, such as dates, of which the numbers are looked at."""
    return {key: part for key, part in column.attributes.items() if "factor" in column.classes}


def part_of(frame: Value, rows: Array | None, names: Sequence[str | None] | None = None) -> Value:
    """Some rows and columns of a data frame; all where none are given."""
    columns = dict(frame.named())
    chosen = list(columns) if names is None else [name or "" for name in names]
    if not set(chosen) <= set(columns) or len(chosen) < 2 <= len(columns):
        raise Unknown("columns chosen in brackets")
    parts = [(name, columns[name] if rows is None else taken(columns[name], rows)) for name in chosen]
    return frame_of(parts)


def _grouped(arguments: Sequence[Argument], check: Check) -> Value:
    """``group_by(d, g)`` and its like, which leave the rows as they are."""
    return _first_frame(arguments)


def _with_used_levels(arguments: Sequence[Argument], check: Check) -> Value:
    """``droplevels(d)``."""
    frame = _first_frame(arguments)
    columns = []
    for name, column in frame.named():
        if "factor" in column.classes:
            used = factor([Argument("x", column)], check)
            column = replace(used, attributes={**used.attributes, "class": column.attributes["class"]})
        columns.append((name, column))
    return frame_of(columns, frame)


def _first_frame(arguments: Sequence[Argument]) -> Value:
    if not arguments or not is_frame(arguments[0].value):
        raise Unknown("a change of what is no data frame")
    return arguments[0].value


CHANGES: dict[str, Callable[[Sequence[Argument], Check], Value]] = {
    **dict.fromkeys(("names", "colnames", "levels"), lambda arguments, check: names_of(arguments[0].value)),
    **dict.fromkeys(("transform", "mutate"), _changed),
    **dict.fromkeys(("subset", "filter"), _filtered),
    **dict.fromkeys(("group_by", "ungroup"), _grouped),
    **dict.fromkeys(("na.omit", "drop_na"), _complete),
    "droplevels": _with_used_levels,
}
