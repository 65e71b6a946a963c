"""Files of SPSS, Stata and SAS: user-missing values missing, value labels as categories in the order of their codes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyreadstat

from . import display_formats
from .cells import clean, column_of
from .por_missing_values import missing_ranges
from .result import Column, Limits, Outcome, Unreadable, declared_notes, listed, long_times_note, range_words
from .value_labels import Labelled, figure

_READERS: dict[str, Callable[..., Any]] = {
    "sav": pyreadstat.read_sav,
    "por": pyreadstat.read_por,
    "dta": pyreadstat.read_dta,
    "sas7bdat": pyreadstat.read_sas7bdat,
    "xpt": pyreadstat.read_xport,
}


def read(content: bytes, limits: Limits, kind: str, catalogue: bytes | None = None) -> Outcome:
    """Read a file of a statistics program.

    Parameters
    ----------
    kind : str
        Its key in ``KINDS``.
    catalogue : bytes, optional
        The .sas7bcat file that holds the words of a SAS file's formats.
    """
    if kind == "sas7bcat":
        raise Unreadable(
            "{file} is a SAS catalogue: it holds the words of formats, but no table.",
            "Bring it together with the table (.sas7bdat), or pack both into one zip archive.",
        )
    if release := re.match(rb"<stata_dta><header><release>(1[2-9]\d)", content):
        raise Unreadable(
            f"{{file}} is of Stata 18 or newer (format {release[1].decode()}), newer than what is read here.",
            'In Stata: saveold "name.dta", version(14) replace',
        )
    values, about, notes = _parse(content, limits, kind)
    names = list(values)
    if not names:
        raise Unreadable("{file} has no columns.", "Choose a file with a table.")
    limits.check(len(values[names[0]]), len(names))
    columns, result, words = [], Labelled(), _words(catalogue) if catalogue else {}
    periods: dict[str, list[str]] = {}
    wordless: list[str] = []
    for name in names:
        form = str(about.original_variable_types.get(name) or "")
        labels = _labels(about, name) or words.get(display_formats.name_of(form), {})
        column = _column(values.pop(name))
        if dates := display_formats.as_dates(column, form, kind):
            column, what = dates
            periods.setdefault(what, []).append(name)
        elif not labels and (made := display_formats.own_words(form, kind)):
            wordless.append(f"{name} ({made})")
        columns.append(result.column(name, column, labels))
    notes += result.sentences()
    missing_codes = {clean(name): text for name in names if (text := _missing_codes(about, name))}
    notes += declared_notes(missing_codes)
    for what, of in periods.items():
        first = "" if what in ("dates", "times") else ", each by its first day"
        notes.append(f"Numbers that the file shows as {what} were read as such{first}: {listed(of)}.")
    if wordless:
        notes.append(
            "Codes without their words, which SAS keeps in a catalogue of formats (.sas7bcat); brought together with it, or packed "
            f"into one zip archive with it, this file has them: {listed(wordless)}."
        )
    lost = [name for name, column in zip(names, columns, strict=True) if kind == "por" and _has_lost_letters(column)]
    if lost:
        notes.append(
            f"Letters with accents are lost in this file’s format, and texts that differ in them alone are one: {listed(lost)}. "
            "In SPSS: SAVE OUTFILE='name.sav'."
        )
    long = {clean(name): clean(text) for name, text in about.column_names_to_labels.items() if text and text != name}
    return Outcome([clean(name) for name in names], columns, notes=notes, labels=long, missing_codes=missing_codes)


def _has_lost_letters(column: Column) -> bool:
    """Whether a column of text has the sign that stands for a letter that could not be told."""
    return pa.types.is_string(column.type) and bool(pc.any(pc.match_substring(column, "\ufffd")).as_py())


def _words(catalogue: bytes) -> dict[str, dict[Any, str]]:
    """The labels of each format that a SAS catalogue holds."""
    try:
        _, about = pyreadstat.read_sas7bcat(io.BytesIO(catalogue), output_format="dict")
    except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
        raise Unreadable(
            f"The catalogue of formats in {{file}} cannot be read: {str(error)[:100].rstrip('.')}.",
            "Load the .sas7bdat file alone, or write the table with its words from SAS: PROC EXPORT, DBMS=CSV.",
        ) from None
    return {
        name.upper(): {code: clean(str(text)) for code, text in labels.items()}
        for name, labels in about.value_labels.items()
    }


def _parse(content: bytes, limits: Limits, kind: str) -> tuple[dict[str, list[Any]], Any, list[str]]:
    """The values by column, the file's metadata, and notes; the size is looked up before the values are read."""
    reader = _READERS[kind]
    notes: list[str] = []
    options: dict[str, Any] = {}
    while True:
        try:
            declared = {"user_missing": True} if kind == "sav" else {}  # tells the ranges; the values are read without
            # as a dict: for a frame pyreadstat would load pandas, a fifth of a second of every such file
            _, about = reader(io.BytesIO(content), metadataonly=True, output_format="dict", **declared, **options)
            missing = missing_ranges(content) if kind == "por" else about.missing_ranges or {}
            limits.check(max(about.number_rows or 0, 0), about.number_columns or 0)
            # a file that does not tell its rows is read to one beyond the limit, and then refused
            options["row_limit"] = limits.rows + 1
            tagged = {"user_missing": True} if kind in ("dta", "sas7bdat") else {}  # gives the letters of .a to .z
            values, about = reader(io.BytesIO(content), output_format="dict", **tagged, **options)
            about.missing_ranges = missing
            values = _without_letters(dict(values), about.missing_user_values)
            values |= _lengths_of_time(reader, content, about, options, kind, notes)
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
    timed = [
        n for n in about.column_names if display_formats.is_time(str(about.original_variable_types.get(n) or ""), kind)
    ]
    if not timed or "disable_datetime_conversion" in options:
        return {}
    raw, _ = reader(
        io.BytesIO(content), output_format="dict", disable_datetime_conversion=True, usecols=timed, **options
    )
    seconds = {name: np.array([np.nan if v is None else v for v in raw[name]], dtype=float) for name in timed}
    long = {name: s for name, s in seconds.items() if ((s < 0) | (s >= display_formats.SECONDS_A_DAY)).any()}
    if long:
        notes.append(long_times_note(long))
    return {
        name: [None if np.isnan(v) else v for v in (s / display_formats.SECONDS_A_DAY).tolist()]
        for name, s in long.items()
    }


def _labels(about: Any, name: str) -> dict[Any, str]:
    """A variable's labels by their codes, but for codes that the file declares to be missing."""
    ranges = about.missing_ranges.get(name, [])
    labels = {}
    for code, text in about.variable_value_labels.get(name, {}).items():
        if not any(type(code) is type(r["lo"]) and r["lo"] <= code <= r["hi"] for r in ranges):
            labels[code] = clean(str(text))
    return labels


def _without_letters(values: dict[str, list[Any]], tagged: Mapping[str, list[str]]) -> dict[str, list[Any]]:
    """The columns with a missing value for each of Stata's .a to .z, or SAS' .A to .Z, of which pyreadstat gives the letter."""
    return values | {name: [None if type(v) is str else v for v in values[name]] for name in tagged}


def _missing_codes(about: Any, name: str) -> str:
    """The values that are declared missing: "9, 97 to 99"; ".a = refused, .b"."""
    ranges = [range_words(figure(r["lo"]), figure(r["hi"])) for r in about.missing_ranges.get(name, [])]
    words = about.variable_value_labels.get(name, {})
    letters = [
        f".{letter}" + (f" = {clean(str(words[letter]))[:30]}" if letter in words else "")
        for letter in sorted(about.missing_user_values.get(name, []))
    ]
    return ", ".join([*ranges, *letters])


def _column(values: list[Any]) -> Column:
    """A column of what pyreadstat gives: numbers, text, dates, with None for missing."""
    column = column_of(values)
    if pa.types.is_string(column.type):
        return pc.if_else(pc.equal(pc.utf8_trim_whitespace(column), ""), pa.scalar(None, pa.string()), column)
    return column
