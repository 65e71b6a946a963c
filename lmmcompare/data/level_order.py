"""Text that holds numbers, such as "week 4" and "week 12": in the order of the numbers rather than of the letters."""

from __future__ import annotations

import re

import pandas as pd

MOST_LEVELS = 60
"""Values of a column that stand in an order for its reader: more are names of rows."""
_NUMBER = re.compile(r"\d+")


def numeric_order(column: pd.Series) -> tuple[str, ...]:
    """The values of a column of text in the order of their numbers; none where letters order them so, or they have no number.

    They are worded alike but for the number; one has none, such as "baseline".
    """
    if not pd.api.types.is_string_dtype(column.dtype) or isinstance(column.dtype, pd.CategoricalDtype):
        return ()
    by_letters = sorted(map(str, column.dropna().unique()))
    numbered = [text for text in by_letters if _NUMBER.search(text)]
    wordings = {_NUMBER.sub("0", text) for text in numbered}
    if len(wordings) != 1 or len(by_letters) > min(len(numbered) + 1, MOST_LEVELS):
        return ()
    result = sorted(by_letters, key=lambda text: [int(digits) for digits in _NUMBER.findall(text)])
    return tuple(result) if result != by_letters else ()
