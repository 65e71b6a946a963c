"""The levels of a column and the codes of its rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..arrays import Array
from .dtypes import level_names, plain_column


def factorize(column: pd.Series) -> tuple[Array, pd.Index]:
    """Level codes and levels of a column without missing values: sorted, or in a Categorical's own order."""
    column = plain_column(column)
    if isinstance(column.array, pd.Categorical):
        codes, categories = column.array.codes, column.array.categories
        present = np.zeros(len(categories) + 1, dtype=bool)
        present[codes] = True
        present = present[:-1]  # without the place of code -1, no category
        if present.all():
            return codes, level_names(categories)
        return np.where(codes < 0, -1, (np.cumsum(present) - 1)[codes]), level_names(categories[present])
    if isinstance(column.dtype, np.dtype) and (
        column.dtype.kind == "i" or (column.dtype.kind == "u" and column.max() < 2**63)
    ):
        values = column.to_numpy()
        low, high = int(values.min()), int(values.max())
        if high - low < 2 * len(values):  # a dense range of integers needs no hashing
            codes, present = compact_codes(values.astype(np.int64) - low)
            return codes, pd.Index(present + low)
    codes, values = pd.factorize(column)
    levels = pd.Index(values)
    try:
        order = levels.argsort()
    except TypeError:  # mixed types have no order of their own
        order = levels.astype(str).argsort()
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[codes], level_names(levels[order])


def compact_codes(codes: Array) -> tuple[Array, Array]:
    """Codes from 0 without gaps in place of ones with gaps, and which of the latter occur, in order."""
    present = np.bincount(codes) > 0
    if not present.all():
        codes = (np.cumsum(present) - 1)[codes]
    return codes, np.flatnonzero(present)


def _like(levels: pd.Index, known: pd.Index) -> pd.Index:
    """Levels of new rows as the known ones are written: truths, 0 and 1, and their words are the same."""
    truth, words = {True: True, False: False}, {"True": True, "False": False}
    if pd.api.types.is_bool_dtype(known.dtype) and not pd.api.types.is_bool_dtype(levels.dtype):
        return pd.Index([(truth | words).get(level, level) for level in levels], dtype=object)
    if pd.api.types.is_bool_dtype(levels.dtype):
        if pd.api.types.is_numeric_dtype(known.dtype) and not pd.api.types.is_bool_dtype(known.dtype):
            return pd.Index(levels.astype(int))
        if set(known) <= words.keys():
            return pd.Index([str(level) for level in levels])
    return levels


def positions(levels: pd.Index, values: pd.Index) -> Array:
    """The position of each value among levels, whatever type they have: 7, 7.0 and "7" are one; -1 for none, so "07"."""
    values = _like(values, levels)
    result = levels.get_indexer(values)
    for alike in (label_text, str):
        if (result >= 0).all():
            return result
        written, wanted = (pd.Index([alike(v) for v in of], dtype=object) for of in (levels, values))
        if written.is_unique:
            result = np.where(result < 0, written.get_indexer(wanted), result)
    return result


def label_text(value: Any) -> str:
    """A label as text, a whole number without decimals."""
    if isinstance(value, float | np.floating) and np.isfinite(value) and value == int(value):
        return str(int(value))
    return str(value)
