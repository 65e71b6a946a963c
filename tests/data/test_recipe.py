"""Steps that change a table: what each does and says, kept as text and read back; the table given never changes."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lmmcompare.data.recipe import MAX_JSON, MAX_STEPS, Recipe, apply, from_json, to_json
from lmmcompare.data.reshape import Families
from lmmcompare.data.steps import Drop, Keep, LeaveOut, Rename, Retype, ToLong
from lmmcompare.data.table import Table
from lmmcompare.errors import DataError
from tests.effort import examples

nan = math.nan


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "n": [1, 2, 3, 4],
            "x": [0.5, nan, 2.0, math.inf],
            "t": ["1", "2,5", "n/k", None],
            "c": pd.Categorical(["b", "a", None, "b"], categories=["b", "a", "never"]),
            "f": [True, False, True, True],
            "y_1": [1.0, 2.0, 3.0, nan],
            "y_2": [4.0, 5.0, nan, nan],
        }
    )


def done(*steps) -> Table:
    return apply(Recipe(steps), Table(frame(), "mine.csv", ("Tabs separate.",)))


@pytest.mark.parametrize(
    ("step", "column", "values", "said"),
    [
        (Retype("t", "number"), "t", [1, 2.5, nan, nan], "“t” holds numbers; 1 row with “n/k” became missing."),
        (Retype("f", "truth"), "f", [True, False, True, True], "true (1) where it was “True”"),
        (Retype("c", "truth"), "c", [False, True, pd.NA, False], "true (1) where it was “a”, false (0) where it was “b”."),
        (Retype("c", "truth", ("b",)), "c", [True, False, pd.NA, True], "true (1) where it was “b”"),
        (Retype("f", "number"), "f", [1, 0, 1, 1], "False is 0 and True is 1"),
        (Retype("n", "number"), "n", [1, 2, 3, 4], "numbers already"),
        (Retype("n", "text"), "n", ["1", "2", "3", "4"], "“n” is text."),
        (Retype("x", "text"), "x", ["0.5", nan, "2", "inf"], "“x” is text."),
        (Retype("c", "text"), "c", ["b", "a", nan, "b"], "“c” is text."),
        (Retype("n", "category"), "n", ["1", "2", "3", "4"], "“n” holds 4 categories, compared with “1”."),
        (Retype("n", "category", ("3",)), "n", ["1", "2", "3", "4"], "compared with “3”."),
        (Retype("c", "category", ("a",)), "c", ["b", "a", nan, "b"], "3 categories, compared with “a”."),
        (Keep("n", "between", 2, 3), "n", [2, 3], "2 of 4 rows kept: “n” from 2 to 3."),
        (Keep("x", "between", low=0.75), "n", [3, 4], "2 of 4 rows kept: “x” from 0.75."),
        (Keep("x", "between"), "n", [1, 3, 4], "3 of 4 rows kept: “x” is any number."),
        (Keep("x", "present"), "n", [1, 3, 4], "3 of 4 rows kept: “x” is not missing."),
        (Keep("c", "in", values=("b",)), "n", [1, 4], "2 of 4 rows kept: “c” is b."),
        (Keep("c", "in", values=("b", "a")), "n", [1, 2, 4], "“c” is b, a."),
        (Keep("x", "in", values=("2",)), "n", [3], "1 of 4 rows kept: “x” is 2."),
        (Keep("f", "in", values=("True",)), "n", [1, 3, 4], "“f” is True."),
        (LeaveOut((2, 4)), "n", [1, 3], "2 rows left out by hand: numbers 2, 4."),
        (Rename("n", "N"), "N", [1, 2, 3, 4], "“n” is called “N”."),
        (Drop(("x", "t")), "n", [1, 2, 3, 4], "Left out: “x”, “t”."),
    ],
)  # fmt: skip
def test_each_step(step, column, values, said):
    table = done(step)
    assert table.name == "mine.csv" and table.notes[0] == "Tabs separate." and said in table.notes[1]
    pd.testing.assert_series_equal(
        table.frame[column].astype(object), pd.Series(values, name=column, dtype=object), check_dtype=False
    )
    assert table.frame.index.tolist() == list(range(len(table.frame)))


def test_the_order_of_categories():
    assert done(Retype("c", "category", ("a", "never"))).frame["c"].cat.categories.tolist() == ["a", "never", "b"]
    assert done(Retype("x", "category")).frame["x"].cat.categories.tolist() == ["0.5", "2", "inf"]
    tens = pd.DataFrame({"k": ["10", "9"], "j": [10, 9]})
    table = apply(Recipe((Retype("k", "category"), Retype("j", "category"))), Table(tens, ""))
    assert table.frame["k"].cat.categories.tolist() == ["10", "9"]  # text by letters
    assert table.frame["j"].cat.categories.tolist() == ["9", "10"]  # numbers by value


LONG = ToLong(Families((("y", ("y_1", "y_2")),), (1.0, 2.0)))


def test_one_row_per_measurement():
    table = done(LONG)
    assert table.frame["y"].tolist() == [1, 4, 2, 5, 3]
    assert "4 rows became 5; 3 rows without a measurement left out" in table.notes[1]
    assert "“id” numbers the rows they came from" in table.notes[1]
    assert len(done(ToLong(LONG.families, keep_missing=True)).frame) == 8


def test_steps_see_what_the_ones_before_made():
    table = done(LONG, Keep("time", "in", values=("2",)), Rename("y", "score"), Drop(("x", "t", "c", "f", "n")))
    assert table.frame.to_dict("list") == {"id": [1, 2], "time": [2, 2], "score": [4, 5]}
    assert len(table.notes) == 5


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        ((Keep("nope", "present"),), "Step 1: There is no column “nope”"),
        ((Drop(("n",)), Keep("n", "present")), "Step 2: There is no column “n”"),
        ((Keep("t", "between", 1, 2),), "“t” is not of numbers"),
        ((Keep("n", "between", 9),), "No row is left"),
        ((Retype("t", "category", ("zz",)),), "“t” has no value “zz”"),
        ((LeaveOut((1, 5)),), "There is no row 5: the table has 4."),
        ((LeaveOut((1, 2, 3, 4)),), "No row would be left"),
        ((Rename("t", "c"),), "column “c” already"),
        ((Rename("q", "z"),), "no column “q”"),
        ((Rename("n", "a`b"),), "“a`b” cannot be the name"),
        ((ToLong(Families((("y\n", ("y_1", "y_2")),), (1.0, 2.0))),), "cannot be the name"),
        ((Drop(tuple(frame().columns)),), "No column would be left"),
        ((LONG, LONG), "Step 2: There is no column “y_1”"),
    ],
)
def test_errors_name_the_step_and_the_column(steps, problem):
    with pytest.raises(DataError) as said:
        done(*steps)
    assert problem in said.value.problem and said.value.remedy


def test_what_holds_no_number_is_not_made_one():
    with pytest.raises(DataError, match="No value of “c” is a number, such as “b”"):
        done(Retype("c", "number"))


names = st.text(min_size=1, max_size=8)
bounds = st.none() | st.floats(allow_nan=False, allow_infinity=False)
named = st.lists(names, max_size=4).map(tuple)


@st.composite
def families(draw: st.DrawFn) -> Families:
    times = draw(
        st.lists(st.floats(-9, 9), min_size=1, max_size=3, unique=True)
        | st.lists(names, min_size=1, max_size=3, unique=True)
    )
    columns = draw(st.lists(names, min_size=2 * len(times), max_size=2 * len(times), unique=True))
    measures = ((draw(names), tuple(columns[: len(times)])), (draw(names), tuple(columns[len(times) :])))
    return Families(measures, tuple(times), draw(names), draw(names))  # fmt: skip


steps = st.one_of(
    st.builds(ToLong, families(), st.booleans()),
    st.builds(Retype, names, st.sampled_from(["number", "category", "text", "truth"]), named),
    st.builds(Keep, names, st.sampled_from(["between", "in", "present"]), bounds, bounds, named),
    st.builds(Rename, names, names),
    st.builds(Drop, named),
)


@settings(max_examples=examples(60))
@given(st.lists(steps, max_size=5).map(tuple).map(Recipe))
def test_a_recipe_goes_through_text(recipe):
    assert from_json(to_json(recipe)) == recipe


columns = st.sampled_from(list(frame().columns))
likely = st.one_of(
    st.just(LONG),
    st.builds(Retype, columns, st.sampled_from(["number", "category", "text", "truth"])),
    st.builds(
        Keep, columns, st.sampled_from(["between", "in", "present"]), bounds, bounds, st.just(("b", "1", "True"))
    ),
    st.builds(Rename, columns, names),
    st.builds(Drop, columns.map(lambda c: (c,))),
)


@settings(max_examples=examples(60))
@given(st.lists(likely, min_size=1, max_size=4).map(tuple))
@example((Keep("n", "in", None, None, ("1",)), Retype("t", "number")))
def test_the_table_given_never_changes(chosen):
    table = Table(frame(), "mine.csv")
    try:
        changed = apply(Recipe(chosen), table)
        changed.frame.iloc[0, :] = changed.frame.iloc[-1, :]  # nor when the new one is written to
        assert len(changed.notes) == len(chosen)
    except DataError as error:
        assert error.problem.startswith("Step ")
    pd.testing.assert_frame_equal(table.frame, frame())


GOOD = json.loads(to_json(Recipe((Keep("n", "between", 1, 2),))))


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "null", "{", "[" * 100_000, '{"version":1}', '{"version":2,"steps":[]}', '{"version":1,"steps":{}}',
        '{"version":1,"steps":[1]}', '{"version":1,"steps":[{"do":"Drop"}]}', '{"version":1,"steps":[{"do":"__class__"}]}',
        '{"version":1,"steps":[{"do":["Drop"],"columns":[]}]}', '{"version":1,"steps":[{"do":"Drop","columns":"ab"}]}',
        '{"version":1,"steps":[{"do":"Drop","columns":[1]}]}', '{"version":1,"steps":[{"do":"Drop","columns":[""]}]}',
        '{"version":1,"steps":[{"do":"Rename","column":"a","to":"b","more":1}]}',
        '{"version":1,"steps":[{"do":"Retype","column":"a","to":"pickle","levels":[]}]}',
        json.dumps({"version": 1, "steps": [{"do": "Rename", "column": "a", "to": "b" * 201}]}),
        json.dumps({"version": 1, "steps": GOOD["steps"] * (MAX_STEPS + 1)}),
        json.dumps(GOOD) + " " * MAX_JSON,
        json.dumps({"version": 1, "steps": [GOOD["steps"][0] | {"low": math.nan}]}),
        json.dumps({"version": 1, "steps": [GOOD["steps"][0] | {"low": True}]}),
        json.dumps({"version": 1, "steps": [GOOD["steps"][0] | {"low": "1"}]}),
        json.dumps({"version": 1, "steps": [GOOD["steps"][0] | {"low": 10**400}]}),
        to_json(Recipe((ToLong(Families((("y", ("a",)),), (1.0, 2.0))),))),
        to_json(Recipe((ToLong(Families((("y", ("a", "a")),), (1.0, 2.0))),))),
        to_json(Recipe((ToLong(Families((("y", ("a", "b")),), (1.0, "x"))),))),
        to_json(Recipe((ToLong(Families((("y", ()),), ())),))),
        to_json(Recipe((ToLong(Families((), (1.0,))),))),
    ],
)  # fmt: skip
def test_text_that_is_no_recipe_is_refused(text):
    with pytest.raises(DataError, match="cannot be read"):
        from_json(text)


def test_a_recipe_has_an_end_and_steps_can_be_taken_back():
    recipe = Recipe()
    for _ in range(MAX_STEPS):
        recipe = recipe.then(Keep("n", "present"))
    with pytest.raises(DataError, match="50 steps"):
        recipe.then(Drop(("n",)))
    two = Recipe((Rename("n", "m"), Drop(("x",))))
    assert two.without(0) == Recipe((Drop(("x",)),)) and two.without(1) == Recipe((Rename("n", "m"),))


@pytest.mark.parametrize("op", ["present", "in", "between"])
def test_a_filter_on_a_million_rows_is_quick(op):
    big = pd.DataFrame({"x": np.arange(1e6) % 1000})
    assert Keep("x", op, 1, 5, ("3", "4")).mask(big).sum() == {"present": 1e6, "in": 2000, "between": 5000}[op]
