"""New columns: each against pandas' own grouped operations or plain arithmetic; what cannot be made is refused by name."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from lmmcompare.data.new_columns import HOW, NewColumn
from lmmcompare.data.recipe import Recipe, apply, from_json, to_json
from lmmcompare.data.table import Table
from lmmcompare.data.within_between import within_between
from lmmcompare.errors import DataError

nan = math.nan


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "school": ["a", "a", "a", "b", "b", None, "b", "a"],
            "class": [1, 2, 1, 1, 1, 1, 2, 2],
            "x": [1.0, 2.0, 4.0, nan, 10.0, 5.0, 7.0, 3.0],
            "t": [3, 1, 2, 5, 4, 1, 6, 4],
            "sex": ["m", "f", "m", None, "f", "m", "f", "m"],
            "day": pd.to_datetime(["2020-01-03", "2020-01-01", None] + ["2021-01-01"] * 5),
        }
    )


def made(**what) -> pd.Series:
    return NewColumn("new", **what).apply(frame())[0]["new"]


BY = frame().groupby("school")
CLASS = frame().groupby(["school", "class"])
SORTED = frame().sort_values("t")


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ({"how": "mean", "column": "x", "by": ("school",)}, BY["x"].transform("mean")),
        ({"how": "within", "column": "x", "by": ("school",)}, frame()["x"] - BY["x"].transform("mean")),
        ({"how": "mean", "column": "x", "by": ("school", "class")}, CLASS["x"].transform("mean")),
        ({"how": "within", "column": "x", "by": ("school", "class")}, frame()["x"] - CLASS["x"].transform("mean")),
        ({"how": "centred", "column": "x"}, frame()["x"] - frame()["x"].mean()),
        ({"how": "standardised", "column": "x"}, (frame()["x"] - frame()["x"].mean()) / frame()["x"].std()),
        ({"how": "log", "column": "t"}, [math.log(v) for v in frame()["t"]]),
        ({"how": "exp", "column": "t"}, [math.exp(v) for v in frame()["t"]]),
        ({"how": "sqrt", "column": "t"}, [math.sqrt(v) for v in frame()["t"]]),
        ({"how": "rank", "column": "class"}, frame()["class"].rank()),
        ({"how": "rank", "column": "x", "by": ("school",)}, BY["x"].rank()),
        ({"how": "lag", "column": "x", "by": ("school",)}, BY["x"].shift()),
        ({"how": "lag", "column": "x", "by": ("school",), "order": "t"}, SORTED.groupby("school")["x"].shift().sort_index()),
        ({"how": "number", "column": "x", "by": ("school",)}, [1, 2, 3, 1, 2, nan, 3, 4]),
        ({"how": "number", "column": "x", "by": ("school",), "order": "t"}, [3, 1, 2, 2, 1, nan, 3, 4]),
        ({"how": "change", "column": "x", "by": ("school",)}, [0, 1, 3, nan, 0, nan, -3, 2]),
        ({"how": "change", "column": "x", "by": ("school",), "order": "t"}, [-1, 0, 2, nan, 0, nan, -3, 1]),
        ({"how": "since", "column": "t", "by": ("school",)}, [2, 0, 1, 1, 0, nan, 2, 3]),
        ({"how": "since", "column": "day", "by": ("school",)}, [2, 0, nan, 0, 0, nan, 0, 366]),
        ({"how": "days", "column": "day"}, [2, 0, nan, 366, 366, 366, 366, 366]),
        ({"how": "years", "column": "day"}, [2 / 365.25, 0, nan] + [366 / 365.25] * 5),
    ],
)  # fmt: skip
def test_amounts(what, expected):
    values = made(**what)
    expected = pd.Series(list(expected), dtype=float)
    np.testing.assert_allclose(
        values.to_numpy(dtype=float), expected.reindex(range(8)).to_numpy(), rtol=1e-14, atol=1e-14
    )


def test_a_mean_of_values_far_from_zero_keeps_its_digits():
    values = 1e9 + np.array([0.1, 0.2, 0.3, 0.6])
    new = NewColumn("new", "within", "x", ("g",)).apply(pd.DataFrame({"x": values, "g": [1, 1, 2, 2]}))[0]["new"]
    np.testing.assert_allclose(new, [-0.05, 0.05, -0.15, 0.15], atol=3e-7)


def values(column: pd.Series) -> list[str | None]:
    return [None if pd.isna(value) else value for value in column]


def test_categories():
    both = made(how="combination", column="sex", by=("class",))
    assert values(both) == ["m:1", "f:2", "m:1", None, "f:1", "m:1", "f:2", "m:2"]
    parts = made(how="cut", column="x", points=(4.0, 2.0))
    assert parts.cat.categories.tolist() == ["below 2", "2 to below 4", "4 or more"]
    assert parts.cat.codes.tolist() == [0, 1, 2, -1, 2, 2, 2, 1]
    words = made(how="recode", column="sex", recoded=(("m", "boy"),))
    assert values(words) == ["boy", "f", "boy", None, "f", "boy", "f", "boy"]
    merged = made(how="recode", column="class", recoded=(("1", "2"),))
    assert merged.cat.categories.tolist() == ["2"]


def test_logarithms_of_what_has_none_are_missing_and_said():
    table, sentence = NewColumn("l", "log", "x").apply(pd.DataFrame({"x": [0.0, -1.0, 1.0, nan]}))
    assert table["l"].isna().tolist() == [True, True, False, True]
    assert sentence.endswith("; missing in 3 rows, in 2 of them since “x” is 0 or negative.")
    frame = pd.DataFrame({"x": [-4.0, 4.0, nan, 800.0]})
    assert NewColumn("r", "sqrt", "x").apply(frame)[1].endswith("in 1 of them since “x” is negative.")
    assert NewColumn("e", "exp", "x").apply(frame)[1].endswith("in 1 of them since “x” is too large.")
    assert NewColumn("l", "log", "x").apply(frame[1:3])[1].endswith("; missing in 1 row.")


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (NewColumn("x", "log", "t"), "column “x” already"),
        (NewColumn("new", "log", "nope"), "no column “nope”"),
        (NewColumn("new", "log", "sex"), "“sex” is not of numbers"),
        (NewColumn("new", "mean", "x"), "Whose groups"),
        (NewColumn("new", "mean", "x", ("nope",)), "no column “nope”"),
        (NewColumn("new", "days", "x"), "“x” holds no dates"),
        (NewColumn("new", "cut", "x"), "Where to cut"),
        (NewColumn("new", "recode", "sex", recoded=(("q", "z"),)), "“sex” has no value “q”"),
        (NewColumn("new", "combination", "sex"), "Two columns"),
        (NewColumn("a`b", "log", "t"), "cannot be the name"),
    ],
)
def test_what_cannot_be_made_is_refused_by_name(step, problem):
    with pytest.raises(DataError, match=problem):
        step.apply(frame())


@pytest.mark.parametrize("how", HOW)
def test_each_survives_the_address(how):
    step = NewColumn("new", how, "x", ("school", "class"), "t", (1.5, 2.0), (("m", "boy"),))
    assert from_json(to_json(Recipe((step,)))).steps == (step,)


@pytest.mark.parametrize(
    "bad", [{"how": "eval"}, {"points": ["1"]}, {"recoded": [["a"]]}, {"by": "school"}, {"order": 3}]
)
def test_what_is_no_step_in_an_address_is_refused(bad):
    good = {
        "do": "NewColumn",
        "name": "n",
        "how": "log",
        "column": "x",
        "by": [],
        "order": "",
        "points": [],
        "recoded": [],
    }
    with pytest.raises(DataError, match="cannot be read"):
        from_json(json.dumps({"version": 1, "steps": [{**good, **bad}]}))


def test_steps_build_on_each_other():
    steps = (NewColumn("m", "mean", "x", ("school",)), NewColumn("cm", "centred", "m"))
    table = apply(Recipe(steps), Table(frame(), "t.csv"))
    assert table.frame["cm"].mean() == pytest.approx(0, abs=1e-12) and "x" in table.frame
    assert [note.split(" is ")[0] for note in table.notes] == ["“m”", "“cm”"]


def test_within_and_between_of_one_level():
    steps = within_between(frame(), "x", (("school",),))
    assert [(step.name, step.how, step.by) for step in steps] == [
        ("x_within", "within", ("school",)),
        ("x_mean", "mean", ("school",)),
    ]


def test_within_and_between_of_classes_in_schools_has_both_means():
    steps = within_between(frame(), "x", (("school",), ("school", "class")))
    assert [(step.name, step.how, step.by) for step in steps] == [
        ("x_within", "within", ("school", "class")),
        ("x_mean_school_class", "mean", ("school", "class")),
        ("x_mean_school", "mean", ("school",)),
    ]
    named = frame().assign(
        room=lambda d: d["school"] + d["class"].astype(str)
    )  # rooms lie within schools without a “/”
    steps = within_between(named, "x", (("school",), ("room",)))
    assert [(step.how, step.by) for step in steps] == [
        ("within", ("room",)),
        ("mean", ("room",)),
        ("mean", ("school",)),
    ]


def test_crossed_factors_get_a_mean_each_and_the_column_stays():
    steps = within_between(frame(), "x", (("school",), ("class",)))
    assert [(step.how, step.by) for step in steps] == [("mean", ("school",)), ("mean", ("class",))]


def test_a_mean_that_is_the_same_everywhere_is_not_added():
    balanced = pd.DataFrame({"g": [1, 1, 2, 2], "x": [0.0, 1.0, 0.0, 1.0], "z": [1.0, 1.0, 2.0, 2.0]})
    assert within_between(balanced, "x", (("g",),)) == () and within_between(balanced, "z", (("g",),)) == ()
