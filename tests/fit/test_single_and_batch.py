"""One model by itself, as a batch of one, and at any place of a bigger batch: one search, one answer.

Tolerances: every search ends with a Newton step that promises less than 1e-12 of the criterion, so criteria agree to 1e-8
(their sums over rows are rounded differently) and coefficients to 1e-6 of their standard errors. A flat criterion tells
variances less well than itself: those agree to 1e-4 of the residual variance where the criterion agrees to 1e-8.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.arrays import Array
from lmmcompare.fit.descent import Descent
from lmmcompare.fit.mixed import MixedFit, mixed
from lmmcompare.fit.replicate_designs import new_outcomes, weighted
from lmmcompare.fit.replicate_fits import ReplicateFits, Units, fit_replicates
from lmmcompare.fit.replicate_search import ReplicateCriteria
from lmmcompare.fit.search import settle
from lmmcompare.fit.single_criteria import BatchOfOne, SingleCriterion
from lmmcompare.inference import influence
from lmmcompare.models import MixedResult
from lmmcompare.models.gathering import fixed_columns
from tests.effort import first
from tests.fit.test_replicates import from_rows, parts

FORMULAS = ["y ~ x + (1 | g)", "y ~ x + z + (x | g)", "y ~ x + (x + z | g)", "y ~ x + z + (1 | g) + (0 + x | g)"]
NEAR_SINGULAR = 1e-3
"""An SD of a random coefficient next to a residual SD of 1."""


def random_design(seed: int, rows: int = 9) -> tuple[str, pd.DataFrame, Array]:
    """A formula, unbalanced groups of a row at least, and five outcomes; every other design has next to no variances."""
    random = np.random.default_rng(seed)
    groups = int(random.integers(8, 30))
    g = np.repeat(np.arange(groups), np.append(random.integers(2, rows, groups - 1), 1))
    x, z = 3 + random.normal(size=(2, len(g)))
    sds = np.where(random.random((5, 3, 1)) < 0.5 * (seed % 2), NEAR_SINGULAR, random.uniform(0.2, 1.5, (5, 3, 1)))
    effects = sds * random.normal(size=(5, 3, groups))
    y = 1 + 0.5 * x + effects[:, 0][:, g] + effects[:, 1][:, g] * x + effects[:, 2][:, g] * z
    y += random.normal(size=y.shape)
    return FORMULAS[seed % len(FORMULAS)], pd.DataFrame({"g": g, "x": x, "z": z}), y


def same(fits: ReplicateFits, b: int, single: MixedFit, criterion: float = 1e-8, variances: float = 1e-4) -> None:
    """Fit b of a batch is the single one."""
    se = np.sqrt(np.diag(single.vcov))
    assert fits.criterion[b] == pytest.approx(single.criterion, abs=criterion)
    np.testing.assert_allclose(fits.beta[b] / se, single.beta / se, rtol=0, atol=1e-6)
    np.testing.assert_allclose(fits.vcov[b] / np.outer(se, se), single.vcov / np.outer(se, se), rtol=0, atol=1e-5)
    for ours, theirs in zip(fits.covariances, single.covariances, strict=True):
        np.testing.assert_allclose(ours[b], theirs, rtol=0, atol=variances * single.sigma2)
    assert fits.converged[b] == single.optimum.converged


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("seed", first(range(12), 6))
def test_a_single_fit_is_a_batch_of_one_and_any_member_of_a_batch(seed: int, reml: bool) -> None:
    formula, frame, y = random_design(seed)
    made, moments, setting = parts(formula, frame.assign(y=y[0]), reml)
    columns, blocks = fixed_columns(made), [b.columns for b in made.blocks]
    units = Units.of(setting, moments)
    together = fit_replicates(from_rows(setting, moments, made, y), units)
    backwards = fit_replicates(from_rows(setting, moments, made, y[::-1]), units)
    for b in range(len(y)):
        _, own, problem = parts(formula, frame.assign(y=y[b]), reml)
        single = mixed(own, columns, blocks, reml=reml)
        assert single.optimum.converged
        alone = new_outcomes(problem, problem.projected[:, -1, None], problem.remaining[-1][:, None])
        same(fit_replicates(alone, Units.of(problem, own)), 0, single)
        same(fit_replicates(weighted(problem, own, np.ones((1, own.n_groups))), Units.of(problem, own)), 0, single)
        same(together, b, single)
        same(backwards, len(y) - 1 - b, single)


@pytest.mark.parametrize("reml", [True, False])
def test_eight_correlated_coefficients_by_both_ways_to_the_criterion(reml: bool) -> None:
    """Sums written out with exact second derivatives, and BLAS with central differences of its gradient."""
    random = np.random.default_rng(8)
    g, x = np.repeat(np.arange(20), 12), random.normal(size=(7, 240))
    frame = pd.DataFrame({"g": g, **{f"x{i}": column for i, column in enumerate(x)}})
    frame["y"] = (x * random.normal(size=(7, 20))[:, g]).sum(axis=0) + random.normal(size=240)
    _, _, setting = parts(f"y ~ x0 + ({' + '.join(f'x{i}' for i in range(7))} | g)", frame, reml)
    theta = setting.theta_map.from_covariance(np.cov(random.normal(size=(8, 30))))[:, None]
    by_blas = SingleCriterion(setting)
    one, other = BatchOfOne(setting).at(theta), by_blas.at(theta)
    assert one.criterion == pytest.approx(other.criterion, abs=1e-8)
    np.testing.assert_allclose(one.gradient, other.gradient, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(one.expected, other.expected, rtol=1e-8, atol=1e-8)
    steps = 1e-5 * np.eye(len(theta))[:, :, None]
    differences = [(by_blas.at(theta + s).gradient - by_blas.at(theta - s).gradient) / 2e-5 for s in steps]
    np.testing.assert_allclose(one.hessian, np.stack(differences, axis=1), rtol=0, atol=1e-5)


@cache
def without_each_group(seed: int) -> list[MixedResult]:
    """The fits of the second outcome of a random design without one group each, in the groups' order."""
    formula, frame, y = random_design(seed)
    frame = frame.assign(y=y[1])
    return [lmmcompare.lmer(formula, frame[frame["g"] != group]) for group in range(frame["g"].nunique())]


@pytest.mark.parametrize("expanded", [True, False])
@pytest.mark.parametrize("seed", first(range(6), 3))
def test_a_group_left_out_is_the_fit_of_the_other_groups(
    seed: int, expanded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As refits, and by the expansion that stands for them where there are many groups."""
    formula, frame, y = random_design(seed)
    frame = frame.assign(y=y[1])
    made, moments, _ = parts(formula, frame)
    columns = fixed_columns(made)
    fit = mixed(moments, columns, [b.columns for b in made.blocks])
    if expanded:
        monkeypatch.setattr(influence, "FEW", 0)
    result = influence.leave_one_group_out(fit, moments, columns)
    for group, without in enumerate(without_each_group(seed)):
        se = without.bse.to_numpy()
        assert result.converged[group] == without.converged
        np.testing.assert_allclose(result.beta[:, group] / se, without.params / se, rtol=0, atol=1e-5)
        assert result.sigma[group] ** 2 == pytest.approx(without.scale, rel=1e-4)


def test_a_last_step_that_led_up_is_taken_back() -> None:
    formula, frame, y = random_design(4)
    made, moments, setting = parts(formula, frame.assign(y=y[0]))
    replicates = from_rows(setting, moments, made, y[:3])
    best = fit_replicates(replicates, Units.of(setting, moments)).values
    beyond = best.theta.copy()
    beyond[0, 1] += 0.1
    nothing, arrived = np.zeros(3), np.ones(3, dtype=bool)
    point = settle(ReplicateCriteria(replicates), Descent(beyond, nothing, arrived, best.theta, best.criterion))
    np.testing.assert_allclose(point.criterion, best.criterion, rtol=1e-12)
    np.testing.assert_array_equal(point.theta, best.theta)
