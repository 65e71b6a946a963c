"""Who was measured when: cells, duplicates, what is thinned."""

import numpy as np
import pandas as pd

from lmmcompare.data.measurements import MOST_GROUPS, MOST_POINTS, measurements, time_column


def visits():
    return pd.DataFrame(
        {
            "id": ["a", "a", "a", "b", "b", None],
            "week": [0, 1, 1, 0, 2, 0],
            "y": [1.0, 2.0, 3.0, np.nan, 5.0, 6.0],
            "x": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
        }
    )


def test_cells_say_where_a_group_has_rows_and_where_the_outcome():
    result = measurements(visits(), "y", "id", ["x"])
    assert (result.x, result.joined, result.groups, result.times) == ("week", False, ("a", "b"), ("0", "1", "2"))
    cells = [(r.row, r.column, r.measured) for r in result.cells.itertuples()]
    assert cells == [(0, 0, True), (0, 1, True), (1, 0, False), (1, 2, True)]
    assert (result.n_duplicates, result.n_missing, result.n_groups_missing) == (1, 1, 1)
    assert result.points.to_numpy().tolist() == [["a", 0, 1], ["a", 1, 2], ["a", 1, 3], ["b", 2, 5]]


def test_without_a_time_the_first_predictor_is_taken_and_nothing_joined():
    result = measurements(visits().drop(columns="week"), "y", "id", ["x"])
    assert (result.x, result.joined, result.timed, result.n_duplicates) == ("x", False, False, 0)
    assert len(result.points) == 4
    assert result.times == ("1", "2", "3")  # the first, second, third row of each
    cells = [(r.row, r.column, r.measured) for r in result.cells.itertuples()]
    assert cells == [(0, 0, True), (0, 1, True), (0, 2, True), (1, 0, False), (1, 1, True)]


def test_without_a_time_the_grid_has_the_categories_of_the_predictor():
    result = measurements(visits().drop(columns=["week", "x"]).assign(drug=list("pqppqq")), "y", "id", ["drug"])
    assert result.times == ("p", "q") and not result.timed
    assert [(r.row, r.column) for r in result.cells.itertuples()] == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_without_any_predictor_there_is_a_grid_and_nothing_to_draw_the_outcome_against():
    result = measurements(visits()[["id", "y"]], "y", "id", [])
    assert len(result.cells) == 5 and not len(result.points)


def test_dates_are_times_and_categories_have_names():
    frame = visits().assign(day=pd.to_datetime("2020-01-01") + pd.to_timedelta(visits()["week"], unit="D"))
    assert time_column(frame.drop(columns="week"), "y", "id", ["x"]) == "day"
    dated = measurements(frame.drop(columns="week"), "y", "id", [])
    assert dated.points["x"].tolist() == [0, 1, 1, 2] and "2020-01-01" in dated.x_label
    drug = visits().drop(columns="week").assign(drug=list("pqpqpq"))
    assert measurements(drug, "y", "id", ["drug"]).ticks == {0.0: "p", 1.0: "q"}


def test_a_rate_is_no_time():
    frame = visits().rename(columns={"week": "hours_per_week"})
    assert time_column(frame, "y", "id", ["hours_per_week"]) is None
    assert time_column(frame.assign(hours=1), "y", "id", ["hours_per_week"]) == "hours"


def test_what_cannot_be_drawn_is_none():
    words = pd.DataFrame({"a": list("xxyy"), "b": list("pqpq")})
    assert measurements(words, "b", "a", ["a"]) is None
    assert measurements(visits().assign(id=None), "y", "id", ["x"]) is None
    assert measurements(visits().iloc[:0], "y", "id", ["x"]) is None


def test_many_rows_are_thinned_within_bounds():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"g": rng.integers(0, 2_000, 50_000), "time": rng.normal(size=50_000), "y": 1.0})
    result = measurements(frame, "y", "g", ["time"])
    assert len(result.points) <= MOST_POINTS and result.points["group"].nunique() <= MOST_GROUPS
    assert len(result.groups) * len(result.times) <= MOST_POINTS and result.n_rows == 50_000
    few = measurements(frame.assign(g=frame["g"] % 3), "y", "g", ["time"])
    assert len(few.points) == MOST_POINTS and set(few.points["group"]) == {"0", "1", "2"}


def test_rows_are_joined_only_where_x_tells_those_of_a_group_apart():
    frame = pd.DataFrame({"g": list("aabb"), "time": [0, 1, 0, 1], "y": [1.0, 2, 3, 4], "arm": list("ppqq")})
    assert measurements(frame, "y", "g", ["time"]).joined
    apart = measurements(frame.drop(columns="time"), "y", "g", ["arm"])
    assert not apart.joined and apart.points.loc[apart.points["group"] == "a", "x"].nunique() == 1
    together = measurements(pd.concat([frame.assign(arm="p")] * 2).drop(columns="time"), "y", "g", ["arm"])
    assert together.points.groupby("group")["x"].nunique().tolist() == [1, 1]
    assert together.points["x"].nunique() == 2
