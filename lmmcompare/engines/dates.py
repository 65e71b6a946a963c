"""Dates that an engine holds, as days since one of them: what `dtypes` does with arrays."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
import pandas as pd

from ..design.dtypes import ISO, ZONE, are_iso, first_day, plain_column
from ..errors import DataError
from .table import Frame, Kind, fetch, numbers

SECONDS = 86_400
LOOK = 1_000
"""Different texts that are looked at before all are."""


def learn_dates(
    kinds: dict[str, Kind], rows: Frame, names: Sequence[str]
) -> tuple[dict[str, Kind], Frame, dict[str, pd.Timestamp | None]]:
    """Which of some columns are dates, and the day that these are counted from: the earliest.

    Parameters
    ----------
    kinds : dict
        As of a `Table`.
    rows : LazyFrame
        The complete rows.
    names : sequence of str
        The predictors that are not used by their levels.

    Returns
    -------
    dict, LazyFrame
        The same with text such as 2020-01-31 as dates.
    dict
        As ``Encoder.origins``.
    """
    texts = [name for name in names if kinds[name] == "text" and _are_dates(rows, name)]
    if texts:
        rows = rows.with_columns(*(_read(name, rows) for name in texts))
        kinds = {**kinds, **dict.fromkeys(texts, "date")}
    dates = [name for name in names if kinds[name] == "date"]
    result = fetch(rows.select(*(nw.col(name).min() for name in dates))).to_pandas() if dates else pd.DataFrame()
    return kinds, rows, {name: first_day(plain_column(result[name])) for name in dates}


def days(column: nw.Expr, origin: pd.Timestamp) -> nw.Expr:
    """A column of datetimes as days since one; by the calendar, which every engine knows, as not all can subtract."""
    of = column.dt
    year, day, hour, minute, second, micro = (
        part.cast(nw.Float64)
        for part in (of.year(), of.ordinal_day(), of.hour(), of.minute(), of.second(), of.microsecond())
    )
    past = year - 1.0
    leap = (past / 4).floor() - (past / 100).floor() + (past / 400).floor()
    of_day = hour * 3600 + minute * 60 + second + micro / 1e6
    return past * 365.0 + leap + (day - float(origin.toordinal())) + of_day / SECONDS


def _are_dates(rows: Frame, name: str) -> bool:
    """Whether all texts of a column are dates; a few of them are looked at first."""
    if not are_iso(list(dict.fromkeys(fetch(rows.select(name).head(LOOK)).get_column(name).to_list()))):
        return False
    zoned, dates = nw.col(name).str.contains(f"{ISO}{ZONE}"), nw.col(name).str.contains(f"{ISO}$")
    counts = (flag.cast(nw.Int64).sum().alias(what) for what, flag in (("zoned", zoned), ("other", ~(zoned | dates))))
    result = numbers(rows.select(*counts))
    if result["zoned"] and not result["other"]:
        raise DataError(f"Column “{name}” holds dates with time zones as text.", "Make them timestamps in the table.")
    return not result["other"]


def _read(name: str, frame: Frame) -> nw.Expr:
    column = nw.col(name)
    return column.str.to_datetime() if frame.implementation.is_polars() else column.cast(nw.Datetime)
