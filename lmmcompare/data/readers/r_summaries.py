"""R's functions of a vector as a whole: ``mean()``, ``sd()`` and their like, ``scale()``; and numbers that ``scan()`` reads of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from .arrays import Array
from .data_in_code import Unknown
from .r_values import Value
from .r_vectors import Argument, Check, numbers, vector, words_of

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_SUMMARIES: dict[str, Callable[[Array], float]] = {
    "mean": np.mean,
    "median": np.median,
    "sum": np.sum,
    "min": np.min,
    "max": np.max,
    "sd": lambda values: float(np.std(values, ddof=1)) if len(values) > 1 else np.nan,
}


def _plain(argument: Argument) -> Array:
    value = argument.value
    if value.kind not in ("double", "integer", "logical") or value.classes:
        raise Unknown("a summary of what are no plain numbers")
    return numbers(value)


def _option(arguments: Sequence[Argument], name: str, default: bool) -> bool:
    """An argument that is TRUE or FALSE."""
    given = next((argument.value for argument in arguments if argument.name == name), None)
    if given is None:
        return default
    if given.kind != "logical" or len(given) != 1 or given.data[0] not in (0, 1):
        raise Unknown(f"{name} of what is neither TRUE nor FALSE")
    return bool(given.data[0])


def _first(arguments: Sequence[Argument], others: tuple[str, ...]) -> Array:
    """The numbers that a function is of, which has no arguments but these."""
    if not arguments or arguments[0].name not in ("", "x") or any(a.name not in others for a in arguments[1:]):
        raise Unknown("a summary of several vectors")
    return _plain(arguments[0])


def _summary(function: Callable[[Array], float]) -> Callable[[Sequence[Argument], Check], Value]:
    def made(arguments: Sequence[Argument], check: Check) -> Value:
        values = _first(arguments, ("na.rm",))
        if _option(arguments, "na.rm", False):
            values = values[~np.isnan(values)]
        if not len(values):
            raise Unknown("a summary of no values")
        return vector("double", [function(values)])

    return made


def _scaled(arguments: Sequence[Argument], check: Check) -> Value:
    """``scale(x)``: less the mean, over the standard deviation, of the values that are there."""
    values = _first(arguments, ("center", "scale"))
    if not _option(arguments, "center", True):
        raise Unknown("scale() about 0")
    centred = values - np.mean(values[~np.isnan(values)]) if not np.isnan(values).all() else values
    if not _option(arguments, "scale", True):
        return vector("double", centred)
    with np.errstate(all="ignore"):
        return vector("double", centred / _SUMMARIES["sd"](values[~np.isnan(values)]))


def _scanned(arguments: Sequence[Argument], check: Check) -> Value:
    """``scan(text = "1 2 3")``: numbers between blanks, lines or a sign."""
    given = {argument.name: argument.value for argument in arguments}
    if not {"text"} <= {*given} <= {"text", "sep", "quiet"} or given["text"].kind != "text":
        raise Unknown("scan()")
    text = " ".join(word or "" for word in words_of(given["text"]))
    for sign in words_of(given["sep"]) if "sep" in given else []:
        text = text.replace(sign or " ", " ")
    words = text.split()
    check(len(words))
    if not all(word == "NA" or _NUMBER.fullmatch(word) for word in words):
        raise Unknown("scan() of what are no numbers")
    return vector("double", [np.nan if word == "NA" else float(word) for word in words])


SUMMARIES: dict[str, Callable[[Sequence[Argument], Check], Value]] = {
    **{name: _summary(function) for name, function in _SUMMARIES.items()},
    "scale": _scaled,
    "scan": _scanned,
}
