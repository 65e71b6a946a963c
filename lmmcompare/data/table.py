"""A table that was read, and the names of its columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import pandas as pd

from .limits import MAX_NAME
from .readers.result import listed

PASTED = "pasted text"
"""The name of a table that came from no file."""
MOST_COMPANIONS = 8
"""Tables beside the one that is looked at; the latest come first."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read where it could be read otherwise; None leaves it to the reader.

    Attributes
    ----------
    header : bool, optional
        Whether the first line holds names of columns; else it is a row.
    sheet : str, optional
        Of a workbook, or the table of another file that holds several.
    """

    header: bool | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table that was read.

    Attributes
    ----------
    frame : DataFrame
        Numeric columns are int64 or float64, truth values bool (pandas' own where some are missing), dates datetime64, categories
        Categorical, all others text.
    name : str
        The file's name, as given.
    notes : tuple of str
        What was found and done, a sentence each.
    labels : mapping of str to str
        What the file calls a column at length, by the column's name; for most files nothing.
    missing_codes : mapping of str to str
        The values that the file declares to be missing, in words, by the column's name.
    sheets : tuple of str
        A workbook's sheets, or the tables of another file that holds several.
    first_line : bool, optional
        Whether the first line was read as names of columns; None where a file keeps these apart.
    further_lines : int
        Lines below the first that were read as part of the header too.
    sure : bool
        Whether that is certain.
    reading : Reading
        How it was read, as far as somebody chose.
    formula : str
        The mixed model that somebody has set up with the table in its file; else empty.
    digest : str
        A hash of the file's bytes: what tells it from another of the same name and size. Empty where no file was read.
    sheet : str
        The one of ``sheets`` that it is; empty where there are no others.
    companions : tuple of Table
        Tables that came with it and may be joined to it: other sheets, other files of one study. They have none of their own.
    """

    frame: pd.DataFrame
    name: str
    notes: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    missing_codes: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    first_line: bool | None = None
    further_lines: int = 0
    sure: bool = True
    reading: Reading = field(default_factory=Reading)
    formula: str = ""
    digest: str = ""
    sheet: str = ""
    companions: tuple[Table, ...] = ()

    @property
    def title(self) -> str:
        """What tells it from its companions: its sheet's name where it has one, else the file's."""
        return self.sheet or self.name

    @property
    def full_name(self) -> str:
        """Its file's name, and which it is where the file holds several."""
        return f"{self.name}, {self.sheet}" if self.sheet else self.name

    def companion(self, title: str) -> Table | None:
        """The companion of this title; None where there is none."""
        return next((table for table in self.companions if table.title == title), None)


def with_companions(first: Table, others: Iterable[Table]) -> Table:
    """A table with these as its companions: each once by its file and sheet, each under a title of its own."""
    known, titles, companions = {(first.digest, first.sheet)}, {first.title}, []
    for table in others:
        place = (table.digest, table.sheet)
        if table.digest and place in known:
            continue
        known.add(place)
        if table.title in titles:  # two files of one name, or sheets of two workbooks
            free = next(f"{table.title} {k}" for k in count(2) if f"{table.title} {k}" not in titles)
            table = replace(table, name=free, sheet="")
        titles.add(table.title)
        companions.append(replace(table, companions=()))
    return replace(first, companions=tuple(companions[:MOST_COMPANIONS]))


def unique_names(raw: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names that can stand in a formula: stripped, of bounded length, no blanks, none twice."""
    notes: list[str] = []
    names: list[str] = []
    again: list[str] = []
    changed: list[str] = []
    taken: set[str] = set()
    cleaned = [" ".join(re.sub(r"[\x00-\x1f\x7f`]", " ", name).split()) for name in raw]
    reserved = {name[:MAX_NAME] for name in cleaned}
    for position, (name, clean) in enumerate(zip(raw, cleaned, strict=True), start=1):
        if not clean:
            new = _free(f"column_{position}", taken | reserved)
        else:
            new = clean[:MAX_NAME]
            if new != name.strip():
                changed.append(new)
            if new in taken:
                new = _free(new[: MAX_NAME - 8] + "_2", taken | reserved)
                again.append(new)
        taken.add(new)
        names.append(new)
    if again:
        notes.append(f"Column names that occur twice were made unique: {listed(again)}.")
    if changed:
        notes.append(f"Long or unusual column names were shortened or cleaned: {listed(changed)}.")
    return names, notes


def _free(name: str, taken: set[str]) -> str:
    """The first of name_2, name_3, … (or the name itself, where it is free) that no other column has."""
    if name not in taken:
        return name
    stem, k = re.sub(r"_2$", "", name), 2
    while f"{stem}_{k}" in taken:
        k += 1
    return f"{stem}_{k}"
