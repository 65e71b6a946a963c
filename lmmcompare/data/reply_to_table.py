"""From what a reader found to the frame: blank rows and columns left out, numbers found in text, what was done said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import DataError
from ..text.numbers import count
from .infer_types import Findings, convert, truth_values
from .readers import numeric_text
from .readers.result import listed
from .table import Table, unique_names
from .text_cells import Text

STRINGS = {pa.string(): pd.StringDtype(na_value=np.nan), pa.large_string(): pd.StringDtype(na_value=np.nan)}


def to_table(reply: dict[str, Any], payload: bytes, name: str, what: str) -> Table:
    """The table that a child process has read: its reply and its Arrow stream (see ``readers.child_process``)."""
    batch = pa.ipc.open_stream(pa.py_buffer(payload)).read_next_batch()
    raw = reply["names"]
    names, name_notes = unique_names(raw)
    columns = dict(zip(names, batch.columns, strict=True))
    if reply["as_typed"]:
        columns, repeated = drop_repeated_header(columns, raw) if reply["first_line"] else (columns, [])
        columns, about_blank = drop_blank(columns, raw, names)
        about_blank = [*repeated, *about_blank]
    else:
        about_blank = _unnamed_note(columns, raw, names)
    if not len(next(iter(columns.values()))):
        raise no_rows_error(what)
    as_typed = {new: cells for new, cells in columns.items() if reply["as_typed"] and pa.types.is_string(cells.type)}
    text, result = convert(as_typed, ";")
    found_in = {new: text[new] if new in text else values_of(cells) for new, cells in columns.items()}
    frame = pd.DataFrame(found_in, copy=False)
    commas = [f"Commas mark the decimals in {listed(result.decimal_comma)}."] if result.decimal_comma else []
    notes = (*reply["notes"], *name_notes, *about_blank, *commas, *sentences(result))
    known = dict(zip(raw, names, strict=True))
    labels = {known[old]: str(label) for old, label in reply["labels"].items() if old in known}
    codes = {known[old]: str(words) for old, words in reply["missing_codes"].items() if old in known}
    about = {
        "sheets": tuple(reply["sheets"]),
        "sheet": sheet_of(reply),
        "first_line": reply["first_line"],
        "further_lines": reply["further_lines"],
        "sure": reply["sure"],
    }
    return Table(frame, name, notes, labels, missing_codes=codes, formula=reply["formula"], **about)


def sheet_of(reply: dict[str, Any]) -> str:
    """Which of the file's tables was read; empty where it holds one."""
    return reply["sheet"] if len(reply["sheets"]) > 1 else ""


def values_of(column: Text) -> Any:
    """A column as a frame holds it: numbers (missing is NaN), truth values, categories, or text."""
    if pa.types.is_boolean(column.type):
        return truth_values(column)
    if pa.types.is_dictionary(column.type):
        codes = pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False)
        words = column.dictionary.to_pandas(types_mapper=STRINGS.get)
        return pd.Categorical.from_codes(codes, pd.Index(words))
    if column.type in STRINGS and column.null_count < len(column):
        return column.to_pandas(types_mapper=STRINGS.get)
    if column.type in STRINGS:
        return np.full(len(column), np.nan)
    return column.to_numpy(zero_copy_only=False)


def drop_blank(columns: dict[str, Text], raw: Sequence[str], names: Sequence[str]) -> tuple[dict[str, Text], list[str]]:
    """Leave out rows without any value, and columns without a name and without any value.

    Parameters
    ----------
    columns : dict
        Name to the cells, text or numbers.
    raw, names : sequence of str
        The names as they stood in the file, and as they are now.
    """
    notes = []
    any_value = None
    empty = []
    every_row = False  # has a value in the columns so far
    for cells, given, name in zip(columns.values(), raw, names, strict=True):
        if every_row and given.strip():
            continue
        filled = _filled(cells)
        any_value = filled if any_value is None else pc.or_(any_value, filled)
        every_row = pc.all(any_value).as_py()
        if not given.strip() and not pc.any(filled).as_py():
            empty.append(name)
    n_blank = 0 if any_value is None else len(any_value) - (pc.sum(any_value).as_py() or 0)
    if n_blank:
        columns = {name: pc.filter(cells, any_value) for name, cells in columns.items()}
        notes.append(f"{count(n_blank, 'row')} without any value left out.")
    if empty and len(empty) < len(columns):
        columns = {name: cells for name, cells in columns.items() if name not in set(empty)}
        notes.append(f"{count(len(empty), 'column')} without a name and without any value left out.")
    return columns, notes + _unnamed_note(columns, raw, names)


def drop_repeated_header(columns: dict[str, Text], raw: Sequence[str]) -> tuple[dict[str, Text], list[str]]:
    """Leave out rows that hold the names of all columns once more, as files do that were put below each other.

    Parameters
    ----------
    columns : dict
        Name to the cells, of text.
    raw : sequence of str
        The names as they stood in the file.
    """
    is_header: Text = None
    for cells, name in zip(columns.values(), raw, strict=True):
        if not name.strip() or not pa.types.is_string(cells.type):
            return columns, []
        same = pc.fill_null(pc.equal(cells, name), False)
        is_header = same if is_header is None else pc.and_(is_header, same)
        if not pc.any(is_header).as_py():
            return columns, []  # told by the first column of most files
    n = pc.sum(is_header).as_py() if len(columns) > 1 else 0
    if not n or n == len(is_header):
        return columns, []
    kept = {name: pc.filter(cells, pc.invert(is_header)) for name, cells in columns.items()}
    return kept, [f"{count(n, 'row')} with the names of the columns once more left out."]


def _unnamed_note(columns: Iterable[str], raw: Sequence[str], names: Sequence[str]) -> list[str]:
    """What the columns without a name are called now, of those that were kept, where others have one."""
    kept = set(columns)
    unnamed = [name for given, name in zip(raw, names, strict=True) if not given.strip() and name in kept]
    if not unnamed or len(unnamed) == len(raw):
        return []
    return [f"Blank column {'name' if len(unnamed) == 1 else 'names'} replaced by {listed(unnamed)}."]


def sentences(result: Findings) -> list[str]:
    """The findings in the columns as notes."""
    notes = []
    if result.thousands:
        notes.append(f"Separators of thousands were removed in {listed(result.thousands)}.")
    if result.perhaps_thousands:
        notes.append(
            f"Points were read as decimals in {listed(result.perhaps_thousands)}, where they may separate thousands, as in 1.234: "
            "if so, save the file without such separators."
        )
    if result.trimmed:
        notes.append(f"Spaces around the values were removed in {listed(result.trimmed)}.")
    if result.alike:
        pairs = [f"{name} ({one} and {other})" for name, (one, other) in result.alike.items()]
        notes.append(f"Values that differ in capitals only are different values: {listed(pairs)}.")
    if result.truths:
        notes.append(f"Read as truth values, true or false: {listed(result.truths)}.")
    if result.dates:
        notes.append(f"Read as dates: {listed(result.dates)}.")
    if result.universal:
        notes.append(f"Their times are universal time (UTC): {listed(result.universal)}.")
    if result.other_dates:
        notes.append(
            f"Dates were read as text: {listed(result.other_dates)}; written as 2020-01-31 they are read as dates."
        )
    notes += numeric_text.sentences(result.identifiers)
    if result.markers:
        total = sum(result.markers.values())
        kinds = ["blank" if not marker else f"“{marker}”" for marker in sorted(result.markers)]
        are = "cell was" if total == 1 else "cells were"
        notes.append(f"{total:,} {are} read as missing: {', '.join(kinds)}.")
    return notes


def no_rows_error(what: str) -> DataError:
    """The refusal of a table that is a header only."""
    return DataError(f"{what} has a header line but no rows.", "It needs at least one row below its header.")


def _filled(cells: Text) -> Text:
    if pa.types.is_string(cells.type):
        return pc.fill_null(pc.greater(pc.binary_length(pc.utf8_trim_whitespace(cells)), 0), False)
    return pc.is_valid(cells)
