"""What is said beside the answer of a coefficient that goes along with others."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.explain.collinearity import collinear_sentence
from lmmcompare.panels.headline import answer
from lmmcompare.tables.inference import infer


def near(share: float) -> pd.DataFrame:
    """Two predictors that differ by little and one apart from them, each with the same mean in every group."""
    rng = np.random.default_rng(7)
    g, x = np.repeat(np.arange(20), 10), rng.normal(size=200)
    frame = pd.DataFrame({"g": g, "x": x, "twin": x + share * rng.normal(size=200), "apart": rng.normal(size=200)})
    frame[["x", "twin", "apart"]] -= frame.groupby("g")[["x", "twin", "apart"]].transform("mean")
    return frame.assign(y=frame["x"] + rng.normal(size=20)[g] + rng.normal(size=200))


@pytest.mark.parametrize(("share", "said"), [(0.15, True), (0.2, True), (0.5, False)])
def test_the_factor_is_that_of_the_regression_on_the_others(share: float, said: bool) -> None:
    """Where all predictors vary within groups alone, the mixed model's factors are those of least squares: 1 / (1 - R^2)."""
    frame = near(share)
    both = compare("y ~ x + twin + apart + (1 | g)", frame)
    others = frame[["twin", "apart"]].to_numpy()
    left = frame["x"] - others @ np.linalg.lstsq(others, frame["x"], rcond=None)[0]
    factor = float((frame["x"] ** 2).sum() / (left**2).sum())
    assert (factor > 10) is said
    sentence = collinear_sentence(both, "x")
    assert bool(sentence) is said and collinear_sentence(both, "apart") == ""
    if said:
        found = [float(n) for n in re.findall(r"is (\d+(?:\.\d+)?)", sentence)]
        assert found == pytest.approx([factor, factor**0.5], rel=0.03)
        assert "twin above all" in sentence and sentence in answer(both, "x", infer(both)).words


@pytest.mark.parametrize("formula", ["y ~ x * far + (1 | g)", "y ~ far + I(far ** 2) + (1 | g)"])
def test_products_and_curves_are_left_out(formula: str) -> None:
    """Their factors would vanish if 0 were elsewhere; the model would be the same."""
    both = compare(formula, near(0.2).assign(far=lambda f: f["apart"] + 30))
    assert not any(collinear_sentence(both, term) for term in both.terms)
