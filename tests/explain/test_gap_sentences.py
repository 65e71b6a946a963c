"""The gap is split without remainder, into levels, groups, slopes and averaging."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.explain.effect_phrases import far_from_zero
from lmmcompare.explain.gap_decomposition import attribution
from lmmcompare.explain.gap_sentences import gap_sentence, intercept_sentence, recentred_formula
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
    near = compare(
        "mAch ~ cses + (cses | school)", examples.load("hsb82")
    )  # a gap of a fiftieth of OLS's error, which is drawn
    apart = near.ols.params["cses"] - near.mixed.params["cses"]
    assert f"{apart:.5f}".replace("-", "−") in gap_sentence(near, "cses")


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


def test_averaging_is_called_the_same_only_where_nothing_comes_from_it() -> None:
    """Random slopes weigh equal groups unequally where x is spread unequally in them."""
    rng = np.random.default_rng(5)
    g = np.repeat(np.arange(12), 6)
    x = rng.normal(size=72) * rng.uniform(0.2, 3, 12)[g]
    slope, level = rng.normal(1, 1, 12), rng.normal(0, 2, 12)
    frame = pd.DataFrame({"g": g, "x": x, "y": level[g] + slope[g] * x + rng.normal(size=72)})
    for formula in ("y ~ x + (x | g)", "y ~ x + (1 | g)"):
        both = compare(formula, frame)
        gap = both.ols.params - both.mixed.params
        averaging = gap["Intercept"] + gap["x"] * x.mean()
        same = "averaging over rows or over g groups is the same" in intercept_sentence(both)
        assert same == (abs(averaging) < 0.005), formula


@pytest.mark.parametrize("seed", range(12))
def test_the_parts_of_two_intercepts_gap_add_up_as_printed(seed: int) -> None:
    """The numbers of the sentence alone: one intercept less the other is the gap, and the gap is the sum of its parts."""
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(15), rng.integers(1, 9, 15))
    x = 2010 + rng.integers(0, 9, len(g)) if seed % 2 else rng.normal(3, 1, len(g)) + rng.normal(size=15)[g]
    y = 0.3 * x + 2 * rng.normal(size=15)[g] + rng.normal(size=len(g))
    said = intercept_sentence(compare("y ~ x + (1 | g)", pd.DataFrame({"g": g, "x": x, "y": y})))
    number = r"(−?[\d,]+(?:\.\d+)?)"
    both = re.search(rf"is {number} under OLS and {number} in the mixed model", said)
    parts = re.search(rf"difference of {number}, {number} comes from the slopes and {number} from", said)
    assert both, said
    if parts:
        one, other, gap, slopes, rest = (
            float(v.replace("−", "-").replace(",", "")) for v in both.groups() + parts.groups()
        )
        assert one - other == pytest.approx(gap, abs=1e-9) and slopes + rest == pytest.approx(gap, abs=1e-9), said


def test_intercepts_that_differ_by_rounding_alone_are_one() -> None:
    """Halfway between two numbers of two decimals: balanced blocks, in which both models give the mean of the first variety."""
    frame = pd.DataFrame({"block": np.repeat(np.arange(4), 3), "variety": [*"ABC"] * 4})
    frame["y"] = [51.0, 52.5, 57.0, 55.2, 50.7, 60.1, 52.8, 53.5, 57.2, 56.78, 48.6, 58.9]
    both = compare("y ~ variety + (1 | block)", frame)
    a, b = (float(fit.params["Intercept"]) for fit in (both.ols, both.mixed))
    assert a == pytest.approx(frame.loc[frame["variety"] == "A", "y"].mean(), abs=1e-12) and abs(a - b) < 1e-10
    for shift in (0.0, 53.945 - a, 53.95 - a):
        moved = compare("y ~ variety + (1 | block)", frame.assign(y=frame["y"] + shift))
        assert "in both models" in intercept_sentence(moved)
