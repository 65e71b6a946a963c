"""A column of categories made from others: their combinations, an amount cut at points, categories renamed or joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from ..arrays import Array
from ..errors import DataError
from .change_type import as_text, number_text

MOST_LEVELS = 5_000


def combination(*columns: pd.Series) -> pd.Categorical:
    """The combinations of two columns that there are; missing where one of them is."""
    if len(columns) != 2:
        raise DataError("Two columns are combined.", "Choose the other one.")
    one, other = map(as_text, columns)
    both = (one + ":" + other).where(one.notna() & other.notna())
    if both.nunique() > MOST_LEVELS:
        raise DataError(f"They have {both.nunique():,} combinations; at most {MOST_LEVELS:,} become categories.")
    return pd.Categorical(both)


def cut(values: Array, at: Sequence[float]) -> pd.Categorical:
    """Between which of the points an amount lies; a value on a point belongs to what is above it."""
    points = np.unique(at)
    if not len(points):
        raise DataError("Where to cut is not said.", "Write one number or more, such as 10, 20.")
    names = [f"below {number_text(points[0])}"]
    names += [f"{number_text(low)} to below {number_text(high)}" for low, high in pairwise(points)]
    names.append(f"{number_text(points[-1])} or more")
    codes = np.where(np.isnan(values), -1, np.searchsorted(points, values, side="right"))
    return pd.Categorical.from_codes(codes, names)


def recode(column: pd.Series, new: Mapping[str, str]) -> pd.Categorical:
    """Values as text, some of them replaced by others, in the order of the old ones."""
    text = as_text(column)
    absent = [old for old in new if not (text == old).any()]
    if absent or not new:
        what = f"“{column.name}” has no value “{absent[0][:40]}”." if absent else "What to recode is not said."
        raise DataError(what, "Write a value that it has, and what it becomes.")
    if text.nunique() > MOST_LEVELS:
        raise DataError(f"“{column.name}” has {text.nunique():,} values; at most {MOST_LEVELS:,} become categories.")
    old = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else np.sort(column.dropna().unique())
    names = list(dict.fromkeys(new.get(name, name) for name in as_text(pd.Series(old))))
    return pd.Categorical(text.map(lambda value: new.get(value, value), na_action="ignore"), categories=names)
