"""Sentences about repeated measures say what the numbers do."""

from __future__ import annotations

import pytest

from lmmcompare import examples
from lmmcompare.assess.repeated_measures import repeated_measures
from lmmcompare.explain.repeated_measures import Names, agreement_of_complete, sentences
from lmmcompare.panels.repeated_measures import repeated_measures as panel

GROWTH = Names("age", "Subject", "Sex")


def growth(name: str):
    return repeated_measures(examples.load(name), "distance", "age", "Subject", "Sex")


def test_with_gaps_manova_is_the_mixed_model_of_the_complete() -> None:
    sphericity, same, missing = sentences(growth("orthodont_gaps"), GROWTH)
    assert "0.726" in sphericity and "2.2 and 34.9" in sphericity and "chance alone" in sphericity
    assert "one and the same" in same and "3 and 14 df" in same
    for figure in ("9 of 27", "27 values", "all 99", "age 8, 12 and 14", "24.0 instead of 22.9"):
        assert figure in missing
    assert agreement_of_complete(growth("orthodont_gaps"), GROWTH) == ""


def test_complete_data_lack_nothing_and_agree() -> None:
    result = growth("orthodont")
    assert len(sentences(result, GROWTH)) == 2
    assert "3 and 23 df" in agreement_of_complete(result, GROWTH) and "3 and 75 df" in agreement_of_complete(
        result, GROWTH
    )


def test_unequal_differences_are_called_so() -> None:
    result = repeated_measures(examples.load("sleepstudy"), "Reaction", "Days", "Subject")
    assert "than chance makes them" in sentences(result, Names("Days", "Subject"))[0]


def test_four_groups_have_no_single_exact_test() -> None:
    """Pillai's trace and Kenward and Roger's F agree for visits, not for four diets at once; nothing claims that they do."""
    frame = examples.load("chickweight")
    result = repeated_measures(frame[frame["Time"].isin([0, 6, 12, 18, 21])], "weight", "Time", "Chick", "Diet")
    tests = result.tests["interaction"]
    assert abs(tests["us_complete"].statistic / tests["manova"].statistic - 1) > 0.01


@pytest.mark.parametrize("whole", [False, True])
def test_a_row_for_each_method(whole: bool) -> None:
    result = growth("orthodont_gaps")
    tables = list(panel(result, GROWTH, growth("orthodont") if whole else None).tables)
    assert [len(t.table.rows) for t in tables] == ([7, 6] if whole else [7])
    assert [head for head, _ in tables[0].table.heads] == ["Subjects", "age", "age × Sex", "Sex"]
    assert [row.cells[0].main for row in tables[0].table.rows] == ["18"] * 5 + ["27"] * 2
