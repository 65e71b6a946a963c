"""Columns of text to numbers, dates or truth values where they are such: missing markers, decimal commas, thousands, identifiers."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..arrays import Array
from .readers.cell_patterns import (
    ANY_DATE,
    COMMA,
    DECIMAL_COMMA,
    MINUS,
    MISSING,
    MISSING_IN_NUMBERS,
    NANOSECONDS,
    UNIVERSAL,
)
from .readers.numeric_text import Loss, loss
from .text_types import DOTS, REPLACED, Form, are_dotted, are_mostly_commas, form_of, has_decimal_points
from .written_dates import WRITTEN

Text = Any  # a pyarrow string array, chunked or not; pyarrow ships no types
FIRST_CELLS = (10, 1000)
"""Cells that tell most columns that are no numbers."""
RECURRING = 200
"""Cells that tell whether most recur: each different one is looked at once then."""


@dataclass(frozen=True, slots=True)
class _Different:
    """The different cells of a column and which of them each row has; all cells where most differ."""

    cells: Text
    codes: Array | None = None

    @classmethod
    def of(cls, column: Text) -> _Different:
        """Those of a column."""
        if isinstance(column, pa.ChunkedArray):
            if column.num_chunks != 1:
                return cls(column)
            column = column.chunk(0)
        some = column.slice(0, RECURRING)
        if 2 * pc.count_distinct(some).as_py() > len(some):
            return cls(column)
        encoded = pc.dictionary_encode(column, null_encoding="encode")
        return cls(encoded.dictionary, encoded.indices.to_numpy())

    def of_rows(self, values: Any) -> Any:
        """What was found for these cells, an Arrow or numpy array, row by row."""
        if self.codes is None:
            return values
        return values[self.codes] if isinstance(values, np.ndarray) else values.take(pa.array(self.codes))


class _Cells:
    """The facts of cells in memory (``forms.Facts``), each worked out when it is asked for."""

    def __init__(self, values: Text) -> None:
        self._values = values
        self._shares: dict[str, float] = {}
        self.n = len(values) - values.null_count
        self.complete = not values.null_count

    def all(self, pattern: str) -> bool:
        some = self._values.slice(0, FIRST_CELLS[-1])
        in_some = pc.all(pc.match_substring_regex(some, pattern)).as_py() is not False
        return in_some and (len(some) == len(self._values) or self.share(pattern) == 1)

    def share(self, pattern: str) -> float:
        if pattern not in self._shares:
            find = (
                pc.match_substring if pattern == COMMA else pc.match_substring_regex
            )  # plain text is ten times as fast
            self._shares[pattern] = (pc.sum(find(self._values, pattern)).as_py() or 0) / self.n
        return self._shares[pattern]


@dataclass
class Findings:
    """What was found in the columns, by their names, for the notes on a table."""

    decimal_comma: list[str] = field(default_factory=list)
    thousands: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    universal: list[str] = field(default_factory=list)
    truths: list[str] = field(default_factory=list)
    other_dates: list[str] = field(default_factory=list)
    trimmed: list[str] = field(default_factory=list)
    identifiers: dict[str, Loss] = field(default_factory=dict)
    markers: dict[str, int] = field(default_factory=dict)


def convert(columns: dict[str, Text], separator: str, identity: bool = True) -> tuple[pd.DataFrame, Findings]:
    """Numbers, truth values or ISO dates where a whole column is such, else text; empty columns become all missing.

    Parameters
    ----------
    columns : dict
        Name to the cells as text; emptied on the way, so that the text of a column goes once its numbers are there.
    separator : str
        What stood between the columns: with commas there, "1,234" in quotes is a thousand, otherwise a decimal.
    identity : bool
        Whether a column stays text where its values would lose what tells them apart as numbers (`readers.numeric_text`).
    """
    findings = Findings()
    result: dict[str, Any] = {}
    later: dict[str, Text] = {}
    dotted: dict[str, Text] = {}
    of_commas = separator  # what stands for the separator where it says what commas mean
    for name in list(columns):
        different = _Different.of(columns.pop(name))
        trimmed = pc.utf8_trim_whitespace(different.cells)
        numbers = _cast(trimmed, findings, name, identity, different)
        result[name] = numbers
        if numbers is None:
            if _any(pc.not_equal(trimmed, different.cells)):
                findings.trimmed.append(name)
            later[name] = different.of_rows(trimmed)
        elif separator != "," and numbers.dtype.kind == "f" and _may_be_thousands(trimmed.slice(0, 1000)):
            dotted[name] = different.of_rows(trimmed)
        if of_commas != "," and has_decimal_points(_Cells(_numeric(trimmed))):
            of_commas = ","
    for name in list(later):
        cells = later.pop(name)
        result[name] = _from_text(name, cells, of_commas, findings, identity)
    if findings.decimal_comma and separator != ",":
        for name, cells in dotted.items():  # "1.234" beside "0,5" is a thousand and more
            if are_dotted(_Cells(_blank(cells, MISSING_IN_NUMBERS))):
                result[name] = _cast(_replaced(cells, DOTS), Findings(), name, identity=False)
                findings.thousands.append(name)
    return pd.DataFrame(result, copy=False), findings


def _may_be_thousands(cells: Text) -> bool:
    """Whether nothing among the cells speaks against dots of thousands."""
    facts = _Cells(_blank(cells, MISSING_IN_NUMBERS))
    return not facts.n or are_dotted(facts)


def _from_text(name: str, cells: Text, separator: str, result: Findings, identity: bool) -> Any:
    """A column that is no plain numbers: commas as decimals or thousands, truth values, dates, else text."""
    values = _numeric(cells)
    facts = _Cells(values)
    form = form_of(facts, separator)
    typed: Any = None
    if form == "truth":
        typed = _truths(cells, values, result, name)
    elif form == "date":
        typed = _dates(cells, result, name)
    elif form != "text":
        typed = _cast(_keep_missing(_replaced(values, REPLACED.get(form, ())), cells), result, name, identity)
        if typed is not None:
            _note_form(result, form, name)
    if typed is not None:
        return typed
    if form == "text" and are_mostly_commas(facts, separator):  # numbers but for some text: show them as numbers
        result.decimal_comma.append(name)
        matches = pc.match_substring_regex(values, DECIMAL_COMMA)
        cells = pc.if_else(pc.fill_null(matches, False), _replaced(values, REPLACED["decimal comma"]), cells)
    text = _blank(cells, MISSING)
    _count_markers(cells, MISSING, result)
    if len(text) == text.null_count:
        return np.full(len(text), np.nan)
    if any(_all_match(text, pattern) for pattern in (ANY_DATE, WRITTEN)):
        result.other_dates.append(name)
    return text.to_pandas(types_mapper={pa.string(): pd.StringDtype(na_value=np.nan)}.get)


def _note_form(result: Findings, form: Form, name: str) -> None:
    if form == "thousands":
        result.thousands.append(name)
    elif form == "decimal comma":
        result.decimal_comma.append(name)


def _truths(cells: Text, values: Text, result: Findings, name: str) -> Any:
    """Truth values: bool, or pandas' own type of them where some are missing."""
    _count_markers(cells, MISSING_IN_NUMBERS, result)
    result.truths.append(name)
    return truth_values(pc.equal(pc.utf8_lower(values), "true"))


def truth_values(column: Text) -> Any:
    """An Arrow column of truth values as a frame holds it: bool, or pandas' own type of them where some are missing."""
    values = pc.fill_null(column, False).to_numpy(zero_copy_only=False).astype(bool)
    if not column.null_count:
        return values
    return pd.arrays.BooleanArray(values, pc.is_null(column).to_numpy(zero_copy_only=False).astype(bool))


def _dates(cells: Text, result: Findings, name: str) -> Array | None:
    """ISO dates, with or without a time of day, as datetime64; None where the calendar lacks one, or two would be one."""
    values = _blank(cells, MISSING_IN_NUMBERS)
    unit = "ns" if _any(pc.match_substring_regex(values, NANOSECONDS)) else "us"
    try:
        texts = pc.utf8_rtrim(values, "Z").to_pandas()
        moments = pd.to_datetime(texts, format="ISO8601").to_numpy(dtype=f"datetime64[{unit}]")
    except ValueError:  # no such day
        return None
    different = pd.unique(moments[~np.isnat(moments)])
    if len(different) < pc.count_distinct(values).as_py():
        return None
    _count_markers(cells, MISSING_IN_NUMBERS, result)
    result.dates.append(name)
    result.universal += [name] * _any(pc.match_substring_regex(values, UNIVERSAL))
    return moments


def _cast(
    cells: Text, findings: Findings, name: str, identity: bool, different: _Different | None = None
) -> Array | None:
    """Whole numbers as int64, others as float64 with NaN for missing; None where some cell is none, or two would be one.

    Parameters
    ----------
    cells : Arrow array of strings
        A row each, or those that are ``different``.
    """
    of_rows = (different or _Different(cells)).of_rows
    try:
        whole = np.array(_parsed(cells, pa.int64()).to_numpy(zero_copy_only=False))  # arrow's own may not be written to
        return None if identity and _is_identifier(cells, whole, findings, name) else of_rows(whole)
    except pa.ArrowInvalid:
        pass
    values, numbers = cells, None
    with suppress(pa.ArrowInvalid):  # most columns have no marker of missing values
        numbers = _parsed(cells, pa.float64())
    if numbers is None or pc.any(pc.is_nan(numbers)).as_py():
        values = _blank(cells, MISSING_IN_NUMBERS)
        if len(values) == values.null_count:
            return None
        try:
            numbers = _parsed(values, pa.float64())
        except pa.ArrowInvalid:
            return None
    result = np.array(numbers.to_numpy(zero_copy_only=False), dtype=float)
    if np.isnan(result).sum() > values.null_count:  # Arrow takes "Nan" and "nan(1)" for missing numbers
        return None
    if identity and _is_identifier(values, result, findings, name):
        return None
    if values is not cells:
        _count_markers(of_rows(cells), MISSING_IN_NUMBERS, findings)
    return of_rows(result)


def _parsed(cells: Text, kind: Any) -> Text:
    """Text as numbers; the first cells alone first, since a cast that fails words an error for each of its cells.

    Raises
    ------
    pyarrow.ArrowInvalid
    """
    for some in FIRST_CELLS:
        if some < len(cells):
            pc.cast(cells.slice(0, some), kind)
    return pc.cast(cells, kind)


def _is_identifier(values: Text, numbers: Array, result: Findings, name: str) -> bool:
    """Whether a column would lose something as numbers; what it is goes to the findings."""
    lost = loss(values, numbers)
    if lost is not None:
        result.identifiers[name] = lost
    return lost is not None


def _blank(cells: Text, markers: tuple[str, ...]) -> Text:
    return pc.if_else(pc.is_in(cells, pa.array(markers, pa.string())), pa.scalar(None, pa.string()), cells)


def _numeric(cells: Text) -> Text:
    """Cells as those of numbers: without markers of missing ones, with a plain sign."""
    return pc.replace_substring(_blank(cells, MISSING_IN_NUMBERS), MINUS, "-")


def _keep_missing(values: Text, cells: Text) -> Text:
    """Put the markers back where values were blanked, so that the final cast counts them once."""
    return pc.if_else(pc.is_null(values), cells, values)


def _replaced(values: Text, replacements: tuple[tuple[str, str], ...]) -> Text:
    for old, new in replacements:
        values = pc.replace_substring(values, old, new)
    return values


def _count_markers(cells: Text, markers: tuple[str, ...], result: Findings) -> None:
    missing = pc.filter(cells, pc.is_in(cells, pa.array(markers, pa.string())))
    for item in pc.value_counts(missing).to_pylist():
        result.markers[item["values"]] = result.markers.get(item["values"], 0) + item["counts"]


def _any(condition: Text) -> bool:
    return bool(pc.any(condition).as_py())


def _all_match(cells: Text, pattern: str) -> bool:
    """Whether every cell that is not missing matches; False where all are missing."""
    if pc.all(pc.match_substring_regex(cells.slice(0, FIRST_CELLS[0]), pattern)).as_py() is False:
        return False  # the first tell of most columns
    return pc.all(pc.match_substring_regex(cells, pattern)).as_py() is True and len(cells) > cells.null_count
