"""The criterion and its gradient against the dense reference, which builds the whole covariance matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from lmmcompare.design.build import build
from lmmcompare.fit.criterion import solve
from lmmcompare.fit.mixed import MixedFit, at_theta, mixed
from lmmcompare.fit.problem import Problem, problem
from lmmcompare.formula import parse
from lmmcompare.models.gathering import compute_moments, fixed_columns
from tests.dense import Dense


@dataclass(frozen=True)
class Model:
    formula: str
    fixed: Sequence[str]
    blocks: Sequence[Sequence[str]]


MODELS = {
    "random intercept": Model("y ~ x + z + (1 | g)", "1xz", ["1"]),
    "random slope": Model("y ~ x + z + (x | g)", "1xz", ["1x"]),
    "uncorrelated": Model("y ~ x + (x || g)", "1x", ["1", "x"]),
    "two slopes": Model("y ~ x + z + (x + z | g)", "1xz", ["1xz"]),
    "slope in two blocks": Model("y ~ x + z + (x | g) + (0 + z | g)", "1xz", ["1x", "z"]),
    "slope without intercept": Model("y ~ x + (0 + x | g)", "1x", ["x"]),
    "no fixed intercept": Model("y ~ 0 + x + (x | g)", "x", ["1x"]),
    "slope not in the fixed part": Model("y ~ x + (z | g)", "1x", ["1z"]),
    "categorical": Model("y ~ c + x + (1 | g)", "1cx", ["1"]),
    "only an intercept": Model("y ~ 1 + (1 | g)", "1", ["1"]),
}


def make_frame(seed: int, groups: int = 7) -> pd.DataFrame:
    """Unbalanced groups, one of them a single row; x and z with mean 0 and variance 1, so that theta needs no units."""
    random = np.random.default_rng(seed)
    sizes = np.append(random.integers(3, 11, groups - 1), 1)
    g = np.repeat(np.arange(groups), sizes)
    x, z = random.normal(size=(2, len(g))) + random.normal(size=(2, groups))[:, g]
    frame = pd.DataFrame({"g": [f"g{k}" for k in g], "x": x, "z": z, "c": random.choice(list("uvw"), len(g))})
    for name in "xz":
        frame[name] = (frame[name] - frame[name].mean()) / frame[name].std(ddof=0)
    effect = random.normal(size=(2, groups)) * [[2.0], [0.7]]
    frame["y"] = (
        3 + 0.5 * frame["x"] - frame["z"] + effect[0][g] + effect[1][g] * frame["x"] + random.normal(size=len(g))
    )
    return frame


def setting(model: Model, frame: pd.DataFrame, reml: bool) -> tuple[Problem, Dense]:
    design = build(parse(model.formula), frame)
    moments = compute_moments(design)
    ours = problem(moments, fixed_columns(design), [b.columns for b in design.blocks], reml=reml)
    return ours, Dense(frame, "y", model.fixed, model.blocks, "g")


def fitted(model: Model, frame: pd.DataFrame, reml: bool, theta: np.ndarray | None = None) -> MixedFit:
    design = build(parse(model.formula), frame)
    moments, columns, blocks = compute_moments(design), fixed_columns(design), [b.columns for b in design.blocks]
    if theta is None:
        return mixed(moments, columns, blocks, reml=reml)
    return at_theta(moments, columns, blocks, theta, reml=reml)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("name", MODELS)
def test_everything_at_a_theta_is_that_of_the_dense_reference(name: str, reml: bool) -> None:
    for seed in range(3):
        frame = make_frame(seed)
        random = np.random.default_rng(seed)
        _, dense = setting(MODELS[name], frame, reml)
        size = sum(k * (k + 1) // 2 for k in dense.sizes)
        theta = random.normal(size=size) * random.choice([0.1, 1.0, 5.0])
        ours, theirs = fitted(MODELS[name], frame, reml, theta), dense.fit(dense.psi(theta), reml)
        # two orders of the same sums: rounding only
        assert ours.criterion == pytest.approx(theirs.criterion, abs=1e-8)
        np.testing.assert_allclose(ours.beta, theirs.beta, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(ours.vcov, theirs.vcov, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(ours.sigma2, theirs.sigma2, rtol=1e-10)
        np.testing.assert_allclose(ours.modes[0].T, theirs.modes, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("name", MODELS)
def test_the_gradient_is_that_of_the_dense_criterion(name: str, reml: bool) -> None:
    for seed in range(3):
        ours, dense = setting(MODELS[name], make_frame(seed), reml)
        theta = np.random.default_rng(seed + 10).normal(size=len(ours.theta_map.rows)) + 0.3
        # central differences are good to about the square of their step, 1e-10, and rounding / step, 1e-8
        np.testing.assert_allclose(solve(ours, theta).gradient, dense.gradient(theta, reml), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("name", MODELS)
def test_the_optimum_is_no_worse_than_a_derivative_free_search_finds(name: str, reml: bool) -> None:
    frame = make_frame(5)
    _, dense = setting(MODELS[name], frame, reml)
    ours = fitted(MODELS[name], frame, reml)
    assert ours.optimum.converged
    assert ours.criterion <= dense.best(reml) + 1e-6
    # and it is what the dense criterion says of the covariance that was found
    relative = [c / ours.sigma2 for c in ours.covariances]
    assert dense.fit(relative, reml).criterion == pytest.approx(ours.criterion, abs=1e-7)


def test_the_curvature_tells_which_variance_would_lower_the_criterion() -> None:
    """At theta = 0 the gradient in theta is 0 whatever the data; the derivative in the covariance is not."""
    model, frame = MODELS["random slope"], make_frame(1)
    ours, dense = setting(model, frame, True)
    at_zero = solve(ours, np.zeros(3))
    np.testing.assert_allclose(at_zero.gradient, 0, atol=1e-12)
    step = 1e-6
    for a in range(2):
        direction = np.zeros((2, 2))
        direction[a, a] = step
        rise = dense.fit([direction], True).criterion - dense.fit([0 * direction], True).criterion
        assert at_zero.curvature[a, a] == pytest.approx(rise / step, rel=1e-3)


def test_conditional_covariances_are_those_of_the_joint_normal() -> None:
    """condVar = s2 (Psi - Psi Z'H^-1 Z Psi): the variance of the random effects given y and the fixed effects."""
    frame, theta = make_frame(2), np.array([0.8, -0.3, 0.5])
    fit = fitted(MODELS["random slope"], frame, True, theta)
    _, dense = setting(MODELS["random slope"], frame, True)
    psi = dense.psi(theta)[0]
    h = np.eye(len(frame)) + sum(z @ psi @ z.T for z in dense.Z[0])
    for j, z in enumerate(dense.Z[0]):
        expected = fit.sigma2 * (psi - psi @ z.T @ np.linalg.inv(h) @ z @ psi)
        np.testing.assert_allclose(fit.mode_covariances[0][:, :, j], expected, rtol=1e-8, atol=1e-10)
