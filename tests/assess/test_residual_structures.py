"""Likelihood ratio tests between structures of the residuals, and the interval of a correlation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

import lmmcompare as lc

DATA = Path(__file__).parent.parent / "data_files"


@pytest.fixture(scope="module")
def dental() -> pd.DataFrame:
    return pd.read_csv(DATA / "orthodont_missing.csv")


def test_each_structure_is_tested_within_those_that_hold_it(dental: pd.DataFrame) -> None:
    asked = ["cs(1 | Subject)", "ar1(visit | Subject)", "us(visit | Subject)"]
    found = lc.compare_structures("distance ~ age * Sex", dental, asked)
    assert found.information["structure"].tolist()[-1] == "independent"
    names = [test.name for test in found.tests]
    assert len(names) == 5 and not any("ar1(visit | Subject) against cs" in n for n in names)
    small, big = found.fits["cs(1 | Subject)"], found.fits["us(visit | Subject)"]
    test = next(t for t in found.tests if "us(visit | Subject) against cs(1 | Subject)" in t.name)
    assert test.df == 8
    assert test.statistic == pytest.approx(2 * (big.llf - small.llf))
    assert test.p == pytest.approx(chi2.sf(test.statistic, 8))


def test_independent_residuals_are_least_squares(dental: pd.DataFrame) -> None:
    fit, ols = lc.gls("distance ~ age", dental, reml=False), lc.lm("distance ~ age", dental)
    assert fit.llf == pytest.approx(ols.llf, abs=1e-9)
    np.testing.assert_allclose(fit.params, ols.params, rtol=1e-10)
    reml = lc.gls("distance ~ age", dental)
    np.testing.assert_allclose(reml.bse, ols.bse, rtol=1e-9)
    np.testing.assert_allclose(reml.df, ols.df, rtol=1e-6)


def test_a_correlation_that_cannot_be_negative_is_tested_at_the_end_of_its_range(dental: pd.DataFrame) -> None:
    found = lc.compare_structures("distance ~ age * Sex", dental, ["car1(visit | Subject)"])
    assert found.tests[0].p == pytest.approx(found.tests[0].p_naive / 2)


@pytest.mark.parametrize("correlation", ["cs(1 | Subject)", "ar1(visit | Subject)", "car1(visit | Subject)"])
def test_the_interval_holds_what_the_likelihood_ratio_test_does_not_reject(
    dental: pd.DataFrame, correlation: str
) -> None:
    from lmmcompare.fit.residual.criterion import solve

    fit = lc.gls("distance ~ age * Sex", dental, correlation)
    interval = fit.correlation_interval()
    assert interval.lower < fit.residual_correlation == interval.estimate < interval.upper
    for end in (interval.lower, interval.upper):
        held = solve(fit.fit.problem, np.array([fit.fit.structure.parameter(end)]))
        assert held.criterion - fit.fit.solution.criterion == pytest.approx(chi2.ppf(0.95, 1), abs=1e-4)


def test_a_limit_at_the_end_of_what_is_possible_is_said(dental: pd.DataFrame) -> None:
    rng = np.random.default_rng(0)
    noise = dental.assign(distance=rng.normal(size=len(dental)))
    interval = lc.gls("distance ~ age", noise, "car1(visit | Subject)").correlation_interval()
    assert interval.lower == pytest.approx(0, abs=1e-5) and interval.note
