"""Random coefficients beside serial or unequal residuals are the maximum of the likelihood that they define."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from lmmcompare.models.serial_mixed import SerialMixedResult
from tests.dense_gls import DenseGLS
from tests.effort import first
from tests.fit.test_gls import fitted_correlation, random_rows

CORRELATIONS = {"ar1": "ar1(t | g)", "car1": "car1(t | g)", "none": None}
RANDOM = {"(1 | g)": ["1"], "(1 + t | g)": ["1", "t"], "(0 + x | g)": ["x"], "(t || g)": ["1", "t"]}


def rows(seed: int) -> pd.DataFrame:
    table = random_rows(seed)
    more = random_rows(seed + 50).assign(g=lambda t: "h" + t["g"])
    table = pd.concat([table, more], ignore_index=True)
    rng = np.random.default_rng(seed)
    slope = dict(zip(table["g"].unique(), rng.normal(0, 0.4, table["g"].nunique()), strict=True))
    return table.assign(x=table["x"] - 100, y=table["y"] + table["g"].map(slope) * table["t"])


def covariance(fit: SerialMixedResult, table: pd.DataFrame, slow: DenseGLS, kind: str, random: str) -> np.ndarray:
    z = np.column_stack([np.ones(len(table)) if c == "1" else table[c] for c in RANDOM[random]]).astype(float)
    same = slow.group[:, None] == slow.group
    rho = fitted_correlation(fit, table, kind)
    r = slow.covariance("none" if kind == "none" else "ar1", rho, fit.residual_sd.to_numpy())
    return r + np.where(same, z @ fit.cov_re["g"].to_numpy() @ z.T, 0.0)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("variance", [None, "l"])
@pytest.mark.parametrize("random", list(RANDOM))
@pytest.mark.parametrize("kind", list(CORRELATIONS))
@pytest.mark.parametrize("seed", first(range(2), 1))
def test_the_likelihood_is_that_of_the_covariance(
    kind: str, random: str, variance: str | None, seed: int, reml: bool
) -> None:
    if kind == "none" and variance is None:
        pytest.skip("that is the ordinary mixed model")
    table = rows(seed)
    fit = lc.lmer(f"y ~ x + t + {random}", table, reml, correlation=CORRELATIONS[kind], variance=variance)
    assert isinstance(fit, SerialMixedResult) and fit.converged
    x = np.column_stack([np.ones(len(table)), table["x"], table["t"]])
    level = pd.factorize(table["l"], sort=True)[0] if variance else np.zeros(len(table), int)
    slow = DenseGLS(x, table["y"].to_numpy(), pd.factorize(table["g"])[0], table["t"].to_numpy(float), level, reml)
    v = covariance(fit, table, slow, kind, random)
    assert fit.llf == pytest.approx(slow.loglik(v), abs=1e-7)
    beta, se = slow.estimates(v)
    np.testing.assert_allclose(fit.params, beta, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(fit.bse, se, rtol=1e-7)


@pytest.mark.parametrize("random", ["(1 | g)", "(1 + t | g)"])
@pytest.mark.parametrize("correlation", ["ar1(t | g)", "car1(t | g)"])
def test_gradients_are_the_slopes_of_the_criterion(correlation: str, random: str) -> None:
    problem = lc.lmer(f"y ~ x + {random}", rows(1), correlation=correlation, variance="l").fit.problem
    at = np.linspace(0.2, 0.7, len(problem.low))
    for k, unit in enumerate(np.eye(len(at))):
        up, down = (problem.solve(at + s * 1e-5 * unit).criterion for s in (1, -1))
        assert problem.solve(at).gradient[k] == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_no_start_finds_a_better_fit(seed: int) -> None:
    from lmmcompare.fit.residual.search import optimise

    fit = lc.lmer("y ~ x + (1 + t | g)", rows(seed), correlation="ar1(t | g)")
    rng = np.random.default_rng(seed)
    for _ in range(12):
        start = np.array([rng.uniform(-1, 2), *rng.uniform(-0.5, 1.5, 3)])
        assert optimise(fit.fit.problem, start=start).solution.criterion >= fit.fit.solution.criterion - 1e-6


def test_groups_that_lie_far_apart_cost_no_digits() -> None:
    table = rows(3)
    rng = np.random.default_rng(0)
    shift = dict(zip(table["g"].unique(), rng.normal(0, 1, table["g"].nunique()), strict=True))
    fits = [
        lc.lmer("y ~ x + (1 | g)", table.assign(y=table["y"] + size * table["g"].map(shift)), correlation="ar1(t | g)")
        for size in (1e5, 1e7)
    ]
    assert fits[1].residual_correlation == pytest.approx(fits[0].residual_correlation, abs=1e-5)
    assert fits[1].sigma == pytest.approx(fits[0].sigma, rel=1e-4)
    assert fits[1].bse["x"] == pytest.approx(fits[0].bse["x"], rel=1e-4)


def test_equal_variances_and_no_correlation_are_the_ordinary_mixed_model() -> None:
    table = rows(4)
    fit, plain = lc.lmer("y ~ x + (1 | g)", table, variance="l"), lc.lmer("y ~ x + (1 | g)", table)
    at = np.concatenate([np.zeros(2), plain.theta])
    assert fit.fit.problem.solve(at).beta.shape == (2,)
    offset = -2 * fit.llf - fit.fit.solution.criterion
    assert fit.fit.problem.solve(at).criterion + offset == pytest.approx(plain.criterion, abs=1e-7)
    assert fit.fit.problem.solve(at).gradient[-1] == pytest.approx(0, abs=1e-4)
