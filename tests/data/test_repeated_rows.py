"""Rows that are the same as an earlier one are counted and kept."""

from __future__ import annotations

import pandas as pd

from lmmcompare.data.repeated_rows import repeated_rows_sentence


def test_rows_that_repeat_an_earlier_one_in_every_column_are_counted() -> None:
    """Missing values are alike; the first of like rows counts for itself."""
    frame = pd.DataFrame({"g": ["a", "a", "a", "b", "b"], "y": [1.5, 1.5, 1.5, None, None], "x": [1, 1, 1, 2, 2]})
    assert repeated_rows_sentence(frame).startswith("3 rows are the same as an earlier row in every column.")
    assert repeated_rows_sentence(frame.iloc[2:]).startswith("1 row is the same")
    assert repeated_rows_sentence(frame.assign(row=range(5))) == ""
