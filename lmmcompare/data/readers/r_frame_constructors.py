"""R's functions that write data frames down, such as ``data.frame()`` and ``rbind()``, and what lines change of them."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import replace

import numpy as np

from .data_in_code import Unknown
from .r_columns import expanded
from .r_constructors import VECTORS, concatenated, factor
from .r_values import Value
from .r_vectors import KINDS, Argument, Check, numbers, taken, texts, words_of

Array = np.ndarray  # the child that reads files does without the package: `lmmcompare.arrays` is not there
_OPTIONS = {"stringsAsFactors", "check.names", "row.names", "check.rows", ".rows", ".name_repair", "KEEP.OUT.ATTRS"}


def _free(name: str, taken_names: Container[str]) -> str:
    """A name that no other column has, as data.frame() makes it: x, x.1, x.2."""
    k, free = 0, name
    while free in taken_names:
        k += 1
        free = f"{name}.{k}"
    return free


def _frame(columns: Sequence[tuple[str, Value]], like: Value | None = None) -> Value:
    names = texts([name for name, _ in columns])
    about = {key: part for key, part in like.attributes.items() if key != "names"} if like else {}
    return Value(
        "list", [part for _, part in columns], attributes={"class": texts(["data.frame"]), **about, "names": names}
    )


def _is_frame(value: Value | None) -> bool:
    return value is not None and value.kind == "list" and "data.frame" in value.classes


def column_of(frame: Value, name: str) -> Value:
    """``d$x``."""
    columns = dict(frame.named()) if frame.kind == "list" else {}
    if name not in columns:
        raise Unknown(f"“${name[:20]}” of what has no such column")
    return columns[name]


def with_column(frame: Value | None, name: str, value: Value) -> Value:
    """A table after ``d$x <- value``: with a column more, another one, or without one where the value is NULL."""
    if frame is None or not _is_frame(frame):
        raise Unknown("a column of what is no data frame")
    columns = dict(frame.named())
    if value.kind == "NULL":
        columns.pop(name, None)
        return _frame(list(columns.items()), frame)
    n = len(frame.data[0]) if frame.data else 0
    if value.kind not in KINDS or not len(value) or n % len(value):
        raise Unknown("a column of another length")
    columns[name] = taken(value, np.arange(n) % len(value))
    return _frame(list(columns.items()), frame)


def with_names(value: Value | None, names: Value) -> Value:
    """A table after ``names(d) <- names``, or a factor after ``levels(f) <- names``."""
    words = [word or "" for word in words_of(names)]
    if value is not None and "factor" in value.classes and len(words) == len(value.texts("levels")):
        new = dict(zip(value.texts("levels"), words, strict=True))
        renamed = texts([None if word is None else new[word] for word in words_of(value)])
        result = factor([Argument("x", renamed), Argument("levels", texts(list(dict.fromkeys(words))))], _any_length)
        result.attributes["class"] = value.attributes["class"]
        return result
    if value is None or not _is_frame(value) or len(words) != len(value.data):
        raise Unknown("names of what is no data frame of as many columns")
    return _frame(list(zip(words, value.data, strict=True)), value)


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
        _frame(columns, frame), attributes={"class": texts(["data.frame"]), "names": frame.attributes["names"]}
    )


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
    return _frame(columns, frame)


def _first_frame(arguments: Sequence[Argument]) -> Value:
    if not arguments or not _is_frame(arguments[0].value):
        raise Unknown("a change of what is no data frame")
    return arguments[0].value


def _expanded(arguments: Sequence[Argument], check: Check) -> Value:
    """``expand.grid(…)``: every combination, the first column varying fastest; texts become factors in their order."""
    given = [argument for argument in arguments if argument.name not in _OPTIONS]
    if any(argument.value.kind not in KINDS or not argument.name for argument in given):
        raise Unknown("expand.grid() of what are no vectors with names")
    n = 1
    for argument in given:
        n *= len(argument.value)
        check(n)
    options = [argument.value for argument in arguments if argument.name == "stringsAsFactors"]
    as_factors = all(bool(numbers(option).any()) for option in options)
    columns, each = [], 1
    for argument in given:
        size = len(argument.value)
        column = taken(argument.value, np.arange(n) // max(each, 1) % max(size, 1))
        if as_factors and column.kind == "text":
            levels = texts(list(dict.fromkeys(words_of(argument.value))))
            column = factor([Argument("x", column), Argument("levels", levels)], check)
        columns.append((argument.name, column))
        each *= size
    return _frame(columns)


def _stacked(arguments: Sequence[Argument], check: Check) -> Value:
    """``rbind(d1, d2)`` of data frames with the same columns."""
    frames = [argument.value for argument in arguments if argument.name not in _OPTIONS]
    if not frames or not all(map(_is_frame, frames)):
        raise Unknown("rbind() of what are no data frames")
    columns = [dict(frame.named()) for frame in frames]
    if any(set(part) != set(columns[0]) for part in columns):
        raise Unknown("rbind() of data frames with different columns")
    return _frame([(name, concatenated([Argument("", part[name]) for part in columns], check)) for name in columns[0]])


def _bound(arguments: Sequence[Argument], check: Check) -> Value:
    """``cbind(d, x)`` with a data frame; of vectors alone it makes a matrix of one kind."""
    given = [argument for argument in arguments if argument.name not in _OPTIONS]
    kinds = {argument.value.kind for argument in given}
    if not any(_is_frame(argument.value) for argument in given):
        plain = all(not argument.value.classes for argument in given)
        if len(kinds & set(KINDS)) != len(kinds) or not plain or ("text" in kinds and len(kinds) > 1):
            raise Unknown("cbind() of vectors of different kinds")
    return _data_frame(given, check)


def _data_frame(arguments: Sequence[Argument], check: Check) -> Value:
    columns: dict[str, Value] = {}
    for argument in arguments:
        if argument.name in _OPTIONS or argument.value.kind == "NULL":
            continue
        name = argument.name or argument.word or f"V{len(columns) + 1}"
        parts = argument.value.named() if argument.value.kind == "list" else [(name, argument.value)]
        for inner, part in parts:
            whole = f"{argument.name}.{inner}" if argument.name and len(parts) > 1 else inner
            columns[_free(whole or f"V{len(columns) + 1}", columns)] = part
    if any(column.kind not in KINDS for column in columns.values()):
        raise Unknown("data.frame() of what are no vectors")
    n = max(map(len, columns.values()), default=0)
    check(n)
    if any(not len(column) or n % len(column) for column in columns.values()):
        raise Unknown("data.frame() of vectors of different lengths")
    recycled = [taken(column, np.arange(n) % len(column)) for column in columns.values()]
    return _frame(list(zip(columns, recycled, strict=True)))


def _tribble(arguments: Sequence[Argument], check: Check) -> Value:
    heads = [argument.value for argument in arguments if argument.value.kind == "call"]
    cells = [argument.value for argument in arguments if argument.value.kind != "call"]
    if not heads or len(cells) % len(heads):
        raise Unknown("tribble() of rows of different lengths")
    width = len(heads)
    columns = [
        Argument(str(head.data[1].data), concatenated([Argument("", cell) for cell in cells[k::width]], check))
        for k, head in enumerate(heads)
    ]
    return _data_frame(columns, check)


def _same(arguments: Sequence[Argument], check: Check) -> Value:
    """``as.data.frame(…)`` and its like of what is one already, or of a matrix."""
    if arguments and "dim" in arguments[0].value.attributes:
        named = "dimnames" in arguments[0].value.attributes
        columns = expanded("V", arguments[0].value)
        return _data_frame(
            [Argument(n[2:] if named else n.replace(".", "", 1), column) for n, column in columns], check
        )
    if len(arguments) != 1 or arguments[0].value.kind != "list":
        raise Unknown("a conversion of what is no list")
    value = arguments[0].value
    return value if "data.frame" in value.classes else _data_frame([Argument("", value)], check)


CONSTRUCTORS: dict[str, Callable[[Sequence[Argument], Check], Value]] = {
    **VECTORS,
    **dict.fromkeys(("data.frame", "tibble", "data.table", "data_frame"), _data_frame),
    "tribble": _tribble,
    "expand.grid": _expanded,
    **dict.fromkeys(("rbind", "bind_rows"), _stacked),
    "cbind": _bound,
    **dict.fromkeys(("as.data.frame", "as_tibble"), _same),
    **dict.fromkeys(("names", "colnames", "levels"), lambda arguments, check: names_of(arguments[0].value)),
    **dict.fromkeys(("transform", "mutate"), _changed),
    **dict.fromkeys(("subset", "filter"), _filtered),
    **dict.fromkeys(("group_by", "ungroup"), _grouped),
    "droplevels": _with_used_levels,
}
