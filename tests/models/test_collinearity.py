"""Columns that others nearly give keep the digits in which they differ: what the others leave is taken row by row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmmcompare import lm, lmer
from tests.effort import examples

NEAR = pd.read_csv(Path(__file__).parents[1] / "data_files" / "cases" / "near_collinear.csv")


def test_criterion_and_df_are_those_of_the_difference_as_a_column() -> None:
    """R, with ``(x2 - x) * 1e5`` in place of x2: criterion 103.494831 shifted back, df 6.00 and 11.48."""
    fit = lmer("y ~ x + x2 + (1 | g)", NEAR)
    assert fit.fit.criterion == pytest.approx(103.494831, abs=2e-6)  # the value has six decimals
    df = fit.table()["df"]
    assert df["Intercept"] == pytest.approx(6.00, abs=5e-3)
    assert df["x2"] == pytest.approx(11.48, abs=5e-3)


def test_cluster_robust_errors_too() -> None:
    apart = NEAR.assign(z=(NEAR.x2 - NEAR.x) * 1e5)
    ours, other = lm("y ~ x + x2", NEAR, cluster="g"), lm("y ~ x + z", apart, cluster="g")
    # the coefficient of x2 is 1e5 times that of z; 1e-5 of noise leaves x2 eleven of its sixteen digits
    assert ours.bse["x2"] == pytest.approx(1e5 * other.bse["z"], rel=1e-6)
    assert ours.df["x2"] == pytest.approx(other.df["z"], rel=1e-6)


@settings(max_examples=examples(25))
@given(seed=st.integers(0, 2**32 - 1), closeness=st.sampled_from([1e-3, 1e-4, 1e-5, 1e-6]), crossed=st.booleans())
def test_fits_of_nearly_collinear_columns_are_those_of_their_parts(seed: int, closeness: float, crossed: bool) -> None:
    """``a + closeness * b`` beside ``a`` is the same model as ``a`` and ``b``."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "g": np.repeat(np.arange(10), 6),
            "h": np.tile(np.arange(6), 10),
            "a": rng.normal(size=60),
            "b": rng.normal(size=60),
        }
    )
    frame["y"] = 1 + frame.a - frame.b + rng.normal(size=10)[frame.g] + rng.normal(size=60)
    frame["ab"] = 2.0 + frame.a + closeness * frame.b
    exact = frame.assign(b=(frame.ab - 2.0 - frame.a) / closeness)  # what rounding has made of b
    random = "(1 | g) + (1 | h)" if crossed else "(1 + a | g)"
    near, apart = lmer(f"y ~ a + ab + {random}", frame), lmer(f"y ~ a + b + {random}", exact)
    # REML's determinant holds the predictors' units
    assert near.fit.criterion - 2 * np.log(closeness) == pytest.approx(apart.fit.criterion, abs=1e-5)
    # the digits that ab itself has beyond a; and both searches end where a step promises less than 1e-12, so theta has six
    tolerance = max(1e-9 / closeness, 1e-5)
    assert near.params["ab"] * closeness == pytest.approx(apart.params["b"], rel=tolerance, abs=tolerance)
    assert near.bse["ab"] * closeness == pytest.approx(apart.bse["b"], rel=tolerance)
    assert near.params["a"] == pytest.approx(apart.params["a"] - apart.params["b"] / closeness, rel=tolerance)


def test_exact_combinations_are_still_told_from_near_ones() -> None:
    fit = lmer("y ~ x + x2 + (1 | g)", NEAR.assign(x2=3 * NEAR.x - 1))
    assert dict(fit.aliased) == {"x2": "equal to 3 · “x” − 1"}


def test_what_is_near_a_column_given_twice_keeps_its_digits() -> None:
    twice = lmer("y ~ x + dup + x2 + (1 | g)", NEAR.assign(dup=NEAR.x))
    once = lmer("y ~ x + x2 + (1 | g)", NEAR)
    assert twice.names == once.names and twice.criterion == pytest.approx(once.criterion, abs=1e-9)
