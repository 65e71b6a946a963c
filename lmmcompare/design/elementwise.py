"""R's operators and functions of numbers that take each row by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import Array

ARITHMETIC: dict[str, Callable[[Array, Array], Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
    "%%": np.mod,
    "%/%": np.floor_divide,
}
ELEMENTWISE: dict[str, Callable[[Array], Array]] = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log1p": np.log1p,
    "log2": np.log2,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "floor": np.floor,
    "ceiling": np.ceil,
    "trunc": np.trunc,
}
LOGIC: dict[str, Callable[[Array, Array], Array]] = {"&": np.logical_and, "|": np.logical_or}


def log(values: Array, base: Any) -> Array:
    """Logarithms to a base, natural ones where there is none."""
    logs = np.log(values)
    return logs if base is None else np.asarray(logs / np.log(float(base)))


def rounded(values: Array, digits: int) -> Array:
    """Rounded as R does since version 4: to the nearer of the two decimals around, the even one where both are as near."""
    power = 10.0 ** abs(digits)
    scaled = values * power if digits >= 0 else values / power
    low, high = (np.floor(scaled), np.ceil(scaled))
    below, above = (low / power, high / power) if digits >= 0 else (low * power, high * power)
    down, up = values - below, above - values
    return np.where((down < up) | ((down == up) & (low % 2 == 0)), below, above)
