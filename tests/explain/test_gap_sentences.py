"""The gap is split without remainder, into levels, groups, slopes and averaging."""

from __future__ import annotations

import pytest

from lmmcompare import compare, examples
from lmmcompare.explain.gap_decomposition import attribution
from lmmcompare.explain.gap_sentences import far_from_zero, gap_sentence, intercept_sentence, recentred_formula
from lmmcompare.formula import parse
from tests.helpers import comparison, data


def test_the_intercepts_gap_is_split_into_slopes_and_averaging() -> None:
    both = comparison("cv161703_ri")
    text = intercept_sentence(both)
    mean, gap = float(data("cv161703_ri")["X"].mean()), both.ols.params["X"] - both.mixed.params["X"]
    whole = both.ols.params["Intercept"] - both.mixed.params["Intercept"]
    assert f"{-gap * mean:.2f}" == f"{whole:.2f}"  # groups of one size: nothing is left for the averaging
    assert text.count(f"{whole:.2f}".replace("-", "−")) == 1


def test_the_gap_is_split_without_remainder_and_named() -> None:
    both = comparison("cv161703_ri")
    frame = attribution(both, "X")
    gap = both.ols.params["X"] - both.mixed.params["X"]
    assert frame["total"].sum() == pytest.approx(gap, rel=1e-10)
    assert frame["share"].sum() == pytest.approx(1, rel=1e-10)
    text = gap_sentence(both, "X")
    assert "The gap is 0.55 (1.18 against 0.64)" in text
    top = frame.sort_values("share", ascending=False).head(3)
    assert all(f"ID {g}" in text for g in top["group"])
    assert f"{top['share'].sum():.0%}" in text
    assert "no gap" in gap_sentence(comparison("drug_ri"), "Drug")


def test_the_intercept_is_explained_by_extrapolation_only_where_zero_is_outside() -> None:
    assert "X is 0, which lies outside the data" in intercept_sentence(comparison("cv161703_ri"))
    assert "outside" not in intercept_sentence(comparison("sleepstudy_rs"))
    both = comparison("cv161703_ri")
    recentred = recentred_formula(both)
    assert recentred == "Y ~ center(X) + (1 | ID)"
    assert parse(recentred).formula == recentred


def test_recentring_changes_the_intercept_only() -> None:
    both = comparison("cv161703_ri")
    frame = examples.load("cv161703")
    again = compare(recentred_formula(both), frame)
    assert again.mixed.params.iloc[1] == pytest.approx(both.mixed.params["X"], rel=1e-8)
    assert again.mixed.params.iloc[0] == pytest.approx(frame["Y"].mean(), rel=1e-6)
    assert far_from_zero(again) == []
