"""A column as text, categories, numbers or truth values, whatever it was."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ..errors import DataError
from ..text.numbers import count
from .columns import is_date, is_number
from .detection_limits import SUBSTITUTES, from_format_beside_limits, substituted
from .formatted_numbers import from_format, with_points, without_sign
from .infer_types import convert
from .statistical_flags import from_flags

MAX_CATEGORIES = 5_000
"""Most categories that a column can be given: more are names of rows, and text does for them."""


def as_text(column: pd.Series) -> pd.Series:
    """Values as a person writes them, whole numbers without a point, dates as 2020-01-31; missing ones stay missing."""
    if pd.api.types.is_integer_dtype(column.dtype):  # long ones keep all their digits
        codes, whole = pd.factorize(column)
        digits = np.array([*map(str, whole), None], dtype=object)
        return pd.Series(digits[codes], index=column.index, dtype="str", name=column.name)
    if is_number(column):
        values = column.to_numpy(dtype=float, na_value=np.nan)
        unique, codes = np.unique(values, return_inverse=True)
        texts = [None if math.isnan(v) else number_text(float(v)) for v in unique]
        return pd.Series(np.array(texts, dtype=object)[codes], index=column.index, dtype="str", name=column.name)
    return column.astype("str").where(column.notna())


def as_category(column: pd.Series, levels: tuple[str, ...] = ()) -> pd.Categorical:
    """Categories in their order: those of ``levels`` first, then a category's own order, numbers by value, text by letters.

    Raises
    ------
    DataError
        When a level is not among the values, or there are too many different ones.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        result = as_text(pd.Series(column.cat.categories))
        codes = column.cat.codes.to_numpy()
    else:
        codes, unique = pd.factorize(column, sort=True)
        result = as_text(pd.Series(unique))
    names = result.tolist()
    if len(names) > MAX_CATEGORIES:
        raise DataError(
            f"“{column.name}” has {len(names):,} different values; at most {MAX_CATEGORIES:,} become categories.",
            "Keep it as text or as numbers.",
        )
    for level in levels:
        if level not in names:
            raise DataError(f"“{column.name}” has no value “{level}”.", f"It has {', '.join(map(str, names[:5]))}.")
    return pd.Categorical.from_codes(codes, names).reorder_categories(list(dict.fromkeys([*levels, *names])))


def as_number(column: pd.Series, beyond: str = "") -> tuple[Any, str]:
    """Numbers, and a sentence on what is lost: text that is no number becomes missing, and "1.1" and "1.10" one number.

    Parameters
    ----------
    beyond : str, optional
        What stands for values beyond a limit of detection such as "<0.5": one of `detection_limits.SUBSTITUTES`; left out,
        they become missing as other text does.

    Raises
    ------
    DataError
        When no value is a number, or they are dates.
    """
    if beyond and beyond not in SUBSTITUTES:
        raise DataError(f"Nothing is known of “{beyond[:40]}”.", f"Choose one of: {', '.join(SUBSTITUTES)}.")
    if is_number(column):
        return column, f"“{column.name}” holds numbers already."
    if pd.api.types.is_bool_dtype(column.dtype):
        return column.to_numpy(dtype=float, na_value=np.nan), f"“{column.name}”: False is 0 and True is 1."
    if is_date(column):
        raise DataError(f"“{column.name}” holds dates.", "Use them as they are, or make them categories.")
    text = as_text(column)
    cells = pa.array(text.fillna("").astype(object), pa.string())
    values = convert({"column": cells}, ";", identity=False)[0]["column"]  # a semicolon: a comma may be a decimal
    if is_date(values) or pd.api.types.is_bool_dtype(values.dtype):
        values = text
    mark = ""
    if not is_number(values):
        formatted = _from_format(text) or _after_word(text) or _of_most(text)
        values, mark = formatted if formatted is not None else (_plain(values), "")
    values = values.set_axis(column.index)
    instead = ""
    if beyond and values.notna().any():
        values, instead = _with_limits(values, text, beyond)
    lost = text[values.isna() & text.notna()]
    if not values.notna().any():
        display = f", such as “{str(lost.iloc[0])[:40]}”" if len(lost) else ""
        raise DataError(f"No value of “{column.name}” is a number{display}.", "Make it a category instead.")
    present = text.dropna()
    if mixed := int((with_points(present) != present).sum()):
        instead = f"; commas mark the decimals in {count(mixed, 'row')}, points in others" + instead
    n_texts, n_numbers = text[values.notna()].nunique(), values.nunique()
    merged = f"; {n_texts:,} different texts became {count(n_numbers, 'number')}" if n_numbers < n_texts else ""
    merged += (f"; “{mark}” was left out" if mark else "") + instead
    if mark and (bare := without_sign(present, mark)):
        merged += f", which {count(bare, 'row has', 'rows have')} not"
    if not len(lost):
        return values, f"“{column.name}” holds numbers{merged}."
    display = ", ".join(f"“{value[:40]}”" for value in lost.drop_duplicates().head(3))
    return values, f"“{column.name}” holds numbers; {count(len(lost), 'row')} with {display} became missing{merged}."


def _with_limits(values: pd.Series, text: pd.Series, beyond: str) -> tuple[pd.Series, str]:
    """Numbers with a substitute for what is beyond a limit, and a clause on it; nothing changes where nothing is."""
    codes, unique = pd.factorize(text)
    numbers = np.append(substituted(pd.Series(unique, dtype=object), beyond), np.nan)[codes]
    here = values.isna().to_numpy() & ~np.isnan(numbers)
    if not here.any():
        return values, ""
    display = ", ".join(f"“{value[:40]}”" for value in text[here].drop_duplicates().head(3))
    clause = f"; {SUBSTITUTES[beyond]} stands for {display} in {count(int(here.sum()), 'row')}"
    if beyond == "half" and (text[here].str.strip().str[0].isin([*">≥"])).any():
        clause += " (above a limit the limit itself)"
    return values.astype(float).mask(here, numbers), clause


def _plain(values: pd.Series) -> pd.Series:
    """Text as numbers, missing where it is none; a comma may mark the decimals where points do in other rows."""
    codes, unique = pd.factorize(values)
    numbers = pd.to_numeric(with_points(pd.Series(unique, dtype="str")), errors="coerce").to_numpy(dtype=float)
    return pd.Series(np.append(numbers, np.nan)[codes])


def _from_format(text: pd.Series) -> tuple[pd.Series, str] | None:
    """Text with a sign of currency, a unit or the like as numbers, and what that is; None where it is no such text.

    What is beyond a limit of detection is missing then.
    """
    codes, unique = pd.factorize(text)
    found = from_format(pd.Series(unique)) or from_format_beside_limits(pd.Series(unique))
    found = found or from_flags(pd.Series(unique))
    return None if found is None else (pd.Series(np.append(found[0], np.nan)[codes]), found[1])


def _after_word(text: pd.Series) -> tuple[pd.Series, str] | None:
    """Whole numbers that all stand behind one word, such as "week 4", and that word with what parts it from them.

    None where they do not, and where two texts were one number: "T-1" beside "T1" may have a sign, "p.05" beside "p.5" decimals.
    """
    parts = text.str.extract(r"^(\D*[^\W\d_][ _.-]?)(\d{1,15})$")
    words, numbers = parts.loc[text.notna(), 0].unique(), parts[1].astype(float)
    if len(words) != 1 or not isinstance(words[0], str) or numbers.nunique() < text.nunique():
        return None
    return numbers, words[0].strip()


def _of_most(text: pd.Series) -> tuple[pd.Series, str] | None:
    """Points of as many as there are, such as "7 / 10" in Google Forms, and what is behind them; None where that differs."""
    parts = text.str.extract(r"^(\d{1,9}(?:\.\d{1,9})?) ?(/ ?\d{1,9})$")
    behind = parts.loc[text.notna(), 1].unique()
    return (parts[0].astype(float), behind[0]) if len(behind) == 1 and isinstance(behind[0], str) else None


def as_truth(column: pd.Series, true: tuple[str, ...]) -> tuple[Any, str]:
    """Truth values of a column of two values, and a sentence on which is which; missing ones stay missing.

    Parameters
    ----------
    true : tuple of str
        The value that is true, as text; where empty the last of both in their order.

    Raises
    ------
    DataError
        When there are not two values, or none is the one that is named.
    """
    codes = as_category(column)
    names = codes.categories[np.bincount(codes.codes[codes.codes >= 0], minlength=len(codes.categories)) > 0].tolist()
    if len(names) != 2:
        raise DataError(
            f"“{column.name}” has {count(len(names), 'value')}; what is true or false has two.",
            "Make it a category instead.",
        )
    chosen = true[0] if true else names[1]
    if chosen not in names:
        raise DataError(f"“{column.name}” has no value “{chosen}”.", f"It has “{names[0]}” and “{names[1]}”.")
    other = names[0] if chosen == names[1] else names[1]
    values = np.asarray(codes == chosen)
    missing = codes.codes < 0
    words = f"“{column.name}” is true (1) where it was “{chosen}”, false (0) where it was “{other}”."
    return (pd.arrays.BooleanArray(values, missing) if missing.any() else values), words


def number_text(value: float) -> str:
    """A number with all its digits, whole ones without a point."""
    return f"{value:.0f}" if abs(value) < 1e15 and value == round(value) else repr(float(value))
