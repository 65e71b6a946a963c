"""R's functions that write data frames down, such as ``data.frame()`` and ``rbind()``."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence

import numpy as np

from .data_in_code import Unknown
from .r_columns import expanded
from .r_constructors import VECTORS, concatenated
from .r_factors import factor
from .r_frame_changes import CHANGES, frame_of, is_frame
from .r_summaries import SUMMARIES
from .r_values import Value
from .r_vectors import KINDS, Argument, Check, numbers, taken, texts, words_of

_OPTIONS = {"stringsAsFactors", "check.names", "row.names", "check.rows", ".rows", ".name_repair", "KEEP.OUT.ATTRS"}


def _free(name: str, taken_names: Container[str]) -> str:
    """A name that no other column has, as data.frame() makes it: x, x.1, x.2."""
    k, free = 0, name
    while free in taken_names:
        k += 1
        free = f"{name}.{k}"
    return free


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
    return frame_of(columns)


def _stacked(arguments: Sequence[Argument], check: Check) -> Value:
    """``rbind(d1, d2)`` of data frames with the same columns."""
    frames = [argument.value for argument in arguments if argument.name not in _OPTIONS]
    if not frames or not all(map(is_frame, frames)):
        raise Unknown("rbind() of what are no data frames")
    columns = [dict(frame.named()) for frame in frames]
    if any(set(part) != set(columns[0]) for part in columns):
        raise Unknown("rbind() of data frames with different columns")
    return frame_of(
        [(name, concatenated([Argument("", part[name]) for part in columns], check)) for name in columns[0]]
    )


def _bound(arguments: Sequence[Argument], check: Check) -> Value:
    """``cbind(d, x)`` with a data frame; of vectors alone it makes a matrix of one kind."""
    given = [argument for argument in arguments if argument.name not in _OPTIONS]
    kinds = {argument.value.kind for argument in given}
    if not any(is_frame(argument.value) for argument in given):
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
    return frame_of(list(zip(columns, recycled, strict=True)))


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
    **CHANGES,
    **SUMMARIES,
}
