"""Vectors of R, and the matching of arguments to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrays import Array
from .data_in_code import Unknown
from .r_values import MISSING, Texts, Value, as_text

Check = Callable[[float], None]
"""Refuses a length that is greater than any column's."""

KINDS = ("logical", "integer", "double", "text")
"""Each holds the values of those before it."""


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a call.

    Attributes
    ----------
    name : str
        Empty where it is not given.
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
    if value.kind not in KINDS[:3]:
        raise Unknown("a text where a number should be")
    if value.kind == "double":
        return np.asarray(value.data, float)
    return np.where(value.data == MISSING, np.nan, value.data)


def words_of(value: Value) -> list[str | None]:
    """A vector as texts, None for NA; of a factor its levels."""
    if value.kind == "text":
        return [None if code < 0 else value.data.words[code] for code in value.data.codes.tolist()]
    if value.kind not in KINDS:
        raise Unknown("a list where values should be")
    if "factor" in value.classes:
        levels = value.texts("levels")
        return [levels[code - 1] if 0 < code <= len(levels) else None for code in value.data.tolist()]
    if value.kind == "logical":
        return [{1: "TRUE", 0: "FALSE"}.get(truth) for truth in value.data.tolist()]
    missing = np.isnan(numbers(value))
    return [None if lost else str(word) for lost, word in zip(missing, as_text(value), strict=True)]


def taken(value: Value, at: Array) -> Value:
    """The values at these places; names left out."""
    about = {key: part for key, part in value.attributes.items() if key not in ("names", "dim", "dimnames")}
    data = Texts(value.data.codes[at], value.data.words) if value.kind == "text" else value.data[at]
    return Value(value.kind, data, [], about)


def matched(arguments: Sequence[Argument], signature: Sequence[str]) -> dict[str, Value]:
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


def count(value: Value | None, default: int) -> int:
    """A number of values that an argument gives."""
    if value is None:
        return default
    n = numbers(value)
    if len(n) != 1 or not 0 <= n[0] < -MISSING:
        raise Unknown("a length that is no number")
    return int(n[0])
