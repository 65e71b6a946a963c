"""Text that holds numbers, such as "week 4" and "week 12": in the order of the numbers rather than of the letters."""

from __future__ import annotations

import re

import pandas as pd

MOST_LEVELS = 60
"""Values of a column that stand in an order for its reader: more are names of rows."""
_NUMBER = re.compile(r"(?:(?<![^\s(])[-−])?\d+(?:\.\d+)?")
"""With decimals, and with a sign that stands after nothing or a blank: elsewhere it parts ("5-9")."""
_COMMA = re.compile(r"\d,\d")
"""Before decimals or thousands."""


def numeric_order(column: pd.Series) -> tuple[str, ...]:
    """The values of a column of text in the order of their numbers; none where letters order them so, or they have no number.

    They are worded alike but for the number; one has none, such as "baseline".
    """
    if not pd.api.types.is_string_dtype(column.dtype) or isinstance(column.dtype, pd.CategoricalDtype):
        return ()
    values = column.dropna().unique()
    if len(values) > MOST_LEVELS:
        return ()
    by_letters = sorted(map(str, values))
    numbered = [text for text in by_letters if _NUMBER.search(text)]
    wordings = {_NUMBER.sub("0", text) for text in numbered}
    if len(wordings) != 1 or len(by_letters) > len(numbered) + 1 or any(map(_COMMA.search, numbered)):
        return ()
    result = sorted(by_letters, key=_numbers)
    return tuple(result) if result != by_letters else ()


def _numbers(text: str) -> list[float]:
    return [float(digits.replace("−", "-")) for digits in _NUMBER.findall(text)]
