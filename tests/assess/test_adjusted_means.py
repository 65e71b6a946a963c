"""Adjusted means by several models: what can be asked, and that the answers are the results' own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare import compare, examples
from lmmcompare.assess.adjusted_means import (
    MeansQuestion,
    adjusted_means,
    adjustments,
    available_predictors,
    families,
    models,
    opening_question,
    possible_moderators,
    values_of,
)
from lmmcompare.assess.effects_at import evaluation_points
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.errors import OptionError
from lmmcompare.inference.error_methods import ErrorMethods
from tests.helpers import table


@pytest.fixture(scope="module")
def trial() -> Comparison:
    return lmmcompare.compare("score ~ week * arm + baseline + (1 | patient)", table("trial"))


def test_it_opens_with_the_factor_that_has_an_interaction_at_the_others_values(trial):
    assert available_predictors(trial) == ["arm", "week", "baseline"]
    question = opening_question(trial)
    assert (question.predictor, question.by) == ("arm", "week")
    assert possible_moderators(trial, "arm") == ["week", "baseline"]  # that with an interaction first


def test_few_numbers_are_taken_as_they_are_and_many_at_low_mean_and_high(trial):
    assert values_of(trial, "week") == sorted(table("trial")["week"].unique())
    baseline = table("trial")["baseline"]
    low, middle, high = values_of(trial, "baseline")
    for value, expected in zip(
        (low, middle, high), baseline.mean() + np.array([-1, 0, 1]) * baseline.std(), strict=True
    ):
        assert value == pytest.approx(expected, abs=0.06)


def test_they_are_the_values_at_which_effects_are_told():
    frame = examples.load("sleepstudy")
    frame["half"] = np.where(frame["Subject"].astype(int) > 340, "b", "a")
    sleep = compare("Reaction ~ Days * half + (1 | Subject)", frame)
    assert values_of(sleep, "Days") == evaluation_points(sleep, "Days") == [0, 2, 4, 7, 9]


def test_no_value_lies_beyond_the_data_where_a_logarithm_may_have_none():
    rng = np.random.default_rng(1)
    group, dose = np.repeat(np.arange(20), 15), np.exp(rng.normal(0, 1.6, 300))
    frame = pd.DataFrame({"g": group, "dose": dose, "arm": np.where(rng.random(300) < 0.5, "a", "b")})
    frame["y"] = rng.normal(size=20)[group] + np.log(dose) + rng.normal(size=300)
    comparison = compare("y ~ log(dose) * arm + (1 | g)", frame)
    values = values_of(comparison, "dose")
    assert dose.min() <= values[0] < 0.2 and values[-1] <= dose.max()
    assert np.isfinite(adjusted_means(comparison, MeansQuestion("arm", "dose")).frame()["estimate"]).all()


def test_every_models_answer_is_its_own_results(trial):
    question = MeansQuestion("arm", "week")
    result = adjusted_means(trial, question, ErrorMethods(kenward_roger=True))
    at = {"week": values_of(trial, "week")}
    assert list(result.estimates) == ["ols_robust", "random_intercept"]
    for key, fit in models(trial).items():
        own = fit.emmeans("arm", by="week", at=at)
        ours = result.frame()[lambda f, key=key: f["model"] == key]
        np.testing.assert_allclose(ours["estimate"], own.frame["emmean"])
        np.testing.assert_allclose(ours["df"], own.frame["df"])
    clustered = lmmcompare.lm("score ~ week * arm + baseline", table("trial"), cluster="patient").emmeans(
        "arm", by="week", at=at
    )
    ols = result.frame()[lambda f: f["model"] == "ols_robust"]
    np.testing.assert_allclose(ols["se"], clustered.frame["SE"])
    differences = result.differences()
    assert differences["words"].unique().tolist() == ["Placebo − Active"]
    assert list(result.regions) == ["ols_robust", "random_intercept"]


def test_a_number_has_slopes_and_without_an_interaction_no_region(trial):
    result = adjusted_means(trial, MeansQuestion("week", "arm"))
    assert result.slopes and not result.regions
    slopes = result.frame()[lambda f: f["model"] == "random_intercept"].set_index("arm")["estimate"]
    assert slopes["Placebo"] - slopes["Active"] == pytest.approx(trial.mixed.params["week:arm[T.Placebo]"])
    assert not adjusted_means(trial, MeansQuestion("arm", "baseline")).regions


def test_families_and_adjustments_are_those_that_differ(trial):
    assert families(trial, MeansQuestion("arm")) == ["revpairwise"]
    assert families(trial, MeansQuestion("week", "arm")) == ["revpairwise"]
    assert families(trial, MeansQuestion("baseline")) == []
    oats = lmmcompare.compare("Y ~ V * N + (1 | B)", table("oats"))
    assert families(oats, MeansQuestion("N", "V")) == ["revpairwise", "trt.vs.ctrl", "consec", "poly"]
    assert adjustments("trt.vs.ctrl")[0] == "dunnettx" and "tukey" not in adjustments("consec")


def test_a_predictor_with_very_many_levels_is_not_offered():
    rng = np.random.default_rng(2)
    g = np.repeat(np.arange(30), 8)
    frame = pd.DataFrame({"g": g, "site": np.tile([f"s{k:02}" for k in range(40)], 6), "x": rng.normal(size=240)})
    frame["y"] = rng.normal(size=240) + rng.normal(size=30)[g]
    assert available_predictors(lmmcompare.compare("y ~ x + site + (1 | g)", frame)) == ["x"]


def test_structured_residuals_answer_too():
    result = adjusted_means(
        lmmcompare.compare(
            "distance ~ age * Sex + (1 | Subject)", table("orthodont_missing"), correlation="ar1(visit | Subject)"
        ),
        MeansQuestion("Sex", "age"),
    )
    assert list(result.estimates) == ["ols_robust", "random_intercept", "structured"]
    assert result.differences()["p"].between(0, 1).all()


def test_whose_means_are_taken_is_no_predictor():
    """ave(X, ID) is the mean of X in each ID: there is a slope of X, and no mean of Y by ID "all else alike"."""
    both = compare("Y ~ X + ave(X, ID) + (1 | ID)", examples.load("cv161703"))
    assert available_predictors(both) == ["X"]
    question = opening_question(both)
    assert question is not None and (question.predictor, question.by) == ("X", "")
    slope = adjusted_means(both, question).frame().set_index("model").loc[both.formula_model]
    assert slope["estimate"] == pytest.approx(0.4092527, abs=1e-6)  # the slope within: R, lm(Y ~ X + ID)


def test_a_modifier_of_two_values_has_no_region_between_them() -> None:
    """A 0/1 of before and after was said to matter "where post is above 0.977"."""
    rng = np.random.default_rng(72)
    g, post, k = (a.ravel() for a in np.meshgrid(np.arange(30), [0, 1], [0, 1, 2], indexing="ij"))
    frame = pd.DataFrame({"g": g, "treated": g % 2, "post": post, "age": k})
    frame["y"] = frame["treated"] * (frame["post"] + frame["age"]) + rng.normal(size=30)[g] + rng.normal(size=len(g))
    for by, there in (("post", False), ("age", True)):
        both = compare(f"y ~ treated * {by} + (1 | g)", frame)
        assert bool(adjusted_means(both, MeansQuestion("treated", by)).regions) == there


@pytest.mark.parametrize("step", ["I(x > 0)", "cut(x, 3)"])
def test_a_predictor_in_steps_only_has_no_slope(step: str) -> None:
    """At the mean of x a step has the slope 0 with the error 0, which is no estimate; its means differ by the coefficient."""
    rng = np.random.default_rng(5)
    g, x = np.repeat(np.arange(12), 6), rng.normal(size=72)
    frame = pd.DataFrame(
        {"y": rng.normal(size=12)[g] + (x > 0) + rng.normal(size=72), "x": x, "z": rng.normal(size=72), "g": g}
    )
    both = compare(f"y ~ {step} + z + (1 | g)", frame)
    assert available_predictors(both) == ["z"]
    with pytest.raises(OptionError, match="in steps only"):
        both.mixed.slopes("x")
    assert available_predictors(compare(f"y ~ {step} + x + (1 | g)", frame)) == ["x"]
    if step == "I(x > 0)":
        apart = both.mixed.emmeans("x", at={"x": [-1.0, 1.0]}).contrasts("revpairwise").frame["estimate"].iloc[0]
        assert apart == pytest.approx(both.mixed.params["I(x > 0)[T.True]"], rel=1e-9)
