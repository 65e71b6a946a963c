"""Moulton's factor against a plain double loop and against the design effect that textbooks print."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.explain.coefficient_spreads import slopes_vary
from lmmcompare.explain.implied_error_sentences import random_slopes_sentence
from lmmcompare.explain.moulton import error_table, moulton
from tests.helpers import comparison, example


def slow_correlation(values: np.ndarray, groups: np.ndarray) -> float:
    """Mean product of different rows of one group, over the mean square."""
    products, pairs = 0.0, 0
    for i in range(len(values)):
        for j in range(len(values)):
            if i != j and groups[i] == groups[j]:
                products += values[i] * values[j]
                pairs += 1
    return products / pairs / float(np.mean(values**2))


@pytest.mark.parametrize("seed", range(4))
def test_both_correlations_are_those_of_a_plain_loop(seed: int) -> None:
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(8), rng.integers(2, 9, 8))
    frame = pd.DataFrame(
        {"g": g.astype(str), "x": rng.normal(size=len(g)) + rng.normal(size=8)[g], "z": rng.normal(size=len(g))}
    )
    frame["y"] = frame["x"] + 2 * frame["z"] + rng.normal(size=8)[g] + rng.normal(size=len(g))
    both = compare("y ~ x + z + (1 | g)", frame)
    others = np.column_stack([np.ones(len(g)), frame["z"]])
    cleared = frame["x"] - others @ np.linalg.lstsq(others, frame["x"], rcond=None)[0]
    everything = np.column_stack([others, frame["x"]])
    residual = frame["y"] - everything @ np.linalg.lstsq(everything, frame["y"], rcond=None)[0]
    found = moulton(both, "x")
    assert found.predictor == pytest.approx(slow_correlation(cleared.to_numpy(), g), abs=1e-12)
    assert found.residual == pytest.approx(slow_correlation(residual.to_numpy(), g), abs=1e-12)
    sizes = np.bincount(g)
    assert found.pairs == pytest.approx((sizes * (sizes - 1)).sum() / sizes.sum())


def test_a_predictor_constant_within_equal_groups_gives_the_design_effect() -> None:
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(20), 30)
    frame = pd.DataFrame({"g": g.astype(str), "w": rng.normal(size=20)[g]})
    frame["y"] = rng.normal(size=20)[g] + rng.normal(size=len(g))
    found = moulton(compare("y ~ w + (1 | g)", frame), "w")
    assert found.predictor == pytest.approx(1)
    assert found.factor == pytest.approx(np.sqrt(1 + 29 * found.residual))


def test_drug_and_sleepstudy_are_the_two_extremes() -> None:
    drug = comparison("drug_ri")
    found = moulton(drug, "Drug")
    assert found.predictor == pytest.approx(-1 / 9)  # the same mean in every group of 10
    table = error_table(drug, "Drug").set_index("label")
    assert table.loc["Random intercept", "ratio"] == pytest.approx(found.factor, abs=0.005)
    assert table.loc["OLS", "ratio"] == 1
    assert slopes_vary(comparison("sleepstudy_rs"), "Days") == pytest.approx(5.92, abs=0.01)
    assert np.isnan(slopes_vary(comparison("dyestuff_ri"), "Intercept"))


def test_the_table_holds_the_fits_own_errors() -> None:
    robust = error_table(comparison("sleepstudy_ri"), "Days").set_index("label").loc["Subject dummies, CR2"]
    assert robust["se"] == pytest.approx(1.5457889, abs=1e-7)  # clubSandwich, on lm with the dummies
    assert robust["df"] == pytest.approx(17)
    both = comparison("exam_rs")
    table = error_table(both, "standLRT").set_index("model")["se"]
    assert table["random_slope"] == pytest.approx(both.fits["random_slope"].bse["standLRT"])
    assert list(error_table(both, "standLRT")["label"][:3]) == ["OLS", "OLS, CR1", "OLS, CR2"]
    absorbed = error_table(both, "schgend[T.girls]")  # constant within schools: the dummies have no error for it
    assert "no_pooling" not in set(absorbed["model"])


def test_random_slopes_are_told_where_rows_are_not_alike_at_all():
    """Moulton's factor is 0 where pairs have the largest negative correlation: a share of it ended the page."""
    text = random_slopes_sentence(example("sleepstudy"), "Days", 0.0, 1.0, 1.0)
    assert text.startswith("With the formula's random slopes")
