"""Vectors as R's console prints them, ``[1] 2.5 3.1``, below the names that somebody typed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ...errors import DataError
from ..readers.result import listed
from .markup import as_csv

_LINE = re.compile(r"\s*\[(\d{1,9})\]\s(.*)")
_NAME = re.compile(r"\s*(?:>\s*(?:[\w.]+\$)?|\$)`?(?P<name>[\w.]+)`?\s*")
"""What is typed to see a vector, and what R prints above the parts of a list."""
_TYPED = re.compile(r"\s*[>+](?:\s|$)")
_LEVELS = re.compile(r"\s*(?:\d+ )?Levels:(.*)")
_WORD = re.compile(r'"[^"]*"|\S+')
_DIGITS = "Vectors were put side by side. R prints seven digits of a number: paste what dput() prints for all of them."
_REMEDY = "In R: dput(data.frame(y, g)), with the names of your vectors for y and g; paste what it prints."


@dataclass(slots=True)
class _Vector:
    """A vector: its name, "" where it has none, its values as they are printed, its levels in their order."""

    name: str
    values: list[str] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)


def of_vectors(text: str) -> tuple[str, list[str]] | None:
    """Vectors of one length as CSV, a column each, and notes; None where the text is something else.

    Raises
    ------
    DataError
        Where it is vectors and no table can be made of them.
    """
    vectors = _vectors(text)
    if not vectors:
        return None
    lengths = {len(vector.values) for vector in vectors}
    if len(vectors) == 1:
        raise DataError(
            f"This is one vector of {max(lengths):,} values; a comparison needs an outcome and a group.", _REMEDY
        )
    if len(lengths) > 1:
        each = [f"{vector.name or 'one'} {len(vector.values):,}" for vector in vectors]
        raise DataError(f"These vectors differ in how many values they have: {listed(each, 4)}.", _REMEDY)
    notes = [_DIGITS]
    if ordered := [v.name for v in vectors if v.levels != sorted(v.levels)]:
        notes.append(f"The order of levels is not kept: {listed(ordered)}.")
    names = [vector.name or f"vector {k}" for k, vector in enumerate(vectors, start=1)]
    return as_csv([names, *zip(*(vector.values for vector in vectors), strict=True)]), notes


def _vectors(text: str) -> list[_Vector]:
    """The vectors that a text holds; none where any line is no part of one, nor typed."""
    result: list[_Vector] = []
    name = ""
    for line in text.split("\n"):
        if printed := _LINE.fullmatch(line):
            if printed[1] == "1":
                result.append(_Vector(name))
                name = ""
            if not result or int(printed[1]) != len(result[-1].values) + 1:
                return []
            result[-1].values += [word.strip('"') for word in _WORD.findall(printed[2])]
        elif named := _NAME.fullmatch(line):
            name = named["name"]
        elif result and (levels := _LEVELS.fullmatch(line)):
            result[-1].levels = [word for word in levels[1].split() if word != "<"]
        elif line.strip() and not _TYPED.match(line):
            return []
    return result
