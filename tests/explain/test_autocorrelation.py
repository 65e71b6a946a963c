"""What is left between rows of one group: the sentence says what the numbers do, and the remedy is a structure that holds it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2, norm

import lmmcompare as lc
from lmmcompare.assess.autocorrelation import Autocorrelation, autocorrelation
from lmmcompare.assess.level_spreads import spreads_by_level
from lmmcompare.assess.time_order import clock_of
from lmmcompare.explain.autocorrelation import correlation_remedy, first_p, pattern, spread_remedy
from lmmcompare.explain.autocorrelation_sentences import (
    autocorrelation_sentences,
    consequence_sentence,
    missing_factor_sentence,
    spread_sentence,
)

RANDOM = "Reaction ~ Days + (1 | Subject)"


def found(formula, data, clock="", **structure):
    comparison = lc.compare(formula, data, **structure)
    return comparison, autocorrelation(comparison, clock_of(data, clock))


def test_neighbours_alike_call_for_serial_correlation_which_mends_it(table):
    data = table("sleepstudy")
    comparison, result = found(RANDOM, data, "Days")
    remedy = correlation_remedy(comparison, result, steps=True, visits=10)
    assert pattern(result, "random_intercept") == "alike" and (remedy.kind, remedy.column) == ("serial", "Days")
    assert remedy.slope == "Days"
    (sentence,) = autocorrelation_sentences(comparison, result)
    assert "**0.49**" in sentence and "162 pairs" in sentence and "±0.15" in sentence and "resemble" in sentence
    consequence = consequence_sentence(comparison, result, "Days", comparison.coefficients())
    assert "0.804" in consequence and "1.55" in consequence  # lmer's; clubSandwich's CR2
    assert not consequence_sentence(comparison, result, "Intercept", comparison.coefficients())
    comparison, result = found(RANDOM, data, "Days", correlation="ar1(Days | Subject)")
    assert not consequence_sentence(comparison, result, "Days", comparison.coefficients())
    assert pattern(result, "structured") == "none"
    assert correlation_remedy(comparison, result, steps=True, visits=10) is None
    assert "ar1(Days | Subject)" in autocorrelation_sentences(comparison, result)[1]


def test_rows_that_offset_each_other_call_for_one_correlation(table):
    data = table("litters")
    comparison, result = found("gain ~ milk + (1 | litter)", data)
    assert correlation_remedy(comparison, result, steps=False, visits=0).kind == "cs"
    comparison, result = found("gain ~ milk + (1 | litter)", data, correlation="cs(1 | litter)")
    assert pattern(result, "random_intercept") == "offset" and pattern(result, "structured") == "none"


@pytest.mark.parametrize(
    ("formula", "clock", "told"),
    [
        ("y ~ 1 + (1 | school)", "", True),
        ("y ~ 1 + (1 | school)", "after", False),
        ("y ~ 1 + (1 | school/pupil)", "", False),
    ],
)
def test_of_neighbours_that_are_alike_without_a_clock_it_is_told_that_a_factor_may_be_missing(formula, clock, told):
    rng = np.random.default_rng(2)
    school, pupil, after = (index.ravel() for index in np.indices((10, 10, 2)))
    y = rng.normal(0, 2, 10)[school] + rng.normal(0, 3, (10, 10))[school, pupil] + rng.normal(0, 2, 200)
    data = pd.DataFrame({"school": school, "pupil": pupil, "after": after, "y": y})
    comparison, result = found(formula, data, clock)
    said = "" if result is None else missing_factor_sentence(comparison, result)
    assert ("that is a grouping factor too" in said) is told


def test_no_correlation_beyond_1_is_told():
    """Of two pairs the band of chance is wider than correlations are; products of four wide pairs exceed the mean square of all rows."""
    alone = pd.DataFrame({"g": range(20), "y": np.tile([-0.3, 0.3], 10)})
    pairs = pd.DataFrame({"g": np.repeat(range(20, 24), 2), "y": np.tile([-3.0, 3.0], 4)})
    _, result = found("y ~ 1 + (1 | g)", pd.concat([alone, pairs[:4]], ignore_index=True))
    assert result is None
    comparison, result = found("y ~ 1 + (1 | g)", pd.concat([alone, pairs], ignore_index=True))
    (sentence,) = autocorrelation_sentences(comparison, result)
    # -9 over (20 * 0.3^2 + 8 * 3^2) / 28
    assert (
        "have a mean product of **−3.4** times the mean square of all (4 pairs)" in sentence
        and "correlate" not in sentence
    )


@pytest.mark.parametrize(("rho", "shape"), [(-0.6, "alternate"), (0.0, "none"), (0.6, "alike")])
def test_patterns_of_simulated_rows(rho, shape):
    rng = np.random.default_rng(2)
    e = rng.normal(size=(80, 8))
    for t in range(1, 8):
        e[:, t] = rho * e[:, t - 1] + np.sqrt(1 - rho**2) * e[:, t]
    data = pd.DataFrame({"y": (e + rng.normal(size=(80, 1))).ravel(), "g": np.repeat(np.arange(80), 8).astype(str)})
    _, result = found("y ~ 1 + (1 | g)", data.assign(t=np.tile(np.arange(8), 80)), "t")
    assert pattern(result, "random_intercept") == shape


def test_nothing_is_proposed_that_cannot_be_fitted(table):
    data = table("sleepstudy").assign(w=1.0)
    data["w"] += data["Days"] % 2
    comparison, result = found(f"{RANDOM}, weights = w", data, "Days")
    assert correlation_remedy(comparison, result, steps=True, visits=10) is None
    comparison, result = found(RANDOM, table("sleepstudy"))  # the order of rows is no column to go by
    assert correlation_remedy(comparison, result, steps=False, visits=0) is None


def test_levels_that_scatter_unequally_call_for_a_variance_each(table):
    data = table("orthodont_structures")
    comparison = lc.compare("distance ~ Sex * age + (1 | Subject)", data)
    (result,) = spreads_by_level(comparison, data, ["Sex"], data["age"].to_numpy(float))
    sentence, remedy = spread_sentence(result), spread_remedy(comparison, result)
    sds = result.frame.set_index("group")["sd"]
    assert f"**{sds['Male'] / sds['Female']:.1f}**" in sentence and "more than chance" in sentence
    assert (remedy.kind, remedy.column, remedy.slope) == ("variance", "Sex", "")
    unequal = lc.compare("distance ~ Sex * age + (1 | Subject)", data, variance="Sex")
    assert spread_remedy(unequal, result) is None


def test_a_first_lag_just_outside_its_band_is_chance_where_all_lags_together_show_nothing():
    """By dense algebra: y - Xb times the inverse Cholesky factor of V, products by lag, chi-square of all of them."""
    rng = np.random.default_rng(438)
    groups, n = 25, 8
    g, t = np.repeat(np.arange(groups), n), np.tile(np.arange(n), groups)
    data = pd.DataFrame({"y": rng.normal(size=groups)[g] + rng.normal(size=groups * n), "g": g, "t": t})
    comparison, result = found("y ~ t + (1 | g)", data, "t")
    fit = comparison.random_intercept
    v = fit.cov_re["g"].iloc[0, 0] * np.ones((n, n)) + fit.scale * np.eye(n)
    left = (data["y"] - fit.params["Intercept"] - fit.params["t"] * t).to_numpy().reshape(groups, n)
    u = np.linalg.solve(np.linalg.cholesky(v), left.T).T
    lags = result.of("random_intercept")["lag"].astype(int)
    pairs = np.array([groups * (n - k) for k in lags])
    correlation = np.array([(u[:, k:] * u[:, : n - k]).mean() for k in lags]) / (u**2).mean()
    z = correlation * np.sqrt(pairs)
    first, every = 2 * norm.sf(abs(z[0])), chi2.sf((z**2).sum(), len(z))
    assert first < 0.05 < every  # outside the band; nothing together
    assert pattern(result, "random_intercept") == "chance"
    assert correlation_remedy(comparison, result, steps=True, visits=n) is None
    (sentence,) = autocorrelation_sentences(comparison, result)
    assert (
        f"just outside, as one value in 20 does by chance, and all lags together show nothing (p = {every:.2f})"
        in sentence
    )
    assert first_p(result, "random_intercept") == pytest.approx(first, rel=1e-6)


def test_a_first_lag_far_outside_its_band_counts_by_itself():
    """With serial correlation among many lags that add noise; its own p value stands in the sentence."""
    frame = pd.DataFrame({"lag": [1.0, 2.0], "pairs": [100, 90], "value": [0.25, 0.0], "model": "random_intercept"})
    frame["upper"] = 1.959964 / np.sqrt(frame["pairs"])
    frame["lower"] = -frame["upper"]
    tests = pd.DataFrame(
        {"statistic": 6.25, "df": 9.0, "p": chi2.sf(6.25, 9), "score": 1.0}, index=["random_intercept"]
    )
    result = Autocorrelation(frame, tests, "lags", "t", 1.0)
    assert pattern(result, "random_intercept") == "alike"
    comparison = lc.compare("y ~ 1 + (1 | g)", pd.DataFrame({"y": np.arange(12.0) ** 2, "g": np.repeat([1, 2, 3], 4)}))
    (sentence,) = autocorrelation_sentences(comparison, result)
    assert (
        "(nearest rows alone, p = 0.012; all lags together, p = 0.71)" in sentence
    )  # 2 * norm.sf(2.5), chi2.sf(6.25, 9)
