"""A column of text as dates, whatever the order of day, month and year; an order that cannot be told is refused, not guessed.

Months may stand in words, and months and quarters for their first days (`data.written_dates`).
A time of day may follow, of 12 or 24 hours, and a zone, as in Google Forms' "2026/11/02 3:04:05 PM GMT+1".
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from ..errors import DataError
from ..text.numbers import count
from . import written_dates
from .change_type import as_text
from .columns import is_date, is_number

ORDERS = {
    "year, month, day": r"^(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
    "day, month, year": r"^(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4})",
    "month, day, year": r"^(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})[-/.](?P<year>\d{4})",
}
WAYS = (*ORDERS, *written_dates.WAYS)
"""What may be said of how dates are written, where it is known."""
_TIME = (
    r"(?:(?:T|,?\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}(?:\.\d+)?))?"
    r"(?:\s*(?P<half>[AaPp])\.?\s?[Mm]\.?)?\s*(?P<zone>Z|[A-Z]{2,5}(?:[+-]\d{1,2}(?::?\d{2})?)?|[+-]\d{2}:?\d{2})?)?$"
)
_COMPACT = r"^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})?)?$"
"""Without signs, as offices of weather write it: 20210115, 2021011513 with the hour, 202101151330 with the minute."""
_OFFSET = r"^(?:GMT|UTC|Z)?(?P<sign>[+-])?(?P<hours>\d{1,2})?:?(?P<minutes>\d{2})?$"
"""A zone that says how far it is from universal time."""


def as_date(column: pd.Series, order: str = "") -> tuple[pd.Series, str]:
    """Dates, and a sentence; text that is none becomes missing, and the sentence says in how many rows.

    Points between day, month and year mean that the day is first; with other signs only a day beyond 12 tells.

    Parameters
    ----------
    order : str, optional
        One of `WAYS`, by whoever knows it; found out when left out.

    Raises
    ------
    DataError
        When no value is a date, or day and month cannot be told apart.
    """
    if order and order not in WAYS:
        raise DataError(f"“{order[:40]}” is no order of dates.", f"Choose one of: {'; '.join(WAYS)}.")
    name = column.name
    if is_date(column):
        return column, f"“{name}” holds dates already."
    text = (as_text(column) if is_number(column) else column.astype("str").where(column.notna())).str.strip()
    codes, unique = pd.factorize(text)
    values = pd.Series(unique, dtype="str").str.replace(_COMPACT, _with_signs, regex=True)
    read = {"ISO": pd.to_datetime(values, format="ISO8601", errors="coerce", utc=True).dt.tz_localize(None)}
    zones = pd.Series(None, index=values.index, dtype="str")
    for words, pattern in ORDERS.items():
        read[words], of_zones = _moments(values.str.extract(pattern + _TIME))
        zones = zones.fillna(of_zones)
    read |= {way: written_dates.moments(values, way) for way in written_dates.WAYS}
    given = bool(order)
    order = order or max(
        read, key=lambda o: int(read[o].notna().sum())
    )  # of equals the first: ISO, then the day before the month
    result = read[order]
    if not result.notna().any():
        raise DataError(f"No value of “{name}” is a date.", "Write dates as 2020-01-31, or keep it as text.")
    other, here = read["month, day, year"], result.notna()
    either = order == "day, month, year" and (here == other.notna()).all() and (result != other)[here].any()
    if either and not given and not values[here].str.match(r"\d+\.").all():
        raise DataError(
            f"“{name}” does not tell day and month apart: “{values[here & (result != other)].iloc[0]}” may be either way.",
            "Say which comes first where dates are offered, or write them as 2020-01-31 in the file.",
        )
    zone_words = ""
    if order != "ISO":
        result, zone_words = _in_one_zone(result, zones[here])
    known = result.to_numpy()
    days = np.append(known, np.array("NaT", dtype=known.dtype))[codes]
    if order in written_dates.FIRST_DAY:
        zone_words = f", as the first day of each {written_dates.FIRST_DAY[order]}"
    dates = pd.Series(days, index=column.index, name=name)
    lost = text[dates.isna() & text.notna()]
    words = f"“{name}” holds dates" + ("" if order == "ISO" else f", read as {order}{zone_words}")
    if not len(lost):
        return dates, f"{words}."
    display = ", ".join(f"“{value[:40]}”" for value in lost.drop_duplicates().head(3))
    return dates, f"{words}; {count(len(lost), 'row')} with {display} became missing."


def _with_signs(compact: re.Match[str]) -> str:
    year, month, day, hour, minute = compact.groups()
    return f"{year}-{month}-{day}" + (f" {hour}:{minute or '00'}" if hour else "")


def _moments(parts: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Dates with their times of day, and the zones that are written behind them."""
    numbers = parts[["year", "month", "day", "hour", "minute", "second"]].astype(float)
    half = parts["half"].str.lower()
    hours = numbers["hour"].mask(half.notna() & ~numbers["hour"].between(1, 12))  # no such time
    hours = hours.where(half.isna(), hours % 12 + 12 * (half == "p"))
    clock = numbers.assign(hour=hours.where(numbers["hour"].notna(), 0.0)).fillna({"minute": 0.0, "second": 0.0})
    return pd.to_datetime(clock, errors="coerce"), parts["zone"]


def _in_one_zone(moments: pd.Series, zones: pd.Series) -> tuple[pd.Series, str]:
    """Moments as they are written, or in universal time where the zones of these, which are dates, differ and tell it."""
    different = zones.dropna().unique().tolist()
    if not different:
        return moments, ""
    display = " and ".join(different[:3])
    offsets = zones.str.extract(_OFFSET)
    if len(different) == 1 or zones.isna().any() or not zones.str.fullmatch(_OFFSET).all():
        apart = "" if len(different) == 1 else ", though these differ"
        return moments, f"; times are as they are written ({display}{apart})"
    hours, minutes = (offsets[part].astype(float).fillna(0.0) for part in ("hours", "minutes"))
    shift = pd.to_timedelta(hours * 60 + minutes, unit="min") * np.where(offsets["sign"] == "-", -1, 1)
    return moments - shift.reindex(moments.index), f"; times, written in {display}, are universal time (UTC)"
