"""The mixed fit at its limits: the boundary, no between variance, nothing but between variance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.fit.linear import dummies, ols
from lmmcompare.fit.mixed import at_theta
from lmmcompare.fit.single import optimise
from lmmcompare.models import MixedResult
from tests.fit.test_criterion import make_frame
from tests.helpers import comparison, table


def null_frame(seed: int, groups: int = 8, size: int = 6) -> pd.DataFrame:
    """Groups that do not differ: the best random variance is often exactly 0."""
    random = np.random.default_rng(seed)
    g = np.repeat(np.arange(groups), size)
    x = random.normal(size=len(g))
    return pd.DataFrame({"g": g, "x": x, "y": 1 + x + random.normal(size=len(g))})


@pytest.mark.parametrize("case", ["cv161703_ri", "sleepstudy_ri", "exam_ri", "sleepstudy_unbalanced_ri"])
def test_at_theta_zero_it_is_ols(case: str) -> None:
    both = comparison(case)
    fit = at_theta(both.moments, both.ols.columns, [[-1]], np.zeros(1))
    np.testing.assert_allclose(fit.beta, both.ols.params, rtol=1e-10)
    np.testing.assert_allclose(fit.vcov, both.ols.cov_params(), rtol=1e-9)
    assert fit.sigma2 == pytest.approx(both.ols.scale, rel=1e-10)
    assert not fit.modes[0].any()


@pytest.mark.parametrize("case", ["cv161703_ri", "sleepstudy_ri", "exam_ri", "sleepstudy_unbalanced_ri", "dragons_ri"])
def test_as_theta_grows_the_slope_becomes_that_of_the_dummies(case: str) -> None:
    both = comparison(case)
    gaps = []
    for theta in (1e2, 1e3, 1e4):
        fit = at_theta(both.moments, both.ols.columns, [[-1]], np.array([theta]))
        gaps.append(abs(fit.beta[1] - both.no_pooling.params.iloc[0]) / both.no_pooling.bse.iloc[0])
    # psi = 1 / (1 + n theta^2), so a tenfold theta brings it a hundred times nearer
    assert gaps[2] < 1e-6
    assert gaps[1] == pytest.approx(gaps[0] / 100, rel=0.05)


def searched_from(fit: MixedResult, start: np.ndarray) -> float:
    """The criterion where a search from another theta, in centred and scaled columns, ends."""
    return optimise(fit.fit.problem, start).solution.criterion


def test_every_stop_is_certified_and_no_better_point_is_near() -> None:
    """60 data sets without a group effect: many optima lie on the boundary, none may be a false stop there."""
    singular = 0
    for seed in range(60):
        fit = lmmcompare.lmer("y ~ x + (x | g)", null_frame(seed))
        singular += fit.singular
        assert fit.converged
        theta = fit.fit.optimum.solution.theta
        for start in ([0.3, 0.0, 0.3], [1.0, -0.8, 0.05], [0.02, 0.1, 0.0]):
            again = searched_from(fit, np.array(start))
            assert fit.fit.optimum.solution.criterion <= again + 1e-6, (seed, start, theta)
    assert 20 < singular < 60


@pytest.mark.parametrize("seed", [413, 425])
def test_of_two_minima_the_lower_one_is_found(seed: int) -> None:
    """By ML these small data have one minimum at theta = 0 and another, higher, near 1.2."""
    fit = lmmcompare.lmer("y ~ x + z + c + (1 | g)", make_frame(seed), reml=False)
    grid = [at_theta(fit.moments, fit.columns, [[-1]], np.array([t]), reml=False).criterion for t in (0, 0.5, 1.2, 3)]
    assert grid[0] < grid[1] > grid[2] < grid[3]
    assert fit.theta[0] == 0 and fit.singular and fit.converged
    assert fit.criterion <= min(grid)


def test_a_boundary_fit_is_named_and_still_a_fit() -> None:
    fit = comparison("dyestuff2_singular").mixed
    assert fit.singular and fit.converged
    assert fit.theta[0] < 1e-6
    assert "Boundary (singular) fit" in fit.summary()
    assert "NOT converged" not in fit.summary()


@pytest.mark.parametrize("seed", [1, 2])
def test_coefficients_that_do_not_vary_have_variances_of_zero(seed: int) -> None:
    """And no correlation: variances of 1e-72 and 1e-39 had one of -1."""
    rng = np.random.default_rng(seed)
    group, x = np.repeat(np.arange(12), 8), rng.normal(size=96)
    frame = pd.DataFrame({"y": 0.3 * x + rng.normal(size=96), "g": group, "arm": np.where(group % 2, "b", "a")})
    frame["mean"] = frame.assign(x=x).groupby("g")["x"].transform("mean")
    frame["within"] = x - frame["mean"]
    both = lmmcompare.compare("y ~ within + mean + (within | g) + (1 | arm)", frame)
    assert (both.mixed.fit.covariances[0] == 0).all()
    spreads = both.variances().query("model == 'several' and factor == 'g'")
    assert spreads["value"].tolist()[:2] == [0, 0] and np.isnan(spreads["value"].iloc[2])


def test_a_fit_that_did_not_converge_is_called_that(monkeypatch: pytest.MonkeyPatch) -> None:
    from lmmcompare.fit import optimise, single

    monkeypatch.setattr(optimise, "CERTIFIED", -1.0)
    monkeypatch.setattr(single, "is_plain", lambda *of: False)
    fit = lmmcompare.lmer("Reaction ~ Days + (Days | Subject)", table("sleepstudy"))
    assert not fit.converged and not fit.singular
    assert "NOT converged" in fit.summary()


def test_a_search_that_stops_at_zero_by_accident_is_started_again() -> None:
    """Theta = 0 is stationary whatever the data, so a start there must not be taken for the optimum."""
    fit = comparison("sleepstudy_rs").mixed
    for start in (np.zeros(3), np.array([1.0, 0.0, 0.0])):
        assert searched_from(fit, start) == pytest.approx(fit.fit.optimum.solution.criterion, abs=1e-7)


@pytest.mark.parametrize("case", ["sleepstudy_rs", "exam_rs", "cv161703_rs"])
def test_another_start_finds_the_same_optimum(case: str) -> None:
    fit: MixedResult = comparison(case).mixed
    for scale in (0.01, 30.0):
        again = searched_from(fit, scale * np.array([1.0, 0.5, 1.0]))
        assert again == pytest.approx(fit.fit.optimum.solution.criterion, abs=1e-7)


def test_wide_data_have_more_columns_than_a_group_has_rows() -> None:
    """Linear algebra only: a dozen predictors, five rows in a group."""
    random = np.random.default_rng(4)
    frame = pd.DataFrame(random.normal(size=(100, 12)), columns=[f"x{k}" for k in range(12)])
    frame["g"] = np.repeat(np.arange(20), 5)
    frame["y"] = frame.to_numpy()[:, :12].sum(axis=1) + random.normal(size=20)[frame["g"]] + random.normal(size=100)
    both = lmmcompare.compare("y ~ " + " + ".join(f"x{k}" for k in range(12)) + " + (1 | g)", frame)
    low = at_theta(both.moments, both.ols.columns, [[-1]], np.zeros(1))
    np.testing.assert_allclose(low.beta, ols(both.moments, both.ols.columns).beta, rtol=1e-9)
    high = at_theta(both.moments, both.ols.columns, [[-1]], np.array([1e5]))
    np.testing.assert_allclose(high.beta[1:], dummies(both.moments, both.ols.columns).beta, rtol=1e-6)
