"""Generalized least squares is the maximum of the likelihood that its structure defines, whatever the design."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from lmmcompare.fit.residual.serial import NOTHING
from lmmcompare.models.gls import GLSResult
from tests.dense_gls import DenseGLS

CORRELATIONS = {"cs": "cs(1 | g)", "ar1": "ar1(t | g)", "car1": "car1(t | g)", "none": None}


def random_rows(seed: int) -> pd.DataFrame:
    """Groups of one row to seven, times with gaps, three levels of spread, rows in no order."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 8, rng.integers(6, 14))
    sizes[:2] = 5, 6
    rows = []
    for g, n in enumerate(sizes):
        times = np.sort(rng.choice(12, n, replace=False))
        rows.append(pd.DataFrame({"g": f"g{g}", "t": times, "shift": rng.normal() * rng.integers(0, 3)}))
    table = pd.concat(rows, ignore_index=True)
    n = len(table)
    table["l"] = rng.choice(["a", "b", "c"], n, p=[0.4, 0.3, 0.3])
    table["x"] = rng.normal(100, 1, n) + 3 * table["t"]
    noise = rng.normal(size=n) * table["l"].map({"a": 1.0, "b": 2.0, "c": 0.5})
    table["y"] = 1e3 + 0.5 * table["x"] + table["shift"] + noise + rng.choice([-0.5, 0, 0.8]) * np.roll(noise, 1)
    return table.sample(frac=1, random_state=seed).reset_index(drop=True)


def dense(table: pd.DataFrame, *, levels: bool, reml: bool) -> DenseGLS:
    x = np.column_stack([np.ones(len(table)), table["x"] - table["x"].mean()])
    level = pd.factorize(table["l"], sort=True)[0] if levels else np.zeros(len(table), dtype=int)
    return DenseGLS(x, table["y"].to_numpy(), pd.factorize(table["g"])[0], table["t"].to_numpy(float), level, reml)


def fitted_correlation(fit: GLSResult, table: pd.DataFrame, kind: str) -> float:
    """The correlation whose likelihood is reported: of a continuous one 0 is said where the search ends at its bound."""
    rho = float(fit.residual_correlation)
    if kind != "car1" or rho:
        return rho
    return float(np.exp(-NOTHING / table.sort_values("t").groupby("g")["t"].diff().min()))


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("variance", [None, "l"])
@pytest.mark.parametrize("kind", list(CORRELATIONS))
@pytest.mark.parametrize("seed", range(4))
def test_the_likelihood_is_that_of_the_covariance_and_no_search_finds_a_higher(
    kind: str, variance: str | None, seed: int, reml: bool
) -> None:
    if kind == "none" and variance is None:
        pytest.skip("that is least squares")
    table = random_rows(seed)
    fit = lc.gls("y ~ x", table, CORRELATIONS[kind], variance, reml)
    assert fit.outcome in ("converged", "boundary")
    slow = dense(table, levels=variance is not None, reml=reml)
    rho, sd = fitted_correlation(fit, table, kind), fit.residual_sd.to_numpy()
    v = slow.covariance("ar1" if kind == "car1" else kind, rho, sd)
    assert fit.llf == pytest.approx(slow.loglik(v), abs=1e-8)
    beta, se = slow.estimates(v)
    assert fit.params["x"] == pytest.approx(beta[1], rel=1e-9)
    assert fit.bse["x"] == pytest.approx(se[1], rel=1e-9)
    if fit.outcome == "converged":
        low = -1 / (table["g"].value_counts().max() - 1) if kind == "cs" else 0.0 if kind == "car1" else -1.0
        if kind != "none":
            assert slow.best("ar1" if kind == "car1" else kind, rho, sd, low) <= fit.llf + 1e-6


def random_visits(seed: int, k: int = 4) -> pd.DataFrame:
    """Groups seen at some of the visits only, some at one."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(k, k)) + 2 * np.eye(k)
    y = rng.normal(size=(30, k)) @ root.T
    projected = rng.random((30, k)) < 0.8
    projected[:10] = True
    projected[10:12] = np.eye(k)[:2] > 0
    table = pd.DataFrame({"g": np.repeat(range(30), k), "v": np.tile([f"v{i}" for i in range(k)], 30), "y": y.ravel()})
    table["arm"] = np.where(table["g"] % 2 == 0, "a", "b")
    return table[projected.ravel()].sample(frac=1, random_state=seed).reset_index(drop=True)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_an_unstructured_covariance_is_the_best_there_is(seed: int, reml: bool) -> None:
    table = random_visits(seed)
    fit = lc.gls("y ~ arm * v", table, "us(v | g)", reml=reml)
    assert fit.outcome == "converged"
    visit = pd.factorize(table["v"], sort=True)[0]
    x = np.column_stack([np.ones(len(table)), table["arm"] == "b", *(visit == k for k in (1, 2, 3))]).astype(float)
    x = np.column_stack([x, *(x[:, 1] * x[:, k] for k in (2, 3, 4))])
    slow = DenseGLS(x, table["y"].to_numpy(), table["g"].to_numpy(), visit, visit, reml)
    v = slow.by_visit(fit.residual_covariance.to_numpy())
    assert fit.llf == pytest.approx(slow.loglik(v), abs=1e-8)
    np.testing.assert_allclose(fit.bse, slow.estimates(v)[1], rtol=1e-8)
    assert slow.best_by_visit(fit.residual_covariance.to_numpy()) <= fit.llf + 1e-6


@pytest.mark.parametrize("correlation", ["cs(1 | g)", "ar1(t | g)", "car1(t | g)"])
def test_gradients_are_the_slopes_of_the_criterion(correlation: str) -> None:
    from lmmcompare.fit.residual.criterion import solve

    fit = lc.gls("y ~ x", random_rows(1), correlation, "l")
    at = fit.fit.solution.parameters + np.array([0.2, -0.1, 0.3])
    for k, unit in enumerate(np.eye(3)):
        up, down = (solve(fit.fit.problem, at + s * 1e-5 * unit).criterion for s in (1, -1))
        assert solve(fit.fit.problem, at).gradient[k] == pytest.approx((up - down) / 2e-5, rel=1e-6, abs=1e-6)


def test_groups_that_lie_far_apart_cost_no_digits() -> None:
    rng = np.random.default_rng(0)
    table = random_rows(2)
    far = {g: 1e7 * v for g, v in zip(table["g"].unique(), rng.normal(size=20), strict=False)}
    table["y"] = table["y"] + table["g"].map(far)
    fit, mixed = lc.gls("y ~ x", table, "cs(1 | g)"), lc.lmer("y ~ x + (1 | g)", table)  # one model where r is positive
    assert fit.outcome == "converged"
    assert fit.llf == pytest.approx(mixed.llf, abs=1e-6)
    assert fit.params["x"] == pytest.approx(mixed.params["x"], rel=1e-7)
    assert fit.bse["x"] == pytest.approx(mixed.bse["x"], rel=1e-7)


def test_a_correlation_beside_the_groups_themselves_is_not_identified() -> None:
    fit = lc.gls("y ~ x + g", random_rows(2), "cs(1 | g)")
    assert fit.outcome == "not identified" and fit.notes


def test_under_ml_one_group_alone_the_largest_does_not_draw_the_correlation_to_its_bound() -> None:
    rng = np.random.default_rng(5)
    sizes = [*rng.integers(3, 7, 30), 9]
    table = pd.DataFrame({"g": np.repeat(range(31), sizes)})
    table["y"] = rng.normal(size=len(table)) + np.repeat(rng.normal(0, 0.7, 31), sizes)
    fit = lc.gls("y ~ 1", table, "cs(1 | g)", reml=False)
    slow = DenseGLS(
        np.ones((len(table), 1)),
        table["y"].to_numpy(),
        table["g"].to_numpy(),
        table["g"].to_numpy(),
        np.zeros(len(table), int),
        False,
    )
    bound = -1 / 8
    ends = [
        max(slow.loglik(slow.covariance("cs", bound + e, np.array([s]))) for s in np.linspace(0.8, 2, 40))
        for e in (1e-3, 1e-5)
    ]
    assert ends[1] > ends[0]  # the likelihood grows towards the bound
    assert fit.outcome == "converged" and fit.residual_correlation > 0
    assert any("maximum likelihood" in note for note in fit.notes)


def test_warnings_of_arithmetic_do_not_reach_the_user() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for correlation in ("cs(1 | g)", "ar1(t | g)", "car1(t | g)"):
            lc.gls("y ~ x", random_rows(3), correlation, "l")
