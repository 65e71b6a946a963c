"""What is said of an optimum: certified, singular with the variance or correlation named, or not reached."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from lmmcompare import lmer
from lmmcompare.assess.arrived import arrived


def test_an_ordinary_fit(table):
    said = arrived(lmer("Reaction ~ Days + (Days | Subject)", table("sleepstudy")))
    assert "certified" in said and "not singular" in said


def test_a_variance_of_0_is_named(table):
    said = arrived(lmer("Yield ~ 1 + (1 | Batch)", table("dyestuff2")))
    assert "boundary" in said and "the variance between Batches is 0" in said


def test_a_correlation_of_1_is_named(table):
    """As in R: covariances 2.5698, -0.0395, 0.000608."""
    said = arrived(lmer("Y ~ X + (X | ID)", table("cv161703")))
    assert "the correlation of intercept and X is −1" in said


def test_the_factor_and_slope_that_do_not_vary_are_named():
    rng = np.random.default_rng(2)
    g, h, x = np.repeat(np.arange(20), 12), np.tile(np.arange(6), 40), rng.normal(size=240)
    noise = rng.normal(size=240)
    noise -= np.array([noise[h == k].mean() for k in range(6)])[h]  # nothing between the levels of h
    data = pd.DataFrame({"y": rng.normal(size=20)[g] + x + noise, "g": g, "h": h, "x": x})
    said = arrived(lmer("y ~ x + (1 | g) + (1 | h)", data))
    assert "the variance between h groups is 0" in said and "between g groups" not in said


def test_no_optimum_is_no_optimum(table):
    fit = lmer("Yield ~ 1 + (1 | Batch)", table("dyestuff"))
    lost = replace(fit, fit=replace(fit.fit, optimum=replace(fit.fit.optimum, converged=False)))
    assert "did not end at an optimum" in arrived(lost)
