"""What is said of the end point: checked, singular with the variance or correlation named, not reached, or not identified."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lmmcompare import lmer
from lmmcompare.assess.convergence import convergence_sentences
from lmmcompare.assess.implied_gls import implied_covariance


def test_an_ordinary_fit(table):
    said = convergence_sentences(lmer("Reaction ~ Days + (Days | Subject)", table("sleepstudy")))
    assert "end point was checked" in said and "not singular" in said


def test_a_variance_of_0_is_named(table):
    said = convergence_sentences(lmer("Yield ~ 1 + (1 | Batch)", table("dyestuff2")))
    assert "boundary" in said and "the variance between Batches is 0" in said


def test_a_correlation_of_1_is_named(table):
    """As in R: covariances 2.5698, -0.0395, 0.000608."""
    said = convergence_sentences(lmer("Y ~ X + (X | ID)", table("cv161703")))
    assert "the correlation of intercept and X slope is −1" in said


def test_the_factor_and_slope_that_do_not_vary_are_named():
    rng = np.random.default_rng(2)
    g, h, x = np.repeat(np.arange(20), 12), np.tile(np.arange(6), 40), rng.normal(size=240)
    noise = rng.normal(size=240)
    noise -= np.array([noise[h == k].mean() for k in range(6)])[h]  # nothing between the levels of h
    data = pd.DataFrame({"y": rng.normal(size=20)[g] + x + noise, "g": g, "h": h, "x": x})
    said = convergence_sentences(lmer("y ~ x + (1 | g) + (1 | h)", data))
    assert "the variance between h groups is 0" in said and "between g groups" not in said


def test_no_optimum_is_no_optimum(table):
    fit = lmer("Yield ~ 1 + (1 | Batch)", table("dyestuff"))
    lost = replace(fit, fit=replace(fit.fit, optimum=replace(fit.fit.optimum, converged=False)))
    assert "did not end at an optimum" in convergence_sentences(lost)


CELLS = pd.DataFrame({
    "a": np.repeat(["p", "q", "r"], 10), "b": np.tile(np.repeat(["u", "v"], 5), 3),
    "y": np.random.default_rng(4).normal(size=30), "x": np.random.default_rng(5).normal(size=30),
})  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "unidentified"),
    [
        ("y ~ a * b + (1 | a:b)", (("a:b", "Intercept"),)),
        ("y ~ a * b + (1 | a)", (("a", "Intercept"),)),
        ("y ~ 0 + a + x + (1 | a)", (("a", "Intercept"),)),
        ("y ~ a * x + (x | a)", (("a", "Intercept"), ("a", "x"))),
        ("y ~ a + x + (x | a)", (("a", "Intercept"),)),
        ("y ~ a + (1 | a) + (1 | a:b)", (("a", "Intercept"),)),
        ("y ~ a + b + (1 | a:b)", ()),
        ("y ~ a + x + (0 + x | a)", ()),
    ],
)
def test_groups_that_are_fixed_and_random_are_not_identified(formula, unidentified):
    fit = lmer(formula, CELLS)
    assert sorted(fit.unidentified) == sorted(unidentified)
    assert ("not identified" in convergence_sentences(fit)) == bool(unidentified)
    if unidentified:  # the criterion by REML is the same whatever that variance is: dense, without our engine
        x, y = fit.fixed_matrix(), CELLS["y"].to_numpy()
        codes = CELLS[unidentified[0][0].split(":")].agg("".join, axis=1)
        z = np.equal.outer(codes.to_numpy(object), codes.unique().astype(object)).astype(float)
        base = implied_covariance(fit, np.arange(30))
        found = [reml(base + more * z @ z.T, x, y) for more in (0.0, 1.0, 50.0)]
        np.testing.assert_allclose(found, found[0], rtol=1e-9)


def reml(v: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    """The restricted criterion up to a constant, by the error contrasts themselves."""
    contrasts = np.linalg.svd(x)[0][:, x.shape[1] :]
    inner, left = contrasts.T @ v @ contrasts, contrasts.T @ y
    return float(np.linalg.slogdet(inner)[1] + left @ np.linalg.solve(inner, left))


def test_a_far_offset_does_not_look_like_a_fixed_slope():
    data = CELLS.assign(x=CELLS["x"] + 1e6)
    assert lmer("y ~ a + x + (x | a)", data).unidentified == (("a", "Intercept"),)
