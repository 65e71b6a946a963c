"""Value labels and variable labels: none lost on reading, and categories in order, with their labels, once made long."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmmcompare.data.detect_wide import wide
from lmmcompare.data.read import read
from lmmcompare.data.recipe import Recipe, apply
from lmmcompare.data.reshape import label_of, merge_levels, to_long
from lmmcompare.data.steps import Drop, Rename, ToLong
from lmmcompare.design.levels import factorize
from tests.data import made

LABELS = {1.0: "never", 2.0: "sometimes", 3.0: "often", 9.0: "no answer"}


def survey() -> bytes:
    """Nobody said "never" at the first time, nor "often" at the second; 9 is declared missing."""
    frame = pd.DataFrame({"person": ["a", "b", "c", "d"], "mood_1": [2.0, 3, 2, 9], "mood_2": [1.0, 2, 1, 2]})
    columns = ("mood_1", "mood_2")
    return made.stats(
        pyreadstat.write_sav, frame, variable_value_labels=dict.fromkeys(columns, LABELS),
        missing_ranges={name: [9] for name in columns}, column_labels={"mood_1": "Low mood, week 1", "mood_2": "Low mood, week 2"},
    )  # fmt: skip


@pytest.mark.parametrize("write", [pyreadstat.write_sav, pyreadstat.write_dta])
def test_thousands_of_labels_are_kept(write):
    labels = {float(k): f"place {k}" for k in range(3000)}
    content = made.stats(write, pd.DataFrame({"place": np.arange(3000.0)}), variable_value_labels={"place": labels})
    table = read(content, "a")
    assert table.frame["place"].cat.categories.tolist() == list(labels.values()) and not table.notes


def test_a_code_that_nobody_chose_keeps_its_place_and_one_that_is_missing_has_none():
    table = read(survey(), "a.sav")
    assert table.frame["mood_1"].cat.categories.tolist() == ["never", "sometimes", "often"]
    assert table.frame["mood_1"].isna().tolist() == [False, False, False, True]
    assert "declares to be missing are missing: “mood_1 (9)”" in " ".join(table.notes)


def test_labels_of_stata_tell_missing_values_from_codes():
    frame = pd.DataFrame({"x": [1.0, 2.0, np.nan]})
    content = made.stats(pyreadstat.write_dta, frame, variable_value_labels={"x": {1: "no", 2: "yes", 3: "unsure"}})
    assert read(content, "a.dta").frame["x"].cat.categories.tolist() == ["no", "yes", "unsure"]


def test_the_baseline_and_the_label_outlive_the_reshaping():
    table = read(survey(), "a.sav")
    step = ToLong(wide(table.frame, ["mood_1", "mood_2"]))
    long = apply(Recipe((step, Rename("mood", "low mood"))), table)
    assert factorize(long.frame["low mood"].dropna())[1].tolist() == ["never", "sometimes", "often"]
    assert dict(long.labels) == {"low mood": "Low mood, week"}
    assert dict(apply(Recipe((Drop(("mood_1",)),)), table).labels)["mood_2"] == "Low mood, week 2"


def test_levels_that_differ_from_time_to_time_are_put_in_one_order():
    first = pd.Categorical(["b", "c"], categories=["b", "c"])
    second = pd.Categorical(["a", "b"], categories=["a", "b"])
    frame = pd.DataFrame({"m_1": first, "m_2": second, "id": ["p", "q"]})
    long = to_long(frame, wide(frame, ["m_1", "m_2"]))
    assert long["m"].cat.categories.tolist() == ["a", "b", "c"] and long["m"].tolist() == ["b", "a", "c", "b"]


def test_text_beside_dates_is_text_and_dates_beside_dates_are_dates():
    days = pd.to_datetime(["2020-01-01", None])
    frame = pd.DataFrame({"m_1": days, "m_2": ["soon", None], "d_1": days, "d_2": days.as_unit("ns"), "id": ["p", "q"]})
    long = to_long(frame, wide(frame, ["m_1", "m_2", "d_1", "d_2"]))
    assert long["m"].dropna().tolist() == ["2020-01-01", "soon"] and long["d"].dtype.kind == "M"


@given(st.permutations("abcdef"), st.lists(st.sets(st.sampled_from("abcdef"), min_size=1), min_size=1, max_size=4))
def test_any_parts_of_one_order_give_an_order_that_all_agree_with(order, parts):
    orders = [[level for level in order if level in part] for part in parts]
    merged = merge_levels(orders)
    assert set(merged) == set().union(*parts) and len(merged) == len(set(merged))
    for part in orders:
        assert [level for level in merged if level in part] == part


def test_orders_that_contradict_lose_no_level():
    assert merge_levels([["a", "b"], ["b", "a"], ["c"]]) == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("labels", "label"),
    [
        (["Score, week 1", "Score, week 2"], "Score, week"),
        (["Score T1", "Score T2"], "Score"),
        (["Mood", "Mood"], "Mood"),
        (["Mood at start", "Mood"], "Mood"),
        (["", "Mood"], "Mood"),
        (["x1", "x2"], "x1"),
        (["", ""], ""),
    ],
)
def test_what_labels_have_in_common(labels, label):
    assert label_of(labels) == label


def test_lengths_of_time_of_spss_keep_their_days(tmp_path):
    """pyreadstat and pandas read 30:00 as 06:00, and half an hour less than nothing as 23:30."""
    frame = pd.DataFrame(
        {"waited": [3600.0, 108_000.0, 176_400.0, -1800.0, np.nan], "rose": [21_600.0, 25_200, 0, 1, 2]}
    )
    path = tmp_path / "times.sav"
    pyreadstat.write_sav(frame, path, variable_format={"waited": "TIME8", "rose": "TIME8"})
    table = read(path.read_bytes(), "times.sav")
    np.testing.assert_allclose(table.frame["waited"].astype(float), frame["waited"] / 86_400)
    assert str(table.frame["rose"].iloc[0]).startswith("06:00"), "times of a day stay times of a day"
    assert any("waited" in note and "days" in note for note in table.notes)
