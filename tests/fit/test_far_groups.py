"""Groups that lie up to a million residual SDs apart cost no digits, whatever the structure; truth is a fit in 60 digits."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from lmmcompare.models.gls import GLSResult
from tests.effort import first
from tests.exact_gls import Best, ExactGLS, decimals

VISITS = 3
CALLS: dict[str, tuple[str, str | None]] = {
    "us": ("us(v | g)", None),
    "cs": ("cs(1 | g)", None),
    "cs by level": ("cs(1 | g)", "l"),
    "ar1": ("ar1(t | g)", None),
    "ar1 by level": ("ar1(t | g)", "l"),
    "car1": ("car1(t | g)", None),
}
DISTANCES = (1e2, 1e4, 1e6)
CASES = [(kind, far, reml) for far in reversed(DISTANCES) for kind in CALLS for reml in (True, False)]


def far_rows(far: float, seed: int = 1) -> pd.DataFrame:
    """Twenty groups, ``far`` residual SDs apart, seen at three visits or fewer; some not at the first, one once."""
    rng, groups = np.random.default_rng(seed), 20
    root = np.eye(VISITS) + 0.4 * np.tri(VISITS)
    y = 5 + far * rng.normal(size=(groups, 1)) + rng.normal(size=(groups, VISITS)) @ root.T
    seen = rng.random((groups, VISITS)) < 0.8
    seen[:8], seen[8], seen[9] = True, [False, True, False], [False, True, True]
    seen[~seen.any(axis=1), 1] = True
    table = pd.DataFrame({"g": np.repeat(np.arange(groups), VISITS), "t": np.tile(np.arange(VISITS), groups)})
    table = table.assign(v="v" + table["t"].astype(str), x=rng.normal(size=len(table)), arm=table["g"] % 2, y=y.ravel())
    table["l"] = rng.choice(["a", "b"], len(table))
    return table[seen.ravel()].sample(frac=1, random_state=seed).reset_index(drop=True)


def exact(table: pd.DataFrame, fit: GLSResult, kind: str, reml: bool) -> Best:
    """The maximum in 60 digits, from what was found."""
    rows, columns = np.tril_indices(VISITS)
    time, level = table["t"].to_numpy(), (table["l"] == "b").to_numpy()

    def covariance(at: list[Decimal], own: np.ndarray) -> np.ndarray:
        if kind == "us":
            whole = np.empty((VISITS, VISITS), dtype=object)
            whole[rows, columns] = whole[columns, rows] = at
            return whole[np.ix_(time[own], time[own])]
        apart, (variance, lost) = np.abs(time[own][:, None] - time[own]), (at[0].exp(), at[1].exp())
        if kind.startswith("cs"):
            correlation = np.where(apart == 0, Decimal(1), 1 - lost)
        else:
            correlation = np.vectorize(lambda d: (1 - lost) ** int(d), otypes=[object])(apart)
        sd = np.where(level[own], at[2].exp() if len(at) > 2 else Decimal(1), Decimal(1))
        return variance * correlation * np.outer(sd, sd)

    x = table[["x", "arm"]].to_numpy()
    x = np.column_stack([np.ones(len(x)), x, *(time == k for k in range(1, VISITS))]).astype(float)
    slow = ExactGLS(x, table["y"].to_numpy(), table["g"].to_numpy(), np.arange(len(x)), covariance, reml)
    if kind == "us":
        return slow.best(list(decimals(fit.residual_covariance.to_numpy()[rows, columns])), 2)
    rho, sd = fit.residual_correlation, fit.residual_sd.to_numpy()
    assert isinstance(rho, float)
    start = [Decimal(sd[0] ** 2).ln(), Decimal(1 - rho).ln(), *(Decimal(s / sd[0]).ln() for s in sd[1:])]
    return slow.best(start, 3)


@pytest.mark.parametrize("case", first(CASES, len(CALLS) * 2), ids=str)
def test_the_optimum_is_that_of_exact_arithmetic(case: tuple[str, float, bool]) -> None:
    kind, far, reml = case
    table = far_rows(far)
    fit = lc.gls("y ~ x + arm + v", table, *CALLS[kind], reml)
    assert fit.outcome == "converged"
    best = exact(table, fit, kind, reml)
    assert fit.llf == pytest.approx(best.loglik, abs=1e-5)
    np.testing.assert_allclose((fit.params - best.beta) / best.se, 0, atol=1e-5)
    np.testing.assert_allclose(fit.bse, best.se, rtol=1e-4)
    if kind != "us":
        return
    v = np.empty((VISITS, VISITS), dtype=object)
    rows, columns = np.tril_indices(VISITS)
    v[rows, columns] = v[columns, rows] = best.parameters
    ours = decimals(fit.residual_covariance.to_numpy())
    for of in ([1, 0, 0], [1, -1, 0], [0, 1, -1], [1, -2, 1]):  # levels, and contrasts that groups' levels do not enter
        c = decimals(np.array(of))
        assert float(c @ ours @ c) == pytest.approx(float(c @ v @ c), rel=1e-3)


@pytest.mark.parametrize("kind", ["us", "cs", "ar1", "car1"])
def test_inference_tends_to_a_limit_as_groups_move_apart(kind: str) -> None:
    """What is said of a predictor within groups no longer depends on how far apart they lie."""
    near, far = (lc.gls("y ~ x + arm + v", far_rows(distance), *CALLS[kind]) for distance in (1e4, 1e6))
    x = np.eye(5)[[1]]
    for method in ("satterthwaite", "kenward_roger"):
        one, other = (getattr(fit, method).f_test(x) for fit in (near, far))
        assert other.statistic == pytest.approx(one.statistic, rel=2e-3), method
        assert other.den_df == pytest.approx(one.den_df, rel=2e-3), method
    robust = [fit.robust("CR2").vcov[1, 1] for fit in (near, far)]
    assert robust[1] == pytest.approx(robust[0], rel=2e-3)
    assert np.ptp(near.fittedvalues - near.design.response) > 1e4  # whatever is said of x, the groups are far
