"""Totals, means and notes below a table's rows."""

from __future__ import annotations

import pandas as pd
import pytest

from lmmcompare.data.summary_rows import summary_rows

ROWS = [(f"P{k // 4}", k % 4, 50.0 + k) for k in range(24)]


def table(*below: tuple) -> pd.DataFrame:
    return pd.DataFrame([*ROWS, *below], columns=["patient", "week", "pain"])


@pytest.mark.parametrize("word", ["Total", "Grand total:", "mean", "Std. dev.", "Summe", "Moyenne", "AVERAGE (n = 24)"])
def test_a_row_that_is_called_a_total(word):
    found = summary_rows(table((word, None, 1476.0)))
    assert (found.rows, found.words) == ((25,), (word,))


def test_several_and_a_note_below():
    note = "* week 0 is before the treatment"
    found = summary_rows(table(("Total", None, 1476.0), ("Mean", None, 61.5), (note, None, None)))
    assert (found.rows, found.words) == ((25, 26, 27), ("Total", "Mean", note))


@pytest.mark.parametrize(
    "below", [(("Source: Smith 2020", None, None),), (("n = 24", None, None), ("* p < .05, see the paper", None, None))]
)
def test_remarks_alone(below):
    for frame in (table(*below), table(*below).assign(patient=[*range(24), *(row[0] for row in below)])):
        found = summary_rows(frame)
        assert found.words == tuple(row[0] for row in below) and found.rows[0] == 25
    named = table(*below).replace({f"P{k}": f"New P{k}" for k in range(6)})
    assert summary_rows(named) is None  # such names are of several words too


@pytest.mark.parametrize(
    "below",
    [
        (),
        (("P6", 0, 74.0),),
        (("Meander", 0, 74.0),),
        (("Sumner", 0, 74.0),),
        (("P6", None, None),),  # a patient of whom nothing is known
        (("Total", None, 1476.0), ("P6", 0, 74.0)),  # in the middle
        (("Mean", 0, 1.0), ("Mean", 1, 2.0)),  # a category
    ],
)
def test_rows_that_are_data(below):
    assert summary_rows(table(*below)) is None


def test_odd_tables():
    for frame in (pd.DataFrame(), pd.DataFrame({"a": []}), pd.DataFrame({"a": ["Total"]}), pd.DataFrame({"a": [1.0]})):
        assert summary_rows(frame) is None
