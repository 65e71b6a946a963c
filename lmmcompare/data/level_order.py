"""The order of a column's texts that hold numbers, where letters have another."""

from __future__ import annotations

import pandas as pd

from ..text.number_order import has_number, in_number_order

MOST_LEVELS = 60
"""Values of a column that stand in an order for its reader: more are names of rows."""


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
    ordered = in_number_order(filter(has_number, by_letters))
    if ordered is None or len(by_letters) > len(ordered) + 1:
        return ()
    result = [*(text for text in by_letters if not has_number(text)), *ordered]
    return tuple(result) if result != by_letters else ()
