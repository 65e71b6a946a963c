"""Performance measures against plain computations on all estimates at once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lmmcompare.studies.estimators import Estimates
from lmmcompare.studies.performance import MEASURES, Tally

Array = np.ndarray
TRUTH = np.array([2.0, 0.0])


def replicates(size: int, seed: int = 1) -> Estimates:
    """Two coefficients, one with a bias; some singular, some unusable."""
    random = np.random.default_rng(seed)
    estimate = TRUTH + np.array([0.3, 0.0]) + random.normal(size=(size, 2))
    se, df = random.uniform(0.7, 1.3, size=(size, 2)), random.uniform(3, 30, size=(size, 2))
    usable = random.random(size) < 0.95
    estimate[~usable, 1] = np.nan
    return Estimates(estimate, se, df, random.random(size) < 0.2, usable)


def test_measures_are_those_of_the_plain_formulas() -> None:
    size = 500
    found = replicates(size)
    use = found.usable
    measures = Tally.of(found, TRUTH, 0.1).measures()
    estimate, se = found.estimate[use], found.se[use]
    n, error = len(estimate), estimate - TRUTH
    reach = stats.t.ppf(0.95, found.df[use]) * se
    covered, rejected = (np.abs(error) <= reach).mean(axis=0), (np.abs(estimate) > reach).mean(axis=0)
    sd, mse = estimate.std(axis=0, ddof=1), (error**2).mean(axis=0)
    model = np.sqrt((se**2).mean(axis=0))
    singular = np.full(2, found.singular[use].mean())
    expected = {
        "bias": (error.mean(axis=0), sd / np.sqrt(n)),
        "se_empirical": (sd, sd / np.sqrt(2 * (n - 1))),
        "se_model": (model, np.sqrt((se**2).var(axis=0, ddof=1) / (4 * n * model**2))),
        "coverage": (covered, np.sqrt(covered * (1 - covered) / n)),
        "rejection": (rejected, np.sqrt(rejected * (1 - rejected) / n)),
        # table 6 has the MSE's error; that of its root follows by the delta method
        "rmse": (np.sqrt(mse), (error**2).std(axis=0) / np.sqrt(n - 1) / (2 * np.sqrt(mse))),
        "singular": (singular, np.sqrt(singular * (1 - singular) / n)),
    }
    assert list(measures) == [m + end for m in MEASURES for end in ("", "_mcse")]
    for name, (value, error_of_it) in expected.items():
        np.testing.assert_allclose(measures[name], value, rtol=1e-12, err_msg=name)
        np.testing.assert_allclose(measures[f"{name}_mcse"], error_of_it, rtol=1e-11, err_msg=name)


def test_monte_carlo_errors_are_the_spread_of_studies() -> None:
    """1,000 studies of 400 replicates: the spread of each measure is known to 1/sqrt(2000), 2%; four of those."""
    studies = [Tally.of(replicates(400, seed), TRUTH, 0.05).measures() for seed in range(1000)]
    for name in MEASURES:
        spread = np.std([s[name] for s in studies], axis=0)
        stated = np.sqrt(np.mean([s[f"{name}_mcse"] ** 2 for s in studies], axis=0))
        np.testing.assert_allclose(stated, spread, rtol=0.1, err_msg=name)


@given(st.permutations(range(6)), st.sets(st.integers(1, 299), max_size=5))
def test_batches_may_come_in_any_order_and_number(order: list[int], cuts: set[int]) -> None:
    whole = replicates(300)
    ends = [0, *sorted(cuts), 300]
    parts = [
        Tally.of(
            Estimates(*(getattr(whole, f)[a:b] for f in ("estimate", "se", "df", "singular", "usable"))), TRUTH, 0.05
        )
        for a, b in pairwise(ends)
    ]
    together = sum((parts[k] for k in order if k < len(parts)), Tally.empty(2))
    one = Tally.of(whole, TRUTH, 0.05)
    np.testing.assert_array_equal(together.counts, one.counts)
    for name, value in together.measures().items():
        np.testing.assert_array_equal(value, one.measures()[name])


@pytest.mark.parametrize("size", [0, 1])
def test_what_too_few_replicates_cannot_tell_is_nan(size: int) -> None:
    nothing = Estimates(*(np.ones((size, 2)) for _ in range(3)), *(np.ones(size, dtype=bool) for _ in range(2)))
    measures = Tally.of(nothing, TRUTH, 0.05).measures()
    assert np.isnan(measures["se_empirical"]).all() and np.isnan(measures["bias_mcse"]).all()
    assert np.isnan(measures["bias"]).all() == (size == 0)
