"""Formats by which SPSS, Stata and SAS show numbers as dates, where pyreadstat leaves the numbers; and SAS' own words."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .arrays import Array
from .result import Column

_DAY = np.timedelta64(1, "D")
SECONDS_A_DAY = 86_400


def _of_months(months: int) -> Callable[[Array], Array]:
    """The first day of periods of so many months, counted from January 1960."""
    return lambda values: np.datetime64("1960-01", "M") + (months * values).astype("timedelta64[M]")


def _of_weeks(values: Array) -> Array:
    """Stata's weeks: 52 a year, the first from 1 January, the last of eight days or nine."""
    weeks = values.astype(np.int64)
    years = (weeks // 52).astype("timedelta64[Y]")
    return (np.datetime64("1960", "Y") + years).astype("datetime64[D]") + 7 * (weeks % 52) * _DAY


def _since(start: str, unit: str) -> Callable[[Array], Array]:
    step = {"days": 86_400_000_000, "seconds": 1_000_000, "milliseconds": 1_000}[unit]
    return lambda values: np.datetime64(start, "us") + np.round(values * step).astype("timedelta64[us]")


_STATA = {
    "d": ("dates", _since("1960-01-01", "days")),
    "c": ("times", _since("1960-01-01", "milliseconds")),
    "C": ("times", _since("1960-01-01", "milliseconds")),
    "w": ("weeks", _of_weeks),
    "m": ("months", _of_months(1)),
    "q": ("quarters", _of_months(3)),
    "h": ("half-years", _of_months(6)),
}
_SPSS = dict.fromkeys(("MOYR", "QYR", "WKYR"), ("dates", _since("1582-10-14", "seconds")))
_SAS_DATES = (
    "MONYY",
    "YYMON",
    "YYMM",
    "YYMMC",
    "YYMMD",
    "YYMMN",
    "YYMMP",
    "YYMMS",
    "MMYY",
    "MMYYC",
    "MMYYD",
    "MMYYN",
    "MMYYP",
    "MMYYS",
    "YYQ",
    "YYQC",
    "YYQD",
    "YYQN",
    "YYQP",
    "YYQR",
    "YYQS",
    "JULIAN",
    "JULDAY",
    "WORDDATE",
    "WORDDATX",
    "EURDFDD",
    "EURDFDE",
    "NLDATE",
    "NLDATEMN",
    "NLDATEW",
    "E8601DA",
    "YEAR",
    "MONTH",
    "QTR",
    "WEEKDAY",
    "DOWNAME",
    "MONNAME",
    "DAY",
    "WEEKU",
    "WEEKV",
    "WEEKW",
)
_SAS = dict.fromkeys(_SAS_DATES, ("dates", _since("1960-01-01", "days")))
_SAS_OWN = frozenset(
    (
        "BEST",
        "BESTD",
        "BESTX",
        "BINARY",
        "COMMA",
        "COMMAX",
        "D",
        "DOLLAR",
        "DOLLARX",
        "E",
        "EURO",
        "EUROX",
        "F",
        "FLOAT",
        "FRACT",
        "HEX",
        "IB",
        "IBR",
        "IEEE",
        "NEGPAREN",
        "NUMX",
        "OCTAL",
        "PD",
        "PERCENT",
        "PERCENTN",
        "PIB",
        "PIBR",
        "PK",
        "PVALUE",
        "RB",
        "ROMAN",
        "S",
        "SSN",
        "VAXRB",
        "VMSZN",
        "WORDF",
        "WORDS",
        "YEN",
        "Z",
        "ZD",
        "NLNUM",
        "NLPCT",
        "NLMNY",
        "NLBEST",
        "CHAR",
        "ASCII",
        "EBCDIC",
        "UPCASE",
        "QUOTE",
        "REVERJ",
        "REVERS",
        "VARYING",
        "BIDI",
        "TIME",
        "TIMEAMPM",
        "TOD",
        "HHMM",
        "HOUR",
        "MMSS",
        "E8601TM",
        "B8601TM",
        "NLTIME",
        "NLTIMAP",
        "BYTES",
        "SIZEK",
        "SIZEKMG",
    )
)


def as_dates(column: Column, form: str, kind: str) -> tuple[Column, str] | None:
    """A column of numbers that its file shows as dates, weeks, months, …, as the first day of each; and what they are.

    None where the format shows something else, or a number stands for no day.

    Parameters
    ----------
    column : Arrow array
        int64 or float64.
    form : str
        The format: "%tm", "MOYR8", "MONYY7.".
    kind : str
        The file's key in ``KINDS``.
    """
    known = _known(form, kind)
    if known is None or not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return None
    values = pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False)
    present = np.isfinite(values)
    what, first_day = known
    if (np.abs(values[present]) > 3e14).any():
        return None
    days = first_day(np.where(present, values, 0.0)).astype("datetime64[us]")
    if present.any() and not (
        np.datetime64("0001") <= days[present].min() <= days[present].max() < np.datetime64("9999")
    ):
        return None
    return pa.array(np.where(present, days, np.datetime64("NaT", "us")), pa.timestamp("us")), what


def is_time(form: str, kind: str) -> bool:
    """Whether a format shows seconds as hours and minutes, which may be a time of day or a length of time."""
    return _name(form) in (("TIME", "DTIME", "MTIME") if kind in ("sav", "por") else ("TIME", "HHMM", "MMSS", "HOUR"))


def own_words(form: str, kind: str) -> str | None:
    """The name of a SAS format that somebody made, such as SEXF, whose words stand in another file; else None."""
    if kind not in ("sas7bdat", "xpt"):
        return None
    name = _name(form)
    ours = (
        not name or name in _SAS_OWN or name in _SAS or re.search(r"DATE|DDMM|MMDD|YYMM|MDYAM|DTMON|DTYEAR|8601", name)
    )
    return None if ours else name


def _known(form: str, kind: str) -> tuple[str, Callable[[Array], Array]] | None:
    if kind == "dta":
        match = re.match(r"%-?(?:t([dcCwmqh])|(d))", form)  # %d is the %td of old
        return _STATA[match[1] or match[2]] if match else None
    return (_SPSS if kind in ("sav", "por") else _SAS).get(_name(form))


def name_of(form: str) -> str:
    """A format's name without its width: MONYY7. is MONYY, $SEX8. is $SEX."""
    return re.sub(r"\d*(\.\d*)?$", "", form.upper())


def _name(form: str) -> str:
    return name_of(form).lstrip("$")
