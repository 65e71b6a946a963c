"""Whether text may become numbers: not where values that differ, such as 1.1 and 1.10 or two long ids, would be one.

The one place that decides it, for text files, pasted cells, workbooks, JSON and Arrow's own integers and decimals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .cell_patterns import CODE, LONG, ONE_WRITING
from .result import Column

LARGEST_EXACT = 2**53
"""Whole numbers up to this are exact as float64."""
LARGEST_PLAIN = 10**10
"""Hexadecimal numbers below this are no shorter than decimal ones."""
NAMED = 5
"""Columns that get a sentence each."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What a column of text would lose as numbers.

    Attributes
    ----------
    texts, numbers : int
        How many different values it has as text, and would have as numbers.
    example : str
        Why, as a clause: "“1.1” and “1.10” are one number".
    """

    texts: int
    numbers: int
    example: str

    def words(self, name: str) -> str:
        """A sentence, such as "“plot” is kept as text: as numbers its 24 different values would be 22, …"."""
        counts = f"its {self.texts:,} different values would be {self.numbers:,}, since "
        return f"“{name[:40]}” is kept as text: as numbers {counts if self.texts > self.numbers else ''}{self.example}."


def loss(texts: Column, numbers: Any) -> Loss | None:
    """What text would lose as these numbers, or None where each number stands for one text.

    Two ways to write a number that nobody uses to tell values apart are one text: "+5", "5.", "5.0" and "5", ".5" and
    "0.5", "-0" and "0". Leading zeros ("007") are codes even where no two of them meet, and so are whole numbers that
    float64 would round.

    Parameters
    ----------
    texts : Arrow array of n strings
        Null where missing.
    numbers : (n,) array
        What they are as int64 or float64; whatever where missing.
    """
    if texts.null_count:
        present = pc.is_valid(texts).to_numpy(zero_copy_only=False)
        texts, numbers = texts.drop_null(), numbers[present]
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    if not len(texts) or _are_plain(texts, numbers):
        return None
    example = ""
    if (code := _code(texts)) is not None:
        example = f"“{code[:40]}” would be {str(numbers[pc.index(texts, code).as_py()])[:40]}"
    elif (rounded := _rounded(texts, numbers)) is not None:
        example = f"“{rounded[:40]}” would be rounded, having more digits than a number"
    if numbers.dtype.kind != "f" and not example:
        return None  # int64 from text without leading zeros: one text each
    if not example and _all_differ(numbers):
        return None
    first, n_numbers = _first_of_each(numbers)
    other = pc.take(texts, pa.array(first))
    unlike = pc.not_equal(texts, other)
    if pc.any(unlike).as_py():
        one, two = pc.filter(texts, unlike), pc.filter(other, unlike)
        really = pc.not_equal(_plain(one), _plain(two))
        if pc.any(really).as_py():
            pair = f"“{_first(two, really)[:40]}” and “{_first(one, really)[:40]}” are one number"
            return Loss(pc.count_distinct(_plain(texts)).as_py(), n_numbers, pair)
    return Loss(n_numbers, n_numbers, example) if example else None


def exact(numbers: Iterable[Any]) -> bool:
    """Whether Python's whole numbers are what they are as float64 too."""
    try:
        return all(abs(n) <= LARGEST_EXACT or int(float(n)) == n for n in numbers)
    except OverflowError:
        return False


def sentences(losses: dict[str, Loss]) -> list[str]:
    """What stays text and why, by the columns' names."""
    notes = [loss.words(name) for name, loss in list(losses.items())[:NAMED]]
    if len(losses) > NAMED:
        notes.append(f"So do {len(losses) - NAMED:,} more columns, for the like.")
    return notes


def _are_plain(texts: Column, numbers: Any) -> bool:
    """Whether whole numbers are written in as few characters as they can be, so that each has one text."""
    if numbers.dtype.kind != "i":
        return False
    size, negative = np.abs(numbers), int(np.count_nonzero(numbers < 0))
    largest = int(size.max())
    if largest >= LARGEST_PLAIN:
        return False
    digits = len(size) + sum(int(np.count_nonzero(size >= 10**k)) for k in range(1, len(str(largest))))
    return bool(pc.sum(pc.binary_length(texts)).as_py() == digits + negative)


def _code(texts: Column) -> str | None:
    """The first whole number with leading zeros, or hexadecimal one (which Arrow's parser of integers takes)."""
    pointed = pc.match_substring(texts, ".")
    if pc.all(pointed).as_py():
        return None
    texts = pc.filter(texts, pc.invert(pointed)) if pc.any(pointed).as_py() else texts  # these are no whole numbers
    for start in ("0", "-0", "+0"):
        some = pc.filter(texts, pc.starts_with(texts, start))
        codes = pc.filter(some, pc.match_substring_regex(some, CODE)) if len(some) else some
        if len(codes):
            return str(codes[0])
    return None


def _all_differ(numbers: Any) -> bool:
    """Whether no number stands twice; sorting is faster than counting where most differ."""
    ordered = np.sort(numbers)
    return bool((ordered[1:] != ordered[:-1]).all())


def _first_of_each(numbers: Any) -> tuple[Any, int]:
    """For each number the position where the same stands first, and how many different ones there are."""
    encoded = pa.array(numbers + 0).dictionary_encode()  # adding makes 0 of -0
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    first = np.empty(len(encoded.dictionary), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return first[codes], len(first)


def _rounded(texts: Column, numbers: Any) -> str | None:
    """The first whole number that is another one as float64."""
    if numbers.dtype.kind != "f" or not (np.abs(numbers) >= LARGEST_EXACT).any():
        return None
    long = pc.filter(texts, pc.match_substring_regex(texts, LONG)).to_pylist()
    return next((text for text in long if len(text) > 400 or not exact([int(text)])), None)


def _plain(texts: Column) -> Column:
    """Numbers in one way of writing each."""
    for pattern, new in ONE_WRITING:
        texts = pc.replace_substring_regex(texts, pattern, new)
    return texts


def _first(texts: Column, where: Column) -> str:
    return str(pc.filter(texts, where)[0])
