"""Rows of data that stand in a program of Stata, SAS or SPSS, with what the program says of its columns, as a table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from .cells import clean, whole
from .data_in_code import Unknown, passed_over_notes
from .display_formats import as_dates
from .result import Column, Limits, Outcome
from .value_labels import Labelled

_WORD = re.compile(r'"[^"]*"|\'[^\']*\'|[^\s,]+')
_RANGE = re.compile(r"\b([^\W\d]\w*?)(\d+)\s*(?:-|\bto\b)\s*\1(\d+)", re.IGNORECASE)
MOST_NAMES = 2_000


@dataclass(slots=True)
class Written:
    """What a program says of its data.

    Attributes
    ----------
    texts : set of str
        The columns that it declares to hold text.
    rows : list of lists of str
        Their cells, without quotes; "" is missing, and so are the program's own signs.
    value_labels : dict
        Column to code to label.
    labels, formats : dict of str to str
        Column to what it is; column to the format that shows it, such as "%td".
    passed_over : list of str
        Lines that would change the table.
    """

    language: str
    names: list[str]
    texts: set[str]
    rows: list[list[str]]
    value_labels: dict[str, dict[str, str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)

    def outcome(self, limits: Limits) -> Outcome:
        """The table."""
        limits.check(len(self.rows), len(self.names))
        labelled, columns = Labelled(), []
        for k, name in enumerate(self.names):
            column = _column([row[k] for row in self.rows], name in self.texts)
            if dates := as_dates(column, self.formats.get(name, ""), "dta"):
                column = dates[0]
            columns.append(labelled.column(name, column, _codes(self.value_labels.get(name, {}), column)))
        notes = [*passed_over_notes(self.language, self.passed_over), *labelled.sentences()]
        return Outcome(self.names, columns, notes=notes, labels=self.labels)


def words_of(line: str) -> list[str]:
    """The cells of a line between blanks or commas; quotes enclose text."""
    return [word[1:-1] if word[0] in "\"'" and len(word) > 1 else word for word in _WORD.findall(line)]


def in_rows(words: Sequence[str], width: int) -> list[list[str]]:
    """Cells that go on from line to line, as rows of so many."""
    if not width or len(words) % width:
        raise Unknown(f"{len(words):,} values for rows of {width}")
    return [list(words[k : k + width]) for k in range(0, len(words), width)]


def with_ranges(names: str) -> str:
    """Names with each range written out: ``y1-y3`` is y1 y2 y3."""

    def whole_range(match: re.Match[str]) -> str:
        first, last = int(match[2]), int(match[3])
        if not 0 <= last - first < MOST_NAMES:
            raise Unknown(f"“{match[0][:30]}”")
        return " ".join(f"{match[1]}{k:0{len(match[2]) if match[2][0] == '0' else 1}d}" for k in range(first, last + 1))

    return _RANGE.sub(whole_range, names)


def _column(cells: Sequence[str], is_text: bool) -> Column:
    if not is_text:
        with suppress(ValueError):
            return whole(pa.array([None if _is_missing(cell) else float(cell) for cell in cells], pa.float64()))
    return pa.array([None if cell in ("", ".") else clean(cell) for cell in cells], pa.string())


def _is_missing(cell: str) -> bool:
    return cell == "" or re.fullmatch(r"\.[A-Za-z_]?", cell) is not None


def _codes(labels: Mapping[str, str], column: Column) -> Mapping[Any, str]:
    """Codes as the column holds them: numbers or texts."""
    if pa.types.is_string(column.type):
        return labels
    result: dict[float, str] = {}
    for code, label in labels.items():
        with suppress(ValueError):
            result[float(code)] = label
    return result
