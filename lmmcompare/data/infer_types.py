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
from .name_hints import is_version
from .readers.cell_patterns import (
    ANY_DATE,
    DECIMAL_COMMA,
    DOT_THOUSANDS,
    MISSING,
    MISSING_IN_NUMBERS,
    NANOSECONDS,
    POINT,
    UNIVERSAL,
)
from .readers.numeric_text import Loss, loss
from .text_cells import FIRST_CELLS, CellFacts, Different, Text, all_match, any_true, blank, numeric, replaced
from .text_types import DOTS, REPLACED, Form, are_dotted, are_mostly_commas, form_of, has_decimal_points
from .written_dates import WRITTEN

MOST_GROUPS = 2_000
"""Different texts of a column whose capitals are compared; more are remarks rather than groups."""


@dataclass
class Findings:
    """What was found in the columns, by their names, for the notes on a table."""

    decimal_comma: list[str] = field(default_factory=list)
    thousands: list[str] = field(default_factory=list)
    perhaps_thousands: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    universal: list[str] = field(default_factory=list)
    truths: list[str] = field(default_factory=list)
    other_dates: list[str] = field(default_factory=list)
    trimmed: list[str] = field(default_factory=list)
    alike: dict[str, tuple[str, str]] = field(default_factory=dict)
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
        different = Different.of(columns.pop(name))
        trimmed = pc.utf8_trim_whitespace(different.cells)
        numbers = _cast(trimmed, findings, name, identity, different)
        result[name] = numbers
        if numbers is None:
            if any_true(pc.not_equal(trimmed, different.cells)):
                findings.trimmed.append(name)
            later[name] = different.of_rows(trimmed)
        elif numbers.dtype.kind == "f" and _may_be_thousands(trimmed.slice(0, 1000)):
            dotted[name] = different.of_rows(trimmed)
        if of_commas != "," and has_decimal_points(CellFacts(numeric(trimmed))):
            of_commas = ","
    for name in list(later):
        cells = later.pop(name)
        result[name] = _from_text(name, cells, of_commas, findings, identity)
    if findings.decimal_comma and separator != ",":
        for name, cells in dotted.items():  # "1.234" beside "0,5" is a thousand and more
            if are_dotted(CellFacts(blank(cells, MISSING_IN_NUMBERS))):
                result[name] = _cast(replaced(cells, DOTS), Findings(), name, identity=False)
                findings.thousands.append(name)
    elif dotted and not any(name not in dotted and _has_fractions(values) for name, values in result.items()):
        findings.perhaps_thousands += [name for name, cells in dotted.items() if _are_in_doubt(cells, separator)]
    return pd.DataFrame(result, copy=False), findings


def _has_fractions(values: Any) -> bool:
    return isinstance(values, np.ndarray) and values.dtype.kind == "f" and bool((values % 1 > 0).any())


def _are_in_doubt(cells: Text, separator: str) -> bool:
    """Whether 1.234 may be a thousand and more: no digits but in threes, and 980 among them, or semicolons between the columns."""
    facts = CellFacts(blank(cells, MISSING_IN_NUMBERS))
    return are_dotted(facts) and (separator != "," or facts.share(POINT) < 1)


def _may_be_thousands(cells: Text) -> bool:
    """Whether nothing among the cells speaks against dots of thousands."""
    facts = CellFacts(blank(cells, MISSING_IN_NUMBERS))
    return not facts.n or facts.all(DOT_THOUSANDS)


def _from_text(name: str, cells: Text, separator: str, findings: Findings, identity: bool) -> Any:
    """A column that is no plain numbers: commas as decimals or thousands, truth values, dates, else text."""
    values = numeric(cells)
    facts = CellFacts(values)
    form = form_of(facts, separator)
    typed: Any = None
    if form == "truth":
        typed = _truths(cells, values, findings, name)
    elif form == "date":
        typed = _dates(cells, findings, name)
    elif form != "text":
        typed = _cast(_keep_missing(replaced(values, REPLACED.get(form, ())), cells), findings, name, identity)
        if typed is not None:
            _note_form(findings, form, name)
    if typed is not None:
        return typed
    if form == "text" and are_mostly_commas(facts, separator):  # numbers but for some text: show them as numbers
        findings.decimal_comma.append(name)
        matches = pc.match_substring_regex(values, DECIMAL_COMMA)
        cells = pc.if_else(pc.fill_null(matches, False), replaced(values, REPLACED["decimal comma"]), cells)
    text = blank(cells, MISSING)
    _count_markers(cells, MISSING, findings)
    if len(text) == text.null_count:
        return np.full(len(text), np.nan)
    if not is_version(name) and any(all_match(text, pattern) for pattern in (ANY_DATE, WRITTEN)):
        findings.other_dates.append(name)
    elif pair := _alike(text):
        findings.alike[name] = pair
    return text.to_pandas(types_mapper={pa.string(): pd.StringDtype(na_value=np.nan)}.get)


def _alike(text: Text) -> tuple[str, str] | None:
    """The first two values that differ in capitals only; None where there are none, or too many values for names of groups."""
    values = pc.unique(text.drop_null())
    if len(values) > MOST_GROUPS:
        return None
    lower = pc.utf8_lower(values)
    if pc.count_distinct(lower).as_py() == len(values):
        return None
    first: dict[str, str] = {}
    for value, key in zip(values.to_pylist(), lower.to_pylist(), strict=True):
        if key in first:
            return first[key], value
        first[key] = value
    return None


def _note_form(findings: Findings, form: Form, name: str) -> None:
    if form == "thousands":
        findings.thousands.append(name)
    elif form == "decimal comma":
        findings.decimal_comma.append(name)


def _truths(cells: Text, values: Text, findings: Findings, name: str) -> Any:
    """Truth values: bool, or pandas' own type of them where some are missing."""
    _count_markers(cells, MISSING_IN_NUMBERS, findings)
    findings.truths.append(name)
    return truth_values(pc.equal(pc.utf8_lower(values), "true"))


def truth_values(column: Text) -> Any:
    """An Arrow column of truth values as a frame holds it: bool, or pandas' own type of them where some are missing."""
    values = pc.fill_null(column, False).to_numpy(zero_copy_only=False).astype(bool)
    if not column.null_count:
        return values
    return pd.arrays.BooleanArray(values, pc.is_null(column).to_numpy(zero_copy_only=False).astype(bool))


def _dates(cells: Text, findings: Findings, name: str) -> Array | None:
    """ISO dates, with or without a time of day, as datetime64; None where the calendar lacks one, or two would be one."""
    values = blank(cells, MISSING_IN_NUMBERS)
    unit = "ns" if any_true(pc.match_substring_regex(values, NANOSECONDS)) else "us"
    try:
        texts = pc.utf8_rtrim(values, "Z").to_pandas()
        moments = pd.to_datetime(texts, format="ISO8601").to_numpy(dtype=f"datetime64[{unit}]")
    except ValueError:  # no such day
        return None
    different = pd.unique(moments[~np.isnat(moments)])
    if len(different) < pc.count_distinct(values).as_py():
        return None
    _count_markers(cells, MISSING_IN_NUMBERS, findings)
    findings.dates.append(name)
    findings.universal += [name] * any_true(pc.match_substring_regex(values, UNIVERSAL))
    return moments


def _cast(
    cells: Text, findings: Findings, name: str, identity: bool, different: Different | None = None
) -> Array | None:
    """Whole numbers as int64, others as float64 with NaN for missing; None where some cell is none, or two would be one.

    Parameters
    ----------
    cells : Arrow array of strings
        A row each, or those that are ``different``.
    """
    of_rows = (different or Different(cells)).of_rows
    try:
        whole = np.array(_parsed(cells, pa.int64()).to_numpy(zero_copy_only=False))  # arrow's own may not be written to
        return None if identity and _is_identifier(cells, whole, findings, name) else of_rows(whole)
    except pa.ArrowInvalid:
        pass
    values, numbers = cells, None
    with suppress(pa.ArrowInvalid):  # most columns have no marker of missing values
        numbers = _parsed(cells, pa.float64())
    if numbers is None or pc.any(pc.is_nan(numbers)).as_py():
        values = blank(cells, MISSING_IN_NUMBERS)
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


def _is_identifier(values: Text, numbers: Array, findings: Findings, name: str) -> bool:
    """Whether a column would lose something as numbers; what it is goes to the findings."""
    lost = loss(values, numbers)
    if lost is not None:
        findings.identifiers[name] = lost
    return lost is not None


def _keep_missing(values: Text, cells: Text) -> Text:
    """Put the markers back where values were blanked, so that the final cast counts them once."""
    return pc.if_else(pc.is_null(values), cells, values)


def _count_markers(cells: Text, markers: tuple[str, ...], findings: Findings) -> None:
    missing = pc.filter(cells, pc.is_in(cells, pa.array(markers, pa.string())))
    for item in pc.value_counts(missing).to_pylist():
        findings.markers[item["values"]] = findings.markers.get(item["values"], 0) + item["counts"]
