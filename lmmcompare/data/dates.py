"""A column of text as dates, whatever the order of day, month and year; an order that cannot be told is refused, not guessed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..errors import DataError
from ..text.numbers import count

ORDERS = {
    "year, month, day": (r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})$"),
    "day, month, year": (r"^(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})$"),
    "month, day, year": (r"^(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>\d{4})$"),
}


def as_date(column: pd.Series, order: str = "") -> tuple[pd.Series, str]:
    """Dates, and a sentence; text that is none becomes missing, and the sentence says in how many rows.

    Points between day, month and year mean that the day is first; with other signs only a day beyond 12 tells.

    Parameters
    ----------
    column : Series
    order : str, optional
        One of `ORDERS`, by whoever knows it; found out when left out.

    Raises
    ------
    DataError
        When no value is a date, or day and month cannot be told apart.
    """
    if order and order not in ORDERS:
        raise DataError(f"“{order[:40]}” is no order of dates.", f"Choose one of: {'; '.join(ORDERS)}.")
    name = column.name
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column, f"“{name}” holds dates already."
    text = column.astype("str").where(column.notna()).str.strip()
    codes, unique = pd.factorize(text)
    values = pd.Series(unique, dtype="str")
    read = {"ISO": pd.to_datetime(values, format="ISO8601", errors="coerce", utc=True).dt.tz_localize(None)}
    for words, pattern in ORDERS.items():
        parts = values.str.extract(pattern).astype(float).rename(columns={"y": "year", "m": "month", "d": "day"})
        read[words] = pd.to_datetime(parts, errors="coerce")
    given = bool(order)
    order = order or max(
        read, key=lambda o: int(read[o].notna().sum())
    )  # of equals the first: ISO, then the day before the month
    result = read[order]
    if not result.notna().any():
        raise DataError(f"No value of “{name}” is a date.", "Write dates as 2020-01-31, or keep it as text.")
    other, here = read["month, day, year"], result.notna()
    either = order == "day, month, year" and (here == other.notna()).all() and (result != other)[here].any()
    if either and not given and not values[here].str.contains(".", regex=False).all():
        raise DataError(
            f"“{name}” does not tell day and month apart: “{values[here & (result != other)].iloc[0]}” may be either way.",
            "Say which comes first where dates are offered, or write them as 2020-01-31 in the file.",
        )
    days = np.append(result.to_numpy(), np.datetime64("NaT"))[codes]
    dates = pd.Series(days, index=column.index, name=name)
    lost = text[dates.isna() & text.notna()]
    words = f"“{name}” holds dates" + ("" if order == "ISO" else f", read as {order}")
    if not len(lost):
        return dates, f"{words}."
    display = ", ".join(f"“{value[:40]}”" for value in lost.drop_duplicates().head(3))
    return dates, f"{words}; {count(len(lost), 'row')} with {display} became missing."
