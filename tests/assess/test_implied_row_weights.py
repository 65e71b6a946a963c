"""The weights of one group's rows are those of dense generalized least squares, and their worth that of the closed forms."""

from __future__ import annotations

import numpy as np
import pytest

import lmmcompare as lc
from lmmcompare.assess.implied_row_weights import row_weights, under_one_correlation, under_serial_correlation
from lmmcompare.assess.time_order import clock_of

SLEEP = "Reaction ~ Days + (1 | Subject)"


def dense(covariance, time):
    """Weights of mean and trend, worth and the trend's SE ratio, from the covariance itself."""
    n, solved = len(time), np.linalg.inv(covariance)
    x = np.column_stack([np.ones(n), time])
    own = np.linalg.inv(x.T @ solved @ x)
    plain = np.mean(np.diag(covariance)) * np.linalg.inv(x.T @ x)
    mean = solved.sum(axis=0) / solved.sum()
    return mean, (own @ x.T @ solved)[1], np.mean(np.diag(covariance)) * solved.sum(), np.sqrt(own[1, 1] / plain[1, 1])


def agrees(result, covariance, time):
    mean, trend, worth, ratio = dense(covariance, time)
    np.testing.assert_allclose(result.frame["mean"], mean, atol=1e-10)
    np.testing.assert_allclose(result.frame["trend"], trend, atol=1e-10)
    assert result.effective_rows == pytest.approx(worth) and result.trend_se == pytest.approx(ratio)
    deviation = time - time.mean()
    np.testing.assert_allclose(result.frame["trend_independent"], deviation / (deviation @ deviation), atol=1e-12)


@pytest.mark.parametrize("kind", ["ar1", "car1"])
def test_serial_correlation_with_gaps(table, kind):
    data = table("sleepstudy")
    data = data[~data["Days"].isin([2, 3, 7])].sample(frac=1, random_state=1).reset_index(drop=True)
    comparison = lc.compare(SLEEP, data, correlation=f"{kind}(Days | Subject)")
    result = row_weights(comparison, clock_of(data, "Days"), "309")
    time = np.array([0.0, 1, 4, 5, 6, 8, 9])
    rho = comparison.structured.residual_correlation
    agrees(result, rho ** np.abs(time[:, None] - time), time)
    assert result.group == "309" and result.frame["label"].to_list() == ["0", "1", "4", "5", "6", "8", "9"]
    assert result.rho == rho and not result.signed
    curve = result.curve().query("structure == 'ar1'")
    assert np.interp(rho, curve["rho"], curve["effective_rows"]) == pytest.approx(result.effective_rows, rel=1e-3)


def test_one_correlation_of_either_sign(table):
    data = table("litters")
    comparison = lc.compare("gain ~ milk + (1 | litter)", data, correlation="cs(1 | litter)")
    result, r = row_weights(comparison, clock_of(data)), comparison.structured.residual_correlation
    assert r < 0 and result.effective_rows == pytest.approx(result.size / (1 + (result.size - 1) * r))
    assert result.effective_rows > result.size and np.allclose(result.frame["mean"], 1 / result.size)
    assert np.isnan(result.trend_se) and result.frame["trend"].isna().all()
    curve = result.curve().query("structure == 'cs'")
    assert curve["rho"].min() == pytest.approx(result.lowest, abs=1e-3) and curve["rho"].max() == 1
    assert np.interp(r, curve["rho"], curve["effective_rows"]) == pytest.approx(result.effective_rows, rel=1e-2)


def test_by_visit_and_by_level(table):
    data = table("orthodont_structures")
    comparison = lc.compare("distance ~ Sex * age + (1 | Subject)", data, correlation="us(age | Subject)")
    result = row_weights(comparison, clock_of(data, "age"))
    agrees(result, comparison.structured.residual_covariance.to_numpy(), np.array([8.0, 10, 12, 14]))
    assert np.isnan(result.rho) and result.kind == "us"
    data["late"] = data["age"] > 11
    comparison = lc.compare("distance ~ Sex * age + (1 | Subject)", data, variance="late")
    sd = comparison.structured.residual_sd.to_numpy()[[0, 0, 1, 1]]
    agrees(row_weights(comparison, clock_of(data, "age")), np.diag(sd**2), np.array([8.0, 10, 12, 14]))


def test_only_where_there_is_a_structure_and_a_group_to_draw(table):
    data = table("sleepstudy")
    comparison = lc.compare(SLEEP, data)
    assert row_weights(comparison, clock_of(data, "Days")) is None
    pairs = data[data["Days"] < 2].reset_index(drop=True)
    comparison = lc.compare("Reaction ~ 1 + (1 | Subject)", pairs, correlation="cs(1 | Subject)")
    assert row_weights(comparison, clock_of(pairs, "Days")) is None


@pytest.mark.parametrize("rho", [-0.8, -0.2, 0.3, 0.9])
def test_the_closed_form_along_rho(rho):
    time = np.array([0.0, 1, 2, 5, 6])
    whole = np.linalg.inv(rho ** np.abs(time[:, None] - time))
    assert under_serial_correlation(np.diff(time), np.array([rho]))[0] == pytest.approx(whole.sum())
    if rho > -0.25:
        alike = np.linalg.inv((1 - rho) * np.eye(5) + rho)
        assert under_one_correlation(5, np.array([rho]))[0] == pytest.approx(alike.sum())
