"""The first card of “Can I trust it?”: whether the slopes within and between groups differ, and what applies where none can."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, lmer
from lmmcompare.explain.within_between import within_between
from lmmcompare.explain.within_between_sentences import within_between_sentences
from tests.helpers import table


def test_two_slopes_are_those_of_mundlaks_model() -> None:
    """Against the model with the group means written by hand."""
    frame = table("cv161703")
    found = within_between(compare("Y ~ X + (1 | ID)", frame), "X")
    by_hand = lmer("Y ~ X + m + (1 | ID)", frame.assign(m=frame.groupby("ID")["X"].transform("mean")))
    row = by_hand.table().loc["m"]
    assert found.level == "both" and found.differ
    assert [found.difference, found.lower, found.upper, found.p] == pytest.approx(
        list(row[["estimate", "lower", "upper", "p"]])
    )
    vcov = by_hand.cov_params().loc[["X", "m"], ["X", "m"]]
    assert found.between == pytest.approx(by_hand.params["X"] + by_hand.params["m"])
    assert found.se_between == pytest.approx(np.sqrt(vcov.to_numpy().sum()))


def test_where_they_differ_the_first_sentence_says_so_and_what_it_means() -> None:
    (said,) = within_between_sentences(compare("Y ~ X + (1 | ID)", table("cv161703")), "X")
    assert said.startswith("No: the slopes of X differ.") and "0.41" in said and "1.57" in said
    assert "0.64 of the random-intercept model" in said and "how the model weighs the two" in said


@pytest.mark.parametrize(
    ("data", "formula", "term", "level"),
    [
        ("sleepstudy", "Reaction ~ Days + (1 | Subject)", "Days", "within"),
        ("sleepstudy", "Reaction ~ Days + (1 | Subject)", "Intercept", None),
        ("hsb82", "mAch ~ ses + sector + (1 | school)", "sector[T.Public]", "between"),
        ("hsb82", "mAch ~ ses + sector + (1 | school)", "ses", "both"),
        ("hsb82", "mAch ~ ses + meanses + (1 | school)", "ses", "within_given_means"),
        ("hsb82", "mAch ~ ses + meanses + (1 | school)", "meanses", "contextual"),
    ],
)
def test_the_level_is_that_of_the_column_itself(data: str, formula: str, term: str, level: str | None) -> None:
    found = within_between(compare(formula, table(data)), term)
    assert found.level == level
    if level != "both":
        assert not found.differ or level == "contextual"


def test_a_group_mean_among_the_predictors_is_known_as_what_it_is() -> None:
    both = compare("mAch ~ ses + meanses + (1 | school)", table("hsb82"))
    found = within_between(both, "meanses")
    assert found.companion == "ses" and found.differ
    assert found.difference == pytest.approx(both.fits["random_slope"].params["meanses"])  # which AIC prefers by far
    assert "differ for ses" in within_between_sentences(both, "ses")[1]


def test_no_difference_is_not_said_to_be_none() -> None:
    rng = np.random.default_rng(0)
    g = np.repeat(np.arange(30), 6)
    x = rng.normal(size=30)[g] + rng.normal(size=180)
    frame = pd.DataFrame({"g": g, "x": x, "y": x + rng.normal(size=30)[g] + rng.normal(size=180)})
    (said,) = within_between_sentences(compare("y ~ x + (1 | g)", frame), "x")
    assert said.startswith("No difference is visible") and "remains possible" in said


def test_another_predictor_that_differs_is_named_too() -> None:
    frame = table("cv161703").assign(w=lambda d: np.random.default_rng(1).normal(size=len(d)))
    said = within_between_sentences(compare("Y ~ w + X + (1 | ID)", frame), "w")
    assert "differ for X" in said[1]


def test_one_likely_gap_among_several_that_show_none_together_may_be_chance() -> None:
    """R, lmerTest: the mean of a beside a, b, c and the other means p 0.039331, contestMD() of the three means 0.212782."""
    random = np.random.default_rng(19)
    g = np.repeat(np.arange(40), 6)
    frame = pd.DataFrame({"g": g} | {x: random.normal(size=40)[g] + random.normal(size=240) for x in ("a", "b", "c")})
    frame["y"] = frame["a"] + frame["b"] + frame["c"] + random.normal(size=40)[g] + random.normal(size=240)
    (said,) = within_between_sentences(compare("y ~ a + b + c + (1 | g)", frame), "a")
    assert "probably differ" in said and "p = 0.039" in said
    assert said.endswith(
        "A test of all 3 such gaps at once finds none that chance would not make (p = 0.21), so this one may be chance."
    )
