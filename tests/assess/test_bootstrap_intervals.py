"""The names stand at the right draws: each parameter's draws lie about its own estimate."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import lmer
from lmmcompare.assess.bootstrap_intervals import bootstrap_intervals, bootstrap_sentence, parameter_names
from lmmcompare.assess.intervals import intervals
from lmmcompare.inference.bootstrap import bootstrap


@pytest.fixture(scope="module")
def four():
    """A model with four random coefficients, whose correlations are all different."""
    rng = np.random.default_rng(1)
    root = np.tril(rng.normal(size=(4, 4))) + 2 * np.eye(4)
    g, x = np.repeat(np.arange(150), 12), rng.normal(size=(1800, 3))
    effects = (rng.normal(size=(150, 4)) @ root.T)[g]
    y = effects[:, 0] + (effects[:, 1:] * x).sum(axis=1) + 0.5 * rng.normal(size=1800)
    data = pd.DataFrame({"y": y, "g": g, "a": x[:, 0], "b": x[:, 1], "c": x[:, 2]})
    return lmer("y ~ a + b + c + (a + b + c | g)", data)


def test_every_parameter_has_its_own_draws(four):
    found = bootstrap(four.fit, four.moments, replicates=60, seed=2)
    shown = bootstrap_intervals(four, found).set_index(["kind", "name"])
    profile = intervals(four, "wald").set_index(["kind", "name"])["estimate"]  # named by code of its own
    assert set(shown.index) == set(profile.index)
    np.testing.assert_allclose(shown["estimate"], profile[shown.index], rtol=1e-9, atol=1e-12)
    assert ((shown["lower"] < shown["estimate"]) & (shown["estimate"] < shown["upper"])).mean() > 0.9


def test_several_factors(table):
    fit = lmer("strength ~ 1 + (1 | batch) + (1 | batch:cask)", table("pastes"))
    assert parameter_names(fit).to_numpy().tolist() == [
        ["Intercept", "coefficient", ""], ["Intercept", "sd", "batch:cask"], ["Intercept", "sd", "batch"],
        ["Residual", "residual", ""],
    ]  # fmt: skip


def test_the_sentence_counts_what_happened(table):
    fit = lmer("Yield ~ 1 + (1 | Batch)", table("dyestuff2"))
    found = bootstrap(fit.fit, fit.moments, "case", replicates=40)
    said = bootstrap_sentence(found)
    assert said.startswith("40 samples of whole groups drawn with replacement") and "on the boundary" in said
