"""How well a mean is known when rows of one group depend on each other: closed forms, R's F quantiles, a dense covariance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lmmcompare import compare, examples
from lmmcompare.assess.dependence import dependence, dependence_sentence, formula_sentence, variance_ratio

# mean squares of R's anova(lm(Yield ~ Batch)); correlation, interval by qf(), sqrt(MSB / N)
KNOWN = {
    "dyestuff": ((11271.5, 2451.25), 0.41848741489, 0.08383605066, 0.84787681547, 19.38341215232),
    "dyestuff2": ((8.33632576, 14.94588960), -0.09702840693, -0.19708908114, 0.33348302000, 0.52714089704),
}


@pytest.mark.parametrize("name", KNOWN)
def test_balanced_data_by_analysis_of_variance(name):
    squares, rho, low, high, se = KNOWN[name]
    found = dependence(compare("Yield ~ 1 + (1 | Batch)", examples.load(name)))
    assert [found.rho, found.low, found.high, found.se] == pytest.approx([rho, low, high, se], rel=1e-8)
    assert found.sd**2 == pytest.approx(
        (squares[0] + 4 * squares[1]) / 5
    )  # a fifth of the mean square between is tau2's
    assert (found.size, found.largest, found.balanced, found.lowest) == (5.0, 5, True, -0.25)


def test_a_mean_is_known_better_from_rows_that_offset_each_other_and_cluster_robust_errors_say_so():
    both = compare("Yield ~ 1 + (1 | Batch)", examples.load("dyestuff2"))
    found = dependence(both)
    assert (
        found.effective_rows(found.rho) == pytest.approx(30 / (1 + 4 * found.rho))
        and found.effective_rows(found.rho) > 30
    )
    assert found.se == pytest.approx(float(np.sqrt(both.ols.robust("CR2").vcov[0, 0])))
    assert both.random_intercept.bse.iloc[0] > found.se
    said = dependence_sentence(both, found)
    least, most = (30 / (1 + 4 * rho) for rho in (found.high, found.low))
    assert found.effective_interval == pytest.approx((least, most))
    assert f"95% interval {least:.0f} to {most:.0f})" in said
    assert "seem to offset" in said and "**49**" in said and "cannot say that rows offset" in said and "holds 0" in said
    alike = compare("Yield ~ 1 + (1 | Batch)", examples.load("dyestuff"))
    other = dependence(alike)
    assert alike.random_intercept.bse.iloc[0] == pytest.approx(other.se, rel=1e-6)
    said = dependence_sentence(alike, other)
    assert "they resemble" in said and "**11**" in said and "cannot" not in said and "holds 0" not in said


def test_the_ends_of_the_curve():
    found = dependence(compare("Yield ~ 1 + (1 | Batch)", examples.load("dyestuff")))
    curve = found.curve()
    assert curve["rho"].iloc[[0, -1]].tolist() == pytest.approx([-0.25, 1.0])
    assert curve["ratio"].iloc[[0, -1]].tolist() == pytest.approx([0.0, np.sqrt(5)])
    assert curve["effective_rows"].iloc[-1] == pytest.approx(6) and np.isinf(
        curve["effective_rows"].iloc[0]
    )  # one a group
    assert found.effective_rows(0.0) == 30
    np.testing.assert_allclose(curve["ratio"] ** 2, 1 + 4 * curve["rho"], atol=1e-12)


def unbalanced(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(9), rng.integers(1, 8, 9))
    x, z = rng.normal(size=len(g)), rng.normal(size=9)[g]
    return pd.DataFrame({"g": g, "x": x, "z": z, "y": 50 + x + z + rng.normal(size=9)[g] + rng.normal(size=len(g))})


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("formula", "within", "between"), [("y ~ 1", 0, 0), ("y ~ x", 1, 0), ("y ~ x + z", 1, 1)])
def test_unbalanced_data_against_rows(seed, formula, within, between):
    """The analysis of variance of the residuals row by row, and the mean's variance from the whole covariance matrix."""
    data = unbalanced(seed)
    found = dependence(compare(f"{formula} + (1 | g)", data))
    x = np.column_stack([np.ones(len(data)), *(data[c] for c in ("x", "z")[: within + between])])
    residual = data["y"] - x @ np.linalg.lstsq(x, data["y"], rcond=None)[0]
    means, n = residual.groupby(data["g"]).mean().to_numpy(), data["g"].value_counts(sort=False).sort_index().to_numpy()
    rows, groups = len(data), 9
    df = groups - 1 - between, rows - groups - within
    msw = ((residual - residual.groupby(data["g"]).transform("mean")) ** 2).sum() / df[1]

    def f(rho: float) -> float:
        weight = n / (1 + n * rho / (1 - rho))
        return (weight * (means - np.average(means, weights=weight)) ** 2).sum() / df[0] / msw

    rho = found.rho
    for value, wanted in ((rho, 1.0), (found.low, stats.f.ppf(0.975, *df)), (found.high, stats.f.ppf(0.025, *df))):
        assert f(value) == pytest.approx(wanted, rel=1e-8) or (value == found.lowest and f(value + 1e-9) < wanted)
    assert found.low < rho < found.high or rho == found.lowest
    same = data["g"].to_numpy()[:, None] == data["g"].to_numpy()
    for value in (rho, found.lowest, 0.3, 1.0):
        v = np.where(same, value, 0.0)
        np.fill_diagonal(v, 1.0)
        assert np.linalg.eigvalsh(v).min() > -1e-12  # no correlation that rows cannot have
        assert found.ratio(value) ** 2 == pytest.approx(v.sum() / rows, abs=1e-12)
    assert found.sd**2 == pytest.approx(msw / (1 - rho))


def test_the_interval_holds_the_true_correlation_as_often_as_it_says_where_sizes_differ_much():
    """Of 12 groups of 1 to 300 rows; 400 samples with a correlation of 0.5 have 95% with a standard error of 1.1%."""
    rng = np.random.default_rng(1)
    n = np.array([300, 2, 3, 2, 1, 5, 1, 2, 80, 4, 3, 2])
    g = np.repeat(np.arange(12), n)
    held = 0
    for _ in range(400):
        y = rng.normal(size=12)[g] + rng.normal(size=len(g))
        inside = (y - (np.bincount(g, y) / n)[g]) ** 2
        squares = 11 * inside.sum() / (len(g) - 12)
        low, high = (
            variance_ratio(np.bincount(g, y) / n, n, squares * stats.f.ppf(q, 11, len(g) - 12)) for q in (0.975, 0.025)
        )
        held += low <= 1 <= high
    assert abs(held / 400 - 0.95) < 0.035


def test_nothing_is_said_where_nothing_is_left_to_say_it_from():
    data = unbalanced(0)
    assert dependence(compare("y ~ 0 + x + (1 | g)", data)) is None
    few = data[data["g"] < 3].assign(z2=lambda d: d["g"] == 1)
    assert dependence(compare("y ~ z + z2 + (1 | g)", few)) is None  # three groups, two predictors between them


def test_sizes_that_differ_are_said_to():
    both = compare("normexam ~ standLRT + (1 | school)", examples.load("exam"))
    found = dependence(both)
    said = formula_sentence(both, found)
    assert "n = 76.4" in said and "of an average row" in said and "198 rows" in said
    assert "at the predictors’ average" in dependence_sentence(both, found)


def test_a_correlation_next_to_nothing_is_told_with_its_sign():
    """Groups whose mean squares are equal but for a little: (F - 1) / (F + 3) of 40 groups of 4."""
    rng = np.random.default_rng(1)
    error = rng.normal(size=(40, 4))
    error -= error.mean(axis=1, keepdims=True)
    means = rng.normal(size=40)
    within = (error**2).sum() / 120
    means *= np.sqrt(0.99 * within / 4 / means.var(ddof=1))
    y = (error + means[:, None]).ravel()
    both = compare("y ~ 1 + (1 | g)", pd.DataFrame({"g": np.repeat(np.arange(40), 4), "y": y}))
    assert dependence(both).rho == pytest.approx(-0.01 / 3.99)
    assert "a correlation of **−0.003** by analysis of variance" in dependence_sentence(both, dependence(both))
