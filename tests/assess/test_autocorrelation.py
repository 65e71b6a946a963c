"""Autocorrelations within groups: those of nlme's ACF and Variogram, and bands that hold what they promise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from lmmcompare.assess.autocorrelation import autocorrelation, by_distance, by_lag
from lmmcompare.assess.normalised_residuals import normalised_residuals
from lmmcompare.assess.time_order import clock_of, clocks, opening_clock
from lmmcompare.data.time_columns import times

# nlme 3.1-162: ACF(gls(Reaction ~ Days, d, correlation = ...), form = ~ 1 | Subject, resType = "normalized"), lags 1 to 9
ACF = {
    None: "0.76550564 0.65323705 0.60681854 0.58550999 0.47215789 0.35695069 0.32955558 0.39497879 0.47784314",
    "ar1(Days | Subject)": "-0.0896504 0.1025016 0.0518956 0.1367212 0.1700543 -0.0267878 0.0530206 0.0600444 0.3972107",
}
# of the first, the means by distance of Variogram(..., form = ~ Days | Subject, collapse = "none")
VARIOGRAM = "0.21322131 0.32233544 0.40381448 0.40188898 0.52197719 0.64789771 0.62799109 0.68059703 0.68436320"


def numbers(text: str) -> np.ndarray:
    return np.array(text.split(), dtype=float)


@pytest.mark.parametrize("correlation", ACF)
def test_nlme_s_acf(table, correlation):
    data = table("sleepstudy")
    design = lc.compare("Reaction ~ Days + (1 | Subject)", data).design
    days = data["Days"].to_numpy(float)
    u = normalised_residuals(lc.gls("Reaction ~ Days", data, correlation), design.grouping, days)
    result = by_lag(u, design.grouping.codes, days)
    np.testing.assert_allclose(result["value"], numbers(ACF[correlation]), atol=2e-5)  # nlme stops early in rho
    assert list(result["pairs"]) == [162, 144, 126, 108, 90, 72, 54, 36, 18]
    np.testing.assert_allclose(result["upper"], 1.959964 / np.sqrt(result["pairs"]), rtol=1e-6)


def test_nlme_s_variogram(table):
    data = table("sleepstudy")
    design, fit = lc.compare("Reaction ~ Days + (1 | Subject)", data).design, lc.gls("Reaction ~ Days", data)
    u = normalised_residuals(fit, design.grouping, data["Days"].to_numpy(float))
    result = by_distance(u, design.grouping.codes, data["Days"].to_numpy(float))
    first = result.iloc[0]
    assert (first["lag"], first["pairs"]) == (1.0, 162)
    assert first["value"] * np.mean(u**2) == pytest.approx(numbers(VARIOGRAM)[0], rel=1e-7)
    whole = (result["value"] * result["pairs"]).sum() * np.mean(u**2)
    assert whole == pytest.approx(numbers(VARIOGRAM) @ [162, 144, 126, 108, 90, 72, 54, 36, 18], rel=1e-7)


def test_the_variogram_s_band_is_that_of_a_quadratic_form():
    rng = np.random.default_rng(1)
    codes, time = np.repeat(np.arange(12), 6), rng.uniform(0, 10, (12, 6)).cumsum(axis=1).ravel()
    result = by_distance(rng.normal(size=72), codes, time)
    i, k = np.triu_indices(72, 1)
    i, k = i[codes[i] == codes[k]], k[codes[i] == codes[k]]
    near = np.argsort(time[k] - time[i])[: result["pairs"].iloc[0]]
    form = np.zeros((72, 72))
    for a, b in zip(i[near], k[near], strict=True):
        d = np.eye(72)[a] - np.eye(72)[b]
        form += np.outer(d, d) / (2 * len(near))
    sd = np.sqrt(2 * np.trace(form @ form))  # of u'Au for independent standard normal u
    assert result["upper"].iloc[0] - 1 == pytest.approx(1.959964 * sd, rel=1e-6)


def worlds(n_sets, rho=0.0, seed=5):
    """Many data sets with a random intercept and serially correlated errors."""
    rng, J, n = np.random.default_rng(seed), 30, 6
    for _ in range(n_sets):
        e = rng.normal(size=(J, n))
        for t in range(1, n):
            e[:, t] = rho * e[:, t - 1] + np.sqrt(1 - rho**2) * e[:, t]
        yield (e + rng.normal(size=(J, 1))).ravel(), np.repeat(np.arange(J), n), np.tile(np.arange(n), J)


def test_where_the_model_holds_one_lag_in_twenty_lies_outside(table):
    outside = []
    for y, g, t in worlds(60):
        data = pd.DataFrame({"y": y, "g": [f"g{k}" for k in g], "t": t})
        comparison = lc.compare("y ~ t + (1 | g)", data)
        frame = autocorrelation(comparison, clock_of(data, "t")).frame
        outside += list((frame["value"].abs() > frame["upper"]).to_numpy())
    assert 0.01 < np.mean(outside) < 0.09  # 300 values; conditional residuals, at -1/5 a lag, would give a third or so


def test_gaps_uneven_times_and_the_order_of_rows(table):
    data = table("sleepstudy").sample(frac=0.8, random_state=1)
    comparison = lc.compare("Reaction ~ Days + (1 | Subject)", data)
    result = autocorrelation(comparison, clock_of(data, "Days"))
    assert result.kind == "lags" and result.unit == 1
    pairs = data.merge(data, on="Subject")
    assert result.frame["pairs"].iloc[1] == (pairs["Days_x"] - pairs["Days_y"] == 2).sum()
    even = data.assign(Days=data["Days"] * 7)
    assert autocorrelation(comparison, clock_of(even, "Days")).unit == 7
    uneven = data.assign(Days=data["Days"] + np.random.default_rng(0).uniform(0, 0.9, len(data)))
    assert autocorrelation(comparison, clock_of(uneven, "Days")).kind == "variogram"
    rows = autocorrelation(comparison, clock_of(data))
    assert rows.clock == "" and rows.frame["pairs"].iloc[0] == len(data) - 18


def test_no_pairs_no_picture(table):
    data = table("sleepstudy")
    comparison = lc.compare("Reaction ~ Days + (1 | Subject)", data)
    assert autocorrelation(comparison, clock_of(data.assign(one=1), "one")) is None


def test_the_likeliest_clock_stands_first(table):
    data = table("sleepstudy")
    rng = np.random.default_rng(1)
    data = data.assign(when=data["Days"] + rng.uniform(0, 0.5, len(data)), size=rng.normal(size=len(data)))
    comparison = lc.compare("Reaction ~ Days + (1 | Subject)", data)
    found = times(data, ["Subject"], "Reaction")
    assert clocks(comparison, data, found) == ["Days", "when", "", "size"]
    other = lc.compare("Reaction ~ Days + (1 | Subject)", data, correlation="car1(size | Subject)")
    assert clocks(other, data, found)[0] == "size"


def test_of_a_long_group_the_first_rows_count(table):
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"y": rng.normal(size=2_600), "g": np.repeat(["a", "b"], 1_300)})
    comparison = lc.compare("y ~ 1 + (1 | g)", data)
    result = autocorrelation(comparison, clock_of(data))
    assert result.frame["pairs"].iloc[0] == 2 * 999 and result.frame["value"].notna().all()


def test_weights_are_no_clock() -> None:
    """Rows were said to lie "about 1.97 apart in n", the number of measurements that each is a mean of."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"g": np.repeat(np.arange(20), 5), "x": rng.normal(size=100), "y": rng.normal(size=100)})
    frame["n"] = np.tile([3, 8, 1, 12, 5], 20)
    for weights, expected in (("n", ""), (None, "n")):
        both = lc.compare("y ~ x + (1 | g)", frame, weights=weights)
        assert opening_clock(both, both.design.rows_of(frame)).name == expected
