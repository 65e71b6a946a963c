"""The columns by which rows of one group are told apart."""

from __future__ import annotations

import pandas as pd

from lmmcompare.data.time_columns import is_whole, times

ROWS = pd.DataFrame({
    "id": ["a", "a", "a", "b", "b", "b"], "day": [1, 2, 4, 1, 3, 9], "hour": [0.5, 1.5, 2.0, 0.1, 0.2, 7.0],
    "visit": ["v1", "v2", "v3"] * 2, "date": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-02-01"] * 2),
    "arm": ["x", "x", "x", "y", "y", "y"], "dose": [1, 1, 2, 1, 2, 2], "yes": [True, False, True, True, False, False],
})  # fmt: skip


def test_what_is_distinct_within_groups():
    found = times(ROWS, ["id"])
    assert found.whole == ("day", "date") and found.times == ("hour",)
    assert set(found.visits) == {"day", "hour", "visit", "date"}
    assert {"arm", "dose", "visit"} <= set(found.levels) and "id" not in found.levels
    assert "day" not in times(ROWS, ["id"], "day").whole


def test_rows_without_a_value_do_not_stand_at_one_time():
    assert times(ROWS.assign(day=[1, None, None, 1, 2, 3]), ["id"]).whole[0] == "day"


def test_a_number_for_each_row_of_the_table_is_an_id_and_no_time():
    pups = ROWS.assign(pup=[3, 1, 2, 6, 4, 5], seen=pd.date_range("2026-01-01", periods=6), trial=[1, 2, 3, 5, 6, 7])
    found = times(pups, ["id"])
    assert "pup" not in (*found.whole, *found.times, *found.visits)
    assert {"seen", "trial"} <= set(found.whole)  # a day each; numbers with a gap between the groups


def test_whole_numbers_and_days():
    assert is_whole(pd.Series([1.0, 2.0, None])) and is_whole(ROWS["date"]) and not is_whole(ROWS["hour"])
    assert (
        not is_whole(ROWS["date"] + pd.Timedelta(hours=3)) and not is_whole(ROWS["visit"]) and not is_whole(ROWS["yes"])
    )
