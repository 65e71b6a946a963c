"""Rows that hold in every column what an earlier row holds: entered or joined twice, or measured alike; nothing is dropped."""

from __future__ import annotations

import pandas as pd

from ..text.numbers import count


def repeated_rows_sentence(frame: pd.DataFrame) -> str:
    """How many rows are the same as an earlier one in every column, and what that may mean; empty where none is."""
    repeated = int(frame.duplicated().sum()) if frame.shape[1] else 0
    if not repeated:
        return ""
    are, they_count = ("is", "it counts") if repeated == 1 else ("are", "they count")
    return (
        f"{count(repeated, 'row')} {are} the same as an earlier row in every column. Where measurements turned out alike, all is well; "
        f"where rows were entered or joined twice, {they_count} as evidence that is not there. All rows are kept."
    )
