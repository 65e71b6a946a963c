"""A column of an R data frame as an Arrow array, by its class."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .arrays import Array
from .cells import column_of
from .r_values import MISSING, Texts, Value
from .result import Column, range_words

A_DAY = {"secs": 86_400.0, "mins": 1_440.0, "hours": 24.0, "days": 1.0, "weeks": 1 / 7}
"""How many of each unit are a day."""
FIRST, LAST = -62_135_596_800.0, 253_402_300_799.0
"""Seconds from 1970 to the years 1 and 9999."""
PLAIN = frozenset(
    (
        "factor",
        "ordered",
        "Date",
        "POSIXct",
        "POSIXlt",
        "difftime",
        "hms",
        "integer64",
        "AsIs",
        "labelled",
        "haven_labelled",
        "haven_labelled_spss",
        "numeric",
        "integer",
        "character",
        "logical",
    )
)
"""Classes that are understood; the numbers of others are read without them."""


def array(value: Value) -> Column | None:
    """The column, None where it holds no single values of a kind that a table can have."""
    classes = value.classes
    if "POSIXlt" in classes:
        return _broken_down(value)
    if value.kind == "text":
        return _texts(value.data)
    if value.kind not in ("logical", "integer", "double"):
        return None
    if "factor" in classes:
        return _factor(value)
    numbers, missing = _numbers(value)
    if "integer64" in classes:
        whole = value.data.view(np.int64)
        return pa.array(whole, mask=whole == np.iinfo(np.int64).min)
    if "Date" in classes:
        return _moments(np.floor(np.where(missing, 0.0, numbers)) * 86_400.0, missing, None)
    if "POSIXct" in classes:
        return _moments(numbers, missing, "UTC" if zone(value) else None)
    if "hms" in classes and bool(((numbers >= 0) & (numbers < 86_400) | missing).all()):
        return _times(numbers, missing)
    if "difftime" in classes:
        days = numbers / A_DAY[(value.texts("units") or ["days"])[0]]
        return pa.array(days, mask=missing)
    if value.kind == "logical":
        return pa.array(value.data == 1, mask=missing)
    return pa.array(value.data, mask=missing)


def zone(value: Value) -> str:
    """The zone in which R shows moments, where it is another than universal time."""
    name = (value.texts("tzone") or [""])[0]
    return "" if name in ("UTC", "GMT", "Etc/UTC") else name or "the zone of the machine"


def declared(value: Value) -> tuple[Array | None, str]:
    """Which values haven's labels declare to be missing, and these values in words."""
    if value.kind == "text":
        codes = set(value.texts("na_values"))
        which = np.array([word in codes for word in value.data.words] + [False])
        return (which[value.data.codes] if codes else None), ", ".join(sorted(codes))
    numbers, _ = _numbers(value)
    result, words = np.zeros(len(numbers), bool), []
    for name in ("na_values", "na_range"):
        of_this = value.attributes.get(name)
        if of_this is None or of_this.kind not in ("integer", "double") or not len(of_this):
            continue
        ends = of_this.data.astype(float)
        if name == "na_range":
            result |= (numbers >= ends[0]) & (numbers <= ends[-1])
            words.append(range_words(f"{ends[0]:.15g}", f"{ends[-1]:.15g}"))
        else:
            result |= np.isin(numbers, ends)
            words += [f"{end:.15g}" for end in ends]
    return (result if words else None), ", ".join(words)


def labels(value: Value) -> dict[Any, str]:
    """The words of haven's labels by their codes, but for codes that are declared to be missing."""
    of_codes = value.attributes.get("labels")
    if of_codes is None or of_codes.kind not in ("integer", "double", "text"):
        return {}
    words = of_codes.texts("names")
    lost, _ = declared(Value(of_codes.kind, of_codes.data, [], value.attributes))
    if of_codes.kind == "text":
        codes = ["" if code < 0 else of_codes.data.words[code] for code in of_codes.data.codes]
    else:
        codes = [None if np.isnan(code) else code for code in _numbers(of_codes)[0].tolist()]
    dropped = np.zeros(len(codes), bool) if lost is None else lost
    return {code: word for code, word, drop in zip(codes, words, dropped, strict=True) if code is not None and not drop}


def expanded(name: str, value: Value) -> list[tuple[str, Value]]:
    """A column by itself; one that is a matrix or a data frame as several, called as ``write.csv`` calls them."""
    if "data.frame" in value.classes and value.kind == "list":
        return [(f"{name}.{inner}", column) for inner, column in value.named()]
    size = value.attributes.get("dim")
    if size is None or size.kind != "integer" or len(size) != 2 or size.data[1] < 1 or value.kind == "list":
        return [(name, value)]
    rows, columns = size.data.tolist()
    if rows * columns != len(value):
        raise ValueError("a matrix of another size than its values")
    names = value.attributes.get("dimnames")
    inner = names.data[1] if names is not None and names.kind == "list" and len(names) == 2 else None
    words = inner.data.words if inner is not None and inner.kind == "text" else [str(k + 1) for k in range(columns)]
    words = words if len(words) == columns else [str(k + 1) for k in range(columns)]
    rest = {key: other for key, other in value.attributes.items() if key not in ("dim", "dimnames")}
    if value.kind == "text":
        pieces: list[Any] = [
            Texts(value.data.codes[slice(k * rows, (k + 1) * rows)], value.data.words) for k in range(columns)
        ]
    else:
        pieces = [value.data[slice(k * rows, (k + 1) * rows)] for k in range(columns)]
    return [(f"{name}.{word}", Value(value.kind, piece, [], rest)) for word, piece in zip(words, pieces, strict=True)]


def _numbers(value: Value) -> tuple[Array, Array]:
    """Numbers as float64 and which are missing."""
    if value.kind == "double":
        return value.data, np.isnan(value.data)
    missing = value.data == MISSING
    return np.where(missing, np.nan, value.data), missing


def _texts(texts: Texts) -> Column:
    indices = pa.array(texts.codes, mask=texts.codes < 0)
    words = pa.array([word.replace("\0", "") for word in texts.words], pa.string())
    return pc.cast(pa.DictionaryArray.from_arrays(indices, words), pa.string())


def _factor(value: Value) -> Column:
    levels, codes = value.texts("levels"), value.data
    missing = _numbers(value)[1]
    if bool(((codes < 1) | (codes > len(levels)))[~missing].any()):
        raise ValueError("a factor with values beyond its levels")
    indices = pa.array((codes - np.int64(1)).astype(np.int32), mask=missing)
    return pa.DictionaryArray.from_arrays(indices, pa.array([level.replace("\0", "") for level in levels], pa.string()))


def _moments(seconds: Array, missing: Array, zone: str | None) -> Column:
    """Moments in microseconds; numbers where one of them is in no year from 1 to 9999."""
    present = seconds[~missing]
    if bool(((present < FIRST) | (present > LAST)).any()):
        return pa.array(seconds, mask=missing)
    whole = np.round(np.where(missing, 0.0, seconds) * 1e6).astype(np.int64)
    return pc.cast(pa.array(whole, mask=missing), pa.timestamp("us", zone))


def _times(seconds: Array, missing: Array) -> Column:
    midnight = datetime.datetime(2000, 1, 1)
    return column_of(
        [
            None if lost else (midnight + datetime.timedelta(seconds=second)).time()
            for second, lost in zip(seconds.tolist(), missing.tolist(), strict=True)
        ]
    )


def _broken_down(value: Value) -> Column:
    """Moments that R holds as years, months, days, hours, minutes and seconds, each a vector."""
    parts = {name: _numbers(part)[0] for name, part in value.named() if part.kind in ("integer", "double")}
    n = max(len(part) for part in parts.values())
    fields = ("year", "mon", "mday", "hour", "min", "sec")
    year, month, day, hour, minute, second = (np.resize(parts[name], n) for name in fields)
    missing = np.isnan(year + month + day + hour + minute + second)
    months = (
        np.where(missing, 0, (year - 70) * 12 + month).astype("datetime64[M]").astype("datetime64[D]").astype(float)
    )
    seconds = (months + day - 1) * 86_400 + hour * 3_600 + minute * 60 + second
    ahead = parts.get("gmtoff", np.zeros(1))
    known = len(ahead) == n and not np.isnan(ahead[~missing]).any()
    return _moments(seconds - ahead if known else seconds, missing, "UTC" if known and zone(value) else None)
