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


def names_of(sizes: list[int]) -> list[str | None]:
    """Groups of these sizes, named in their first rows."""
    return [f"p{k}" if row == 0 else None for k, size in enumerate(sizes) for row in range(size)]


def test_groups_of_one_to_three_rows_and_any_number_of_columns_at_the_left():
    left = {name: ["x", *[None] * 7, "y", *[None] * 7] for name in "abcde"}
    frame = pd.DataFrame({**left, "plot": names_of([1, 2, 2, 3, 1, 2, 3, 2]), "score": np.arange(16) / 3})
    assert merged_cells(frame) == MergedCells((*"abcde", "plot"), 14)
    frame = pd.DataFrame({"plot": names_of([1, 2, 2, 1, 2, 1, 2]), "score": np.arange(11) / 3})
    assert merged_cells(frame) == MergedCells(("plot",), 4)  # less than half of the rows


def test_a_column_elsewhere_needs_groups_without_doubt():
    number, score = range(1, 13), np.arange(12) / 3
    frame = pd.DataFrame({"number": number, "school": names_of([3] * 4), "score": score})
    assert merged_cells(frame) == MergedCells(("school",), 8)
    rng = np.random.default_rng(1)
    offered = 0
    for missing in np.repeat([0.05, 0.2, 0.4, 0.6, 0.8], 200):
        words = np.array([f"w{k}" for k in rng.permutation(60)], dtype=object)
        words[rng.random(60) < missing] = None
        words[0] = "w"
        frame = pd.DataFrame({"number": range(60), "remark": words, "score": rng.normal(size=60)})
        offered += merged_cells(frame) is not None
    assert offered <= 2  # of 1,000 columns with values that are merely missing


def test_a_column_to_the_right_of_full_ones_is_not_one_of_names():
    frame = sheet()
    assert merged_cells(frame[["pupil", "school", "score"]]) is None


def test_cells_above_the_first_value_stay_blank_and_full_columns_are_refused():
    frame = pd.DataFrame({"g": [None, "a", None, "b"], "y": [1, 2, 3, 4]})
    assert FillDown(("g",)).apply(frame)[0]["g"].fillna("").tolist() == ["", "a", "a", "b"]
    with pytest.raises(DataError, match="no blank cell"):
        FillDown(("y",)).apply(frame)
