"""Mass points against a plain EM over the rows on a fine grid of fixed points, and on random effects with two values."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from scipy.special import logsumexp

import lmmcompare
from lmmcompare.errors import DesignError, TooLargeError
from lmmcompare.inference.mass_points import CERTIFIED
from lmmcompare.inference.mixture import Groups, Mixture
from lmmcompare.inference.nonparametric import NonparametricFit, nonparametric
from lmmcompare.models import MixedResult
from tests.helpers import data, reference

CASES = ["cv161703_ri", "drug_ri", "sleepstudy_ri", "sleepstudy_rs", "dyestuff_ri", "dragons_ri"]


def fit_both(result: MixedResult) -> NonparametricFit:
    return nonparametric(result.fit, result.moments)


def of_case(case: str, reml: bool = False) -> tuple[MixedResult, NonparametricFit]:
    result = lmmcompare.lmer(reference(case)["formula"], data(case), reml=reml)
    return result, fit_both(result)


def simulated(effect: np.ndarray, size: int, seed: int, slope: np.ndarray | float = 0.0) -> pd.DataFrame:
    """Rows of groups with the given random intercepts, and slopes."""
    random = np.random.default_rng(seed)
    g = np.repeat(np.arange(len(effect)), size)
    x = random.normal(size=len(g))
    y = 1 + 2 * x + effect[g] + np.broadcast_to(slope, effect.shape)[g] * x + random.normal(size=len(g))
    return pd.DataFrame({"y": y, "x": x, "g": [f"{k:05d}" for k in g]})


def plain(
    result: MixedResult, points: int, rounds: int, start: NonparametricFit | None = None
) -> tuple[float, np.ndarray, float]:
    """Log-likelihood, slope and sigma by EM over the rows, a random intercept at fixed points, masses free."""
    y, x = result.design.columns[-1][:], np.column_stack([c[:] for c in result.design.columns[:-1]])
    codes = result.groupings[0].codes
    member = (codes[:, None] == np.arange(codes.max() + 1)).astype(float)
    means = member.T @ (y - x @ result.fit.beta[1:]) / member.sum(axis=0)
    at = np.linspace(means.min() - 0.1 * np.ptp(means), means.max() + 0.1 * np.ptp(means), points)
    masses, beta, sigma = np.full(points, 1 / points), result.fit.beta[1:].copy(), result.sigma
    if start is not None:
        beta, sigma = start.beta[1:].copy(), float(np.sqrt(start.sigma2))
    for _ in range(rounds):
        residual = (y - x @ beta)[:, None] - at
        by_group = member.T @ (-0.5 * (residual / sigma) ** 2 - np.log(sigma) - 0.5 * np.log(2 * np.pi))
        joint = by_group + np.log(masses)
        total = logsumexp(joint, axis=1, keepdims=True)
        weight = np.exp(joint - total)
        masses = np.maximum(weight.mean(axis=0), 1e-300)
        expected = (weight @ at)[codes]
        beta = np.linalg.lstsq(x, y - expected)[0] if x.shape[1] else beta
        residual = (y - x @ beta)[:, None] - at
        sigma = np.sqrt((weight[codes] * residual**2).sum() / len(y))
    return float(total.sum()), beta, float(sigma)


@pytest.mark.parametrize("case", ["cv161703_ri", "drug_ri"])
def test_agrees_with_a_plain_em_on_a_grid(case: str) -> None:
    """EM is slow and a grid misses the best places by a little, so it ends below ours: from the normal fit by less than 0.05,
    and so with a slope up to sqrt(2 x 0.05) standard errors away; from ours it stays where it is."""
    result, ours = of_case(case)
    se = np.sqrt(np.diag(ours.normal.vcov))[1:]
    for start, below, away in ((None, 0.05, 0.3), (ours, 0.02, 0.05)):
        loglik, beta, sigma = plain(result, 400, 1500, start)
        assert ours.loglik - below < loglik <= ours.loglik + CERTIFIED
        np.testing.assert_allclose((beta - ours.beta[1:]) / se, 0, atol=away)
        assert sigma == pytest.approx(np.sqrt(ours.sigma2), rel=5e-3)


def rise_over_rows(result: MixedResult, fit: NonparametricFit, at: np.ndarray) -> tuple[np.ndarray, float]:
    """D(u) at deviations from the mean and the log-likelihood, row by row in the columns' units."""
    columns = [np.ones(result.nobs) if k < 0 else result.design.columns[k][:] for k in result.columns]
    left = result.design.columns[-1][:] - np.column_stack(columns) @ fit.beta
    z = np.column_stack(
        [np.ones(result.nobs) if k < 0 else result.design.columns[k][:] for b in result.blocks for k in b.columns]
    )
    codes = result.groupings[0].codes

    def logs(points: np.ndarray) -> np.ndarray:
        rows = -0.5 * (left[:, None] - z @ points.T) ** 2 / fit.sigma2 - 0.5 * np.log(2 * np.pi * fit.sigma2)
        return np.stack([rows[codes == j].sum(axis=0) for j in range(codes.max() + 1)])

    total = logsumexp(logs(fit.points) + np.log(fit.masses), axis=1, keepdims=True)
    return np.exp(logs(at) - total).sum(axis=0) - len(total), float(total.sum())


@pytest.mark.parametrize("case", CASES)
def test_the_certificate_and_the_log_likelihood_hold_row_by_row(case: str) -> None:
    result, ours = of_case(case)
    assert ours.converged and ours.gap <= CERTIFIED
    reach = 1.5 * np.abs(ours.points).max(axis=0)
    grid = np.random.default_rng(0).uniform(-reach, reach, (20_000, len(reach)))
    rise, loglik = rise_over_rows(result, ours, np.concatenate([grid, ours.points]))
    assert rise.max() <= CERTIFIED
    # at a mass point D is 0, or the mass would move
    np.testing.assert_allclose(rise[len(grid) :], 0, atol=5e-3)
    assert ours.loglik == pytest.approx(loglik, rel=1e-12)


@pytest.mark.parametrize("case", [*CASES, "dyestuff2_singular", "exam_ri", "pshp2_ri", "chapter7_ri", "exam_rs"])
def test_any_distribution_fits_at_least_as_well_as_the_normal(case: str) -> None:
    _, ours = of_case(case)
    assert ours.loglik >= ours.normal.loglik - 1e-6
    assert ours.masses.sum() == pytest.approx(1)
    np.testing.assert_allclose(ours.masses @ ours.points, 0, atol=1e-9 * max(np.abs(ours.points).max(), 1))
    assert (np.diff(ours.masses) <= 0).all() and ours.masses.min() > 0


def test_without_variance_between_groups_there_is_one_point() -> None:
    _, ours = of_case("dyestuff2_singular")
    assert len(ours.masses) == 1
    assert ours.loglik == pytest.approx(ours.normal.loglik, abs=1e-6)
    assert ours.sigma2 == pytest.approx(ours.normal.sigma2, rel=1e-3)


def test_two_values_are_found() -> None:
    random = np.random.default_rng(5)
    effect = random.choice([-2.0, 2.0], 200, p=[0.3, 0.7])
    ours = fit_both(lmmcompare.lmer("y ~ x + (1 | g)", simulated(effect, 12, 1)))
    place = ours.points[ours.masses > 0.02, 0] + effect.mean()
    assert np.abs(np.abs(place) - 2).max() < 0.6  # two standard errors of a group's mean
    below = ours.points[:, 0] < 0
    assert ours.masses[below].sum() == pytest.approx((effect < 0).mean(), abs=0.02)
    assert ours.masses[below] @ ours.points[below, 0] / ours.masses[below].sum() == pytest.approx(
        -2 - effect.mean(), abs=0.15
    )
    assert ours.loglik > ours.normal.loglik + 20
    truth = effect - effect.mean()
    error = [np.sqrt(np.mean((m - truth) ** 2)) for m in (ours.posterior_means[0], ours.normal.modes[0][0])]
    assert error[0] < 0.5 * error[1]  # knowing that there are two values, groups are told apart


def test_two_values_of_a_slope_are_found() -> None:
    random = np.random.default_rng(6)
    effect, slope = random.normal(size=60) * 0.0, random.choice([-1.0, 1.0], 60)
    ours = fit_both(lmmcompare.lmer("y ~ x + (x | g)", simulated(effect, 30, 2, slope)))
    assert (ours.masses[ours.points[:, 1] < 0]).sum() == pytest.approx((slope < 0).mean(), abs=0.05)
    spread = np.sqrt(ours.masses @ ours.points**2)
    assert spread[1] == pytest.approx(slope.std(), abs=0.08) and spread[0] < 0.2


@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x + (x | g)", "y ~ x + (0 + x | g)"])
def test_units_do_not_matter(formula: str) -> None:
    frame = simulated(
        np.random.default_rng(3).exponential(size=25), 6, 3, np.random.default_rng(4).normal(size=25) * 0.5
    )
    # an origin is part of the model where a slope has no intercept beside it
    shift = 0.0 if "0 +" in formula else 100.0
    moved = frame.assign(y=3 * frame["y"] - 50, x=frame["x"] / 7 + shift)
    one, two = (fit_both(lmmcompare.lmer(formula, f)) for f in (frame, moved))
    assert two.loglik == pytest.approx(one.loglik - len(frame) * np.log(3), abs=2 * CERTIFIED)
    se = np.sqrt(two.normal.vcov[1, 1])
    assert (two.beta[1] - 21 * one.beta[1]) / se == pytest.approx(0, abs=0.03)
    np.testing.assert_allclose(
        two.posterior_means[-1], (3 if formula.endswith("(1 | g)") else 21) * one.posterior_means[-1],
        atol=0.03 * np.abs(two.posterior_means[-1]).max(),
    )  # fmt: skip


def test_a_reml_fit_is_compared_by_maximum_likelihood() -> None:
    (_, by_reml), (ml, by_ml) = of_case("sleepstudy_ri", True), of_case("sleepstudy_ri", False)
    assert by_reml.normal.loglik == pytest.approx(ml.llf, abs=1e-8)
    assert by_reml.loglik == pytest.approx(by_ml.loglik, abs=CERTIFIED)


def test_gradient() -> None:
    result, _ = of_case("sleepstudy_rs")
    problem, solution = result.fit.problem, result.fit.optimum.solution
    groups = Groups(problem, np.zeros(2), np.arange(2))
    random = np.random.default_rng(0)
    at = Mixture(random.normal(size=(3, 2)), np.log([0.5, 0.3, 0.2]), solution.beta, -0.3)
    value, gradient = groups.gradient(at)
    assert value == pytest.approx(groups.loglik(at))
    ends = [6, 9, 11]

    def moved(step: np.ndarray) -> float:
        points, logits, beta, sigma = np.split(step, ends)
        logs = at.log_masses + logits
        return groups.loglik(
            Mixture(at.points + points.reshape(3, 2), logs - logsumexp(logs), at.beta + beta, at.log_sigma + sigma[0])
        )

    steps = 1e-5 * np.eye(12)
    by_differences = [(moved(s) - moved(-s)) / 2e-5 for s in steps]
    np.testing.assert_allclose(gradient, by_differences, rtol=1e-5, atol=1e-5)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("settings", "random"),
    [
        ({"groups": 60, "size": 500, "tau1": 0.5, "effects": "heavy"}, "x"),
        ({"groups": 8, "size": 4, "sigma": 0.001}, "1"),
        ({"groups": 40, "size": 20, "sigma": 0.001}, "1"),
    ],
)
def test_groups_far_apart_have_almost_a_mass_point_each(settings: dict[str, float], random: str) -> None:
    """Groups known so well that no two are alike, and few of them for so many points."""
    ours = fit_both(lmmcompare.lmer(f"y ~ x + ({random} | group)", lmmcompare.simulate(**settings)))
    assert ours.converged
    assert len(ours.masses) > 0.7 * settings["groups"]
    assert ours.loglik > ours.normal.loglik + 40


def test_what_cannot_be_fitted_is_said() -> None:
    frame = simulated(np.arange(6.0), 5, 0).assign(h=lambda d: (np.arange(len(d)) % 4).astype(str))
    with pytest.raises(DesignError, match="one grouping factor"):
        fit_both(lmmcompare.lmer("y ~ x + (1 | g) + (1 | h)", frame))
    with pytest.raises(DesignError, match="no fixed one"):
        fit_both(lmmcompare.lmer("y ~ 1 + (x | g)", frame))
    many = simulated(np.zeros(5001), 4, 0, np.random.default_rng(0).normal(size=5001))
    with pytest.raises(TooLargeError, match="5,001"):
        fit_both(lmmcompare.lmer("y ~ x + (x | g)", many))


@pytest.mark.slow
def test_ten_thousand_groups_take_a_second_or_so() -> None:
    """1 s alone; what is allowed leaves room for a busy machine."""
    result = lmmcompare.lmer("y ~ x + (1 | g)", simulated(np.random.default_rng(0).normal(size=10_000), 10, 0))
    start = time.process_time()
    ours = fit_both(result)
    assert time.process_time() - start < 8
    assert ours.converged and ours.loglik > ours.normal.loglik
