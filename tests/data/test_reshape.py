"""Repeated measurements side by side: found by their names, and made long as R's reshape() does."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmmcompare import examples
from lmmcompare.data.detect_wide import suggest_wide, wide
from lmmcompare.data.limits import limits
from lmmcompare.data.reshape import Families, to_long
from lmmcompare.errors import DataError
from tests import effort


def of_numbers(*names: str, rows: int = 4, **others: object) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame({**others, **{name: rng.normal(size=rows) for name in names}})


@pytest.mark.parametrize(
    ("names", "measures", "times", "time"),
    [
        ("score_1 score_2 score_3", {"score": "score_1 score_2 score_3"}, (1, 2, 3), "time"),
        ("t0 t1 t2", {"value": "t0 t1 t2"}, (0, 1, 2), "time"),
        ("Days0 Days1 Days2", {"value": "Days0 Days1 Days2"}, (0, 1, 2), "Days"),
        ("bp.pre bp.post", {"bp": "bp.pre bp.post"}, ("pre", "post"), "time"),
        (
            "bp.post hr.pre bp.pre hr.post",
            {"bp": "bp.pre bp.post", "hr": "hr.pre hr.post"},
            ("pre", "post"),
            "time",
        ),
        ("2019 2020 2021", {"value": "2019 2020 2021"}, (2019, 2020, 2021), "year"),
        ("X2019 X2020", {"value": "X2019 X2020"}, (2019, 2020), "year"),
        ("1990 [YR1990],1991 [YR1991]", {"value": "1990 [YR1990],1991 [YR1991]"}, (1990, 1991), "year"),  # World Bank
        ("X1 X10 X2", {"X": "X1 X2 X10"}, (1, 2, 10), "time"),
        ("conc.0.25 conc.0.5 conc.8", {"conc": "conc.0.25 conc.0.5 conc.8"}, (0.25, 0.5, 8), "time"),
        ("T1_score T2_score", {"score": "T1_score T2_score"}, (1, 2), "time"),
        ("score_week4 score_week8", {"score": "score_week4 score_week8"}, (4, 8), "week"),
        ("scoreT1 scoreT2 age", {"score": "scoreT1 scoreT2"}, (1, 2), "time"),
        ("weight1 weight2", {"weight": "weight1 weight2"}, (1, 2), "time"),  # not a time t after "weigh"
        ("bp_baseline bp_week4 bp_week8", {"bp": "bp_baseline bp_week4 bp_week8"}, ("baseline", "week4", "week8"), "time"),
        ("s_fu1 s_fu2 s_pre", {"s": "s_pre s_fu1 s_fu2"}, ("pre", "fu1", "fu2"), "time"),
        ("pretest posttest", {"value": "pretest posttest"}, ("pretest", "posttest"), "time"),
        ("Time 1,Time 2", {"value": "Time 1,Time 2"}, (1, 2), "Time"),
        ("得点1 得点2", {"得点": "得点1 得点2"}, (1, 2), "time"),
    ],
)  # fmt: skip
def test_measurements_are_found_by_their_names(names, measures, times, time):
    split = (lambda text: text.split(",")) if "," in names else str.split
    found = suggest_wide(of_numbers(*split(names), kind=list("xxyy")))
    assert found is not None
    assert found.measures == tuple((name, tuple(split(columns))) for name, columns in measures.items())
    assert (found.times, found.time, found.id) == (times, time, "id")
    assert found.words.startswith("Each row holds ") and f"taken {len(times)} times" in found.words


@pytest.mark.parametrize(
    "names",
    ["x1 x2", "Y X", "pressure post_code", "base_rate start_date", "y_1 z_2", "3D_image 2D_image", "a1 a01 b", ""],
)
def test_no_measurements_where_the_names_do_not_say_so(names):
    assert suggest_wide(of_numbers(*names.split())) is None


def test_no_example_is_taken_for_wide():
    assert [name for name in examples.names() if suggest_wide(examples.load(name))] == []


def test_text_alone_is_no_measurement_but_goes_along():
    frame = pd.DataFrame({"drug_1": ["a", "b"], "drug_2": ["b", "a"]})
    assert suggest_wide(frame) is None
    found = suggest_wide(frame.assign(y_1=[1, 2], y_2=[3, 4.5]))
    assert found.names == ("drug", "y")
    assert to_long(frame.assign(y_1=[1, 2], y_2=[3, 4.5]), found)["drug"].tolist() == ["a", "b", "b", "a"]


@pytest.mark.parametrize(
    ("others", "row"),
    [
        ({"name": list("abcd"), "subject": list("efgh")}, "subject"),
        ({"subject": [11, 12, 13, 14]}, "subject"),
        ({"subject": [11, 11, 13, 14], "name": list("abcd")}, "name"),
        ({"age": [31, 32, 33, 34]}, "id"),
        ({"id": [0.5, 1.5, 2.5, 3.5]}, "id_2"),
        ({"who": ["a", "b", "c", None]}, "id"),
    ],
)
def test_the_column_that_tells_rows_apart(others, row):
    assert suggest_wide(of_numbers("y_1", "y_2", **others)).id == row


def test_new_names_are_not_taken():
    found = suggest_wide(of_numbers("y_1", "y_2", y=list("aabb"), time=list("abab"), id=[1, 1, 2, 2]))
    assert (found.names, found.time, found.id) == (("y_2",), "time_2", "id_2")
    long = to_long(of_numbers("y_1", "y_2", y=list("aabb"), time=list("abab"), id=[1, 1, 2, 2]), found)
    assert long.columns.tolist() == ["id_2", "y", "time", "id", "time_2", "y_2"]


@pytest.mark.parametrize("case", ["sleepstudy", "indometh", "two"])
def test_as_reshape_in_r(reference, case):
    stored = reference("reshape")[case]
    frame, expected = pd.DataFrame(stored["wide"]), pd.DataFrame(stored["long"])
    found = suggest_wide(frame)
    assert found is not None and found.id in ("Subject", "who")
    long = to_long(frame, found, keep_missing=True)
    assert set(long.columns) == set(expected.columns)
    order = [found.id, "time"]
    long["time"] = long["time"].astype(expected["time"].dtype)
    pd.testing.assert_frame_equal(
        long.sort_values(order, ignore_index=True)[list(expected.columns)],
        expected.sort_values(order, ignore_index=True),
        check_dtype=False,
    )


def test_rows_without_a_measurement_are_left_out_unless_asked_for():
    frame = pd.DataFrame({"a_1": [1, np.nan], "a_2": [2, 3.0], "b_1": [5, np.nan], "b_2": [np.nan, 4]})
    found = suggest_wide(frame)
    assert to_long(frame, found)[["id", "time"]].to_numpy().tolist() == [[1, 1], [1, 2], [2, 2]]
    assert len(to_long(frame, found, keep_missing=True)) == 4


def test_types_stay():
    frame = pd.DataFrame(
        {
            "site": pd.Categorical(["n", "s"], categories=["s", "n"]),
            "y_1": [1, 2],
            "y_2": [3, 4],
            "z_1": pd.Categorical(["lo", "hi"], categories=["lo", "hi"]),
            "z_2": pd.Categorical(["mid", "lo"], categories=["lo", "mid"]),
        },
        index=[7, 7],
    )
    before = frame.copy(deep=True)
    long = to_long(frame, suggest_wide(frame))
    pd.testing.assert_frame_equal(frame, before)
    assert long["site"].cat.categories.tolist() == ["s", "n"] and long["y"].dtype == long["time"].dtype == np.int64
    assert long["z"].cat.categories.tolist() == ["lo", "hi", "mid"] and long["z"].tolist() == ["lo", "mid", "hi", "lo"]
    assert long.index.tolist() == [0, 1, 2, 3]


def test_times_in_words_are_categories_in_their_order():
    long = to_long(of_numbers("bp_post", "bp_pre"), suggest_wide(of_numbers("bp_post", "bp_pre")))
    assert long["time"].cat.categories.tolist() == ["pre", "post"] and long["time"].tolist()[:2] == ["pre", "post"]


@pytest.mark.parametrize(
    ("names", "measure", "times", "time"),
    [
        (["rt_cold", "rt_warm"], "rt", ("cold", "warm"), "condition"),
        (["mean rt cold ms", "mean rt warm ms"], "mean rt ms", ("cold", "warm"), "condition"),
        (["left", "right"], "value", ("left", "right"), "condition"),
        (["y_2", "y_1"], "y", (1, 2), "time"),
    ],
)
def test_columns_that_a_person_picks(names, measure, times, time):
    found = wide(of_numbers(*names), names)
    assert (found.names, found.times, found.time) == ((measure,), times, time)
    assert len(to_long(of_numbers(*names), found)) == 8


TWO = Families((("y", ("a", "b")),), (1.0, 2.0))


@pytest.mark.parametrize(
    ("frame", "families", "problem"),
    [
        (of_numbers("a", "c"), TWO, "no column “b”"),
        (of_numbers("a", "b", y=[1, 2, 3, 4]), TWO, "Two columns would be called “y”"),
        (of_numbers("a", "b"), Families(TWO.measures, TWO.times, "id", "id"), "called “id”"),
        (of_numbers("a", b=list("xyzw")), TWO, "“b” holds text and “a” numbers"),
        (pd.DataFrame({"a": np.zeros(limits().cells // 6 + 1), "b": 1.0}), TWO, "rows of 3 columns; at most"),
    ],
)
def test_what_cannot_be_made_long_is_said(frame, families, problem):
    with pytest.raises(DataError, match=problem):
        to_long(frame, families)


def test_one_column_is_not_wide():
    with pytest.raises(DataError, match="One measurement a row"):
        wide(of_numbers("a", "b"), ["a"])


@settings(max_examples=effort.examples(60))
@given(st.lists(st.lists(st.floats(-9, 9) | st.just(float("nan")), min_size=4, max_size=4), min_size=1, max_size=6))
def test_every_measurement_is_there_once(rows):
    frame = pd.DataFrame(rows, columns=["y_1", "y_2", "z_1", "z_2"])
    long = to_long(frame, suggest_wide(frame), keep_missing=True)
    back = long.pivot(index="id", columns="time", values=["y", "z"])
    np.testing.assert_array_equal(back.to_numpy(), frame.to_numpy())


def test_dummies_of_one_factor_are_no_repeated_measurements():
    work = np.array([0, 1, 2, 3, 3, 1, 2, 0, 1, 3])
    dummies = pd.DataFrame({f"occ{k}": (work == k).astype(int) for k in range(1, 4)})
    assert suggest_wide(dummies) is None
    found = suggest_wide(dummies.assign(occ2=1))  # twice 1 in a row
    assert found is not None
    seldom = pd.DataFrame({f"ill{k}": (np.arange(10) == k).astype(int) for k in range(1, 4)})  # an event of three rows
    assert suggest_wide(seldom) is not None


def test_trends_of_one_state_each_are_no_repeated_measurements():
    state, year = np.repeat(np.arange(6), 4), np.tile(np.arange(1, 5), 6)
    trends = pd.DataFrame({f"trend_{k + 1}": np.where(state == k, year, 0) for k in range(6)})
    table = trends.assign(state=state, year=year, rate=np.random.default_rng(1).normal(size=24))
    assert suggest_wide(table) is None
    assert suggest_wide(table.assign(trend_2=year)) is not None  # of all states
    assert suggest_wide(trends.mask(trends == 0)) is not None  # measured in some rows only
