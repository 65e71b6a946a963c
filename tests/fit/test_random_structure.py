"""Structured covariance blocks: their factors, derivatives and ends, and fits against matrices built whole."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from lmmcompare.design.build import build
from lmmcompare.fit.correlations import PATTERNS
from lmmcompare.fit.criterion import solve
from lmmcompare.fit.problem import problem
from lmmcompare.fit.random_structure import Structure
from lmmcompare.fit.theta import ThetaMap
from lmmcompare.formula import parse
from lmmcompare.models.fitting import lmer
from lmmcompare.models.gathering import compute_crossing, fixed_columns
from lmmcompare.models.random_structures import structures
from tests.effort import first

STRUCTURES = [Structure(PATTERNS[name], 4, hom) for name, hom in product(PATTERNS, (True, False))]


def written_out(structure: Structure, deviations: np.ndarray, rho: float) -> np.ndarray:
    """The covariance matrix from its definition."""
    k = structure.size
    place = np.arange(k)
    lags = np.abs(place[:, None] - place)
    correlations = {"diag": np.eye(k), "cs": np.where(lags == 0, 1.0, rho), "ar1": rho**lags}[structure.pattern.name]
    sd = np.broadcast_to(deviations, k)
    return correlations * np.outer(sd, sd)


@pytest.fixture(params=STRUCTURES, ids=lambda s: f"{s.pattern.name} {'hom' if s.homogeneous else 'het'}")
def structure(request: pytest.FixtureRequest) -> Structure:
    return request.param


@pytest.mark.parametrize("rho", [-0.3, 0.0, 0.7])
def test_a_factor_is_a_root_of_the_matrix_by_its_definition(structure, rho):
    deviations = np.array([1.3]) if structure.homogeneous else np.array([0.4, 1.0, 2.0, 0.7])
    theta = structure.of(deviations, rho)
    factor = structure.factor(theta)
    np.testing.assert_allclose(factor @ factor.T, written_out(structure, deviations, rho), atol=1e-14)
    np.testing.assert_allclose(structure.deviations(theta), deviations, rtol=1e-14)
    assert structure.correlation(theta) == pytest.approx(rho * structure.pattern.parameters, abs=1e-14)
    np.testing.assert_allclose(structure.from_covariance(factor @ factor.T), theta, atol=1e-12)


def test_the_derivative_of_the_factor(structure):
    theta = structure.of(np.linspace(0.5, 1.5, structure.n_deviations), 0.4)
    for k, change in enumerate(structure.derivatives(theta)):
        step = 1e-6 * np.eye(len(theta))[k]
        apart = structure.factor(theta + step) - structure.factor(theta - step)
        np.testing.assert_allclose(change, apart / 2e-6, atol=1e-9)


@pytest.mark.parametrize("name", ["cs", "ar1"])
def test_the_range_of_a_correlation_ends_where_the_matrix_is_singular(name):
    structure = Structure(PATTERNS[name], 4, True)
    for rho in (structure.pattern.lowest(4), 1.0):
        theta = structure.of(np.ones(1), rho)
        values = np.linalg.eigvalsh(structure.factor(theta) @ structure.factor(theta).T)
        assert abs(values[0]) < 1e-12 and values[-1] > 1
        assert structure.singular(theta, 1e-4)
        inward = structure.off_boundary(theta, 1e-4)
        assert inward and not any(structure.singular(t, 1e-6) for t in inward)
    assert not structure.singular(structure.of(np.ones(1), 0.0), 1e-4)


def test_signs_and_turns_are_tidied_away(structure):
    theta = structure.of(np.linspace(0.5, 1.5, structure.n_deviations), 0.4)
    odd = -theta.copy()
    if structure.pattern.parameters:
        odd[-1] = 2 * np.pi + theta[-1]
    np.testing.assert_allclose(structure.canonical(odd, 1e-6), theta, atol=1e-12)
    gone = structure.canonical(structure.of(np.full(structure.n_deviations, 1e-9), 0.4), 1e-6)
    assert (structure.factor(gone) == 0).all()


FORMULAS = {
    "ar1 beside an intercept": "Reaction ~ Days + (1 | Subject) + ar1(0 + factor(Days) | Subject)",
    "cs": "Reaction ~ Days + cs(Days + I(Days^2) | Subject)",
    "cs hom": "Reaction ~ Days + cs(Days + I(Days^2) | Subject, hom = TRUE)",
    "ar1 het": "Reaction ~ Days + ar1(0 + factor(Days) | Subject, hom = FALSE)",
    "diag hom beside a slope": "Reaction ~ Days + (0 + Days | Subject) + diag(Days + I(Days^2) | Subject, hom = TRUE)",
}


def set_up(formula: str, frame: pd.DataFrame, reml: bool):
    design = build(parse(formula), frame)
    blocks = [b.columns for b in design.blocks]
    crossing = compute_crossing(design)
    several = len(design.groupings) > 1
    factors = [b.factor for b in design.blocks] if several else None
    return problem(
        crossing, fixed_columns(design), blocks, reml=reml, factors=factors, structures=structures(design.blocks)
    )


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("case", FORMULAS)
def test_the_gradient_is_the_criterions(case, reml, table):
    setting = set_up(FORMULAS[case], table("sleepstudy"), reml)
    theta_map = setting.theta_map
    theta = 0.3 * theta_map.from_covariance(np.eye(theta_map.k)) + 0.2
    found = solve(setting, theta)
    for k in range(theta_map.size):
        step = 1e-5 * np.eye(len(theta))[k]
        up, down = solve(setting, theta + step), solve(setting, theta - step)
        assert found.gradient[k] == pytest.approx((up.criterion - down.criterion) / 2e-5, rel=1e-5, abs=1e-5)
        assert found.pwrss_slope[k] == pytest.approx((up.pwrss - down.pwrss) / 2e-5, rel=1e-5, abs=1e-4)


def test_with_several_factors_the_gradient_is_the_criterions(table):
    frame = table("oats")
    setting = set_up("Y ~ V + cs(0 + V | B, hom = TRUE) + cs(0 + V | N)", frame, True)
    assert setting.other_factors is not None
    theta = setting.theta_map.from_covariance(np.eye(setting.theta_map.k)) + 0.1
    found = solve(setting, theta)
    for k in range(len(theta)):
        step = 1e-5 * np.eye(len(theta))[k]
        rise = solve(setting, theta + step).criterion - solve(setting, theta - step).criterion
        assert found.gradient[k] == pytest.approx(rise / 2e-5, rel=1e-5, abs=1e-5)


def dense_criterion(y, x, parts, reml):
    """-2 log-likelihood at the best coefficients and residual variance; ``parts`` are (Z, relative covariance of a row of it)."""
    h = np.eye(len(y))
    for z, groups, covariance in parts:
        h += (groups[:, None] == groups) * (z @ covariance @ z.T)
    inverse = np.linalg.inv(h)
    information = x.T @ inverse @ x
    left = y - x @ np.linalg.solve(information, x.T @ inverse @ y)
    df = len(y) - x.shape[1] * reml
    value = df * (1 + np.log(2 * np.pi * (left @ inverse @ left) / df)) + np.linalg.slogdet(h)[1]
    return value + (np.linalg.slogdet(information)[1] if reml else 0.0)


def made(seed: int, kind: str, rho: float, *, groups: int = 24, levels: int = 4, copies: int = 2) -> pd.DataFrame:
    """Rows at ``levels`` visits, some of them missing, with effects of a known structure."""
    draw = np.random.default_rng(seed)
    g, t, _ = (a.ravel() for a in np.meshgrid(np.arange(groups), np.arange(levels), np.arange(copies), indexing="ij"))
    covariance = written_out(Structure(PATTERNS[kind], levels, True), np.array([1.5]), rho)
    effects = draw.multivariate_normal(np.zeros(levels), covariance, groups)
    x = draw.normal(size=len(g))
    frame = pd.DataFrame({"y": 10 + 0.5 * x + effects[g, t] + draw.normal(size=len(g)), "x": x, "t": t, "g": g})
    return frame[draw.random(len(frame)) > 0.15].reset_index(drop=True)


SEARCHED = [
    ("cs", True, -0.1), ("cs", False, -0.1), ("cs", True, 0.6), ("ar1", True, 0.7), ("ar1", True, -0.5), ("ar1", False, 0.5),
    ("diag", True, 0.0),
]  # fmt: skip
"""Each by REML or by ML on every run, by the other in thorough ones."""
BY_TURNS = [(*case, k % 2 == turn) for turn in (0, 1) for k, case in enumerate(SEARCHED)]


@pytest.mark.parametrize("case", first(BY_TURNS, len(SEARCHED)), ids=str)
def test_a_fit_is_the_best_that_a_dense_search_finds(case):
    kind, hom, rho, reml = case
    frame = made(3, kind, rho, groups=32)
    fit = lmer(f"y ~ x + {kind}(0 + factor(t) | g, hom = {str(hom).upper()})", frame, reml=reml)
    y, x, g = frame["y"].to_numpy(), np.column_stack([np.ones(len(frame)), frame["x"]]), frame["g"].to_numpy()
    z = (frame["t"].to_numpy()[:, None] == np.arange(4)).astype(float)
    structure = Structure(PATTERNS[kind], 4, hom)
    low = {"cs": -1 / 3, "ar1": -1.0, "diag": 0.0}[kind]

    def value(p: np.ndarray) -> float:
        covariance = written_out(structure, np.exp(p[: 1 if hom else 4]), low + (1 - low) / (1 + np.exp(-p[-1])))
        return dense_criterion(y, x, [(z, g, covariance)], reml)

    n = (1 if hom else 4) + (kind != "diag")
    starts = [np.r_[np.zeros(n - 1), s] for s in (-2.0, 2.0)] if kind != "diag" else [np.zeros(n)]
    best = min((minimize(value, s, method="BFGS", options={"gtol": 1e-6}) for s in starts), key=lambda r: r.fun)
    assert fit.converged and not fit.singular
    assert fit.criterion == pytest.approx(best.fun, abs=2e-6) and fit.criterion < best.fun + 1e-7
    sds, correlation = np.exp(best.x[: 1 if hom else 4]), low + (1 - low) / (1 + np.exp(-best.x[-1]))
    np.testing.assert_allclose(fit.theta[: len(sds)], sds, rtol=1e-3)
    assert fit.fit.n_parameters == 2 + n + 1
    if kind != "diag":
        assert fit.theta[-1] == pytest.approx(correlation, abs=1e-3)


def test_a_negative_correlation_goes_down_to_its_end():
    frame = made(5, "cs", -1 / 3, groups=40, copies=3)
    frame["y"] -= 0.9 * frame.groupby("g")["y"].transform("mean")  # the groups differ less than chance would have it
    fit = lmer("y ~ x + cs(0 + factor(t) | g, hom = TRUE)", frame)
    assert fit.theta[-1] == pytest.approx(-1 / 3, abs=1e-6) and fit.singular and fit.converged
    values = np.linalg.eigvalsh(fit.cov_re["g"])
    assert abs(values[0]) < 1e-9 * values[-1]


def test_a_structure_without_variance_is_zero_and_said_to_be_singular():
    frame = made(1, "cs", 0.0)
    frame["y"] = np.random.default_rng(8).normal(size=len(frame))
    frame["y"] -= frame.groupby(["g", "t"])["y"].transform("mean")  # nothing is left between cells
    fit = lmer("y ~ x + cs(0 + factor(t) | g, hom = TRUE)", frame)
    assert fit.singular and fit.converged and fit.theta[0] == 0


def test_columns_far_from_zero_and_in_other_units_change_nothing():
    frame = made(2, "ar1", 0.6)
    one = lmer("y ~ x + ar1(0 + factor(t) | g)", frame)
    other = lmer("y ~ x + ar1(0 + factor(t) | g)", frame.assign(y=1e6 * frame["y"] + 1e9, x=frame["x"] + 1e4))
    np.testing.assert_allclose(other.theta, one.theta, rtol=1e-5)
    assert other.params["x"] == pytest.approx(1e6 * one.params["x"], rel=1e-6)


def test_an_equal_standard_deviation_is_equal_in_the_columns_own_units(table):
    fit = lmer("Reaction ~ Days + diag(Days + I(Days^2) | Subject, hom = TRUE)", table("sleepstudy"))
    variances = np.diag(fit.cov_re["Subject"])
    np.testing.assert_allclose(variances, variances[0], rtol=1e-12)
    assert fit.fit.n_parameters == 2 + 1 + 1


def test_the_map_of_theta_keeps_structured_and_full_blocks_apart():
    theta_map = ThetaMap.of([2, 4, 1], [None, Structure(PATTERNS["ar1"], 4, True), None])
    assert theta_map.size == 3 + 2 + 1 and theta_map.free.tolist() == [0, 1, 2, 5]
    theta = np.array([1.0, 0.5, 2.0, 1.5, np.arccos(0.6), 3.0])
    factor = theta_map.matrix(theta)
    assert factor[1, 0] == 0.5 and factor[6, 6] == 3.0
    np.testing.assert_allclose(theta_map.from_covariance(factor @ factor.T), theta, atol=1e-12)
    np.testing.assert_allclose(theta_map.canonical(-theta), theta * [1, 1, 1, 1, 1, 1], atol=1e-12)
