"""Names in the first row of each group only: told from values that are merely missing, and filled down."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.data.merged_cells import MergedCells, merged_cells
from lmmcompare.data.recipe import Recipe, apply, from_json, to_json
from lmmcompare.data.steps import FillDown
from lmmcompare.data.table import Table
from lmmcompare.errors import DataError


def sheet() -> pd.DataFrame:
    """Two schools of two classes of three pupils, as a spreadsheet with merged cells gives them."""
    school = ["North", *[None] * 5, "South", *[None] * 5]
    grade = [3.0, None, None, 4.0, None, None] * 2
    return pd.DataFrame({"school": school, "grade": grade, "pupil": range(12), "score": np.arange(12) / 3})


def test_what_is_filled_down():
    assert merged_cells(sheet()) == MergedCells(("school", "grade"), 10)
    step = FillDown(("school", "grade"))
    changed = apply(from_json(to_json(Recipe((step,)))), Table(sheet(), "a.xlsx"))
    assert changed.frame["school"].tolist() == ["North"] * 6 + ["South"] * 6
    assert changed.frame["grade"].tolist() == [3, 3, 3, 4, 4, 4] * 2
    assert "10 rows took the value of the row above" in changed.notes[-1]
    assert merged_cells(changed.frame) is None


@pytest.mark.parametrize(
    "column",
    [
        ["a", "a", None, None, "b", "b", None, None, None, None, None, None],  # would be written once
        [None, "a", None, None, "b", *[None] * 7],  # nothing above the first rows
        ["a", "b", "c", None, "d", "e", "f", "g", None, "h", "i", "j"],  # few are missing
        [1.5, None, None, 2.5, *[None] * 8],  # measured now and then
        ["a", *[None] * 11],  # one group
    ],
)
def test_what_is_merely_missing(column):
    assert merged_cells(sheet().drop(columns="grade").assign(school=column)) is None


def test_a_column_to_the_right_of_full_ones_is_not_one_of_names():
    frame = sheet()
    assert merged_cells(frame[["pupil", "school", "score"]]) is None


def test_cells_above_the_first_value_stay_blank_and_full_columns_are_refused():
    frame = pd.DataFrame({"g": [None, "a", None, "b"], "y": [1, 2, 3, 4]})
    assert FillDown(("g",)).apply(frame)[0]["g"].fillna("").tolist() == ["", "a", "a", "b"]
    with pytest.raises(DataError, match="no blank cell"):
        FillDown(("y",)).apply(frame)
