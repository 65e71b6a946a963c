"""Files of SPSS, Stata and SAS: user-missing values missing, value labels as categories in the order of their codes."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyreadstat

from .cells import clean, column_of
from .outcome import Column, Limits, Outcome, Unreadable, listed

MOST_LABELS = 1_000
"""Most categories of a labelled column; with more it is a code book, not a factor."""
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
    for name in names:
        labels = {code: clean(str(text)) for code, text in about.variable_value_labels.get(name, {}).items()}
        column = _column(values.pop(name))
        labelled = _categories(column, labels) if labels else None
        if labelled is not None:
            partly += [name] if labelled[1] else []
            columns.append(labelled[0])
            continue
        if labels and (shown := _some(column, labels)):
            as_numbers.append((name, shown))
        columns.append(column)
    for name, shown in as_numbers[:5]:
        notes.append(f"“{name[:40]}” stays as it is, since few of its values have labels: {shown}.")
    if len(as_numbers) > 5:
        notes.append(f"So do {listed(name for name, _ in as_numbers[5:])}.")
    if partly:
        notes.append(f"Values without a label are categories by their number: {listed(partly)}.")
    long = {clean(name): clean(text) for name, text in about.column_names_to_labels.items() if text and text != name}
    return Outcome([clean(name) for name in names], columns, notes=notes, labels=long)


def _parse(content: bytes, limits: Limits, kind: str) -> tuple[dict[str, list[Any]], Any, list[str]]:
    """The values by column, the file's metadata, and notes; the size is looked up before the values are read."""
    reader = _READERS[kind]
    notes: list[str] = []
    options: dict[str, Any] = {}
    while True:
        try:
            _, about = reader(io.BytesIO(content), metadataonly=True, **options)
            limits.check(max(about.number_rows or 0, 0), about.number_columns or 0)
            # a file that does not tell its rows is read to one beyond the limit, and then refused
            values, about = reader(io.BytesIO(content), output_format="dict", row_limit=limits.rows + 1, **options)
            return dict(values), about, notes
        except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
            if options or not (isinstance(error, UnicodeDecodeError) or "encoding" in str(error)):
                raise
            options["encoding"] = "WINDOWS-1252"
            notes.append("The file does not tell its encoding; it was read as Windows-1252: check accented letters.")
        except OverflowError:  # a date beyond the year 9999
            if "disable_datetime_conversion" in options:
                raise
            options["disable_datetime_conversion"] = True
            notes.append("Some dates are impossible, so all dates were read as numbers.")


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
    if not counts or len(counts) > MOST_LABELS or labelled < ENOUGH_LABELLED * sum(counts.values()):
        return None
    codes = sorted(counts)
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
