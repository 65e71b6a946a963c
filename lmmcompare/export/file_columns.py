"""A column of a table as it is written to a file, so that every reader of CSV reads it alike."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..data.columns import has_times, is_date
from ..design.dtypes import dates, day_name, is_numeric, plain_column
from ..design.levels import factorize
from ..design.unusable import MAX_LEVELS
from ..errors import DataError

LARGEST_ID = 10**15
"""R's ``factor()`` tells numbers apart by 15 digits: of longer ones it may make one level, also where both are exact."""
SYNTACTIC = re.compile(r"(?:[A-Za-z]|\.(?![0-9]))[A-Za-z0-9._]*")
KEYWORD = re.compile(
    "if|else|repeat|while|function|for|next|break|in|TRUE|FALSE|NULL|Inf|NaN|NA(_integer|_real|_complex|_character)?_?"
)


@dataclass(frozen=True)
class Field:
    """A column of the file.

    Parameters
    ----------
    alias : str
        Its name in the file and in R's code: the same where that can be.
    kind : {"number", "logical", "text", "date"}
        Dates are text in the file; the scripts convert them to days since ``origin``.
    levels : tuple of str, optional
        The levels of text in their order; None where there are many and their order does not matter.
    numbered : bool
        Whether the file holds the levels' numbers, from 1.
    origin : str
        For dates the day that counts as 0, such as 2020-01-31.
    timed : bool
        Whether dates have a time.
    """

    name: str
    alias: str
    kind: str
    levels: tuple[str, ...] | None = None
    numbered: bool = False
    origin: str = ""
    timed: bool = False


def column_of_file(
    column: pd.Series, alias: str, origin: pd.Timestamp | None
) -> tuple[Field, pd.Series | pd.Categorical]:
    """A column that the scripts make others from: dates as text, for them to count from whatever day they need."""
    if origin is not None or is_date(column):
        field, values = date_column(column, alias, origin if origin is not None else pd.Timestamp(0))
        return replace(field, origin=""), values
    return text_or_number(column, alias, as_number=False, predictor=True)


def is_plain(text: str) -> bool:
    """Whether every reader of CSV reads a text unchanged, and no spreadsheet reads it as a formula."""
    return (
        0 < len(text) <= 200
        and text.isprintable()
        and text == text.strip()
        and text[0] not in "=+-@"
        and not any(c in text for c in "\\`")
    )


def is_syntactic(name: str) -> bool:
    """Whether R takes a name without backquotes, under every locale."""
    return bool(SYNTACTIC.fullmatch(name)) and not KEYWORD.fullmatch(name)


def unused_name(name: str, names: tuple[str, ...]) -> str:
    """The name, or with underscores behind it where there is such a one."""
    while name in names:
        name += "_"
    return name


def text_or_number(
    column: pd.Series, alias: str, as_number: bool, predictor: bool
) -> tuple[Field, pd.Series | pd.Categorical]:
    """A column as written to the file, and its `Field`."""
    name = str(column.name)
    refuse_unwritable(name)
    column = plain_column(column).reset_index(drop=True)
    if pd.api.types.is_bool_dtype(column.dtype):
        return Field(name, alias, "logical"), column.astype("boolean")
    if is_numeric(column):
        whole = pd.api.types.is_integer_dtype(column.dtype)
        if as_number or (predictor and not whole) or not _are_merged_by_r(column):
            return Field(name, alias, "number"), column if whole else column.astype(float)
    present = column.notna().to_numpy()
    result, index = factorize(column[present])
    codes = np.full(len(column), -1)
    codes[present] = result
    levels = [str(level) for level in index]
    if len(set(levels)) < len(levels):  # 1 and "1" in one column
        levels = [f"{level} ({k})" for k, level in enumerate(levels, 1)]
    for level in levels:
        refuse_unwritable(level)
    if all(map(is_plain, levels)):
        known = tuple(levels) if predictor or len(levels) <= MAX_LEVELS else None
        return Field(name, alias, "text", known), pd.Categorical.from_codes(codes, levels)
    numbers = pd.Series(codes + 1).astype("Int64").mask(~present)
    return Field(name, alias, "text", tuple(levels), numbered=True), numbers


def _are_merged_by_r(column: pd.Series) -> bool:
    """Whether different numbers of a column are one level to R's ``factor()``, or whole ones no longer exact."""
    values = column.dropna().unique()
    if pd.api.types.is_integer_dtype(column.dtype):
        return bool(len(values)) and max(abs(int(values.min())), abs(int(values.max()))) >= LARGEST_ID
    return len(np.unique(np.char.mod("%.15g", values.astype(float)))) < len(values)


def date_column(column: pd.Series, alias: str, origin: pd.Timestamp) -> tuple[Field, pd.Series]:
    """A column of dates that is used as a number."""
    name = str(column.name)
    refuse_unwritable(name)
    result = dates(plain_column(column)).reset_index(drop=True)
    timed = has_times(result)
    time = " %H:%M:%S.%f" if (result.dropna() != result.dropna().dt.floor("s")).any() else " %H:%M:%S"
    text = result.dt.strftime(f"%Y-%m-%d{time if timed else ''}")
    return Field(name, alias, "date", origin=day_name(origin), timed=timed), text


def refuse_unwritable(text: str) -> None:
    """Raise for text that a script of R cannot hold."""
    if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text):
        raise DataError(
            f"“{text.encode('unicode_escape').decode()[:60]}” has a character that code in a file cannot hold.",
            "Rename the column or its levels.",
        )
