"""The many types that a table's columns may have, as the few that models know: numbers, truths, categories, text, dates.

A date that is used as a number is counted in days since a day that is said; a length of time is a number of days.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..arrays import Array
from ..errors import DataError

DAY = pd.Timedelta(days=1)
ISO = r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?"
"""A date as text, with a time or without; after it may come a `ZONE`."""
ZONE = r"(?:Z|[+-]\d{2}:?\d{2})$"
OTHER_DATE = re.compile(r"^\d{1,2}([./-])\d{1,2}\1\d{4}$|^\d{4}([./])\d{1,2}\2\d{1,2}$")
"""A date as text in another order or with other signs."""
_DATE = re.compile(f"{ISO}(?:{ZONE}|$)")
_NUMBERS, _WHOLE = "iuf", "biu"
"""numpy's kinds of numbers, and of what is never missing; told from the type alone, without pandas' general questions."""


def _kind(column: pd.Series) -> str:
    """Kind of a column's type as numpy has them; empty for a type that is not numpy's."""
    return column.dtype.kind if isinstance(column.dtype, np.dtype) else ""


def plain_column(column: pd.Series) -> pd.Series:
    """A column as the type that its values have: decimals and lengths of time (in days) as numbers, dates as those of UTC.

    Parameters
    ----------
    column : Series
        Objects, Arrow's types and time zones are looked into; a column of another type is given back as it is.
    """
    kind = column.dtype
    if _kind(column) in ("b", "i", "u", "f", "M") or isinstance(kind, pd.CategoricalDtype):
        return column
    if isinstance(kind, pd.ArrowDtype):
        column = pd.Series(column.array.__arrow_array__().to_pandas(), name=column.name).set_axis(column.index)
        return column if isinstance(column.dtype, pd.ArrowDtype) else plain_column(column)
    if isinstance(kind, pd.DatetimeTZDtype):
        return column.dt.tz_convert("UTC").dt.tz_localize(None)
    if isinstance(kind, pd.PeriodDtype):
        return column.dt.to_timestamp()
    if pd.api.types.is_timedelta64_dtype(kind):
        return column / DAY
    if not pd.api.types.is_object_dtype(kind):
        return column
    match pd.api.types.infer_dtype(column, skipna=True):
        case "decimal":
            return _of_decimals(column)
        case "date" | "datetime" | "datetime64":
            try:
                return plain_column(pd.to_datetime(column))
            except ValueError:  # of several time zones
                return plain_column(pd.to_datetime(column, utc=True))
        case "timedelta" | "timedelta64":
            return pd.to_timedelta(column) / DAY
        case "period":
            return plain_column(column.astype(pd.PeriodIndex(column.dropna()).dtype))
    return column.infer_objects()


def _of_decimals(column: pd.Series) -> pd.Series:
    """Decimal numbers: whole ones as integers, others as floats; as they are where floats would merge different ones."""
    absent = column.isna().to_numpy()
    present = column.to_numpy(dtype=object)[~absent]
    if all(value == value.to_integral_value() for value in present if value.is_finite()):
        if absent.any() or not all(value.is_finite() for value in present):
            return _floats(column, absent)
        return pd.Series(
            [int(value) for value in present], index=column.index, name=column.name, dtype=object
        ).infer_objects()
    return _floats(column, absent)


def _floats(column: pd.Series, absent: Array) -> pd.Series:
    values = np.full(len(column), np.nan)
    values[~absent] = column.to_numpy(dtype=object)[~absent].astype(float)
    merged = len(np.unique(values[~absent])) < column.nunique()
    return column if merged else pd.Series(values, index=column.index, name=column.name)


def is_numeric(column: pd.Series) -> bool:
    """Whether a column holds numbers (booleans are categories)."""
    kind = column.dtype
    if isinstance(kind, np.dtype):
        return kind.kind in _NUMBERS
    return pd.api.types.is_any_real_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)


def missing(column: pd.Series) -> Array | None:
    """Which values of a column are missing, (n,) of bool; None where none is."""
    kind = _kind(column)
    if kind and kind in _WHOLE:
        return None
    if kind == "f":
        absent = np.isnan(column.to_numpy())
    elif isinstance(column.array, pd.Categorical):
        absent = column.array.codes < 0
    else:
        absent = column.isna().to_numpy()
    return absent if absent.any() else None


def is_date(column: pd.Series) -> bool:
    """Whether a plain column holds dates, of their own type or as text such as 2020-01-31 throughout."""
    if isinstance(column.dtype, pd.CategoricalDtype) or is_numeric(column):
        return False
    return pd.api.types.is_datetime64_any_dtype(column.dtype) or (is_text(column) and are_iso(column.dropna().unique()))


def is_nested(column: pd.Series) -> bool:
    """Whether a column holds lists, structures or the like, which are no levels."""
    kind = column.dtype
    if isinstance(kind, pd.ArrowDtype):
        return kind.type in (list, dict)
    mixed = kind.type is np.object_ and pd.api.types.infer_dtype(column, skipna=True) == "mixed"
    return mixed and not all(isinstance(value, Hashable) for value in column)


def is_duration(column: pd.Series) -> bool:
    """Whether a column holds lengths of time; once it is plain, they are numbers like others."""
    kind = column.dtype
    if isinstance(kind, pd.ArrowDtype):
        return bool(kind.kind == "m")
    return kind.type is np.timedelta64 or (
        kind.type is np.object_ and pd.api.types.infer_dtype(column, skipna=True) in ("timedelta", "timedelta64")
    )


def is_text(column: pd.Series) -> bool:
    """Whether a column may hold text; categories are no text."""
    return pd.api.types.is_string_dtype(column.dtype) or pd.api.types.is_object_dtype(column.dtype)


def which_iso(values: Sequence[Any]) -> Array:
    """Which of some values are dates as text, (n,) of bool."""
    return np.array([isinstance(value, str) and _DATE.match(value) is not None for value in values], dtype=bool)


def are_iso(values: Sequence[Any]) -> bool:
    """Whether there are values, and all are dates as text that the calendar has."""
    if not len(values) or not isinstance(values[0], str) or not which_iso(values).all():
        return False
    return not pd.isna(pd.to_datetime(pd.Index(values), format="ISO8601", utc=True, errors="coerce")).any()


def are_other_dates(values: Sequence[Any]) -> bool:
    """Whether there are values, and all are text such as 31.1.2020 or 1/31/2020."""
    return len(values) > 0 and all(isinstance(value, str) and OTHER_DATE.match(value) for value in values)


def first_day(column: pd.Series) -> pd.Timestamp:
    """The day of the earliest of a plain column's dates."""
    return dates(column).min().normalize()


def days(column: pd.Series, origin: pd.Timestamp) -> Array:
    """A plain column's dates as days since one of them, (n,) float64; numbers are such days already.

    Raises
    ------
    DataError
        For what is neither.
    """
    if is_numeric(column):
        return column.to_numpy(dtype=float, na_value=np.nan)
    return ((dates(column) - origin) / DAY).to_numpy(dtype=float)


def dates(column: pd.Series) -> pd.Series:
    """A plain column's dates as datetimes, where they may be text."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column
    try:
        return pd.to_datetime(column.astype(object), format="ISO8601", utc=True).dt.tz_localize(None)
    except (ValueError, TypeError):
        raise DataError(
            f"Column “{column.name}” holds values that are no dates.", "Write dates as 2020-01-31."
        ) from None


def level_names(levels: pd.Index) -> pd.Index:
    """Levels as they are called: dates as text, without the time where none has one; whole numbers as integers."""
    if isinstance(levels, pd.DatetimeIndex):
        return pd.Index(date_text(levels.to_series()))
    if levels.dtype.kind == "f":
        values = levels.to_numpy()
        if (np.abs(values) <= 2**53).all() and (values == np.round(values)).all():
            return pd.Index(values.astype(np.int64))
    return levels


def date_text(column: pd.Series) -> pd.Series:
    """Datetimes as text, without the time where none has one; missing ones stay missing."""
    present = column.dropna()
    if (present == present.dt.normalize()).all():
        return column.dt.strftime("%Y-%m-%d").astype("str")
    return column.map(lambda moment: moment.isoformat(" "), na_action="ignore").astype("str")


def day_name(day: pd.Timestamp) -> str:
    """A day as text, 2020-01-31."""
    return str(day.date())
