"""The bootstrap against a plain loop of refits: simulated rows, and tables of resampled groups."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

import lmmcompare
from lmmcompare.errors import DesignError
from lmmcompare.fit.replicate_designs import new_outcomes
from lmmcompare.fit.simulator import Simulator
from lmmcompare.inference.bootstrap import Bootstrap, Kind, bootstrap, running
from lmmcompare.models import MixedResult
from tests.effort import examples
from tests.fit.test_criterion import make_frame
from tests.helpers import table

Array = np.ndarray
MODELS = {
    "random intercept": "y ~ x + (1 | g)",
    "random slope": "y ~ x + z + (x | g)",
    "uncorrelated": "y ~ x + (x || g)",
    "no intercept": "y ~ 0 + x + (0 + x | g)",
}

PLAIN = examples(100, fewest=50)
"""Refits by rows, one by one; every bound below goes by their number."""

# lme4: bootMer(lmer(Reaction ~ Days + (Days | Subject), sleepstudy), f, nsim = 2000, seed = 1), f = coefficients, SDs,
# correlation, sigma; quantiles, and half the distance of those a binomial standard error to either side.
BOOTMER = {
    "lower": [237.75500, 7.3144349, 11.813989, 3.2059137, -0.50318370, 22.728142],
    "upper": [264.36536, 13.4527113, 35.568036, 8.2892949, 0.89282017, 28.513976],
    "lower_mcse": [0.242183495, 0.076368936, 0.566906456, 0.053719353, 0.015082879, 0.061245130],
    "upper_mcse": [0.196894780, 0.064298668, 0.323050790, 0.053088325, 0.021736548, 0.078701391],
}


def simulated_rows(fit: MixedResult, frame: pd.DataFrame, random: np.random.Generator) -> Array:
    """A new outcome for each row, drawn as the model says: plain, factor by factor, group by group."""
    y = fit.predict(level="population") + fit.sigma * random.normal(size=len(frame))
    for factor, covariance in fit.cov_re.items():
        columns = [np.ones(len(frame)) if name == "Intercept" else frame[name].to_numpy() for name in covariance]
        for rows in frame.groupby(factor).indices.values():
            effect = random.multivariate_normal(np.zeros(len(columns)), covariance)
            y[rows] += sum(e * c[rows] for e, c in zip(effect, columns, strict=True))
    return y


def parameters(fit: MixedResult) -> Array:
    """Coefficients, SDs and correlations block by block, residual SD."""
    sds = [np.sqrt(np.diag(c)) for c in fit.fit.covariances]
    with np.errstate(invalid="ignore", divide="ignore"):
        correlations = [
            (c / np.outer(s, s))[np.tril_indices(len(s), -1)] for c, s in zip(fit.fit.covariances, sds, strict=True)
        ]
    return np.concatenate([fit.params, *sds, *correlations, [fit.sigma]])


def alike(draws: Array, plain: Array) -> None:
    """Two samples of draws have the same distribution, parameter by parameter."""
    for ours, theirs in zip(draws.T, plain.T, strict=True):
        ours, theirs = ours[~np.isnan(ours)], theirs[~np.isnan(theirs)]
        error = np.sqrt(ours.var() / len(ours) + theirs.var() / len(theirs))
        assert abs(ours.mean() - theirs.mean()) < 4 * error  # of some 25 comparisons none beyond 4 standard errors
        assert ks_2samp(ours, theirs).pvalue > 1e-4


@pytest.mark.parametrize("name", MODELS)
def test_the_parametric_bootstrap_is_a_loop_of_refits_to_simulated_rows(name: str) -> None:
    frame = make_frame(6, groups=9)  # unbalanced, one group of a single row
    fit = lmmcompare.lmer(MODELS[name], frame)
    random = np.random.default_rng(1)
    plain = [lmmcompare.lmer(MODELS[name], frame.assign(y=simulated_rows(fit, frame, random))) for _ in range(PLAIN)]
    ours = bootstrap(fit.fit, fit.moments, replicates=4000, seed=2)
    assert ours.failed == 0
    alike(ours.draws, np.array([parameters(f) for f in plain]))
    share = np.mean([f.singular for f in plain])
    assert abs(ours.singular_share - share) < 4 * np.sqrt(max(share * (1 - share), 0.01) / PLAIN)
    np.testing.assert_allclose(ours.estimate, parameters(fit), rtol=1e-9)


def test_simulated_cross_products_have_the_moments_of_those_of_rows() -> None:
    """Mean and covariance of all that a fit needs of the outcome, from the model's own normal distribution of rows."""
    frame = make_frame(3, groups=5)
    fit = lmmcompare.lmer("y ~ x + z + (x | g)", frame)
    setting, solution = fit.fit.problem, fit.fit.optimum.solution
    sigma = float(np.sqrt(solution.pwrss / setting.df))
    simulator = Simulator.of(setting, solution.theta, solution.beta, sigma)
    projected, remaining = simulator.draw(np.random.default_rng(1), np.random.default_rng(2), 50_000)
    # rows, in centred and scaled columns: y = X b + e with covariance s2 (I + Z L L' Z'), and Q_j' and R_j as a fit has them
    x, z = ((frame[c] - frame[c].mean()) / frame[c].std(ddof=0) for c in "xz")
    fixed = np.column_stack([np.ones(len(frame)), x, z])
    codes = pd.factorize(frame["g"], sort=True)[0]
    h, sight = np.eye(len(frame)), []
    for j in range(5):
        rows = codes == j
        zj = np.zeros((len(frame), 2))
        zj[rows] = fixed[rows, :2]
        h += zj @ solution.factor @ solution.factor.T @ zj.T
        basis = np.zeros_like(zj)
        basis[rows, 0] = 1 / np.sqrt(rows.sum())
        inside = np.where(rows, x - x[rows].mean(), 0.0)
        if rows.sum() > 1:
            basis[:, 1] = inside / np.sqrt((inside**2).sum())
        sight.append(basis)
    q = np.concatenate([np.stack([s[:, i] for s in sight], axis=1) for i in range(2)], axis=1)  # (n, k J)
    left = fixed - q @ (q.T @ fixed)
    transform = np.concatenate([q, left], axis=1)
    covariance = sigma**2 * transform.T @ h @ transform
    mean = transform.T @ fixed @ solution.beta
    ours = np.concatenate([projected.transpose(1, 0, 2).reshape(50_000, -1), remaining[:-1].T], axis=1)
    spread = np.sqrt(np.diag(covariance)) + 1e-12
    np.testing.assert_allclose((ours.mean(axis=0) - mean) / spread, 0, atol=5 / np.sqrt(50_000))
    np.testing.assert_allclose(
        (np.cov(ours.T) - covariance) / np.outer(spread, spread), 0, atol=8 / np.sqrt(50_000)
    )  # a variance's relative error is the root of 2 / B
    rest = np.eye(len(frame)) - q @ q.T
    expected = sigma**2 * np.trace(rest) + solution.beta @ left.T @ left @ solution.beta
    assert remaining[-1].mean() == pytest.approx(expected, abs=5 * remaining[-1].std() / np.sqrt(50_000))
    # and no outcome is impossible: what is left over is positive
    replicates = new_outcomes(setting, projected, remaining)
    assert (remaining[-1] > 0).all() and replicates.size == 50_000


@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x + (x | g)"])
def test_the_case_bootstrap_is_refits_to_tables_of_resampled_groups(formula: str) -> None:
    frame = make_frame(6, groups=12)
    fit = lmmcompare.lmer(formula, frame)
    ours = bootstrap(fit.fit, fit.moments, "case", replicates=12, seed=5)
    generator = np.random.default_rng(np.random.SeedSequence(5).spawn(2)[0])
    counts = generator.multinomial(12, np.full(12, 1 / 12), 12)
    levels = fit.random_effects["g"].index
    optima = 0
    for count in counts:
        rows = [
            frame[frame["g"] == g].assign(g=f"{g}/{copy}")
            for g, n in zip(levels, count, strict=True)
            for copy in range(n)
        ]
        single = lmmcompare.lmer(formula, pd.concat(rows, ignore_index=True))
        # to 1e-8 of its standard error each, as in test_many.py; here in units of the original fit
        np.testing.assert_allclose(ours.draws[optima], parameters(single), rtol=1e-6, atol=1e-6, equal_nan=True)
        assert ours.singular[optima] == single.singular
        optima += 1
    assert optima == ours.done == 12


def test_several_grouping_factors_are_simulated_too() -> None:
    frame = table("penicillin")
    frame = frame[frame["plate"].isin(sorted(frame["plate"].unique())[:10])].iloc[:-3].reset_index(drop=True)
    formula = "diameter ~ 1 + (1 | plate) + (1 | sample)"
    fit = lmmcompare.lmer(formula, frame)
    random = np.random.default_rng(1)
    plain = [lmmcompare.lmer(formula, frame.assign(diameter=simulated_rows(fit, frame, random))) for _ in range(80)]
    ours = bootstrap(fit.fit, fit.moments, replicates=300, seed=2)
    alike(ours.draws, np.array([parameters(f) for f in plain]))
    np.testing.assert_allclose(ours.estimate, parameters(fit), rtol=1e-9)
    with pytest.raises(DesignError, match="parametric bootstrap"):
        bootstrap(fit.fit, fit.moments, "case")


def test_a_nested_factor_sees_all_of_the_one_around_it() -> None:
    """Then nothing of the kept factor's columns is unseen, and rounding must not be taken for something."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {"a": np.repeat(np.arange(8), 9), "b": np.repeat(np.arange(24), 3), "x": random.normal(size=72)}
    )
    effects = random.normal(size=8)[frame["a"]] + 0.7 * random.normal(size=24)[frame["b"]]
    frame["y"] = 1 + frame["x"] + effects + random.normal(size=72)
    formula = "y ~ x + (1 | a) + (1 | b)"
    fit = lmmcompare.lmer(formula, frame)
    plain = [lmmcompare.lmer(formula, frame.assign(y=simulated_rows(fit, frame, random))) for _ in range(80)]
    ours = bootstrap(fit.fit, fit.moments, replicates=300, seed=2)
    alike(ours.draws, np.array([parameters(f) for f in plain]))


@pytest.fixture(scope="module")
def sleep() -> MixedResult:
    return lmmcompare.lmer("Reaction ~ Days + (Days | Subject)", table("sleepstudy"))


@pytest.mark.parametrize("kind", ["parametric", "case"])
def test_the_same_seed_gives_the_same_draws_whatever_the_batches(sleep: MixedResult, kind: Kind) -> None:
    once = bootstrap(sleep.fit, sleep.moments, kind, 60, seed=3)
    steps = list(running(sleep.fit, sleep.moments, kind, 60, seed=3, batch=7))
    assert [s.done for s in steps] == [*range(7, 60, 7), 60]
    # the numbers drawn are the same to the last bit; sums of them are taken in another order
    np.testing.assert_allclose(steps[-1].draws, once.draws, rtol=1e-7, atol=1e-9)
    for before, after in pairwise(steps):
        np.testing.assert_array_equal(after.draws[: len(before.draws)], before.draws)
    other = bootstrap(sleep.fit, sleep.moments, kind, 60, seed=4)
    assert not np.isclose(other.draws, once.draws).any()


def test_sleepstudy_has_the_limits_of_bootmer(sleep: MixedResult) -> None:
    """Percentile limits, within the Monte Carlo error of both."""
    ours = bootstrap(sleep.fit, sleep.moments, replicates=4000, seed=1)
    limits = ours.intervals()
    lower_error = np.hypot(limits.lower_mcse, BOOTMER["lower_mcse"])
    upper_error = np.hypot(limits.upper_mcse, BOOTMER["upper_mcse"])
    assert (np.abs(limits.lower - BOOTMER["lower"]) < 4 * lower_error).all()
    assert (np.abs(limits.upper - BOOTMER["upper"]) < 4 * upper_error).all()


def made(draws: Array, estimate: Array) -> Bootstrap:
    return Bootstrap("parametric", estimate, draws, np.zeros(len(draws), bool), 0)


def test_limits_are_quantiles_and_their_error_is_that_of_repetition() -> None:
    random = np.random.default_rng(1)
    estimate = np.array([1.0, 0.5, 2.0])
    lower, errors = [], []
    for _ in range(300):
        draws = np.abs(estimate + random.normal(size=(1000, 3)) * [1, 0.1, 0.3])
        optima = made(draws, estimate).intervals(alpha=0.1)
        lower.append(optima.lower)
        errors.append(optima.lower_mcse)
    np.testing.assert_allclose(optima.lower, np.quantile(draws, 0.05, axis=0))
    np.testing.assert_allclose(optima.upper, np.quantile(draws, 0.95, axis=0))
    # 300 repetitions tell a standard deviation to 4 %; quantiles two errors away bend a little
    np.testing.assert_allclose(np.mean(errors, axis=0), np.std(lower, axis=0), rtol=0.2)


def test_a_fit_on_the_boundary_can_be_bootstrapped() -> None:
    fit = lmmcompare.lmer("Yield ~ 1 + (1 | Batch)", table("dyestuff2"))
    assert fit.singular
    optima = bootstrap(fit.fit, fit.moments, replicates=500)
    assert optima.failed == 0 and 0.4 < optima.singular_share < 0.8  # about half of null fits are on the boundary
    limits = optima.intervals()
    assert limits.lower[1] == 0.0 and limits.lower_mcse[1] == 0.0


def test_resamples_that_lack_an_arm_are_left_out_and_counted() -> None:
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"g": np.repeat(np.arange(4), 5), "arm": np.repeat([0.0, 0, 1, 1], 5)})
    frame["y"] = frame["arm"] + random.normal(size=4)[frame["g"]] + random.normal(size=20)
    fit = lmmcompare.lmer("y ~ arm + (1 | g)", frame)
    optima = bootstrap(fit.fit, fit.moments, "case", replicates=400)
    assert optima.done == 400 and np.isfinite(optima.draws).all()
    assert abs(optima.failed / 400 - 2 / 16) < 0.06  # all four from one arm: 2 / 2^4


@pytest.mark.parametrize(("kind", "replicates", "word"), [("case", 1, "at least 2"), ("jackknife", 10, "parametric")])
def test_what_makes_no_sense_is_refused(sleep: MixedResult, kind: Kind, replicates: int, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        bootstrap(sleep.fit, sleep.moments, kind, replicates)
