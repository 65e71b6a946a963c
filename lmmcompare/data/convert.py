"""Columns of text to numbers or dates where they are such: missing markers, decimal commas, thousands, identifiers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .readers.identity import Loss, loss

MISSING = ("", "NA", "N/A", "#N/A", "n/a", "NaN", "nan", "NAN", "NULL", "null", "<NA>", "#NA", "#VALUE!", "#DIV/0!")
"""Cells that are missing values in every column."""

MISSING_IN_NUMBERS = (*MISSING, ".", "-", "--", "?", "None", "none", "na")
"""Cells that are missing values in a column of numbers; in a column of text they are values."""

_DECIMAL_COMMA = r"^[+-]?((\d{1,3}(\.\d{3})+|\d+)(,\d*)?|,\d+)([eE][+-]?\d+)?$"
_DOT_THOUSANDS = r"^[+-]?[1-9]\d{0,2}(\.\d{3})+$"
_COMMA_THOUSANDS = r"^[+-]?(\d+|[1-9]\d{0,2}(,\d{3})+)(\.\d+)?$"
_DATE = r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([T ]\d{1,2}:\d{2}.*)?$"
_ISO_DATE = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?Z?$"

Array = np.ndarray[Any, np.dtype[Any]]
Text = Any  # a pyarrow string array, chunked or not; pyarrow ships no types


@dataclass
class Findings:
    """What was found in the columns, by their names, for the notes on a table."""

    decimal_comma: list[str] = field(default_factory=list)
    thousands: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    universal: list[str] = field(default_factory=list)
    other_dates: list[str] = field(default_factory=list)
    trimmed: list[str] = field(default_factory=list)
    identifiers: dict[str, Loss] = field(default_factory=dict)
    markers: dict[str, int] = field(default_factory=dict)


def convert(columns: dict[str, Text], separator: str, identity: bool = True) -> tuple[pd.DataFrame, Findings]:
    """Numbers where a whole column is numbers, dates where it is ISO dates, else text; empty columns become all missing.

    Parameters
    ----------
    columns : dict
        Name to the cells as text; emptied on the way, so that the text of a column goes once its numbers are there.
    separator : str
        What stood between the columns: with commas there, "1,234" in quotes is a thousand, otherwise a decimal.
    identity : bool
        Whether a column stays text where its values would lose what tells them apart as numbers (``readers.identity``).
    """
    found = Findings()
    result: dict[str, Any] = {}
    later: dict[str, Text] = {}
    dotted: dict[str, Text] = {}
    for name in list(columns):
        cells = columns.pop(name)
        trimmed = pc.utf8_trim_whitespace(cells)
        numbers = _cast(trimmed, found, name, identity)
        result[name] = numbers
        if numbers is None:
            if _any(pc.not_equal(trimmed, cells)):
                found.trimmed.append(name)
            later[name] = trimmed
        elif separator != "," and numbers.dtype.kind == "f" and _may_be_thousands(trimmed.slice(0, 1000)):
            dotted[name] = trimmed
    for name in list(later):
        cells = later.pop(name)
        result[name] = _from_text(name, cells, separator, found, identity)
    if found.decimal_comma and separator != ",":
        for name, cells in dotted.items():  # "1.234" beside "0,5" is a thousand and more
            if _all_match(_blank(cells, MISSING_IN_NUMBERS), _DOT_THOUSANDS):
                result[name] = _cast(pc.replace_substring(cells, ".", ""), Findings(), name, identity=False)
                found.thousands.append(name)
    return pd.DataFrame(result, copy=False), found


def _may_be_thousands(cells: Text) -> bool:
    """Whether nothing among the cells speaks against dots of thousands."""
    return pc.all(pc.match_substring_regex(_blank(cells, MISSING_IN_NUMBERS), _DOT_THOUSANDS)).as_py() is not False


def _from_text(name: str, cells: Text, separator: str, found: Findings, identity: bool) -> Any:
    """A column that is no plain numbers: commas as decimals or thousands, dates, else text."""
    values = pc.replace_substring(_blank(cells, MISSING_IN_NUMBERS), "\N{MINUS SIGN}", "-")
    if len(values) > values.null_count and _any(pc.match_substring(values, ",")):
        with_comma = pc.filter(values, pc.match_substring(values, ","))
        plain, noted = values, []
        if _all_match(values, _COMMA_THOUSANDS) and (
            separator == ","
            or _any(pc.match_substring(with_comma, "."))
            or _any(pc.match_substring_regex(values, ",.*,"))
        ):
            plain, noted = pc.replace_substring(values, ",", ""), found.thousands
        elif _all_match(values, _DECIMAL_COMMA):
            plain, noted = _dots(values), found.decimal_comma
        if plain is not values:
            numbers = _cast(_keep_missing(plain, cells), found, name, identity)
            if numbers is not None:
                noted.append(name)
                return numbers
        else:
            matches = pc.match_substring_regex(values, _DECIMAL_COMMA)
            if separator != "," and pc.mean(matches).as_py() > 0.5:  # numbers but for some text: show them as numbers
                found.decimal_comma.append(name)
                cells = pc.if_else(pc.fill_null(matches, False), _dots(values), cells)
    elif _any(pc.match_substring(cells, "\N{MINUS SIGN}")):
        numbers = _cast(_keep_missing(values, cells), found, name, identity)
        if numbers is not None:
            return numbers
    dates = _dates(cells, found, name)
    if dates is not None:
        return dates
    text = _blank(cells, MISSING)
    _count_markers(cells, MISSING, found)
    if len(text) == text.null_count:
        return np.full(len(text), np.nan)
    if _all_match(text, _DATE):
        found.other_dates.append(name)
    return text.to_pandas(types_mapper={pa.string(): pd.StringDtype(na_value=np.nan)}.get)


def _dates(cells: Text, found: Findings, name: str) -> Array | None:
    """ISO dates, with or without a time of day, as datetime64; None where some cell is none, or two would be one."""
    values = _blank(cells, MISSING_IN_NUMBERS)
    if not _all_match(values, _ISO_DATE):
        return None
    ends = pc.drop_null(pc.ends_with(values, "Z"))
    if _any(ends) and not pc.all(ends).as_py():
        return None  # some in universal time, some in a time that is not told
    try:
        texts = pc.utf8_rtrim(values, "Z").to_pandas()
        moments = pd.to_datetime(texts, format="ISO8601").to_numpy(dtype="datetime64[us]")
        if _any(pc.match_substring_regex(values, r"\.\d{7}")):
            moments = pd.to_datetime(texts, format="ISO8601").to_numpy(dtype="datetime64[ns]")
    except ValueError:  # no such day
        return None
    different = pd.unique(moments[~np.isnat(moments)])
    if len(different) < pc.count_distinct(values).as_py():
        return None
    _count_markers(cells, MISSING_IN_NUMBERS, found)
    found.dates.append(name)
    found.universal += [name] * _any(ends)
    return moments


def _cast(cells: Text, found: Findings, name: str, identity: bool) -> Array | None:
    """Whole numbers as int64, others as float64 with NaN for missing; None where some cell is none, or two would be one."""
    try:
        pc.cast(cells.slice(0, 1000), pa.int64())  # a cast that fails late is slow
        whole = np.array(pc.cast(cells, pa.int64()).to_numpy(zero_copy_only=False))  # arrow's own may not be written to
        return None if identity and _is_identifier(cells, whole, found, name) else whole
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
    result = np.array(numbers.to_numpy(zero_copy_only=False), dtype=float)
    if identity and _is_identifier(values, result, found, name):
        return None
    _count_markers(cells, MISSING_IN_NUMBERS, found)
    return result


def _is_identifier(values: Text, numbers: Array, found: Findings, name: str) -> bool:
    """Whether a column would lose something as numbers; what it is goes to the findings."""
    lost = loss(values, numbers)
    if lost is not None:
        found.identifiers[name] = lost
    return lost is not None


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
