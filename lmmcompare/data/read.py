"""Read a CSV file as people save them, and say in sentences what was found and done."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from ..errors import DataError
from ..numbers import count, number
from .convert import Findings, convert
from .detect import SAVE_AS_CSV, SEPARATORS, Dialect, body_of, decode, detect, first_uneven_line, open_quote

MAX_BYTES = 50_000_000
MAX_ROWS = 2_000_000
MAX_COLUMNS = 2_000
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read.

    Attributes
    ----------
    frame : DataFrame
        Numeric columns are int64 or float64, all others text.
    name : str
        The file's name, as given.
    notes : tuple of str
        What was found and done, a sentence each.
    """

    frame: pd.DataFrame
    name: str
    notes: tuple[str, ...] = ()


def max_bytes() -> int:
    """The largest file that is read: ``MAX_BYTES``, or the environment's LMMCOMPARE_MAX_MB in millions of bytes."""
    try:
        megabytes = float(os.environ.get("LMMCOMPARE_MAX_MB", ""))
    except ValueError:
        return MAX_BYTES
    return int(megabytes * 1e6) if math.isfinite(megabytes) and megabytes > 0 else MAX_BYTES


def read_csv(content: bytes, name: str = "") -> Table:
    """Read the bytes of a CSV file.

    Finds out the encoding (UTF-8, UTF-16 with a byte order mark, else Windows-1252), the separator (comma, semicolon,
    tab, vertical bar), the quotes, and column by column whether commas mark decimals or thousands. Blank cells, NA,
    NaN, NULL and the like are missing; ".", "-", "?" and None are missing among numbers only. Dates stay text.

    Parameters
    ----------
    content : bytes
        The file.
    name : str, optional
        Its name, for messages.

    Raises
    ------
    DataError
        When it cannot be read as a table; the message says what is wrong, on which line, and what to do.
    """
    what = f"“{name[:MAX_NAME]}”" if name else "The file"
    if len(content) > max_bytes():
        raise DataError(
            f"{what} has {number(len(content) / 1e6)} MB; at most {number(max_bytes() / 1e6)} MB are read.",
            "Leave out columns or rows that the comparison does not need.",
        )
    text, notes = decode(content, what)
    told = re.match(r'"?sep=([,;|\t])"?\r?\n', text, flags=re.IGNORECASE)  # Excel's way to name the separator
    if told:
        text = text[told.end() :]
    text = text.rstrip(" \r\n") + "\n"
    dialect = detect(text, what, (told[1],) if told else SEPARATORS)
    open_line = open_quote(text, dialect)
    if open_line is not None:
        raise DataError(
            f"A quote in line {open_line + bool(told):,} of {_inside(what)} is never closed.", "Close or remove it."
        )
    if len(dialect.header) > MAX_COLUMNS:
        raise DataError(
            f"{what} has {len(dialect.header):,} columns; at most {MAX_COLUMNS:,} are read.",
            "Keep the outcome, the predictors and the group, or save the table with its rows and columns swapped.",
        )
    cells = [cell.strip() for cell in dialect.header]
    numbered = cells == [str(k) for k in range(len(cells))]  # as pandas names columns that have no names
    has_header = numbered or not all(_is_number(cell) for cell in cells)
    raw = list(dialect.header) if has_header else [""] * len(cells)
    if dialect.extra:
        raw = ["row", *raw] if dialect.extra == "row names" else [*raw, ""]
        place = "the first is called “row”" if dialect.extra == "row names" else "a blank at the end"
        notes.append(f"The rows have one cell more than the header: {place}.")
    names, name_notes = _unique_names(raw)
    if not has_header:
        name_notes = [f"The first line holds numbers, not names: it was read as data, columns are called {names[0]}, …"]
    columns = _parse(text, dialect, names, has_header, what, bool(told))
    columns, dropped = _drop_blank(columns, raw, names)
    if not len(next(iter(columns.values()))):
        raise _no_rows(what)
    frame, found = convert(columns, dialect.separator)
    if dialect.separator == "," and found.decimal_comma:
        notes.append(f"Commas in quotes mark the decimals in {listed(found.decimal_comma)}.")
    elif dialect.separator != ",":
        commas = " and commas mark the decimals" if found.decimal_comma else ""
        notes.append(f"{SEPARATORS[dialect.separator].capitalize()} separate the columns{commas}.")
    if dialect.quote == "'":
        notes.append("Single quotes enclose text.")
    return Table(frame, name, (*notes, *name_notes, *dropped, *_sentences(found)))


def listed(items: Iterable[str], most: int = 3) -> str:
    """Names in quotes, the first few of them: “a”, “b”, “c” and 5 more."""
    items = list(items)
    shown = ", ".join(f"“{item[:40]}”" for item in items[:most])
    return shown + (f" and {len(items) - most:,} more" if len(items) > most else "")


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?", cell) is not None


def _unique_names(raw: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names that can stand in a formula: stripped, of bounded length, no blanks, none twice."""
    notes: list[str] = []
    names: list[str] = []
    blank: list[str] = []
    again: list[str] = []
    changed: list[str] = []
    taken: set[str] = set()
    cleaned = [" ".join(re.sub(r"[\x00-\x1f\x7f`]", " ", name).split()) for name in raw]
    reserved = {name[:MAX_NAME] for name in cleaned}
    for position, (name, clean) in enumerate(zip(raw, cleaned, strict=True), start=1):
        if not clean:
            new = _free(f"column_{position}", taken | reserved)
            blank.append(new)
        else:
            new = clean[:MAX_NAME]
            if new != name.strip():
                changed.append(new)
            if new in taken:
                new = _free(new[: MAX_NAME - 8] + "_2", taken | reserved)
                again.append(new)
        taken.add(new)
        names.append(new)
    if blank:
        notes.append(f"Blank column {'name' if len(blank) == 1 else 'names'} replaced by {listed(blank)}.")
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


def _parse(
    text: str, dialect: Dialect, names: list[str], has_header: bool, what: str, skipped: int
) -> dict[str, pa.Array]:
    """All cells as text, a column each; ``skipped`` lines were taken off before the text."""
    body = body_of(text, dialect) if has_header else text
    if not body.strip():
        raise _no_rows(what)
    if "\n" not in body[:-1]:
        body = body.replace("\r", "\n")
    keys = [str(k) for k in range(len(names))]
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(body.encode()),
            pa_csv.ReadOptions(column_names=keys, block_size=1 << 24),  # a block must hold the longest row
            pa_csv.ParseOptions(
                delimiter=dialect.separator,
                quote_char=dialect.quote,
                newlines_in_values=dialect.quote in body,
            ),
            pa_csv.ConvertOptions(column_types=dict.fromkeys(keys, pa.string()), strings_can_be_null=False),
        )
    except pa.ArrowInvalid as error:
        uneven = first_uneven_line(text, dialect, len(names))
        if uneven is None:
            raise DataError(f"{what} cannot be read as CSV: {str(error)[:200]}.", SAVE_AS_CSV) from None
        line, width = uneven
        raise DataError(
            f"Line {line + skipped:,} of {_inside(what)} has {count(width, 'cell')}, not {len(names):,} as expected.",
            "Mend that line (a text that holds the separator must stand in quotes), or save the table as CSV anew.",
        ) from None
    if len(table) > MAX_ROWS:
        raise DataError(f"{what} has {len(table):,} rows; at most {MAX_ROWS:,} are read.", "Keep fewer rows.")
    return dict(zip(names, (column.combine_chunks() for column in table.columns), strict=True))


def _inside(what: str) -> str:
    return "the file" if what == "The file" else what


def _no_rows(what: str) -> DataError:
    return DataError(f"{what} has a header line but no rows.", "Choose a file with at least one row below its header.")


def _drop_blank(
    columns: dict[str, pa.Array], raw: Sequence[str], names: Sequence[str]
) -> tuple[dict[str, pa.Array], list[str]]:
    """Leave out rows without any value, and columns without a name and without any value."""
    notes = []
    any_value = None
    empty = []
    for cells, given, name in zip(columns.values(), raw, names, strict=True):
        filled = pc.greater(pc.binary_length(pc.utf8_trim_whitespace(cells)), 0)
        any_value = filled if any_value is None else pc.or_(any_value, filled)
        if not given.strip() and not pc.any(filled).as_py():
            empty.append(name)
    n_blank = 0 if any_value is None else len(any_value) - (pc.sum(any_value).as_py() or 0)
    if n_blank:
        columns = {name: pc.filter(cells, any_value) for name, cells in columns.items()}
        notes.append(f"{count(n_blank, 'row')} without any value left out.")
    if empty and len(empty) < len(columns):
        columns = {name: cells for name, cells in columns.items() if name not in set(empty)}
        notes.append(f"{count(len(empty), 'column')} without a name and without any value left out.")
    return columns, notes


def _sentences(found: Findings) -> list[str]:
    """The findings in the columns as notes."""
    notes = []
    if found.thousands:
        notes.append(f"Separators of thousands were removed in {listed(found.thousands)}.")
    if found.trimmed:
        notes.append(f"Spaces around the values were removed in {listed(found.trimmed)}.")
    if found.dates:
        notes.append(f"Dates stay text: {listed(found.dates)}.")
    if found.huge:
        notes.append(f"Numbers too long to be kept exactly were rounded: {listed(found.huge)}.")
    if found.markers:
        total = sum(found.markers.values())
        kinds = ["blank" if not marker else f"“{marker}”" for marker in sorted(found.markers)]
        are = "cell was" if total == 1 else "cells were"
        notes.append(f"{total:,} {are} read as missing: {', '.join(kinds)}.")
    return notes
