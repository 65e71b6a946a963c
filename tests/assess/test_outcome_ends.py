"""Outcomes that end where their scale ends, and shares."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.assess.formula_notes import remarks
from lmmcompare.assess.outcome_ends import ends_sentence

RNG = np.random.default_rng(20)
PAIN = np.clip(RNG.normal(5, 5, 300), 0, 10)
OUTCOMES = {
    "pain from 0 to 10": (PAIN, ["lowest value of y, 0 (", "highest value of y, 10", "tobit"]),
    "a test that many pass in full": (
        np.minimum(np.round(RNG.normal(18, 3, 300)), 20),
        ["highest value of y, 20", "ceiling"],
    ),
    "costs, half of them none": (
        np.exp(RNG.normal(5, 1, 300)) * RNG.integers(0, 2, 300),
        ["lowest value of y, 0 (", "two parts"],
    ),
    "shares": (RNG.beta(1, 2, 300), ["If it is a share"]),
    "shares far from both ends": (RNG.uniform(0.3, 0.6, 300), []),
    "measurements": (RNG.normal(size=300), []),
    "rounded measurements": (np.round(RNG.normal(60, 15, 300)), []),
    "ratings from 1 to 10": (RNG.integers(1, 11, 300), []),
    "three treatments' doses": (RNG.choice([0.0, 1.0, 5.0], 300), []),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_what_is_said_of_the_ends(name: str) -> None:
    values, expected = OUTCOMES[name]
    said = ends_sentence("y", np.asarray(values, dtype=float))
    assert bool(said) == bool(expected)
    assert all(part in said for part in expected)


def test_censoring_flattens_slopes_as_is_said() -> None:
    """The slope of the clipped score is smaller than that of the score in nearly every one of 200 samples."""
    x, noise = RNG.normal(size=(200, 300)), RNG.normal(size=(200, 300))
    whole = 2 * x + noise
    flatter = [np.polyfit(a, np.clip(b, 0, 3), 1)[0] < np.polyfit(a, b, 1)[0] for a, b in zip(x, whole, strict=True)]
    assert np.mean(flatter) > 0.99


def test_it_stands_with_the_answer_and_not_of_a_transformed_outcome() -> None:
    frame = pd.DataFrame({"g": np.repeat(np.arange(30), 10), "x": RNG.normal(size=300), "pain": PAIN})
    (said,) = remarks(compare("pain ~ x + (1 | g)", frame))
    assert "lowest value of pain" in said.sentence
    assert not remarks(compare("sqrt(pain) ~ x + (1 | g)", frame))


def test_percentages_are_shares_where_their_name_says_so() -> None:
    """Of shares that all have one slope on the logistic scale those in the middle change by it times a quarter, others by less."""
    percentages = np.round(100 * RNG.beta(3, 1, 200), 1)
    said = ends_sentence("pct_passed", percentages)
    assert "between 0 and 100" in said and "look like slopes that differ" in said
    assert not ends_sentence("score", percentages) and not ends_sentence("pct_change", percentages - 50)
    shares = 1 / (1 + np.exp(-np.array([0.0, 1.0, 2.0, 3.0])))
    assert (np.diff(shares * (1 - shares)) < 0).all() and shares[0] * (1 - shares[0]) == 0.25
