"""Whether the first line of a table holds the names of its columns, or is a row like the others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .result import listed

LOOKED_AT = 200
"""Rows below the first that are compared with it."""
FIRST_YEAR, LAST_YEAR = 1900, 2100
BLANK = frozenset({"", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", ".", "-", "?", "*"})

_NUMBER = re.compile(r"[+-]?(\d[\d.,]*|[.,]\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class FirstLine:
    """What the first line was taken for.

    Attributes
    ----------
    names : bool
        Whether it holds the names of the columns; else it is a row.
    sure : bool
        Whether the lines below it, or a person, say so; where not, it is a guess that may lose a row.
    """

    names: bool
    sure: bool = True


def first_line(first: Sequence[str], rows: Sequence[Sequence[str]], chosen: bool | None = None) -> FirstLine:
    """Whether the first line names the columns: what a person chose, else a guess.

    It does where text stands above numbers. Where numbers stand above numbers, it is a row if some text beside them
    belongs to its column: the value occurs again below ("a" above a, b, a), or is built like all below it ("s01" above
    s02, s03). It is taken for the header if some text does not ("region" above a, b, a, b), or if the numbers look like
    names (0, 1, 2 or years), of which nobody can be sure; else for a row.

    Parameters
    ----------
    first : sequence of k str
        The cells of the first line, stripped.
    rows : sequence of sequences of str
        The lines below it, or the first of them.
    chosen : bool, optional
        Whether it holds names, by whoever knows.
    """
    if chosen is not None:
        return FirstLine(chosen)
    if not rows or list(first) == [str(k) for k in range(len(first))]:  # as pandas names columns that have no names
        return FirstLine(True)
    if heads_numbers(first, rows):
        return FirstLine(True)  # as in most files
    columns = [_below(rows, k) for k in range(len(first))]
    of_numbers = [_holds_numbers(cells) for cells in columns]
    above = [cell for cell, numbers in zip(first, of_numbers, strict=True) if numbers]
    texts = [(cell, cells) for cell, cells, numbers in zip(first, columns, of_numbers, strict=True) if not numbers]
    belong = any(_belongs(cell, cells) for cell, cells in texts)
    if not above:  # of text alone, nothing tells
        return FirstLine(not all(map(is_number, first)), sure=not belong)
    if not all(is_number(cell) or cell in BLANK for cell in above) or not any(map(is_number, above)):
        return FirstLine(True)
    if belong:
        return FirstLine(False)
    repeats = any(cell and 2 * len(set(cells)) <= len(cells) for cell, cells in texts)
    are_names = bool(texts or "" in above) and _are_names([cell for cell in above if cell])
    return FirstLine(repeats or are_names, sure=not (repeats or are_names))


def note(first: Sequence[str], result: FirstLine, chosen: bool | None = None) -> str | None:
    """A sentence on what the first line was taken for, where people should look at it; none where they chose it."""
    if chosen is not None:
        return None
    if not result.names:
        words = "The first line holds values, not names: it was read as data, and the columns are numbered"
        return f"{words} ({listed(first)})."
    if not result.sure:
        words = (
            f"It is not certain that the first line holds names of columns ({listed(first)}): it may be a row of data"
        )
        return f"{words}, which is left out then. If so, choose “data” where the file was brought (header=False in Python)."
    numbers = [cell for cell in first if is_number(cell)]
    if not numbers or list(first) == [str(k) for k in range(len(first))]:
        return None
    return f"The first line was read as names of columns, though there are numbers in it: {listed(numbers)}."


def is_number(cell: str) -> bool:
    """Whether a cell is a number as people write it."""
    return _NUMBER.fullmatch(cell.replace("\N{MINUS SIGN}", "-")) is not None


def heads_numbers(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a line has no number above rows that have; told by the first column of numbers."""
    return not any(map(is_number, first)) and any(_holds_numbers(_below(rows, k)) for k in range(len(first)))


def _below(rows: Sequence[Sequence[str]], k: int) -> list[str]:
    cells = (row[k].strip() for row in rows[:LOOKED_AT] if k < len(row))
    return [cell for cell in cells if cell not in BLANK]


def _holds_numbers(cells: list[str]) -> bool:
    return bool(cells) and sum(map(is_number, cells)) > len(cells) / 2


def _belongs(cell: str, cells: list[str]) -> bool:
    """Whether text is one of those below it, or built as they are with digits at the same places."""
    if cell in cells:
        return True
    shape = _shape(cell)
    return bool(cells) and bool(re.search(r"9", shape)) and all(_shape(other) == shape for other in cells)


def _shape(text: str) -> str:
    """Runs of digits as 9, runs of letters as a: "s01" is "a9", "2020-01-31" is "9-9-9"."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", text))


def _are_names(cells: Sequence[str]) -> bool:
    """Whether numbers are such as name columns: all different and whole, years or counted from 0 or 1."""
    if len(set(cells)) < len(cells) or not all(re.fullmatch(r"\d{1,4}", cell) for cell in cells):
        return False
    numbers = [int(cell) for cell in cells]
    counted = len(numbers) > 1 and numbers in (list(range(len(numbers))), list(range(1, len(numbers) + 1)))
    return counted or all(FIRST_YEAR <= number <= LAST_YEAR for number in numbers)
