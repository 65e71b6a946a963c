"""Rows of a group that offset each other, against pairs counted one by one and nested fits."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from lmmcompare import compare
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.negative_correlation import offsetting_sentence, within_group_correlation
from tests.helpers import table


def offsetting(share: float) -> pd.DataFrame:
    """Errors with ``share`` of their group mean taken out; x varies within groups alone, z between them."""
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(30), 4)
    error, x, z = rng.normal(size=120), np.tile([-1.5, -0.5, 0.5, 1.5], 30), rng.normal(size=30)[g]
    error -= share * pd.Series(error).groupby(g).transform("mean").to_numpy()
    return pd.DataFrame({"g": g, "x": x, "z": z, "w": rng.normal(size=120), "y": x + z + error})


@pytest.mark.parametrize("formula", ["y ~ x + z", "y ~ x + w", "y ~ 1"])
def test_it_is_the_mean_product_of_pairs_and_the_f_test_of_the_dummies(formula: str) -> None:
    frame = offsetting(0.9)
    found = within_group_correlation(compare(f"{formula} + (1 | g)", frame))
    small, big = smf.ols(formula, frame).fit(), smf.ols(f"{formula} + C(g)", frame).fit()
    residual = small.resid.groupby(frame["g"]).apply(list)
    pairs = [a * b for rows in residual for a, b in combinations(rows, 2)]
    assert found.value == pytest.approx(np.mean(pairs) / np.mean(small.resid**2))
    df = np.linalg.matrix_rank(big.model.exog) - np.linalg.matrix_rank(small.model.exog)
    f = (small.ssr - big.ssr) / df / big.mse_resid
    from scipy.stats import f as fisher

    assert found.p_negative == pytest.approx(fisher.cdf(f, df, big.df_resid), rel=1e-6)


def test_what_it_means_depends_on_the_coefficient() -> None:
    both = compare("y ~ x + z + (1 | g)", offsetting(0.95))
    assert within_group_correlation(both).offsetting
    assert "x, compared within g groups, is known less well" in offsetting_sentence(both, "x")
    assert "z, compared between g groups, is known better" in offsetting_sentence(both, "z")
    robust = both.coefficients().set_index(["model", "term"])["se"]  # and so it is
    assert robust["ols_robust", "z"] < robust["ols", "z"] and robust["no_pooling", "x"] > robust["ols", "x"]


def test_chance_is_called_chance_and_ordinary_groups_are_not_mentioned() -> None:
    assert "no more than chance" in offsetting_sentence(compare("Yield ~ 1 + (1 | Batch)", table("dyestuff2")))
    assert offsetting_sentence(compare("Y ~ X + (1 | ID)", table("cv161703")), "X") == ""


def test_random_slopes_that_are_all_zero_hide_it_as_a_random_intercept_does() -> None:
    """Both are OLS, whose error takes rows for independent: the number to predict from has clustered errors."""
    rng = np.random.default_rng(80)
    g = np.repeat(np.arange(12), 5)
    x, noise = rng.normal(size=60) + rng.normal(size=12)[g], rng.normal(size=60)
    noise -= 0.8 * np.repeat(noise.reshape(12, 5).mean(axis=1), 5)
    both = compare("y ~ x + (x | g)", pd.DataFrame({"g": g, "x": x, "y": 1 + 0.3 * x + noise}))
    assert within_group_correlation(both).offsetting and not both.mixed.cov_re["g"].any(axis=None)
    asked = next(a for a in which_to_report(both, "x") if "to be expected" in a.question)
    assert asked.answer.endswith("OLS with cluster-robust errors")
