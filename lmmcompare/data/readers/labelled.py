"""Files of SPSS, Stata and SAS: user-missing values missing, value labels as categories in the order of their codes.

All codes that have labels are categories, those too that no row has: so columns with the same labels have the same
categories, and stay in order when they are put below each other.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyreadstat

from . import formats
from .cells import clean, column_of
from .outcome import Column, Limits, Outcome, Unreadable, listed

ENOUGH_LABELLED = 0.95
"""Share of a column's values that must have labels for it to become categories; else it stays numbers."""

_READERS: dict[str, Callable[..., Any]] = {
    "sav": pyreadstat.read_sav,
    "por": pyreadstat.read_por,
    "dta": pyreadstat.read_dta,
    "sas7bdat": pyreadstat.read_sas7bdat,
    "xpt": pyreadstat.read_xport,
}


def read(content: bytes, limits: Limits, kind: str) -> Outcome:
    """Read a file of a statistics program; ``kind`` is its key in ``KINDS``."""
    values, about, notes = _parse(content, limits, kind)
    names = list(values)
    if not names:
        raise Unreadable("{file} has no columns.", "Choose a file with a table.")
    limits.check(len(values[names[0]]), len(names))
    columns, as_numbers, partly = [], [], []
    periods: dict[str, list[str]] = {}
    wordless: list[str] = []
    for name in names:
        labels = _labels(about, name)
        form = str(about.original_variable_types.get(name) or "")
        column = _column(values.pop(name))
        if dates := formats.as_dates(column, form, kind):
            column, what = dates
            periods.setdefault(what, []).append(name)
        elif made := formats.own_words(form, kind):
            wordless.append(f"{name} ({made})")
        labelled = _categories(column, labels) if labels else None
        if labelled is not None:
            partly += [name] if labelled[1] else []
            columns.append(labelled[0])
            continue
        if labels and (display := _some(column, labels)):
            as_numbers.append((name, display))
        columns.append(column)
    for name, display in as_numbers[:5]:
        notes.append(f"“{name[:40]}” stays as it is, since few of its values have labels: {display}.")
    if len(as_numbers) > 5:
        notes.append(f"So do {listed(name for name, _ in as_numbers[5:])}.")
    if partly:
        notes.append(f"Values without a label are categories by their number: {listed(partly)}.")
    if declared := [f"{name} ({_ranges(about, name)})" for name in names if about.missing_ranges.get(name)]:
        notes.append(f"Values that the file declares to be missing are missing: {listed(declared)}.")
    for what, of in periods.items():
        first = "" if what in ("dates", "times") else ", each by its first day"
        notes.append(f"Numbers that the file shows as {what} were read as such{first}: {listed(of)}.")
    if wordless:
        notes.append(
            f"Codes without their words, which SAS keeps in a catalogue of formats (.sas7bcat): {listed(wordless)}."
        )
    long = {clean(name): clean(text) for name, text in about.column_names_to_labels.items() if text and text != name}
    return Outcome([clean(name) for name in names], columns, notes=notes, labels=long)


def _parse(content: bytes, limits: Limits, kind: str) -> tuple[dict[str, list[Any]], Any, list[str]]:
    """The values by column, the file's metadata, and notes; the size is looked up before the values are read."""
    reader = _READERS[kind]
    notes: list[str] = []
    options: dict[str, Any] = {}
    while True:
        try:
            declared = {"user_missing": True} if kind == "sav" else {}  # tells the ranges; the values are read without
            _, about = reader(io.BytesIO(content), metadataonly=True, **declared, **options)
            missing = about.missing_ranges or {}
            limits.check(max(about.number_rows or 0, 0), about.number_columns or 0)
            # a file that does not tell its rows is read to one beyond the limit, and then refused
            options["row_limit"] = limits.rows + 1
            values, about = reader(io.BytesIO(content), output_format="dict", **options)
            about.missing_ranges = missing
            values = dict(values) | _lengths_of_time(reader, content, about, options, kind, notes)
            return values, about, notes
        except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
            if "encoding" in options or not (isinstance(error, UnicodeDecodeError) or "encoding" in str(error)):
                raise
            options["encoding"] = "WINDOWS-1252"
            notes.append("The file does not tell its encoding; it was read as Windows-1252: check accented letters.")
        except OverflowError:  # a date beyond the year 9999
            if "disable_datetime_conversion" in options:
                raise
            options["disable_datetime_conversion"] = True
            notes.append("Some dates are impossible, so all dates were read as numbers.")


def _lengths_of_time(
    reader: Callable[..., Any], content: bytes, about: Any, options: Mapping[str, Any], kind: str, notes: list[str]
) -> dict[str, list[Any]]:
    """Columns of hours and minutes that are no times of a day, in days; pyreadstat loses the days: 30:00 is 06:00 to it."""
    timed = [n for n in about.column_names if formats.is_time(str(about.original_variable_types.get(n) or ""), kind)]
    if not timed or "disable_datetime_conversion" in options:
        return {}
    raw, _ = reader(
        io.BytesIO(content), output_format="dict", disable_datetime_conversion=True, usecols=timed, **options
    )
    seconds = {name: np.array([np.nan if v is None else v for v in raw[name]], dtype=float) for name in timed}
    long = {name: s for name, s in seconds.items() if ((s < 0) | (s >= formats.SECONDS_A_DAY)).any()}
    if long:
        notes.append(f"Lengths of time, some of them a day or longer or below 0, are numbers of days: {listed(long)}.")
    return {
        name: [None if np.isnan(v) else v for v in (s / formats.SECONDS_A_DAY).tolist()] for name, s in long.items()
    }


def _labels(about: Any, name: str) -> dict[Any, str]:
    """A variable's labels by their codes, but for codes that the file declares to be missing."""
    ranges = about.missing_ranges.get(name, [])
    labels = {}
    for code, text in about.variable_value_labels.get(name, {}).items():
        if not any(type(code) is type(r["lo"]) and r["lo"] <= code <= r["hi"] for r in ranges):
            labels[code] = clean(str(text))
    return labels


def _ranges(about: Any, name: str) -> str:
    """The values that are declared missing: "9, 97 to 99"."""
    ends = ((_figure(r["lo"]), _figure(r["hi"])) for r in about.missing_ranges[name])
    return ", ".join(low if low == high else f"{low} to {high}" for low, high in ends)


def _column(values: list[Any]) -> Column:
    """A column of what pyreadstat gives: numbers, text, dates, with None for missing."""
    column = column_of(values)
    if pa.types.is_string(column.type):
        return pc.if_else(pc.equal(pc.utf8_trim_whitespace(column), ""), pa.scalar(None, pa.string()), column)
    return column


def _categories(column: Column, labels: Mapping[Any, str]) -> tuple[Column, bool] | None:
    """The column by its labels, in the order of the codes, and whether some values had none; None if few had one."""
    counts = {item["values"]: item["counts"] for item in pc.value_counts(column.drop_null()).to_pylist()}
    labelled = sum(n for value, n in counts.items() if value in labels)
    without = [value for value in counts if value not in labels]
    if not counts or labelled < ENOUGH_LABELLED * sum(counts.values()):
        return None
    of_text = isinstance(next(iter(counts)), str)
    present = (code for code in labels if isinstance(code, str) == of_text)  # Stata has labels of ".a" too
    codes = sorted({*counts, *(code if of_text else type(next(iter(counts)))(code) for code in present)})
    words = [labels.get(code) or _figure(code) for code in codes]
    if len(set(words)) < len(words):  # two codes of one label stay two categories
        words = [f"{word} ({_figure(code)})" for word, code in zip(words, codes, strict=True)]
    if len(set(words)) < len(words):
        return None
    indices = pc.cast(pc.index_in(column, pa.array(codes, column.type)), pa.int32())
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string())), bool(without)


def _some(column: Column, labels: Mapping[Any, str]) -> str:
    """A few of the labels that values of the column have: “99 = refused”."""
    present = [code for code in pc.unique(column.drop_null()).to_pylist() if code in labels][:4]
    return ", ".join(f"{_figure(code)} = {labels[code][:30]}" for code in present)


def _figure(code: Any) -> str:
    return str(int(code)) if isinstance(code, float) and np.isfinite(code) and code.is_integer() else str(code)
