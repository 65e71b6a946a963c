"""What R does with vectors between operators: recycling, arithmetic, comparisons; and functions of each of their values."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .arrays import Array
from .comparisons import COMPARISONS
from .data_in_code import Unknown
from .r_values import MISSING, Value
from .r_vectors import Argument, Check, integers, numbers, vector, words_of

_OPERATIONS: dict[str, Callable[[Array, Array], Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}
_FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "log": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "log1p": np.log1p,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "abs": np.abs,
}


def operated(sign: str, left: Value, right: Value) -> Value:
    """Two vectors between which an operator stands; the shorter is recycled."""
    if sign == "%in%":
        known = {*words_of(right)}
        return vector("logical", [word in known for word in words_of(left)])
    if sign in COMPARISONS:
        return _compared(sign, left, right)
    if left.classes or right.classes or "dim" in left.attributes or "dim" in right.attributes:
        raise Unknown(f"“{sign}” between what are no plain numbers")
    first, second = _recycled(sign, numbers(left), numbers(right))
    if sign in "&|":
        return _joined(sign, first, second)
    with np.errstate(all="ignore"):
        values = _OPERATIONS[sign](first, second)
    if sign in "/^" or "double" in (left.kind, right.kind):
        return vector("double", values)
    return (
        integers(np.where(np.isnan(values), MISSING, values))
        if not np.isnan(values).all()
        else vector("integer", [MISSING] * len(values))
    )


def _recycled(sign: str, first: Array, second: Array) -> tuple[Array, Array]:
    n = max(len(first), len(second)) if len(first) and len(second) else 0
    if n and (n % len(first) or n % len(second)):
        raise Unknown(f"“{sign}” between vectors of different lengths")
    return np.resize(first, n), np.resize(second, n)


def _compared(sign: str, left: Value, right: Value) -> Value:
    """A comparison of numbers, or of texts with equal ones; where one is missing, so is the result."""
    of_texts = "text" in (left.kind, right.kind) or "factor" in (*left.classes, *right.classes)
    if of_texts and sign not in ("==", "!="):
        raise Unknown(f"“{sign}” between texts")
    if not of_texts and (left.classes or right.classes):
        raise Unknown(f"“{sign}” between what are no plain numbers")
    if of_texts:
        words = [np.array(words_of(side), object) for side in (left, right)]
        first, second = _recycled(sign, *words)
        missing = np.array([a is None or b is None for a, b in zip(first, second, strict=True)], bool)
    else:
        first, second = _recycled(sign, numbers(left), numbers(right))
        missing = np.isnan(first) | np.isnan(second)
    return vector("logical", np.where(missing, MISSING, COMPARISONS[sign](first, second)))


def _joined(sign: str, first: Array, second: Array) -> Value:
    """``&`` and ``|`` of truth values: what decides alone decides beside a missing one too."""
    decides = float(sign == "|")
    missing = np.isnan(first) | np.isnan(second)
    known = ((first != 0) == decides) & ~np.isnan(first) | ((second != 0) == decides) & ~np.isnan(second)
    return vector("logical", np.where(known, decides, np.where(missing, MISSING, 1 - decides)))


def _of_each(function: Callable[[Array], Array]) -> Callable[[Sequence[Argument], Check], Value]:
    def made(arguments: Sequence[Argument], check: Check) -> Value:
        if len(arguments) != 1 or arguments[0].value.classes:
            raise Unknown("a function of what are no plain numbers")
        with np.errstate(all="ignore"):
            return vector("double", function(numbers(arguments[0].value)))

    return made


def _missing(arguments: Sequence[Argument], check: Check) -> Value:
    """``is.na(x)``."""
    value = arguments[0].value
    if value.kind == "text" or "factor" in value.classes:
        return vector("logical", [word is None for word in words_of(value)])
    return vector("logical", np.isnan(numbers(value)))


OF_EACH: dict[str, Callable[[Sequence[Argument], Check], Value]] = {
    **{name: _of_each(function) for name, function in _FUNCTIONS.items()},
    "is.na": _missing,
}
