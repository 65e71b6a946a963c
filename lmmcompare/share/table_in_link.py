"""A small table within a link: the columns that a comparison needs, compressed; read as data, never run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..data.limits import MAX_NAME
from ..errors import DataError, TooLargeError
from ..text.urlsafe import pack, unpack, version_of

VERSION = 1
MAX_TEXT = 6_000
"""Most characters: with the rest of the link it stays below the 8,192 that nginx takes in a request's first line."""
MAX_BYTES = 500_000
"""Most bytes of JSON within: what a text of 6,000 characters may unpack to at the most."""
MAX_CELLS = 100_000
MAX_COLUMNS = 40
NUMBER, WHOLE, TRUTH, TEXT, CATEGORY, ORDERED = "number", "whole", "truth", "text", "category", "ordered"
US, NS = "date us", "date ns"
"""Dates, in microseconds or nanoseconds since 1970."""
_OF: dict[str, set[type]] = {
    NUMBER: {int, float},
    WHOLE: {int, type(None)},
    TRUTH: {bool, type(None)},
    US: {int, type(None)},
    NS: {int, type(None)},
}
"""Types that the values of a column of each kind may have."""
_LEVELS: set[type] = {str, int, float, bool}
_CHANGED = "The table in the link cannot be read: part of the link is missing or changed."


def encode(frame: pd.DataFrame, columns: Sequence[str]) -> str:
    """Some columns of a table, with all rows, as text of letters, digits, "-", "_" and one ".".

    Numbers come back to the last digit, categories with those levels that occur, in order, missing values as missing.

    Raises
    ------
    TooLargeError
        When they do not fit into a link; the message has the sizes.
    DataError
        For a column that is of neither numbers, dates, text nor categories, named in the message.
    """
    cells = len(frame) * len(columns)
    if cells > MAX_CELLS or len(columns) > MAX_COLUMNS:
        raise TooLargeError(
            f"{len(frame):,} rows of {len(columns):,} columns are too many for a link.", "Store the table instead."
        )
    text = pack([{"name": name, **_packed(name, frame[name])} for name in columns], VERSION)
    if len(text) > MAX_TEXT:
        raise TooLargeError(
            f"Its {len(columns):,} columns take {len(text):,} characters; a link holds {MAX_TEXT:,}.",
            "Store the table instead.",
        )
    return text


def decode(text: str) -> pd.DataFrame:
    """The table of such a text.

    Raises
    ------
    DataError
        When the text is too long, cut off, changed, or of a newer version.
    """
    if len(text) > MAX_TEXT:
        raise DataError(
            f"The table in the link has {len(text):,} characters; the most is {MAX_TEXT:,}.", "Ask for the table."
        )
    if (version_of(text) or 0) > VERSION:
        raise DataError(
            "The table in the link was written by a newer version of lmmcompare.", "Open the link where it was made."
        )
    try:
        columns = [_unpacked(column) for column in _checked(unpack(text, MAX_BYTES))]
    except (ValueError, TypeError, KeyError, OverflowError):
        columns = []
    if not columns or not len(columns[0]) or len({len(c) for c in columns}) > 1:
        raise DataError(_CHANGED, "Copy it again.")
    return pd.DataFrame({column.name: column for column in columns})


def _packed(name: str, column: pd.Series) -> dict[str, Any]:
    """A column's kind and values; of text and categories the levels, and for each row which (-1 for missing)."""
    types, dtype = pd.api.types, column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        used = column.cat.remove_unused_categories().cat
        levels = _plain(name, used.categories.tolist(), _LEVELS)
        return {"kind": ORDERED if dtype.ordered else CATEGORY, "levels": levels, "codes": used.codes.tolist()}
    if types.is_bool_dtype(dtype) or types.is_integer_dtype(dtype):
        kind = TRUTH if types.is_bool_dtype(dtype) else WHOLE
        return {"kind": kind, "values": column.astype(object).where(column.notna(), None).tolist()}
    if types.is_float_dtype(dtype):
        return {"kind": NUMBER, "values": column.to_numpy(dtype=float, na_value=np.nan).tolist()}
    if types.is_datetime64_dtype(dtype):
        kind = NS if dtype == "datetime64[ns]" else US
        since = column.astype(f"datetime64[{kind[-2:]}]").astype("int64").astype(object)
        return {"kind": kind, "values": since.where(column.notna(), None).tolist()}
    try:
        codes, levels = pd.factorize(column)
    except TypeError:  # lists and the like
        codes, levels = np.zeros(0, int), column
    return {"kind": TEXT, "levels": _plain(name, list(levels), {str}), "codes": codes.tolist()}


def _plain(name: str, levels: list[Any], types: set[type]) -> list[Any]:
    if not set(map(type, levels)) <= types:
        raise DataError(
            f"“{name}” holds values that are neither numbers nor text.", "Store the table, or leave the column out."
        )
    return levels


def _checked(columns: Any) -> list[dict[str, Any]]:
    """The columns, if they have the form of some, names that can be column names, and are not too many."""
    if not isinstance(columns, list) or not 0 < len(columns) <= MAX_COLUMNS:
        raise ValueError("no list of columns")
    names = [column["name"] for column in columns]
    if len(set(names)) < len(names) or not all(_is_name(name) for name in names):
        raise ValueError("no names of columns")
    if sum(len(column.get("values") or column["codes"]) for column in columns) > MAX_CELLS:
        raise ValueError("too many cells")
    return columns


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and 0 < len(name) <= MAX_NAME and name.isprintable() and "`" not in name


def _unpacked(column: dict[str, Any]) -> pd.Series:
    kind, name = column["kind"], column["name"]
    if kind in _OF:
        values = column["values"]
        if not set(map(type, values)) <= _OF[kind]:
            raise TypeError("values of another kind")
        return pd.Series(_array(kind, values), name=name)
    if kind not in (TEXT, CATEGORY, ORDERED):
        raise ValueError("no such kind")
    levels, codes = column["levels"], column["codes"]
    types = set(map(type, levels))
    if not set(map(type, codes)) <= {int} or len(types) > 1 or not types <= ({str} if kind == TEXT else _LEVELS):
        raise TypeError("codes or levels of another kind")
    if kind == TEXT:
        result = pd.Categorical.from_codes(codes, pd.Index(levels, dtype="str"))
        return pd.Series(result, name=name).astype("str")
    return pd.Series(pd.Categorical.from_codes(codes, levels, ordered=kind == ORDERED), name=name)


def _array(kind: str, values: list[Any]) -> Any:
    if kind == NUMBER:
        return np.array(values, dtype=float)
    if kind in (US, NS):
        least = np.iinfo(np.int64).min  # stands for a date that is missing
        since = np.array([least if value is None else value for value in values], dtype=np.int64)
        return since.view(f"datetime64[{kind[-2:]}]")
    if None in values:
        return pd.array(values, dtype="boolean" if kind == TRUTH else "Int64")
    return np.array(values, dtype=bool if kind == TRUTH else np.int64)
