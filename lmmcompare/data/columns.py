"""What each column of a table holds, found from its values."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd

from ..arrays import Array
from .column_info import ColumnInfo, Kind, as_years, figure
from .detection_limits import from_format_beside_limits, limits_of
from .formatted_numbers import from_format, with_points
from .name_hints import is_version
from .readers.cell_patterns import ANY_DATE
from .readers.header import FIRST_YEAR, LAST_YEAR
from .sentinels import sentinels
from .statistical_flags import from_flags
from .written_dates import is_written_date

N_EXAMPLES, N_NUMBERS = 6, 4
"""Values that are told of a column; of numbers, which have a range, fewer."""
MOST_CATEGORIES = 50
"""A text column with more different values than this, most of them in few rows, is text rather than categories."""
FEWEST_NUMBERS = 0.2
"""Share of the rows that must be numbers where most others are beyond a limit of detection."""

_DATE = re.compile(ANY_DATE)


def describe(frame: pd.DataFrame) -> list[ColumnInfo]:
    """What each column holds, in the order of the table."""
    return [_describe(str(name), column) for name, column in frame.items()]


def is_number(column: pd.Series) -> bool:
    """Whether a column holds real numbers; booleans are categories."""
    if isinstance(column.dtype, np.dtype):
        return column.dtype.kind in "iuf"  # pandas' own way takes ten times as long
    types = pd.api.types
    return types.is_numeric_dtype(column.dtype) and not (
        types.is_bool_dtype(column.dtype) or types.is_complex_dtype(column.dtype)
    )


def is_date(column: pd.Series) -> bool:
    """Whether a column's type is a date, with or without a time of day."""
    return pd.api.types.is_datetime64_any_dtype(column.dtype)


def has_times(column: pd.Series) -> bool:
    """Whether a column of dates holds moments that are not the beginning of a day."""
    return bool((column.dropna() != column.dropna().dt.normalize()).any())


def _describe(name: str, column: pd.Series) -> ColumnInfo:
    if is_number(column):
        return _numbers(name, column)
    if is_date(column):
        return _dates(name, column)
    return _categories(name, column)


def _numbers(name: str, column: pd.Series) -> ColumnInfo:
    plain = isinstance(column.dtype, np.dtype)
    whole = column.dtype.kind in "iu" if plain else pd.api.types.is_integer_dtype(column.dtype)
    if whole and not plain and not column.hasnans:
        values = column.to_numpy(dtype=np.uint64 if "UInt" in str(column.dtype) else np.int64)
    else:
        values = column.to_numpy() if plain else column.to_numpy(dtype=float, na_value=np.nan)
    unique = pd.unique(values)  # fewer than the rows: what they tell is asked of them
    different = unique[np.isfinite(unique)] if unique.dtype.kind == "f" else unique
    n_missing = n_infinite = 0
    if len(different) < len(unique):
        n_missing, finite = int(np.isnan(values).sum()), np.isfinite(values)
        n_infinite = len(values) - int(finite.sum()) - n_missing
        unique, values = unique[~np.isnan(unique)], values[finite]
    n_unique, examples = len(unique), unique[:N_NUMBERS]
    if n_unique == 2:
        examples = np.sort(examples)
    display = tuple(str(value) if whole and abs(int(value)) >= 1e9 else figure(float(value)) for value in examples)
    minimum = maximum = mean = sd = math.nan
    codes: tuple[float, ...] = ()
    if len(different):
        codes = sentinels(different)
        minimum, maximum = float(different.min()), float(different.max())
        if minimum >= FIRST_YEAR and maximum <= LAST_YEAR:
            display = tuple(map(as_years, display))
        values = values.astype(float, copy=False)
        with np.errstate(over="ignore", invalid="ignore"):
            deviations = values - values[0]
            shift = float(deviations.mean())
            mean = float(values[0]) + shift
            deviations -= shift
            sd = math.sqrt(float(deviations @ deviations) / (len(values) - 1)) if len(values) > 1 else math.nan
    few: dict[int, Kind] = {0: "empty", 1: "constant", 2: "binary"}
    result = few.get(n_unique, "numeric")
    return ColumnInfo(
        name,
        result,
        n_missing,
        n_unique,
        n_infinite,
        minimum,
        maximum,
        mean,
        sd,
        display,
        is_number=True,
        codes=codes,
        are_days=_are_days(different),
    )


def _are_days(different: Array) -> bool:
    """Whether different numbers are days such as 20210115, all with the hour behind it, or the minute too, or none with these."""
    if len(different) < 2 or different.min() < 1e7:
        return False
    for behind in (1, 100, 10_000):  # nothing, the hour, the minute
        days, rest = np.divmod(different, behind)
        years, months, of_month = days // 10_000, days // 100 % 100, days % 100
        if years.min() >= FIRST_YEAR and years.max() <= LAST_YEAR:
            whole = bool((days == np.floor(days)).all()) and bool((rest == np.floor(rest)).all())
            hours, minutes = (rest // 100, rest % 100) if behind == 10_000 else (rest, 0 * rest)
            in_day = hours.max() < 24 and minutes.max() < 60
            is_day = months.min() >= 1 and months.max() <= 12 and of_month.min() >= 1 and of_month.max() <= 31
            return bool(whole and in_day and is_day)
    return False


def _dates(name: str, column: pd.Series) -> ColumnInfo:
    present = column.dropna()
    n_missing = len(column) - len(present)
    unique = pd.Series(present.unique())
    if not len(unique):
        return ColumnInfo(name, "empty", n_missing)
    texts = pd.concat([unique.head(N_EXAMPLES), pd.Series([present.min(), present.max()])]).astype("str").tolist()
    return ColumnInfo(
        name,
        "constant" if len(unique) == 1 else "date",
        n_missing,
        len(unique),
        examples=tuple(texts[:-2]),
        is_date=True,
        first=texts[-2],
        last=texts[-1],
    )


def _categories(name: str, column: pd.Series) -> ColumnInfo:
    declared = isinstance(column.dtype, pd.CategoricalDtype)
    if declared:
        codes, levels = column.cat.codes.to_numpy(), column.cat.categories
    else:
        codes, levels = pd.factorize(column.astype(str).where(column.notna()) if column.dtype == object else column)
    n_missing = int((codes < 0).sum())
    counts = np.bincount(codes[codes >= 0] if n_missing else codes, minlength=len(levels))
    levels, counts = pd.Index(levels)[counts > 0], counts[counts > 0]
    n_unique = len(levels)
    if n_unique == 0:
        return ColumnInfo(name, "empty", n_missing)
    texts = [str(level) for level in levels[: 200 if declared else None]]
    kind: Kind
    stray: tuple[int, tuple[str, ...]] = (0, ())
    n_as_numbers = 0
    if n_unique == 1:
        kind = "constant"
    elif n_unique == 2:
        kind = "binary"
    elif declared:
        kind = "categorical"
    elif not is_version(name) and all(_DATE.match(text) or is_written_date(text) for text in texts):
        kind = "date"
    else:
        many = n_unique > MOST_CATEGORIES and n_unique > counts.sum() / 2
        kind = "text" if many or n_unique == counts.sum() > 3 else "categorical"
    is_truth = not declared and pd.api.types.is_bool_dtype(column.dtype)
    if not (declared or is_truth) and kind in ("categorical", "text", "binary"):
        stray = _stray_text(levels, counts)
        n_as_numbers = _as_numbers(levels) if not stray[0] else 0
    display = texts[:N_EXAMPLES] if declared or kind in ("text", "date") else sorted(texts)[:N_EXAMPLES]
    return ColumnInfo(
        name,
        kind,
        n_missing,
        n_unique,
        examples=tuple(_short(text) for text in display),
        n_not_numeric=stray[0],
        not_numeric=stray[1],
        n_as_numbers=n_as_numbers,
        is_truth=is_truth,
    )


def _stray_text(levels: pd.Index, counts: Array) -> tuple[int, tuple[str, ...]]:
    """Rows that keep a column from being numeric, and some of their values, where most rows are numbers."""
    if not any(any(c.isdigit() for c in str(level)) for level in levels[:1000]):
        return 0, ()
    given = pd.Series(levels.astype(str))
    texts = with_points(given)
    bad = np.isnan(np.asarray(pd.to_numeric(texts, errors="coerce"), dtype=float))
    if (bad.any() or texts is not given) and from_format(pd.Series(levels.astype(str))) is not None:
        return 0, ()  # numbers as text, some of them with a sign or a separator
    formatted = from_format_beside_limits(pd.Series(levels.astype(str))) if bad.all() else None
    formatted = formatted or (from_flags(given) if bad.any() else None)
    if formatted is not None:
        bad = np.isnan(formatted[0])
    n_bad, total = int(counts[bad].sum()), int(counts.sum())
    if n_bad == 0 or n_bad > total - total * FEWEST_NUMBERS:
        return 0, ()
    if 2 * n_bad >= total:  # values beyond a limit of detection are measured too
        named = ~np.isnan(limits_of(pd.Series(levels[bad]))[0])
        if 2 * int(counts[bad][~named].sum()) >= total:
            return 0, ()
    return n_bad, tuple(_short(str(level)) for level in levels[bad][:N_EXAMPLES])


def _as_numbers(levels: pd.Index) -> int:
    """How many different numbers values of text are; 0 where some are none."""
    if not any(sign.isdigit() for sign in str(levels[0])):
        return 0
    numbers = np.asarray(pd.to_numeric(levels.astype(str), errors="coerce"), dtype=float)
    if np.isnan(numbers).any():
        found = from_format(pd.Series(levels)) or from_flags(pd.Series(levels))
        return 0 if found is None or np.isnan(found[0]).any() else len(np.unique(found[0]))
    return len(np.unique(numbers))


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
