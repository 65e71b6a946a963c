"""Dates with a month in words, months and quarters: "Jan 1 2000", "1 January 2000", "Jan-00", "2000M01", "2000-Q1"."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY, _YEAR = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?", r"(?P<year>\d{4})"
WAYS: dict[str, tuple[str, ...]] = {
    "month in words": (rf"{_DAY}[ -]*{_NAME}[ ,-]*{_YEAR}", rf"{_NAME}[ -]*{_DAY}(?:, *| +|-){_YEAR}"),
    "month and year": (
        rf"{_NAME}[ ,/-]*{_YEAR}",
        rf"{_NAME}[ -]*['’-](?P<short>\d{{2}})",
        rf"{_YEAR}[ /-]*{_NAME}",
        rf"{_YEAR}[ -]?M(?P<month>\d{{1,2}})",
    ),
    "quarter": (rf"{_YEAR}[ :/-]*Q(?P<quarter>[1-4])", rf"Q(?P<quarter>[1-4])[ /-]*{_YEAR}"),
}
"""What is written, and the patterns that tell it."""
FIRST_DAY = {"month and year": "month", "quarter": "quarter"}
"""Of what the first day stands for the whole."""
CENTURY = 69
"""Two digits of a year from here on are of the 1900s, below of the 2000s, as POSIX has it."""
WRITTEN = "(?i)^(?:" + "|".join(re.sub(r"\?P<\w+>", "?:", p) for patterns in WAYS.values() for p in patterns) + ")$"
"""All of them as one pattern, which RE2 reads too."""
_WRITTEN = re.compile(WRITTEN)


def is_written_date(text: str) -> bool:
    """Whether a text is such a date, of whatever way of writing."""
    return _WRITTEN.match(text) is not None


def moments(values: pd.Series, way: str) -> pd.Series:
    """The dates that texts say in one of `WAYS`, missing where they are written in another or the calendar lacks them."""
    result = pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]")
    for pattern in WAYS[way]:
        parts = values.str.extract(f"(?i)^{pattern}$")
        here = parts["year" if "year" in parts else "short"].notna()
        if here.any():
            result = result.where(~here, pd.to_datetime(_numbers(parts), errors="coerce"))
    return result


def _numbers(parts: pd.DataFrame) -> pd.DataFrame:
    """Year, month and day of what a pattern found; the first of the month where it says no day."""
    year = parts["year"].astype(float) if "year" in parts else _with_century(parts["short"].astype(float))
    if "name" in parts:
        names = parts["name"].str[:3].str.lower()
        month = names.map({name: k + 1.0 for k, name in enumerate(_MONTHS)}).astype(float)
    else:
        month = parts["month"].astype(float) if "month" in parts else 3 * parts["quarter"].astype(float) - 2
    day = parts["day"].astype(float) if "day" in parts else pd.Series(np.where(year.isna(), np.nan, 1.0), year.index)
    return pd.DataFrame({"year": year, "month": month, "day": day})


def _with_century(short: pd.Series) -> pd.Series:
    return short + np.where(short >= CENTURY, 1900, 2000)
