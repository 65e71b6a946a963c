"""Periods, such as months, that pandas writes into Parquet and Feather as numbers counted from 1970."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .result import Column, listed

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_UNITS = {"Y": ("M", 12), "A": ("M", 12), "Q": ("M", 3), "M": ("M", 1), "W": ("D", 7), "D": ("D", 1)}
_UNITS |= {"h": ("h", 1), "H": ("h", 1), "min": ("m", 1), "T": ("m", 1), "s": ("s", 1), "S": ("s", 1)}
"""numpy's unit of a kind of period, and how many of it one is."""


@dataclass(frozen=True, slots=True)
class Counting:
    """How periods of one kind are numbered: number k begins k ``times`` units after 1970 began, plus ``shift`` units.

    Attributes
    ----------
    unit : str
        Of numpy: "M", "D", "h", "m" or "s".
    times, shift : int
    """

    unit: str
    times: int
    shift: int


def counting(freq: str) -> Counting | None:
    """How periods are numbered by what pandas calls their length, such as "M", "W-SUN", "Y-MAR"; None of another kind.

    A year, a quarter or a week with an end begins after the one before it ended.
    """
    kind, _, end = freq.partition("-")
    if kind not in _UNITS:
        return None
    unit, times = _UNITS[kind]
    if kind == "W" and (end or "SUN") in _DAYS:
        return Counting(unit, times, _DAYS.index(end or "SUN") - 10)  # 1970 began on a Thursday
    if kind in "YAQ" and (end or "DEC") in _MONTHS:
        return Counting(unit, times, _MONTHS.index(end or "DEC") - 11)
    return Counting(unit, times, 0) if not end else None


def as_dates(table: pa.Table) -> tuple[pa.Table, list[str]]:
    """A table with its periods as the moments at which they begin, and what is to be said; others are plain numbers."""
    begun: list[str] = []
    numbers: list[str] = []
    for k, field in enumerate(table.schema):
        freq = frequency(field)
        if freq is None:
            continue
        column = table.column(k)
        if isinstance(column.type, pa.BaseExtensionType):  # pandas has told Arrow of it, where it was loaded before
            column = pa.chunked_array([chunk.storage for chunk in column.chunks], pa.int64())
        moments = _first_moments(column, freq)
        if moments is not None:
            column = moments
            begun.append(field.name)
        else:
            numbers.append(f"{field.name} ({freq})")
        table = table.set_column(k, field.name, column)
    notes = [f"Periods were read as the moments at which they begin: {listed(begun)}."] * bool(begun)
    notes += [f"Periods of a kind that is not known here are numbers counted from 1970: {listed(numbers)}."] * bool(
        numbers
    )
    return table, notes


def _first_moments(column: Column, freq: str) -> Column | None:
    """The moments at which periods begin; None of an unknown kind, or beyond the years of a calendar."""
    how = counting(freq)
    if how is None:
        return None
    moments = (pc.fill_null(column, 0).to_numpy() * how.times + how.shift).astype(f"datetime64[{how.unit}]")
    years = moments.astype("datetime64[Y]").astype(np.int64) + 1970
    if ((years < 1) | (years > 9999)).any():
        return None
    return pa.array(moments.astype("datetime64[us]"), mask=pc.is_null(column).to_numpy())


def frequency(field: pa.Field) -> str | None:
    """What pandas calls the length of a column's periods, such as "M"; None where it holds none."""
    if isinstance(field.type, pa.BaseExtensionType):
        return str(field.type.freq) if field.type.extension_name == "pandas.period" else None
    about = field.metadata or {}
    if about.get(b"ARROW:extension:name") != b"pandas.period" or not pa.types.is_int64(field.type):
        return None
    try:
        return str(json.loads(about[b"ARROW:extension:metadata"])["freq"])
    except (KeyError, TypeError, ValueError):
        return "?"
