"""500 random small designs with gaps, single rows, missing visits and levels of few rows: nothing fails, and the best is found.

Every run tries a few of them, ``-m slow`` the others.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from lmmcompare.fit.residual.search import optimise
from tests.dense_gls import DenseGLS
from tests.effort import first
from tests.fit.test_gls import CORRELATIONS, random_rows


@pytest.mark.parametrize("seed", first(range(1000, 1500), 20))
def test_any_design_is_fitted_to_its_best_or_refused(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = random_rows(seed)
    table = table[rng.random(len(table)) > 0.15].reset_index(drop=True)
    kind = str(rng.choice(["cs", "ar1", "car1", "none", "us"]))
    variance = "l" if kind == "none" or rng.random() < 0.5 else None
    reml, mixed = bool(rng.integers(2)), kind in ("ar1", "car1", "none") and rng.random() < 0.4
    if kind == "us":
        variance = None
        table = table.assign(v=table["t"] // 4).drop_duplicates(["g", "v"]).reset_index(drop=True)
    correlation = "us(v | g)" if kind == "us" else CORRELATIONS[kind]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            if mixed:
                fit = lc.lmer("y ~ x + (1 | g)", table, reml, correlation=correlation, variance=variance)
            else:
                fit = lc.gls("y ~ x", table, correlation, variance, reml)
        except lc.LmmCompareError as error:
            assert error.problem and error.remedy  # type: ignore[attr-defined]
            return
    assert fit.outcome in ("converged", "boundary", "singular")
    level = pd.factorize(table["l"], sort=True)[0] if variance else np.zeros(len(table), dtype=int)
    x = np.column_stack([np.ones(len(table)), table["x"] - 100])
    place = table["v" if kind == "us" else "t"].to_numpy(float)
    slow = DenseGLS(x, table["y"].to_numpy(), pd.factorize(table["g"])[0], place, level, reml)
    if kind == "us":
        v = slow.by_visit(fit.residual_covariance.to_numpy())
    else:
        v = slow.covariance(
            "ar1" if kind == "car1" else kind, float(fit.residual_correlation), fit.residual_sd.to_numpy()
        )
    if mixed:
        v = v + np.where(slow.group[:, None] == slow.group, fit.cov_re["g"].iloc[0, 0], 0.0)
    if fit.outcome != "converged":
        return
    assert fit.llf == pytest.approx(slow.loglik(v), abs=1e-6)
    beta, se = slow.estimates(v)
    np.testing.assert_allclose((fit.params - [beta[0] - 100 * beta[1], beta[1]]) / fit.bse, 0, atol=1e-6)
    assert fit.bse["x"] == pytest.approx(se[1], rel=1e-6)
    if kind == "us":
        assert slow.best_by_visit(fit.residual_covariance.to_numpy()) <= fit.llf + 1e-6
        return
    problem, best = fit.fit.problem, fit.fit.solution
    for _ in range(2):
        start = np.clip(best.parameters + rng.normal(0, 0.7, len(best.parameters)), problem.low, problem.high)
        assert optimise(problem, start=start).solution.criterion >= best.criterion - 1e-6
    if mixed or (kind == "cs" and not reml):  # there the likelihood may have no bound next to the lowest correlation
        return
    low = -1 / (table["g"].value_counts().max() - 1) if kind == "cs" else 0.0 if kind == "car1" else -1.0
    rho, sd = float(fit.residual_correlation), fit.residual_sd.to_numpy()
    assert slow.best("ar1" if kind == "car1" else kind, rho, sd, low) <= fit.llf + 1e-6
