"""The table among the lines of a question: the longest run of lines that split alike, or columns that stand below one another."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from typing import NamedTuple

from ..readers.header import BLANK, is_number
from .printed_columns import FEWEST_LINES, by_position, in_one_block

MOST_LINES = 20_000
"""Lines of text in which a table is looked for."""
MOST_GROUPS = 10
_WORD = re.compile(r'"[^"]*"|\S+')


class Found(NamedTuple):
    """A table as text, the lines beside it, and whether its cells were told apart by where they stand."""

    text: str
    others: list[str]
    by_position: bool = False


def find_table(text: str) -> Found | None:
    """The table among lines; None where there is none."""
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        return None
    said = [line for line in lines if line.strip()]
    table = in_one_block(said)
    if len(run := _longest_run(table)) == len(table):
        return Found("\n".join(run), [])
    for group in [*_groups(lines), said]:
        table = in_one_block(group)
        run = _longest_run(table)
        if len(run) == len(table):
            return Found("\n".join(run), _others(said, group))
        if positioned := by_position(table):
            return Found(positioned, _others(said, group), by_position=True)
    run = _longest_run(said)
    return Found("\n".join(run), _others(said, run)) if run else None


def _others(lines: Sequence[str], used: Sequence[str]) -> list[str]:
    known = {*used}
    return [line for line in lines if line not in known]


def _groups(lines: Sequence[str]) -> list[list[str]]:
    """The lines between blank ones, in which the table may be, the most first."""
    groups: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            groups[-1].append(line)
        elif groups[-1]:
            groups.append([])
    large = [group for group in groups if len(group) >= FEWEST_LINES]
    return sorted(large, key=len, reverse=True)[:MOST_GROUPS]


def _longest_run(lines: Sequence[str]) -> list[str]:
    """The longest run of lines of as many cells, with columns of numbers below their first; none where there is none.

    Where blanks stand between the cells, the first line may have one less, the name of the rows.
    """
    best: tuple[tuple[int, int], list[str]] = ((0, 0), [])
    for separator in ("\t", ";", ",", "|", ""):
        rows = [_cells(line, separator) for line in lines]
        begin = 0
        for k in range(1, len(rows) + 1):
            if k < len(rows) and len(rows[k]) == len(rows[begin]):
                continue
            above = begin - (not separator and begin > 0 and len(rows[begin - 1]) == len(rows[begin]) - 1)
            score = (k - above, len(rows[begin]))
            if score > best[0] and score[0] >= FEWEST_LINES and score[1] > 1 and _has_numbers(rows[above + 1 : k]):
                best = score, list(lines[above:k])
            begin = k
    return best[1]


def _cells(line: str, separator: str) -> list[str]:
    if not separator:
        return _WORD.findall(line)
    try:
        return next(csv.reader([line], delimiter=separator)) if '"' in line else line.split(separator)
    except csv.Error:  # a cell too long for any table, or a stray end of line
        return [line]


def _has_numbers(rows: Sequence[Sequence[str]]) -> bool:
    """Whether all values of a column are numbers."""
    return any(
        filled and all(map(is_number, filled)) for column in zip(*rows, strict=True) if (filled := _filled(column))
    )


def _filled(column: Sequence[str]) -> list[str]:
    return [word for cell in column if (word := cell.strip(' "')) not in BLANK]
