"""Tables joined by a key: against pandas' own merge and a plain dictionary; what finds no partner, and what is refused, is said."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmmcompare.data.join import Join
from lmmcompare.data.keys import finest, propose
from lmmcompare.data.recipe import Recipe, apply, from_json, to_json
from lmmcompare.data.table import Table, with_companions
from lmmcompare.errors import DataError
from tests.effort import examples

nan = math.nan


def pupils() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "pupil": range(1, 9),
            "school": [3, 1, 1, 2, 3, 3, 9, 2],
            "score": [1.5, 2, 3, 5, 4, 2.5, 1, 0],
            "name": list("abcdefgh"),
            "region": ["n", "s", "s", "n", "n", "n", "w", "n"],
        }
    )


def schools() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "school": [1, 2, 3, 4, 5],
            "size": [100, 200, 300, 400, 500],
            "public": [True, False, True, True, False],
            "name": ["A", "B", "C", "D", "E"],
            "region": ["s", "n", "n", "n", "w"],
            "kind": pd.Categorical(["x", "y", "x", "y", "x"], ["y", "x", "z"]),
            "opened": pd.to_datetime(["1950-01-01", "1960-01-01", None, "1980-01-01", "1990-01-01"]),
        }
    )


BY_SCHOOL = Join("schools.csv", (("school", "school"),))


def test_every_row_stays_in_its_order_and_has_what_its_school_has():
    joined, words = BY_SCHOOL.apply(pupils(), schools())
    expected = pupils().merge(schools().drop(columns=["name", "region"]), on="school", how="left")
    for name in ("pupil", "size", "opened"):
        pd.testing.assert_series_equal(joined[name], expected[name], check_dtype=False)
    assert joined["public"].astype(object).where(joined["public"].notna(), None).tolist() == [
        True, True, True, False, True, True, None, False,
    ]  # fmt: skip
    assert joined["kind"].cat.categories.tolist() == ["y", "x", "z"]
    assert joined["name"].tolist() == list("abcdefgh") and joined["name_schools"].tolist()[:3] == ["C", "A", "A"]
    assert list(joined.columns).count("region") == 1
    assert "7 of 8 rows find their row in “schools.csv” by “school”" in words and "such as 9" in words
    assert "2 rows of “schools.csv” belong to no row here, such as 4, 5, and are left out" in words
    assert "“name” is in both tables" in words and "“name_schools”" in words and "“region” is the same" in words


def test_nothing_given_is_changed():
    here, there = pupils(), schools()
    joined, _ = BY_SCHOOL.apply(here, there)
    joined.iloc[:, :] = joined.iloc[::-1].to_numpy()
    pd.testing.assert_frame_equal(here, pupils())
    pd.testing.assert_frame_equal(there, schools())


@pytest.mark.parametrize(
    ("here", "there", "partners", "said"),
    [
        (["01", "02", "3"], [1, 2, 3], [0, 1, 2], "is text here, such as 01, and a number there, such as 1: compared as numbers"),
        ([1, 2, 3], ["01", "02", "3"], [0, 1, 2], "is text there, such as 01"),
        ([1, 2, 3], ["1", "2", "x"], [0, 1, -1], "compared as text"),
        ([1.0, nan, 3.0], [3, 2, 1], [2, -1, 0], ""),
        (["a", None, "b"], ["b", None, "a"], [2, -1, 0], ""),
        (pd.Categorical(["a", "b", "a"]), ["b", "a", "c"], [1, 0, 1], ""),
        (pd.to_datetime(["2020-01-02", None, "2020-01-01"]), pd.to_datetime(["2020-01-01", "2020-01-02", None]), [1, -1, 0], ""),
        (["A", "b", "c "], ["a", "b", "c"], [-1, 1, -1], ""),
        ([2**53 + 1, 2**53, 5], [2.0**53, 5.0, nan], [-1, 0, 1], ""),
        (["9007199254740993", None, "9007199254740992"], [2**53, 2**53 + 1], [1, -1, 0], "compared as text"),
        (pd.to_datetime(["2020-01-02", "2020-01-01"]), ["2020-01-01", "2.1.2020"], [-1, 0], "must be written as 2020-01-31"),
    ],
)  # fmt: skip
def test_values_are_compared_as_what_they_are(here, there, partners, said):
    match = Join("t", (("k", "k"),)).match(pd.DataFrame({"k": here}), pd.DataFrame({"k": there}))
    assert match.partner.tolist() == partners
    assert said in " ".join(match.notes) and bool(match.notes) == bool(said)


def test_keys_that_are_nearly_the_same_are_told():
    """They are not joined in silence: nobody but the reader knows whether North and north are one school."""
    rows = pd.DataFrame({"k": ["North", "south ", "01", "East", "West", None], "y": range(6)})
    schools = pd.DataFrame({"k": ["north", "south", "1", "East"], "z": range(4)})
    joined, words = Join("s", (("k", "k"),)).apply(rows, schools)
    assert joined["z"].notna().sum() == 1
    assert "3 keys differ from one there in capitals, blanks or leading zeros only: “North” and “north”." in words
    with pytest.raises(DataError, match="1 key differs") as said:
        Join("s", (("k", "k"),)).apply(rows[:1], schools)
    assert "alike" in said.value.remedy
    assert "differ" not in Join("s", (("k", "k"),)).apply(rows[3:5], schools)[1]


def test_a_key_of_two_columns():
    classes = pd.DataFrame({"school": [1, 1, 2], "class": ["a", "b", "a"], "size": [10, 20, 30]})
    rows = pd.DataFrame({"school": [2, 1, 1, 2], "class": ["a", "b", None, "b"], "y": [1, 2, 3, 4]})
    joined, words = Join("c", (("school", "school"), ("class", "class"))).apply(rows, classes)
    np.testing.assert_array_equal(joined["size"], [30, 20, nan, nan])
    assert "1 without a key" in words and "2 b" in words


def test_many_to_many_is_refused_with_the_reason():
    twice = pd.concat([schools(), schools()])
    with pytest.raises(DataError, match=r"stands more than once in “schools.csv”.*and more than once here too") as said:
        BY_SCHOOL.apply(pupils(), twice)
    assert "further key" in said.value.remedy
    with pytest.raises(DataError, match="and once here") as said:
        Join("pupils.csv", (("school", "school"),)).apply(schools(), pupils())
    assert "join this table to it" in said.value.remedy


def test_keys_that_never_meet_or_are_not_there():
    with pytest.raises(DataError, match="No row has its “pupil”"):
        Join("s", (("pupil", "size"),)).apply(pupils(), schools())
    with pytest.raises(DataError, match="no column “nope”"):
        Join("s", (("nope", "school"),)).apply(pupils(), schools())


keys = st.one_of(
    st.lists(st.integers(0, 6) | st.just(nan), min_size=1, max_size=12),
    st.lists(st.sampled_from(["a", "b", "01", "1", "2", "é"]) | st.none(), min_size=1, max_size=12),
)


@settings(max_examples=examples(60))
@given(keys, keys, st.integers(0, 3))
def test_any_keys_as_a_dictionary_has_them(here, there, other):
    one = pd.DataFrame({"k": here, "x": range(len(here))})
    two = pd.DataFrame({"k": there, "v": range(len(there)), "x": other})
    join = Join("t", (("k", "k"),))
    try:
        match = join.match(one, two)
    except DataError as error:
        assert "more than once" in error.problem
        return

    numbers = all(type(key) is not str for key in [*here, *there])
    mixed = not numbers and any(type(key) is int for key in [*here, *there])

    def plain(key):
        if key is None or key != key:
            return None
        return key if numbers or not mixed else str(key)

    if not mixed:
        partner = {plain(key): k for k, key in enumerate(there) if plain(key) is not None}
        assert match.partner.tolist() == [partner.get(plain(key), -1) if plain(key) is not None else -1 for key in here]
    if (match.partner >= 0).any():
        joined, _ = join.apply(one, two)
        assert len(joined) == len(one) and joined["k"].equals(one["k"]) and joined["x"].equals(one["x"])
        np.testing.assert_array_equal(joined["v"].isna(), match.partner < 0)


def tables(**frames: pd.DataFrame) -> list[Table]:
    return [Table(frame, f"{name}.csv") for name, frame in frames.items()]


def test_a_join_is_proposed_by_names_and_values():
    one, two = tables(pupils=pupils(), schools=schools())
    assert propose(one, two).join == BY_SCHOOL and not propose(one, two).reversed
    assert propose(two, one).reversed and propose(two, one).join == BY_SCHOOL
    assert finest([two, one]) is one


@pytest.mark.parametrize(
    ("there", "keys"),
    [
        ({"school": "id"}, (("school", "id"),)),
        ({"school": "School"}, (("school", "School"),)),
        ({"school": "school_id"}, (("school", "school_id"),)),
    ],
)
def test_keys_whose_names_are_related(there, keys):
    one, two = tables(pupils=pupils(), schools=schools().drop(columns=["region", "name"]).rename(columns=there))
    assert propose(one, two).join.keys == keys


def test_texts_that_agree_whatever_they_are_called():
    one = pd.DataFrame({"skola": ["Åby", "Öby", "Åby"], "x": [1.5, 2, 3]})
    two = pd.DataFrame({"namn": ["Öby", "Åby"], "storlek": [3, 4]})
    assert propose(*tables(elever=one, skolor=two)).join.keys == (("skola", "namn"),)


def test_the_fewest_columns_that_tell_rows_apart():
    rows = pd.DataFrame({"school": [1, 1, 2, 2] * 2, "class": [1, 2] * 4, "y": np.arange(8) / 3})
    classes = pd.DataFrame({"school": [1, 1, 2, 2], "class": [1, 2, 1, 2], "size": [20, 25, 30, 28]})
    assert propose(*tables(pupils=rows, classes=classes)).join.keys == (("school", "school"), ("class", "class"))


def test_small_numbers_that_happen_to_agree_join_nothing():
    one = pd.DataFrame({"age": [1, 2, 3, 3], "y": [0.5, 1, 2, 3], "school": [1, 1, 2, 2]})
    two = pd.DataFrame({"dose": [1, 2, 3], "price": [5, 7, 9], "pupil": [1, 2, 3]})
    assert propose(*tables(a=one, b=two)).join is None


def test_why_nothing_is_proposed():
    one, two = tables(a=pupils(), b=pd.concat([pupils(), pupils()]).drop(columns=["pupil", "name"]))
    found = propose(one, two)
    assert found.join is None and "“school” stands more than once in “b.csv”" in found.reason


def test_a_join_is_a_step_of_a_recipe():
    table = with_companions(*[tables(pupils=pupils())[0], tables(schools=schools())])
    recipe = Recipe((BY_SCHOOL,))
    assert from_json(to_json(recipe)) == recipe
    assert apply(recipe, table).frame["size"].notna().sum() == 7
    with pytest.raises(DataError, match=r"Step 1: The table “schools.csv”.*is not here"):
        apply(recipe, tables(pupils=pupils())[0])


def test_labels_come_along():
    other = Table(schools(), "schools.csv", labels={"size": "Pupils enrolled", "name": "Name of the school"})
    table = with_companions(Table(pupils(), "pupils.csv", labels={"name": "First name"}), [other])
    labels = apply(Recipe((BY_SCHOOL,)), table).labels
    assert labels == {"name": "First name", "size": "Pupils enrolled", "name_schools": "Name of the school"}


def test_companions_have_titles_of_their_own():
    one, two = tables(a=pupils(), b=schools())
    table = with_companions(one, [two, Table(pupils(), "b.csv")])
    assert [other.title for other in table.companions] == ["b.csv", "b.csv 2"]
