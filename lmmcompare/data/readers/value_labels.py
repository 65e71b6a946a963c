"""Codes with labels, as SPSS, Stata, SAS and R's haven have them: categories in the order of the codes.

All codes that have labels are categories, those too that no row has: so columns with the same labels have the same
categories, and stay in order when they are put below each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .result import Column, listed

ENOUGH_LABELLED = 0.95
"""Share of a column's values that must have labels for it to become categories; else it stays numbers."""


@dataclass(slots=True)
class Labelled:
    """What became of the columns with labels: those that stay numbers, and those of which some values have no label."""

    as_numbers: list[tuple[str, str]] = field(default_factory=list)
    partly: list[str] = field(default_factory=list)

    def column(self, name: str, column: Column, labels: Mapping[Any, str]) -> Column:
        """A column by its labels, if enough of its values have one, else as it is."""
        if not labels:
            return column
        result = _categories(column, labels)
        if result is None:
            if display := _some(column, labels):
                self.as_numbers.append((name, display))
            return column
        self.partly += [name] if result[1] else []
        return result[0]

    def sentences(self) -> list[str]:
        """What is to be said of them."""
        notes = [
            f"“{name[:40]}” stays as it is, since few of its values have labels: {display}."
            for name, display in self.as_numbers[:5]
        ]
        if len(self.as_numbers) > 5:
            notes.append(f"So do {listed(name for name, _ in self.as_numbers[5:])}.")
        if self.partly:
            notes.append(f"Values without a label are categories by their number: {listed(self.partly)}.")
        return notes


def _categories(column: Column, labels: Mapping[Any, str]) -> tuple[Column, bool] | None:
    """The column by its labels, in the order of the codes, and whether some values had none; None if few had one."""
    counts = {item["values"]: item["counts"] for item in pc.value_counts(column.drop_null()).to_pylist()}
    labelled = sum(n for value, n in counts.items() if value in labels)
    without = [value for value in counts if value not in labels]
    if not counts or labelled < ENOUGH_LABELLED * sum(counts.values()):
        return None
    of_text = isinstance(next(iter(counts)), str)
    present = (code for code in labels if isinstance(code, str) == of_text)  # Stata has labels of ".a" too
    codes = sorted({*counts, *(code if of_text else type(next(iter(counts)))(code) for code in present)})
    words = [labels.get(code) or figure(code) for code in codes]
    if len(set(words)) < len(words):  # two codes of one label stay two categories
        words = [f"{word} ({figure(code)})" for word, code in zip(words, codes, strict=True)]
    if len(set(words)) < len(words):
        return None
    indices = pc.cast(pc.index_in(column, pa.array(codes, column.type)), pa.int32())
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string())), bool(without)


def _some(column: Column, labels: Mapping[Any, str]) -> str:
    """A few of the labels that values of the column have: “99 = refused”."""
    present = [code for code in pc.unique(column.drop_null()).to_pylist() if code in labels][:4]
    return ", ".join(f"{figure(code)} = {labels[code][:30]}" for code in present)


def figure(code: Any) -> str:
    """A code as text: 1.0 is 1."""
    return str(int(code)) if isinstance(code, float) and np.isfinite(code) and code.is_integer() else str(code)
