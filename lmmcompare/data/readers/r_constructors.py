"""R's functions that write data down, such as ``c()``, ``factor()`` and ``data.frame()``: from values to a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .r_values import MISSING, Texts, Value, as_text

Array = np.ndarray  # the child that reads files does without the package: `lmmcompare.arrays` is not there
Check = Callable[[float], None]
"""Refuses a length that is greater than any column's."""

_ATTRIBUTES = {".Names": "names", ".Label": "levels", ".Dim": "dim", ".Dimnames": "dimnames", ".Tsp": "tsp"}
"""Names of attributes as old versions of R write them."""
_OPTIONS = {"stringsAsFactors", "check.names", "row.names", "check.rows", ".rows", ".name_repair"}
_KINDS = ("logical", "integer", "double", "text")
"""Each holds the values of those before it."""


class Unknown(Exception):
    """Code that does more than write data down: what it is, in words."""


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a call.

    Attributes
    ----------
    name : str
        Empty where it is not given.
    value : Value
    word : str
        The name of the object that it is, where it is one.
    """

    name: str
    value: Value
    word: str = ""


def vector(kind: str, values: Any) -> Value:
    """A vector of numbers or truth values."""
    return Value(kind, np.asarray(values, float if kind == "double" else np.int32))


def integers(values: Array) -> Value:
    """Whole numbers, as integers where R's hold them."""
    whole = np.abs(values) < -MISSING
    return vector("integer" if bool(whole.all()) else "double", values)


def texts(words: Sequence[str | None]) -> Value:
    """A vector of texts, None for NA."""
    different = {word: k for k, word in enumerate(dict.fromkeys(word for word in words if word is not None))}
    return Value(
        "text", Texts(np.array([-1 if word is None else different[word] for word in words], np.int64), list(different))
    )


def numbers(value: Value) -> Array:
    """Numbers or truth values as float64."""
    if value.kind not in _KINDS[:3]:
        raise Unknown("a text where a number should be")
    if value.kind == "double":
        return np.asarray(value.data, float)
    return np.where(value.data == MISSING, np.nan, value.data)


def words_of(value: Value) -> list[str | None]:
    """A vector as texts, None for NA; of a factor its levels."""
    if value.kind == "text":
        return [None if code < 0 else value.data.words[code] for code in value.data.codes.tolist()]
    if value.kind not in _KINDS:
        raise Unknown("a list where values should be")
    if "factor" in value.classes:
        levels = value.texts("levels")
        return [levels[code - 1] if 0 < code <= len(levels) else None for code in value.data.tolist()]
    if value.kind == "logical":
        return [{1: "TRUE", 0: "FALSE"}.get(truth) for truth in value.data.tolist()]
    missing = np.isnan(numbers(value))
    return [None if lost else str(word) for lost, word in zip(missing, as_text(value), strict=True)]


def _c(arguments: Sequence[Argument], check: Check) -> Value:
    parts = [argument.value for argument in arguments if argument.value.kind != "NULL"]
    if any(part.kind not in _KINDS for part in parts):
        raise Unknown("c() of lists")
    check(sum(map(len, parts)))
    kind = max((part.kind for part in parts), key=_KINDS.index, default="logical")
    if kind == "text":
        result = texts([word for part in parts for word in words_of(part)])
    elif kind == "double":
        result = vector(kind, np.concatenate([numbers(part) for part in parts]))
    else:
        result = vector(kind, np.concatenate([part.data for part in parts]) if parts else [])
    names = [argument.name for argument in arguments if argument.value.kind != "NULL"]
    if any(names) and len(names) == len(result):
        result.attributes["names"] = texts(names)
    classes = {tuple(part.classes) for part in parts}
    if classes == {("Date",)}:
        result.attributes["class"] = texts(["Date"])
    return result


def _list(arguments: Sequence[Argument], check: Check) -> Value:
    names = [argument.name for argument in arguments]
    about = {"names": texts(names)} if any(names) else {}
    return Value("list", [argument.value for argument in arguments], attributes=about)


def _structure(arguments: Sequence[Argument], check: Check) -> Value:
    if not arguments or arguments[0].name not in ("", ".Data"):
        raise Unknown("structure() of nothing")
    value = arguments[0].value
    about = {_ATTRIBUTES.get(argument.name, argument.name): argument.value for argument in arguments[1:]}
    kind, data = value.kind, value.data
    if kind == "double" and "levels" in about:  # c(1, 2) with levels
        kind, data = "integer", np.where(np.isnan(data), MISSING, data).astype(np.int32)
    return Value(kind, data, value.names, {**value.attributes, **about})


def _data_frame(arguments: Sequence[Argument], check: Check) -> Value:
    columns: dict[str, Value] = {}
    for argument in arguments:
        if argument.name in _OPTIONS or argument.value.kind == "NULL":
            continue
        name = argument.name or argument.word or f"V{len(columns) + 1}"
        if argument.value.kind == "list":
            columns.update({inner or f"V{len(columns) + 1}": part for inner, part in argument.value.named()})
        else:
            columns[name] = argument.value
    if any(column.kind not in _KINDS for column in columns.values()):
        raise Unknown("data.frame() of what are no vectors")
    n = max(map(len, columns.values()), default=0)
    check(n)
    if any(not len(column) or n % len(column) for column in columns.values()):
        raise Unknown("data.frame() of vectors of different lengths")
    parts = [taken(column, np.arange(n) % len(column)) for column in columns.values()]
    return Value("list", parts, attributes={"names": texts(list(columns)), "class": texts(["data.frame"])})


def _tribble(arguments: Sequence[Argument], check: Check) -> Value:
    heads = [argument.value for argument in arguments if argument.value.kind == "call"]
    cells = [argument.value for argument in arguments if argument.value.kind != "call"]
    if not heads or len(cells) % len(heads):
        raise Unknown("tribble() of rows of different lengths")
    width = len(heads)
    columns = [
        Argument(str(head.data[1].data), _c([Argument("", cell) for cell in cells[k::width]], check))
        for k, head in enumerate(heads)
    ]
    return _data_frame(columns, check)


def _factor(arguments: Sequence[Argument], check: Check) -> Value:
    given = _matched(arguments, ("x", "levels", "labels", "exclude", "ordered"))
    words = words_of(given["x"]) if "x" in given else []
    if "levels" in given:
        levels = [word for word in words_of(given["levels"]) if word is not None]
    elif "x" in given and given["x"].kind in ("integer", "double") and not given["x"].classes:
        order = np.unique(numbers(given["x"])[~np.isnan(numbers(given["x"]))])
        levels = [str(word) for word in as_text(vector("double", order))]
    else:
        known = given["x"].texts("levels") if "x" in given else []
        levels = [w for w in known if w in set(words)] or sorted({w for w in words if w is not None})
    places = {level: k + 1 for k, level in enumerate(levels)}
    labels = [word or "" for word in words_of(given["labels"])] if "labels" in given else levels
    if len(labels) != len(levels):
        raise Unknown("factor() whose labels are not as many as its levels")
    codes = vector("integer", [places.get(word or "", MISSING) if word is not None else MISSING for word in words])
    ordered = "ordered" in given and bool(numbers(given["ordered"])[0] == 1)
    codes.attributes = {"levels": texts(labels), "class": texts([*(["ordered"] if ordered else []), "factor"])}
    return codes


def _rep(arguments: Sequence[Argument], check: Check) -> Value:
    given = _matched(arguments, ("x", "times", "each", "length.out"))
    if "x" not in given or given["x"].kind not in _KINDS:
        raise Unknown("rep() of what is no vector")
    at = np.arange(len(given["x"]))
    each = _count(given.get("each"), 1)
    times = numbers(given["times"]) if "times" in given else np.ones(1)
    if np.isnan(times).any() or (times < 0).any() or len(times) not in (1, len(at) * each):
        raise Unknown("rep() with such times")
    check(len(at) * each * float(times.sum()) if len(times) == 1 else float(times.sum()))
    at = np.repeat(at, each)
    at = np.tile(at, int(times[0])) if len(times) == 1 else np.repeat(at, times.astype(int))
    if "length.out" in given:
        n = _count(given["length.out"], 0)
        check(n)
        at = np.resize(at, n) if len(at) else at
    return taken(given["x"], at)


def _seq(arguments: Sequence[Argument], check: Check) -> Value:
    given = _matched(arguments, ("from", "to", "by", "length.out"))
    start = float(numbers(given["from"])[0]) if "from" in given else 1.0
    if set(given) == {"from"}:
        raise Unknown("seq() of one argument")
    if "length.out" in given:
        n = _count(given["length.out"], 0)
        check(n)
        stop = float(numbers(given["to"])[0]) if "to" in given else start
        step = float(numbers(given["by"])[0]) if "by" in given else (stop - start) / max(n - 1, 1)
    else:
        stop = float(numbers(given["to"])[0]) if "to" in given else 1.0
        step = float(numbers(given["by"])[0]) if "by" in given else (1.0 if stop >= start else -1.0)
        if not step or (stop - start) / step < 0:
            raise Unknown("seq() that never arrives")
        check((stop - start) / step + 1)
        n = int(np.floor((stop - start) / step + 1e-10)) + 1
    values = start + step * np.arange(n)
    return integers(values) if bool((values == np.round(values)).all()) else vector("double", values)


def _counted(arguments: Sequence[Argument], check: Check) -> Value:
    """``seq_len(n)``."""
    n = _count(arguments[0].value if arguments else None, 0)
    check(n)
    return vector("integer", np.arange(1, n + 1))


def _empty(kind: str, of_nothing: Any) -> Callable[[Sequence[Argument], Check], Value]:
    """``numeric(n)`` and its like."""

    def made(arguments: Sequence[Argument], check: Check) -> Value:
        n = _count(arguments[0].value if arguments else None, 0)
        check(n)
        return texts([""] * n) if kind == "text" else vector(kind, [of_nothing] * n)

    return made


def _as(kind: str) -> Callable[[Sequence[Argument], Check], Value]:
    """``as.numeric(c(…))`` and its like."""

    def made(arguments: Sequence[Argument], check: Check) -> Value:
        if len(arguments) != 1:
            raise Unknown("a conversion of several things")
        value = arguments[0].value
        if kind == "text":
            return texts(words_of(value))
        return vector("double", numbers(replace(value, attributes={})))

    return made


def _dates(arguments: Sequence[Argument], check: Check) -> Value:
    """``as.Date(c("2026-01-31", …))``."""
    if len(arguments) != 1 or arguments[0].value.kind != "text":
        raise Unknown("as.Date() of what is no text, or in a format of its own")
    words = words_of(arguments[0].value)
    try:
        days = np.array(words, "datetime64[D]")
    except ValueError:
        raise Unknown("as.Date() of other dates than 2026-01-31") from None
    result = vector("double", np.where(np.isnat(days), np.nan, days.astype(float)))
    result.attributes["class"] = texts(["Date"])
    return result


def _same(arguments: Sequence[Argument], check: Check) -> Value:
    """``as.data.frame(…)`` and its like of what is one already."""
    if len(arguments) != 1 or arguments[0].value.kind != "list":
        raise Unknown("a conversion of what is no list")
    value = arguments[0].value
    return value if "data.frame" in value.classes else _data_frame([Argument("", value)], check)


def _count(value: Value | None, default: int) -> int:
    if value is None:
        return default
    n = numbers(value)
    if len(n) != 1 or not 0 <= n[0] < -MISSING:
        raise Unknown("a length that is no number")
    return int(n[0])


def taken(value: Value, at: Array) -> Value:
    """The values at these places; names left out."""
    about = {key: part for key, part in value.attributes.items() if key not in ("names", "dim", "dimnames")}
    data = Texts(value.data.codes[at], value.data.words) if value.kind == "text" else value.data[at]
    return Value(value.kind, data, [], about)


def _matched(arguments: Sequence[Argument], signature: Sequence[str]) -> dict[str, Value]:
    """Arguments by name, as R matches them: whole names, beginnings of names, then by place."""
    result: dict[str, Value] = {}
    for argument in arguments:
        if argument.name:
            alike = [n for n in signature if n == argument.name] or [
                n for n in signature if n.startswith(argument.name)
            ]
            if len(alike) != 1 or alike[0] in result:
                raise Unknown(f"the argument {argument.name[:20]}")
            result[alike[0]] = argument.value
    free = [name for name in signature if name not in result]
    given = [argument.value for argument in arguments if not argument.name]
    if len(given) > len(free):
        raise Unknown("an argument too many")
    return {**result, **dict(zip(free, given, strict=False))}


CONSTRUCTORS: dict[str, Callable[[Sequence[Argument], Check], Value]] = {
    "c": _c,
    "list": _list,
    "structure": _structure,
    **dict.fromkeys(("data.frame", "tibble", "data.table", "data_frame"), _data_frame),
    "tribble": _tribble,
    **dict.fromkeys(("factor", "as.factor"), _factor),
    "ordered": lambda arguments, check: _factor([*arguments, Argument("ordered", vector("logical", [1]))], check),
    "as.Date": _dates,
    **dict.fromkeys(("rep", "rep.int"), _rep),
    "seq": _seq,
    "seq_len": _counted,
    **dict.fromkeys(("as.data.frame", "as_tibble"), _same),
    **dict.fromkeys(("as.numeric", "as.double"), _as("double")),
    "as.character": _as("text"),
    "integer": _empty("integer", 0),
    **dict.fromkeys(("numeric", "double"), _empty("double", 0.0)),
    "logical": _empty("logical", 0),
    "character": _empty("text", ""),
}
