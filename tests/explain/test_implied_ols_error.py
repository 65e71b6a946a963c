"""OLS's standard errors under the mixed model's covariances, against the rows' covariance matrix built whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.explain.implied_ols_error import factors_beyond_clusters, implied_ols_errors
from lmmcompare.explain.standard_error_sentences import errors_sentence
from tests.explain.dense_ols_errors import dense_ols_errors


def made(seed: int = 3) -> pd.DataFrame:
    """People who judge texts, crossed, not all of them; a predictor that varies within both, far from 0."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame([(i, j) for i in range(14) for j in range(9) if rng.random() < 0.8], columns=["who", "text"])
    frame["x"] = rng.normal(size=len(frame)) + 1e3 + rng.normal(size=9)[frame["text"]]
    frame["w"] = rng.uniform(0.5, 3, len(frame))
    slopes, texts = rng.normal(scale=[2, 0.7], size=(14, 2)), rng.normal(scale=2, size=9)
    frame["y"] = slopes[frame["who"], 0] + (0.5 + slopes[frame["who"], 1]) * (frame["x"] - 1e3) + texts[frame["text"]]
    return frame.assign(y=frame["y"] + rng.normal(size=len(frame))).astype({"who": str, "text": str})


@pytest.mark.parametrize("weights", [None, "w"])
def test_it_is_the_root_of_the_sandwich_of_the_whole_covariance_matrix(weights: str | None) -> None:
    frame = made()
    both = lmmcompare.compare("y ~ x + (x | who) + (1 | text)", frame, weights=weights)
    x, one = frame["x"].to_numpy(), np.ones(len(frame))
    fixed = np.column_stack([one, x])
    known = dense_ols_errors(
        both, frame, fixed, {"who": fixed, "text": one[:, None]}, frame[weights].to_numpy() if weights else 1.0
    )
    # x lies 1,000 of its SDs from 0: about 6 digits of the dense computation are left
    np.testing.assert_allclose(implied_ols_errors(both), known, rtol=1e-6)


def test_with_one_factor_too() -> None:
    frame = lmmcompare.examples.load("sleepstudy")
    both = lmmcompare.compare("Reaction ~ Days + (Days | Subject)", frame)
    fixed = np.column_stack([np.ones(len(frame)), frame["Days"]])
    np.testing.assert_allclose(
        implied_ols_errors(both), dense_ols_errors(both, frame, fixed, {"Subject": fixed}), rtol=1e-9
    )
    # balanced, with the fixed part's columns in the random part: OLS is the mixed model's own estimate
    np.testing.assert_allclose(implied_ols_errors(both), both.mixed.bse, rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "formula", "beyond"),
    [
        ("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)", ["sample"]),
        ("pastes", "strength ~ 1 + (1 | batch) + (1 | batch:cask)", []),
        ("pastes", "strength ~ 1 + (1 | batch:cask) + (1 | batch)", ["batch"]),
        ("sleepstudy", "Reaction ~ Days + (1 | Subject)", []),
    ],
)
def test_clusters_leave_out_factors_that_reach_over_them(name: str, formula: str, beyond: list[str]) -> None:
    assert factors_beyond_clusters(lmmcompare.compare(formula, lmmcompare.examples.load(name))) == beyond


def test_with_a_crossed_factor_ols_error_is_not_called_right_because_the_shown_factor_hardly_matters() -> None:
    """Rows of a penicillin plate are hardly alike, those of a sample very much: OLS's 0.169 stands for 0.809."""
    both = lmmcompare.compare("diameter ~ 1 + (1 | plate) + (1 | sample)", lmmcompare.examples.load("penicillin"))
    assert implied_ols_errors(both)[0] == pytest.approx(0.8086, abs=5e-4)
    sentence = errors_sentence(both, "Intercept")
    assert "**4.78** times" in sentence and "about right" not in sentence and "sample" in sentence
