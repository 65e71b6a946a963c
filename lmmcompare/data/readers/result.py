"""What a reader gives back, what it may use, and how it says what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SAVE_ANEW = "Open it in the program that made it and save it anew, or save the table as CSV (UTF-8)."

Column = Any  # a pyarrow array, chunked or not; pyarrow ships no types


class Unreadable(Exception):
    """A file that cannot be read: what is wrong with it, and what to do. ``{file}`` stands for its name."""

    def __init__(self, problem: str, remedy: str = SAVE_ANEW) -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy

    def named(self, what: str) -> tuple[str, str]:
        """Problem and remedy with what messages call the file."""
        problem, remedy = (text.replace("{file}", what) for text in (self.problem, self.remedy))
        return problem[:1].upper() + problem[1:], remedy


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read of one file.

    Attributes
    ----------
    size, unpacked : int
        Bytes of a table as text; bytes of a workbook's parts once they are unpacked.
    rows, columns, cells : int
        Of the table.
    """

    size: int
    unpacked: int
    rows: int
    columns: int
    cells: int

    def check(self, rows: int, columns: int) -> None:
        """Refuse a table that is too large, before its cells are read where its file tells."""
        if columns > self.columns:
            raise Unreadable(
                f"{{file}} has {columns:,} columns; at most {self.columns:,} are read.",
                "Keep the outcome, the predictors and the group, or save the table with its rows and columns swapped.",
            )
        if rows > self.rows:
            raise Unreadable(f"{{file}} has {rows:,} rows; at most {self.rows:,} are read.", "Keep fewer rows.")
        if rows * columns > self.cells:
            raise Unreadable(
                f"{{file}} has {rows:,} rows of {columns:,} columns; at most {self.cells:,} cells are read.",
                "Leave out columns that the comparison does not need.",
            )


@dataclass(frozen=True, slots=True)
class Outcome:
    """A table as a reader found it.

    Attributes
    ----------
    names : sequence of str
        The columns' names as they stand in the file; blank, long or doubled ones too.
    columns : sequence of Arrow arrays
        Of int64, float64, bool, timestamp without a zone, string, or dictionary of strings (categories in their order).
    as_typed : bool
        Whether text is what somebody typed into cells, so that "1,5" or "NA" there may be a number or a missing value.
    notes : sequence of str
        What was found and done, a sentence each.
    labels : mapping of str to str
        What the file calls a column at length, by the column's name.
    sheets : sequence of str
        A workbook's sheets, or the tables of another file that holds several.
    first_line : bool, optional
        Whether the first line was read as names of columns; None where a file keeps these apart.
    further_lines : int
        Lines below the first that belong to the header too.
    sure : bool
        Whether that is certain.
    missing_codes : mapping of str to str
        The values that the file declares to be missing, in words ("9, 97 to 99"), by the column's name.
    formula : str
        The mixed model that somebody has set up with the table in its file, in lme4's notation; else empty.
    sheet : str
        The one of ``sheets`` that was read.
    """

    names: Sequence[str]
    columns: Sequence[Column]
    as_typed: bool = False
    notes: Sequence[str] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    sheets: Sequence[str] = ()
    first_line: bool | None = None
    further_lines: int = 0
    sure: bool = True
    missing_codes: Mapping[str, str] = field(default_factory=dict)
    formula: str = ""
    sheet: str = ""


def declared_notes(missing_codes: Mapping[str, str]) -> list[str]:
    """A note on columns whose values a file declares to be missing; none where there are no such columns."""
    columns = [f"{name} ({words})" for name, words in missing_codes.items()]
    return [f"Values that the file declares to be missing are missing: {listed(columns)}."] if columns else []


def range_words(low: str, high: str) -> str:
    """A range of values that are declared missing: "97 to 99", "0 or less", "9"."""
    if low == "-inf" or high == "inf":
        return f"{high} or less" if low == "-inf" else f"{low} or more"
    return low if low == high else f"{low} to {high}"


def long_times_note(names: Iterable[str]) -> str:
    """A note on columns of hours and minutes that were read as numbers of days, since no day has as many."""
    return f"Lengths of time, some of them a day or longer or below 0, are numbers of days: {listed(names)}."


def listed(items: Iterable[str], most: int = 3) -> str:
    """Names in quotes, the first few of them: “a”, “b”, “c” and 5 more."""
    items = list(items)
    display = ", ".join(f"“{item[:40]}”" for item in items[:most])
    return display + (f" and {len(items) - most:,} more" if len(items) > most else "")
