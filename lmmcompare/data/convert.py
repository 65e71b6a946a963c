"""Columns of text to numbers where they are numbers: missing markers, decimal commas, thousands, dates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

MISSING = ("", "NA", "N/A", "#N/A", "n/a", "NaN", "nan", "NAN", "NULL", "null", "<NA>", "#NA", "#VALUE!", "#DIV/0!")
"""Cells that are missing values in every column."""

MISSING_IN_NUMBERS = (*MISSING, ".", "-", "--", "?", "None", "none", "na")
"""Cells that are missing values in a column of numbers; in a column of text they are values."""

_DECIMAL_COMMA = r"^[+-]?((\d{1,3}(\.\d{3})+|\d+)(,\d*)?|,\d+)([eE][+-]?\d+)?$"
_DOT_THOUSANDS = r"^[+-]?[1-9]\d{0,2}(\.\d{3})+$"
_COMMA_THOUSANDS = r"^[+-]?(\d+|[1-9]\d{0,2}(,\d{3})+)(\.\d+)?$"
_DATE = r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([T ]\d{1,2}:\d{2}.*)?$"

Array = np.ndarray[Any, np.dtype[Any]]
Text = Any  # a pyarrow string array, chunked or not; pyarrow ships no types


@dataclass
class Findings:
    """What was found in the columns, by their names, for the notes on a table."""

    decimal_comma: list[str] = field(default_factory=list)
    thousands: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    trimmed: list[str] = field(default_factory=list)
    huge: list[str] = field(default_factory=list)
    markers: dict[str, int] = field(default_factory=dict)


def convert(columns: dict[str, Text], separator: str) -> tuple[pd.DataFrame, Findings]:
    """Numbers where a whole column is numbers, else text; empty text columns become all missing.

    Parameters
    ----------
    columns : dict
        Name to the cells as text; emptied on the way, so that the text of a column goes once its numbers are there.
    separator : str
        What stood between the columns: with commas there, "1,234" in quotes is a thousand, otherwise a decimal.
    """
    found = Findings()
    result: dict[str, Any] = {}
    later: dict[str, Text] = {}
    dotted: dict[str, Text] = {}
    for name in list(columns):
        cells = columns.pop(name)
        trimmed = pc.utf8_trim_whitespace(cells)
        numbers = _cast(trimmed, found, name)
        result[name] = numbers
        if numbers is None:
            if _any(pc.not_equal(trimmed, cells)):
                found.trimmed.append(name)
            later[name] = trimmed
        elif separator != "," and numbers.dtype.kind == "f" and _may_be_thousands(trimmed.slice(0, 1000)):
            dotted[name] = trimmed
    for name in list(later):
        cells = later.pop(name)
        result[name] = _from_text(name, cells, separator, found)
    if found.decimal_comma and separator != ",":
        for name, cells in dotted.items():  # "1.234" beside "0,5" is a thousand and more
            if _all_match(_blank(cells, MISSING_IN_NUMBERS), _DOT_THOUSANDS):
                result[name] = _cast(pc.replace_substring(cells, ".", ""), Findings(), name)
                found.thousands.append(name)
    return pd.DataFrame(result, copy=False), found


def _may_be_thousands(cells: Text) -> bool:
    """Whether nothing among the cells speaks against dots of thousands."""
    return pc.all(pc.match_substring_regex(_blank(cells, MISSING_IN_NUMBERS), _DOT_THOUSANDS)).as_py() is not False


def _from_text(name: str, cells: Text, separator: str, found: Findings) -> Any:
    """A column that is no plain numbers: commas as decimals or thousands, else text."""
    values = pc.replace_substring(_blank(cells, MISSING_IN_NUMBERS), "\N{MINUS SIGN}", "-")
    if len(values) > values.null_count and _any(pc.match_substring(values, ",")):
        with_comma = pc.filter(values, pc.match_substring(values, ","))
        if _all_match(values, _COMMA_THOUSANDS) and (
            separator == ","
            or _any(pc.match_substring(with_comma, "."))
            or _any(pc.match_substring_regex(values, ",.*,"))
        ):
            found.thousands.append(name)
            return _cast(_keep_missing(pc.replace_substring(values, ",", ""), cells), found, name)
        if _all_match(values, _DECIMAL_COMMA):
            found.decimal_comma.append(name)
            return _cast(_keep_missing(_dots(values), cells), found, name)
        matches = pc.match_substring_regex(values, _DECIMAL_COMMA)
        if separator != "," and pc.mean(matches).as_py() > 0.5:  # numbers but for some text: show them as numbers
            found.decimal_comma.append(name)
            cells = pc.if_else(pc.fill_null(matches, False), _dots(values), cells)
    elif _any(pc.match_substring(cells, "\N{MINUS SIGN}")):
        numbers = _cast(_keep_missing(values, cells), found, name)
        if numbers is not None:
            return numbers
    text = _blank(cells, MISSING)
    _count_markers(cells, MISSING, found)
    if len(text) == text.null_count:
        return np.full(len(text), np.nan)
    if _all_match(text, _DATE):
        found.dates.append(name)
    return text.to_pandas(types_mapper={pa.string(): pd.StringDtype(na_value=np.nan)}.get)


def _cast(cells: Text, found: Findings, name: str) -> Array | None:
    """Whole numbers as int64, others as float64 with NaN for missing; None where some cell is no number."""
    try:
        pc.cast(cells.slice(0, 1000), pa.int64())  # a cast that fails late is slow
        return np.array(pc.cast(cells, pa.int64()).to_numpy(zero_copy_only=False))  # arrow's own may not be written to
    except pa.ArrowInvalid:
        pass
    values = _blank(cells, MISSING_IN_NUMBERS)
    if len(values) == values.null_count:
        return None
    try:
        pc.cast(values.slice(0, 1000), pa.float64())
        numbers = pc.cast(values, pa.float64())
    except pa.ArrowInvalid:
        return None
    _count_markers(cells, MISSING_IN_NUMBERS, found)
    result = np.array(numbers.to_numpy(zero_copy_only=False), dtype=float)
    if np.nanmax(np.abs(result), initial=0.0) > 2.0**53 and _all_match(values, r"^[+-]?\d{16,}$"):
        found.huge.append(name)
    return result


def _blank(cells: Text, markers: tuple[str, ...]) -> Text:
    return pc.if_else(pc.is_in(cells, pa.array(markers, pa.string())), pa.scalar(None, pa.string()), cells)


def _keep_missing(values: Text, cells: Text) -> Text:
    """Put the markers back where values were blanked, so that the final cast counts them once."""
    return pc.if_else(pc.is_null(values), cells, values)


def _dots(values: Text) -> Text:
    return pc.replace_substring(pc.replace_substring(values, ".", ""), ",", ".")


def _count_markers(cells: Text, markers: tuple[str, ...], found: Findings) -> None:
    missing = pc.filter(cells, pc.is_in(cells, pa.array(markers, pa.string())))
    for item in pc.value_counts(missing).to_pylist():
        found.markers[item["values"]] = found.markers.get(item["values"], 0) + item["counts"]


def _any(condition: Text) -> bool:
    return bool(pc.any(condition).as_py())


def _all_match(cells: Text, pattern: str) -> bool:
    """Whether every cell that is not missing matches; False where all are missing."""
    return pc.all(pc.match_substring_regex(cells, pattern)).as_py() is True and len(cells) > cells.null_count
