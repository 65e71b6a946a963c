"""R's functions that write vectors down, such as ``c()``, ``rep()`` and ``factor()``: from values to a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from .data_in_code import Unknown
from .r_factors import FACTORS, factor
from .r_operators import OF_EACH
from .r_values import MISSING, Value
from .r_vectors import KINDS, Argument, Check, count, integers, matched, numbers, taken, texts, vector, words_of

_ATTRIBUTES = {".Names": "names", ".Label": "levels", ".Dim": "dim", ".Dimnames": "dimnames", ".Tsp": "tsp"}
"""Names of attributes as old versions of R write them."""


def concatenated(arguments: Sequence[Argument], check: Check) -> Value:
    """``c(…)``."""
    parts = [argument.value for argument in arguments if argument.value.kind != "NULL"]
    if any(part.kind not in KINDS for part in parts):
        raise Unknown("c() of lists")
    check(sum(map(len, parts)))
    classes = {tuple(part.classes) for part in parts if not _is_missing(part)}
    if classes in ({("factor",)}, {("ordered", "factor")}):
        levels = dict.fromkeys(level for part in parts for level in part.texts("levels"))
        words = texts([word for part in parts for word in words_of(part)])
        return factor([Argument("x", words), Argument("levels", texts(list(levels)))], check)
    if classes - {("Date",), ()} or len(classes) > 1:
        raise Unknown("c() of values of different classes")
    kind = max((part.kind for part in parts), key=KINDS.index, default="logical")
    if kind == "text":
        result = texts([word for part in parts for word in words_of(part)])
    elif kind == "double":
        result = vector(kind, np.concatenate([numbers(part) for part in parts]))
    else:
        result = vector(kind, np.concatenate([part.data for part in parts]) if parts else [])
    names = [argument.name for argument in arguments if argument.value.kind != "NULL"]
    if any(names) and len(names) == len(result):
        result.attributes["names"] = texts(names)
    if classes == {("Date",)}:
        result.attributes["class"] = texts(["Date"])
    return result


def _is_missing(value: Value) -> bool:
    """Whether a value is R's NA, which has no class and goes with each."""
    return value.kind == "logical" and not value.classes and bool((value.data == MISSING).all())


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


def _rep(arguments: Sequence[Argument], check: Check) -> Value:
    given = matched(arguments, ("x", "times", "each", "length.out"))
    if "x" not in given or given["x"].kind not in KINDS:
        raise Unknown("rep() of what is no vector")
    at = np.arange(len(given["x"]))
    each = count(given.get("each"), 1)
    times = numbers(given["times"]) if "times" in given else np.ones(1)
    if np.isnan(times).any() or (times < 0).any() or len(times) not in (1, len(at) * each):
        raise Unknown("rep() with such times")
    check(len(at) * each * float(times.sum()) if len(times) == 1 else float(times.sum()))
    at = np.repeat(at, each)
    at = np.tile(at, int(times[0])) if len(times) == 1 else np.repeat(at, times.astype(int))
    if "length.out" in given:
        n = count(given["length.out"], 0)
        check(n)
        at = np.resize(at, n) if len(at) else at
    return taken(given["x"], at)


def _seq(arguments: Sequence[Argument], check: Check) -> Value:
    given = matched(arguments, ("from", "to", "by", "length.out"))
    start = float(numbers(given["from"])[0]) if "from" in given else 1.0
    if set(given) == {"from"}:
        n = count(given["from"], 0) if len(given["from"]) == 1 else len(given["from"])
        check(n)
        return vector("integer", np.arange(1, n + 1))
    if "length.out" in given:
        n = count(given["length.out"], 0)
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
    n = count(arguments[0].value if arguments else None, 0)
    check(n)
    return vector("integer", np.arange(1, n + 1))


def _pasted(between: str) -> Callable[[Sequence[Argument], Check], Value]:
    """``paste0("s", 1:3)`` and its like."""

    def made(arguments: Sequence[Argument], check: Check) -> Value:
        given = {argument.name: argument.value for argument in arguments if argument.name}
        separator = (words_of(given["sep"]) if "sep" in given else [between])[0]
        parts = [words_of(argument.value) for argument in arguments if not argument.name]
        if set(given) - {"sep"} or separator is None or not parts or not all(parts):
            raise Unknown("paste() with such arguments")
        n = max(map(len, parts))
        check(n * len(parts))
        return texts([separator.join(part[k % len(part)] or "NA" for part in parts) for k in range(n)])

    return made


def _rep_len(arguments: Sequence[Argument], check: Check) -> Value:
    """``rep_len(x, n)``."""
    given = matched(arguments, ("x", "length.out"))
    return _rep([Argument(name, value) for name, value in given.items()], check)


def _empty(kind: str, of_nothing: Any) -> Callable[[Sequence[Argument], Check], Value]:
    """``numeric(n)`` and its like."""

    def made(arguments: Sequence[Argument], check: Check) -> Value:
        n = count(arguments[0].value if arguments else None, 0)
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
        if kind == "integer":
            whole = numbers(replace(value, attributes={}))
            return integers(np.where(np.isnan(whole), MISSING, np.trunc(whole)))
        return vector("double", numbers(replace(value, attributes={})))

    return made


def _matrix(arguments: Sequence[Argument], check: Check) -> Value:
    """``matrix(c(…), ncol = 2)``."""
    given = matched(arguments, ("data", "nrow", "ncol", "byrow", "dimnames"))
    if "data" not in given or given["data"].kind not in KINDS or given["data"].classes or not len(given["data"]):
        raise Unknown("matrix() of what is no vector")
    n = len(given["data"])
    rows = count(given.get("nrow"), -(-n // max(count(given.get("ncol"), 1), 1)) if "ncol" in given else n)
    columns = count(given.get("ncol"), -(-n // max(rows, 1)))
    check(rows * columns)
    if rows * columns % n:
        raise Unknown("matrix() of another size than its values")
    by_row = "byrow" in given and bool(numbers(given["byrow"])[0])
    at = np.arange(rows * columns)
    result = taken(given["data"], (at.reshape(rows, columns).T.ravel() if by_row else at) % n)
    about = {"dimnames": given["dimnames"]} if "dimnames" in given and given["dimnames"].kind == "list" else {}
    return replace(result, attributes={"dim": integers(np.array([rows, columns])), **about})


def _either(arguments: Sequence[Argument], check: Check) -> Value:
    """``ifelse(test, yes, no)``."""
    given = matched(arguments, ("test", "yes", "no"))
    if len(given) < 3 or any(value.classes or value.kind not in KINDS for value in given.values()):
        raise Unknown("ifelse() of what are no plain vectors")
    test, sides = numbers(given["test"]), [given["yes"], given["no"]]
    n = len(test)
    if any(not len(side) for side in sides):
        raise Unknown("ifelse() of nothing")
    none = vector("logical", [MISSING])
    parts = [taken(side, np.arange(n) % len(side)) for side in sides]
    both = concatenated([Argument("", part) for part in (*parts, none)], check)
    return taken(both, np.where(np.isnan(test), 2 * n, np.arange(n) + n * (test == 0)))


def _dates(arguments: Sequence[Argument], check: Check) -> Value:
    """``as.Date(c("31.1.2026", …), format = "%d.%m.%Y")``, or days since an origin."""
    given = matched(arguments, ("x", "format", "tryFormats", "origin"))
    if "x" not in given or "tryFormats" in given or given["x"].classes:
        raise Unknown("as.Date() of what is no text")
    try:
        if given["x"].kind != "text":
            start = (
                np.datetime64(words_of(given["origin"])[0] or "") if "origin" in given else np.datetime64("1970-01-01")
            )
            days = numbers(given["x"]) + start.astype("datetime64[D]").astype(float)
        else:
            form = words_of(given["format"])[0] if "format" in given else None
            words = words_of(given["x"])
            if form is not None:
                words = [word and str(datetime.strptime(word, form).date()) for word in words]
            moments = np.array(words, "datetime64[D]")
            days = np.where(np.isnat(moments), np.nan, moments.astype(float))
    except ValueError:
        raise Unknown("as.Date() of other dates than 2026-01-31, or than its format") from None
    result = vector("double", days)
    result.attributes["class"] = texts(["Date"])
    return result


VECTORS: dict[str, Callable[[Sequence[Argument], Check], Value]] = {
    "c": concatenated,
    "list": _list,
    "structure": _structure,
    **FACTORS,
    "matrix": _matrix,
    "ifelse": _either,
    **OF_EACH,
    "as.Date": _dates,
    **dict.fromkeys(("rep", "rep.int"), _rep),
    "rep_len": _rep_len,
    "seq": _seq,
    "seq_len": _counted,
    "seq_along": lambda arguments, check: vector(
        "integer", [k + 1 for a in arguments[:1] for k in range(len(a.value))]
    ),
    **dict.fromkeys(("as.numeric", "as.double"), _as("double")),
    "as.integer": _as("integer"),
    "as.character": _as("text"),
    "paste": _pasted(" "),
    "paste0": _pasted(""),
    "integer": _empty("integer", 0),
    **dict.fromkeys(("numeric", "double"), _empty("double", 0.0)),
    "logical": _empty("logical", 0),
    "character": _empty("text", ""),
}
