"""What is said of a contrast is true of the levels' means: each number is worked out from these here."""

from __future__ import annotations

import numpy as np
import pytest

import lmmcompare as lc
from lmmcompare.explain.effect_phrases import effect, noun_of
from tests.helpers import table

OATS = table("oats")
MEANS = OATS.groupby("N")["Y"].mean()
LEVELS = list(MEANS.index)
M = MEANS.to_numpy()

WORDS = {
    "contr.sum": [
        f"{abs(M[k] - M.mean()):.2f} {'more' if M[k] > M.mean() else 'less'} Y for {LEVELS[k]} than for the average" for k in range(3)
    ],
    "contr.sdif": [f"{M[k + 1] - M[k]:.2f} more Y for {LEVELS[k + 1]} than for {LEVELS[k]}" for k in range(3)],
    "contr.helmert": [f"{M[k + 1] - M[: k + 1].mean():.2f} more Y for {LEVELS[k + 1]} than" for k in range(3)],
    "contr.treatment, base=2": [
        f"{abs(M[k] - M[1]):.2f} {'more' if M[k] > M[1] else 'less'} Y for {LEVELS[k]} than for {LEVELS[1]}" for k in (0, 2, 3)
    ],
}  # fmt: skip


@pytest.mark.parametrize("coding", WORDS)
def test_the_sentence_of_a_contrast_is_about_the_means(coding):
    comparison = lc.compare(f"Y ~ C(N, {coding}) + (1 | B)", OATS)  # balanced: every model has the means
    for name, words in zip(comparison.mixed.names[1:], WORDS[coding], strict=True):
        assert words in effect(comparison, name, float(comparison.mixed.params[name]), 2)


def test_a_trend_is_called_by_its_degree():
    comparison = lc.compare("Y ~ C(N, contr.poly) + (1 | B)", OATS)
    name = comparison.mixed.names[1]
    assert "linear trend" in effect(comparison, name, float(comparison.mixed.params[name]), 2)
    assert noun_of(comparison, name) == "contrast"
    slope = np.array([-3, -1, 1, 3]) / np.sqrt(20) @ M
    np.testing.assert_allclose(comparison.mixed.params[name], slope, rtol=1e-9)


def test_a_trend_says_over_which_order_of_levels_it_goes():
    """Levels that are text stand in the order of the alphabet, which may be none that a trend is of."""
    doses = OATS["N"].map(dict(zip(LEVELS, ["none", "low", "mid", "high"], strict=True)))
    comparison = lc.compare("Y ~ C(dose, contr.poly) + (1 | B)", OATS.assign(dose=doses.astype(str)))
    name = comparison.mixed.names[1]
    assert "over the levels of dose in this order (high, low, mid, none)" in effect(comparison, name, -1.0, 2)
    np.testing.assert_allclose(
        comparison.ols.params[name], np.array([-3, -1, 1, 3]) / np.sqrt(20) @ M[[3, 1, 2, 0]], rtol=1e-9
    )


def test_beside_an_interaction_the_other_factor_is_averaged():
    comparison = lc.compare("Y ~ C(N, contr.sum) * V + (1 | B)", OATS)
    assert "where N is averaged over its levels" in effect(comparison, "V[T.Victory]", 1.0, 2)
    cells = OATS.groupby(["V", "N"])["Y"].mean().unstack("N").mean(axis=1)
    np.testing.assert_allclose(
        comparison.mixed.params["V[T.Victory]"], cells["Victory"] - cells["Golden.rain"], rtol=1e-9
    )
