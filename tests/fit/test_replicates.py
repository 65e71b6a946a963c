"""Many replicates as one array against one fit after another."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.design.build import build
from lmmcompare.design.design import Design
from lmmcompare.fit import replicate_fits
from lmmcompare.fit.bases import CONSTANT
from lmmcompare.fit.criterion import solve
from lmmcompare.fit.mixed import mixed
from lmmcompare.fit.problem import Problem, problem
from lmmcompare.fit.replicate_criterion import solve as solve_all
from lmmcompare.fit.replicate_designs import new_outcomes, stacked, weighted
from lmmcompare.fit.replicate_fits import ReplicateFits, Units, fit_replicates
from lmmcompare.fit.replicates import Replicates
from lmmcompare.formula import parse
from lmmcompare.models import MixedResult
from lmmcompare.models.gathering import compute_moments, fixed_columns
from lmmcompare.moments.groups import Moments
from lmmcompare.moments.row_pass import compute
from tests.effort import THOROUGH
from tests.fit.test_criterion import MODELS, make_frame

Array = np.ndarray
INTERCEPT, SLOPE = "y ~ x + (1 | g)", "y ~ x + (x | g)"


def design(seed: int, groups: int, balanced: bool) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    sizes = np.full(groups, 10) if balanced else np.append(random.integers(2, 16, groups - 1), 1)
    g = np.repeat(np.arange(groups), sizes)
    return pd.DataFrame({"g": g, "x": 3 + 2 * random.normal(size=len(g))})


def outcome(frame: pd.DataFrame, size: int, sds: tuple[float, float], seed: int) -> Array:
    """Outcomes with a random intercept and slope, (size, rows)."""
    random, g, x = np.random.default_rng(seed), frame["g"].to_numpy(), frame["x"].to_numpy()
    effects = random.normal(size=(2, size, g.max() + 1)) * np.reshape(sds, (2, 1, 1))
    return 10 + 0.5 * x + effects[0][:, g] + effects[1][:, g] * x + random.normal(size=(size, len(g)))


def parts(formula: str, frame: pd.DataFrame, reml: bool = True) -> tuple[Design, Moments, Problem]:
    made = build(parse(formula), frame)
    moments = compute_moments(made)
    return made, moments, problem(moments, fixed_columns(made), [b.columns for b in made.blocks], reml=reml)


def from_rows(setting: Problem, moments: Moments, made: Design, y: Array) -> Replicates:
    """Replicates of one design from the rows of their outcomes (B, n), by plain sums over groups."""
    assert made.grouping is not None
    member = (made.grouping.codes[:, None] == np.arange(moments.n_groups)).astype(float)
    scale, centred = moments.scale[-1], CONSTANT in setting.fixed.columns
    y_mean = y @ member / moments.n
    inside = (y - y_mean[:, made.grouping.codes]) / scale
    mean = (y_mean - moments.center[-1] * centred) / scale
    products = [
        (inside * column[:] / own) @ member for column, own in zip(made.columns[:-1], moments.scale, strict=False)
    ]
    within = np.array([*products, np.zeros_like(mean)])  # the last is the constant's, -1
    random, fixed = np.concatenate([b.columns for b in setting.random]), setting.fixed.columns
    slopes, lower = random != CONSTANT, setting.root.transpose(1, 0, 2)[:, :, None]
    projected, remaining = np.empty((len(random), *mean.shape)), np.empty((setting.p + 1, len(y)))
    remaining[:-1], remaining[-1] = within[fixed].sum(axis=-1), (inside**2).sum(axis=1)
    if slopes.all():
        z_mean = np.concatenate([b.mean for b in setting.random])
        projected[:] = solved(lower, within[random] + z_mean[:, None] * (moments.n * mean))
        remaining[:-1] += (setting.fixed.mean * moments.n) @ mean.T
        remaining[-1] += mean**2 @ moments.n
    else:
        projected[~slopes] = np.sqrt(moments.n) * mean
        projected[slopes] = solved(lower[np.ix_(slopes, slopes)], within[random[slopes]])
    left = slopes if not slopes.all() else slice(None)
    remaining[:-1] -= np.einsum("apj,anj->pn", setting.projected[left, :-1], projected[left])
    remaining[-1] -= (projected[left] ** 2).sum(axis=(0, -1))
    return new_outcomes(setting, projected, remaining)


def solved(lower: Array, products: Array) -> Array:
    """``L x = b`` for each group's factor (k, k, 1, J), which may be singular, and right sides (k, B, J)."""
    x = np.zeros_like(products)
    for i in range(len(products)):
        value = products[i] - sum(lower[i, m] * x[m] for m in range(i))
        np.divide(value, lower[i, i], out=x[i], where=lower[i, i] > 0)
    return x


def same(fits: ReplicateFits, b: int, single: MixedResult, df: Array | None = None) -> None:
    """Replicate b is the single fit."""
    se = single.bse.to_numpy()
    # both stop at a Newton step that promises less than 1e-9: theta is then good to about 1e-9 of its standard error
    np.testing.assert_allclose(fits.beta[b] / se, single.params / se, rtol=0, atol=1e-8)
    np.testing.assert_allclose(fits.vcov[b] / np.outer(se, se), single.cov_params() / np.outer(se, se), atol=1e-8)
    assert fits.sigma2[b] == pytest.approx(single.scale, rel=1e-8)
    assert fits.criterion[b] == pytest.approx(single.criterion, abs=1e-9)
    for ours, theirs in zip(fits.covariances, single.fit.covariances, strict=True):
        np.testing.assert_allclose(ours[b], theirs, rtol=0, atol=2e-8 * max(float(np.diag(theirs).max()), single.scale))
    assert fits.singular[b] == single.singular and fits.converged[b] and single.converged
    if df is not None:
        # their derivatives are central differences with a step of 1e-4, ours are exact
        np.testing.assert_allclose(df[b], single.df_satterthwaite, rtol=2e-5)


@pytest.mark.parametrize("balanced", [True, False])
@pytest.mark.parametrize("formula", [INTERCEPT, SLOPE])
def test_two_hundred_new_outcomes_are_two_hundred_single_fits(formula: str, balanced: bool) -> None:
    frame = design(1, 20 if balanced else 15, balanced)
    y = outcome(frame, 200, (0.2, 0.15 * (formula == SLOPE)), 2)
    made, moments, setting = parts(formula, frame.assign(y=y[0]))
    fits = fit_replicates(from_rows(setting, moments, made, y), Units.of(setting, moments))
    df = fits.satterthwaite()
    assert 10 < fits.singular.sum() < 190
    for b in range(0, 200, 1 if THOROUGH else 4):
        same(fits, b, lmmcompare.lmer(formula, frame.assign(y=y[b])), df)
    # a variance of nothing is exactly nothing
    if formula == INTERCEPT:
        assert (fits.covariances[0][fits.singular] == 0).all() and (fits.theta[fits.singular] == 0).all()


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("name", MODELS)
def test_every_kind_of_model(name: str, reml: bool) -> None:
    """Several blocks, three random coefficients, none for the constant, no fixed intercept; groups of one row."""
    frame, formula = make_frame(3, groups=9), MODELS[name].formula
    random = np.random.default_rng(4)
    y = frame["y"].to_numpy() + random.normal(size=(8, len(frame)))
    made, moments, setting = parts(formula, frame.assign(y=y[0]), reml)
    fits = fit_replicates(from_rows(setting, moments, made, y), Units.of(setting, moments))
    for b in range(len(y)):
        single = lmmcompare.lmer(formula, frame.assign(y=y[b]), reml=reml)
        # these small data have flat criteria: the searches may stop 1e-6 of a standard error apart
        assert fits.criterion[b] == pytest.approx(single.criterion, abs=1e-7)
        np.testing.assert_allclose(fits.beta[b] / single.bse, single.params / single.bse, atol=1e-5)
        assert fits.converged[b]


@pytest.mark.parametrize("formula", [INTERCEPT, SLOPE])
def test_weights_are_copies_of_groups(formula: str) -> None:
    frame = design(5, 12, False).assign(y=lambda f: outcome(f, 1, (0.7, 0.3), 6)[0])
    _, moments, setting = parts(formula, frame)
    weights = np.random.default_rng(7).multinomial(12, np.full(12, 1 / 12), 20).astype(float)
    weights = np.concatenate([weights, 1 - np.eye(12)])  # and each group left out
    fits = fit_replicates(weighted(setting, moments, weights), Units.of(setting, moments))
    df = fits.satterthwaite()
    for b, weight in enumerate(weights):
        rows = [frame[frame["g"] == g].assign(g=f"{g}/{k}") for g in range(12) for k in range(int(weight[g]))]
        same(fits, b, lmmcompare.lmer(formula, pd.concat(rows, ignore_index=True)), df)


@pytest.mark.parametrize("formula", [INTERCEPT, SLOPE, "y ~ x + (x || g)", "y ~ 0 + x + (0 + x | g)"])
def test_each_replicate_may_have_a_design_of_its_own(formula: str) -> None:
    frames = [design(seed, 10, False) for seed in range(40)]
    frames = [f.assign(y=outcome(f, 1, (0.1, 0.05), seed)[0]) for seed, f in enumerate(frames)]
    made, *_ = parts(formula, frames[0])
    whole = pd.concat(frames, keys=range(40)).reset_index(level=0)
    codes = (whole["level_0"] * 10 + whole["g"]).to_numpy()
    moments = compute([whole["x"].to_numpy(), whole["y"].to_numpy()], codes, len(whole), 400)
    replicates, units = stacked(moments, fixed_columns(made), [b.columns for b in made.blocks], 40, reml=True)
    fits = fit_replicates(replicates, units)
    df = fits.satterthwaite()
    assert 0 < fits.singular.sum() < 40
    singles = [lmmcompare.lmer(formula, frame) for frame in frames]
    # where the criterion has two minima, of which replicates take the one that is nearer, a single fit may be the lower
    lower = [b for b, single in enumerate(singles) if single.criterion < fits.criterion[b] - 1e-3]
    assert len(lower) <= 1
    for b in np.setdiff1d(np.arange(40), lower):
        same(fits, b, singles[b], df)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("name", MODELS)
def test_values_and_derivatives_are_those_of_the_single_criterion(name: str, reml: bool) -> None:
    frame = make_frame(2)
    _, _, setting = parts(MODELS[name].formula, frame, reml)
    p, m = setting.p, len(setting.theta_map.rows)
    theta = np.random.default_rng(8).normal(size=(m, 5)) + 0.3
    projected, remaining = (
        setting.projected[:, p, None].repeat(5, axis=1),
        setting.remaining[p][:, None].repeat(5, axis=1),
    )
    values = solve_all(new_outcomes(setting, projected, remaining), theta)
    for b, at in enumerate(theta.T):
        single = solve(setting, at)
        assert values.criterion[b] == pytest.approx(single.criterion, rel=1e-11)
        np.testing.assert_allclose(values.gradient[:, b], single.gradient, rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(values.curvature[..., b], single.curvature, rtol=1e-8, atol=1e-8)
        for e in range(m):
            step = 1e-5 * np.eye(m)[e]
            above, below = solve(setting, at + step), solve(setting, at - step)
            # central differences: the square of the step, 1e-10, times a third derivative, and rounding / step, 1e-9
            hessian = (above.gradient - below.gradient) / 2e-5
            np.testing.assert_allclose(values.hessian[:, e, b], hessian, rtol=1e-5, atol=1e-5)
            root = values.root[:p, :p, b]
            slope = -root @ values.slopes[e, :p, :p, b] @ root.T
            np.testing.assert_allclose(slope, (above.xx - below.xx) / 2e-5, rtol=1e-5, atol=1e-5)
            pwrss = -values.slopes[e, p, p, b] * values.root[p, p, b] ** 2
            assert pwrss == pytest.approx((above.pwrss - below.pwrss) / 2e-5, rel=1e-5, abs=1e-5)


def test_the_expected_hessian_is_the_mean_of_the_observed_one() -> None:
    """At the parameters that made the outcomes, apart from what estimating the coefficients and sigma changes."""
    frame = design(3, 60, True)
    y = outcome(frame, 4000, (0.5, 0.4), 9)
    made, moments, setting = parts(SLOPE, frame.assign(y=y[0]), reml=False)
    units = setting.random[0].to_units
    psi = np.linalg.solve(units, np.diag([0.5**2, 0.4**2])) @ np.linalg.inv(units).T
    theta = setting.theta_map.from_covariance(psi)
    values = solve_all(from_rows(setting, moments, made, y), np.repeat(theta[:, None], 4000, axis=1))
    rows, columns = setting.theta_map.rows, setting.theta_map.columns
    own = 2 * np.where((columns[:, None] == columns)[..., None], values.curvature[np.ix_(rows, rows)], 0.0)
    observed, expected = values.hessian - own, values.expected - own
    size = np.sqrt(np.einsum("mmn->m", expected) / 4000)
    gap = (observed.mean(axis=-1) - expected.mean(axis=-1)) / np.outer(size, size)
    assert np.abs(gap).max() < 0.06  # 2 coefficients for 60 groups: a thirtieth; Monte Carlo error about 0.003


def test_a_start_at_zero_is_not_taken_for_the_optimum() -> None:
    """Theta = 0 is stationary whatever the data."""
    frame = design(1, 12, True)
    y = outcome(frame, 50, (1.0, 0.4), 3)
    made, moments, setting = parts(SLOPE, frame.assign(y=y[0]))
    replicates, units = from_rows(setting, moments, made, y), Units.of(setting, moments)
    fits = fit_replicates(replicates, units)
    for start in ([0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [30.0, 15.0, 30.0], [0.01, 0.0, 0.01]):
        again = fit_replicates(replicates, units, np.array(start))
        np.testing.assert_allclose(again.criterion, fits.criterion, atol=1e-7)
        assert again.converged.all()


@pytest.mark.parametrize("seed", [413, 425])
def test_of_two_minima_the_lower_one_is_found(seed: int) -> None:
    """As in test_mixed.py: by ML one minimum at theta = 0 and another, higher, near 1.2."""
    made, moments, setting = parts("y ~ x + z + c + (1 | g)", make_frame(seed), reml=False)
    one = new_outcomes(setting, setting.projected[:, -1, None], setting.remaining[-1][:, None])
    fits = fit_replicates(one, Units.of(setting, moments), np.array([1.2]))
    assert fits.theta[0, 0] == 0 and fits.singular[0] and fits.converged[0]
    assert fits.criterion[0] == pytest.approx(mixed(moments, fixed_columns(made), [[-1]], reml=False).criterion)


def test_a_small_first_variance_and_a_correlation_of_one_are_found_all_the_same() -> None:
    """There theta has a curved valley, where steps are short unless the coefficients are put in order."""
    frame = design(1, 20, True).assign(x=lambda f: f["x"] - f["x"].mean())
    y = outcome(frame, 2000, (0.0, 0.3), 11)
    made, moments, setting = parts(SLOPE, frame.assign(y=y[0]))
    turned = problem(moments, fixed_columns(made), [[0, -1]], reml=True)
    fits = fit_replicates(from_rows(setting, moments, made, y), Units.of(setting, moments))
    other = fit_replicates(from_rows(turned, moments, made, y), Units.of(turned, moments))
    assert fits.converged.all() and other.converged.all()
    np.testing.assert_allclose(fits.criterion, other.criterion, atol=1e-8)
    assert (fits.covariances[0][:, 0, 0] < 1e-3).sum() > 300


def test_the_batches_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = design(1, 12, False)
    y = outcome(frame, 60, (0.3, 0.2), 3)
    made, moments, setting = parts(SLOPE, frame.assign(y=y[0]))
    replicates, units = from_rows(setting, moments, made, y), Units.of(setting, moments)
    fits = fit_replicates(replicates, units)
    for entries in (1, 100, 400):
        monkeypatch.setattr(replicate_fits, "ENTRIES", entries)
        again = fit_replicates(replicates, units)
        np.testing.assert_allclose(again.beta, fits.beta, rtol=1e-12)
        np.testing.assert_allclose(again.theta, fits.theta, rtol=1e-8, atol=1e-8)


def test_replicates_that_cannot_be_fitted_are_nan_and_harm_no_other() -> None:
    frame = design(5, 8, True).assign(arm=lambda f: (f["g"] % 2).astype(float))
    frame["y"] = outcome(frame, 1, (0.7, 0.0), 6)[0]
    _, moments, setting = parts("y ~ arm + (1 | g)", frame)
    weights = np.ones((3, 8))
    weights[1, 1::2] = 0  # one arm only
    fits = fit_replicates(weighted(setting, moments, weights), Units.of(setting, moments))
    assert fits.converged.tolist() == [True, False, True]
    for values in (fits.beta, fits.vcov, fits.sigma2, fits.covariances[0], fits.theta, fits.criterion):
        assert np.isnan(values[1]).all() and np.isfinite(values[[0, 2]]).all()
    same(fits, 2, lmmcompare.lmer("y ~ arm + (1 | g)", frame))


def test_groups_of_one_row_only_do_not_stop_the_others() -> None:
    """Without a group of two rows the intercept's variance and the residual's are one: no optimum, no exception."""
    frame = pd.DataFrame({"g": [0, 0, 1, 1, 2, 3, 4, 5], "y": [1.0, 2, 4, 5, 3, 7, 1, 2]})
    _, moments, setting = parts("y ~ 1 + (1 | g)", frame)
    weights = np.array([[1, 1, 1, 1, 1, 1], [0, 0, 2, 2, 1, 1], [0, 0, 6, 0, 0, 0.0]])
    fits = fit_replicates(weighted(setting, moments, weights), Units.of(setting, moments))
    same(fits, 0, lmmcompare.lmer("y ~ 1 + (1 | g)", frame))
    assert not fits.converged[2]  # six copies of one row: nothing is left over


def timed(formula: str, size: int = 10_000) -> dict[str, float]:
    """Seconds of each step for 20 groups of 10 rows: outcomes to moments, fits, degrees of freedom."""
    frame = design(1, 20, True)
    y = outcome(frame, size, (0.3, 0.3 * (formula == SLOPE)), 2)
    made, moments, setting = parts(formula, frame.assign(y=y[0]))
    clock = [time.process_time()]
    replicates = from_rows(setting, moments, made, y)
    clock.append(time.process_time())
    fits = fit_replicates(replicates, Units.of(setting, moments))
    clock.append(time.process_time())
    fits.satterthwaite()
    clock.append(time.process_time())
    assert fits.converged.all()
    return dict(zip(("moments", "fits", "df"), np.diff(clock).tolist(), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(("formula", "limit"), [(INTERCEPT, 0.3), (SLOPE, 6.0)])
def test_ten_thousand_replicates_take_no_time(formula: str, limit: float) -> None:
    found = timed(formula)
    print(formula, found)
    assert found["fits"] + found["df"] < 3 * limit  # the target with room for a busy machine
