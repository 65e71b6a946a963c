"""R's objects as plain values: vectors, lists, attributes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .arrays import Array

MISSING = -(2**31)
"""The integer that is NA."""


@dataclass(slots=True, eq=False)
class Value:
    """An R object.

    Attributes
    ----------
    kind : str
        "logical", "integer", "double", "complex", "raw", "text", "list", "pairs", "call", "symbol", "S4", "NULL", or what
        else it is: "function", "environment", ….
    data : array, Texts, list or str
        Of a list and of pairs the objects in it; of a symbol its name.
    names : list of str
        Of pairs.
    attributes : dict
        Name to Value.
    """

    kind: str
    data: Any = None
    names: list[str] = field(default_factory=list)
    attributes: dict[str, Value] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.data) if self.data is not None else 0

    def texts(self, attribute: str) -> list[str]:
        """The texts of an attribute, NA as "NA"; none where it has none."""
        value = self.attributes.get(attribute)
        if value is None or value.kind != "text":
            return []
        return ["NA" if code < 0 else value.data.words[code] for code in value.data.codes]

    @property
    def classes(self) -> list[str]:
        """Its classes."""
        return self.texts("class")

    def named(self) -> list[tuple[str, Value]]:
        """The objects of a list or of pairs with their names, "" where they have none."""
        names = self.names if self.kind in ("pairs", "call") else self.texts("names")
        return list(zip(names if len(names) == len(self) else [""] * len(self), self.data, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """A vector of texts: each by its place among the different ones, -1 for NA."""

    codes: Array
    words: list[str]

    def __len__(self) -> int:
        return len(self.codes)


def as_text(numbers: Value) -> Array:
    """Numbers as R's ``as.character`` writes them, with up to 15 digits."""
    if numbers.kind == "integer":
        return numbers.data.astype(str)
    return np.array([_written(number) for number in numbers.data.tolist()], dtype=str)


def _written(number: float) -> str:
    digits, _, exponent = f"{number:.14e}".partition("e")
    if not exponent:
        return {"nan": "NaN", "inf": "Inf", "-inf": "-Inf"}[digits]
    scientific = f"{digits.rstrip('0').rstrip('.')}e{int(exponent):+03d}"
    fixed = f"{number:.{max(0, 14 - int(exponent))}f}"
    fixed = fixed.rstrip("0").rstrip(".") if "." in fixed else fixed
    return fixed if len(fixed) <= len(scientific) else scientific
