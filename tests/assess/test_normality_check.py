"""The comparison of normal random effects with any: its frames, and a sentence that says what the numbers say."""

from __future__ import annotations

import numpy as np
import pytest

import lmmcompare
from lmmcompare.assess.normality_check import NormalityCheck, normality_matters
from lmmcompare.errors import DesignError
from tests.helpers import data, reference
from tests.inference.test_nonparametric import simulated


def check(case: str) -> NormalityCheck:
    return normality_matters(lmmcompare.lmer(reference(case)["formula"], data(case)))


def test_frames() -> None:
    found = check("sleepstudy_rs")
    ml = lmmcompare.lmer(reference("sleepstudy_rs")["formula"], data("sleepstudy_rs"), reml=False)
    assert found.coefficients["term"].tolist() == ["Intercept", "Days"]
    np.testing.assert_allclose(found.coefficients["normal"], ml.params, rtol=1e-6)
    np.testing.assert_allclose(found.coefficients["se"], ml.bse, rtol=1e-5)
    np.testing.assert_allclose(
        found.coefficients["change_in_se"],
        (found.coefficients["nonparametric"] - found.coefficients["normal"]) / found.coefficients["se"],
    )
    assert found.spread["term"].tolist() == ["Intercept", "Days", "Residual"]
    np.testing.assert_allclose(found.spread["normal"], [*np.sqrt(np.diag(ml.cov_re["Subject"])), ml.sigma], rtol=1e-4)
    np.testing.assert_allclose(
        found.spread["nonparametric"][:2], np.sqrt(found.points["mass"] @ found.points[["Intercept", "Days"]] ** 2)
    )
    assert found.fit.loglik > found.fit.normal.loglik == pytest.approx(ml.llf, abs=1e-6)


def test_a_normal_fit_without_variance() -> None:
    found = check("dyestuff2_singular")
    assert found.spread["normal"][0] == 0 and len(found.points) == 1
    assert "1 value " in found.sentence and "does not matter" in found.sentence


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ("sleepstudy_rs", "moves by more than 0.010 of its standard error"),
        ("cv161703_ri", "“X” moves from 0.650 to 0.576, 0.60 of its standard error"),
    ],
)
def test_sentence(case: str, says: str) -> None:
    assert says in check(case).sentence


def test_where_it_matters() -> None:
    """A predictor between groups whose effect a few far groups hide from the normal model."""
    random = np.random.default_rng(2)
    effect = random.choice([0.0, 12.0], 30, p=[0.8, 0.2])
    frame = simulated(effect, 12, 3)
    between = random.normal(size=30)
    between[effect > 0] += 1.5
    frame["w"] = between[frame["g"].astype(int)]
    found = normality_matters(lmmcompare.lmer("y ~ w + (1 | g)", frame))
    w = found.coefficients.set_index("term").loc["w"]
    assert abs(w["change_in_se"]) > 3 and abs(w["nonparametric"]) < abs(w["normal"])  # no effect is the truth
    assert "it matters, for" in found.sentence and "“w”" in found.sentence


def test_normal_effects_are_not_said_to_matter() -> None:
    """Samples of 12 and 20 groups with normal effects: coefficients move by more than a standard error, and by chance."""
    moved = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        groups = 12 if seed % 2 else 20
        frame = simulated(rng.normal(0, 2, groups), 8, seed)
        frame["w"] = rng.permutation(np.arange(groups) % 2)[frame["g"].astype(int)]
        found = normality_matters(lmmcompare.lmer("y ~ w + (1 | g)", frame))
        moved.append(float(found.coefficients["change_in_se"].abs().max()))
        assert "it matters" not in found.sentence
    assert max(moved) > 1


def test_several_factors_are_refused() -> None:
    frame = simulated(np.arange(6.0), 5, 0).assign(h=lambda d: (np.arange(len(d)) % 4).astype(str))
    with pytest.raises(DesignError, match="one grouping factor"):
        normality_matters(lmmcompare.lmer("y ~ x + (1 | g) + (1 | h)", frame))
