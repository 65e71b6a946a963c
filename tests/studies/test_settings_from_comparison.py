"""Settings like a comparison: what was fitted comes back, and data simulated from them give about the same fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lmmcompare import examples, lmer
from lmmcompare.comparison.compare import compare
from lmmcompare.errors import DesignError, SettingsError
from lmmcompare.simulate.settings import Settings
from lmmcompare.simulate.table import table
from lmmcompare.studies.settings_from_comparison import settings_like


def wavy() -> pd.DataFrame:
    """Forty people of two arms, six waves each, whose slopes of wave, x and z differ; in numbers that R can make as well."""
    person, wave = np.repeat(np.arange(40), 6), np.tile(np.arange(6), 40)
    x, z, noise = (np.sin(k * np.arange(1, 241) ** 2) for k in (0.7, 1.3, 2.9))
    u, slope, of_x, of_z = (np.cos(k * np.arange(1, 41) ** 2)[person] for k in (0.9, 1.7, 2.3, 3.1))
    arm = person % 2
    y = 1 + arm + 2 * u + (0.5 + 0.7 * slope) * wave + (1 + of_x) * x + (1 + of_z) * z + 0.3 * x * z + 1.5 * noise
    return pd.DataFrame({"id": person, "wave": wave, "arm": arm, "x": x, "z": z, "y": y})


def test_the_values_are_those_of_lme4():
    """sleepstudy in lme4: VarCorr 24.741, 5.922, 0.066, residual 25.592; at the mean of Days, 4.5, the intercepts' SD is 37.5."""
    settings = settings_like(compare("Reaction ~ Days + (Days | Subject)", examples.load("sleepstudy")), "Days")
    assert (settings.groups, settings.size, settings.spread, settings.varies) == (18, 10, 0.0, "within")
    assert (settings.slope, settings.tau1, settings.sigma) == (10.47, 5.922, 25.59)
    at_mean = np.sqrt(24.741**2 + 4.5**2 * 5.922**2 + 2 * 4.5 * 0.066 * 24.741 * 5.922)
    assert settings.tau0 == pytest.approx(at_mean, rel=1e-3)
    assert settings.rho == pytest.approx((0.066 * 24.741 * 5.922 + 4.5 * 5.922**2) / (at_mean * 5.922), abs=2e-3)
    assert settings.intercept == pytest.approx(251.405 + 4.5 * 10.467, rel=1e-3)
    assert settings.x_sd == pytest.approx(np.arange(10).std(), rel=1e-3)


@pytest.mark.parametrize(
    "true",
    [
        Settings(400, 8, slope=0.7, tau0=1.5, sigma=0.8, x_icc=0.4, x_mean=50.0, x_sd=2.0),
        Settings(400, 8, slope=0.7, tau0=1.5, tau1=0.5, rho=0.4, sigma=0.8, varies="within"),
        Settings(400, 8, slope=2.0, tau0=1.5, sigma=0.8, predictor="binary", varies="within", share=0.25),
        Settings(400, 8, slope=0.5, tau0=1.0, sigma=1.0, varies="between"),
    ],
)
def test_simulated_data_give_back_their_settings(true):
    like = settings_like(compare(true.formula, table(true)), true.x_name)
    assert (like.groups, like.size, like.predictor, like.varies) == (400, 8, true.predictor, true.varies)
    for name, tolerance in (("slope", 0.1), ("tau0", 0.12), ("tau1", 0.06), ("sigma", 0.04), ("x_icc", 0.06)):
        if name != "x_icc" or true.varies == "both":
            assert getattr(like, name) == pytest.approx(getattr(true, name), abs=tolerance), name
    if true.predictor == "binary":
        assert like.share == pytest.approx(0.25, abs=0.02)
    if true.tau1:
        assert like.rho == pytest.approx(true.rho, abs=0.15)


def test_unequal_sizes_have_their_spread():
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(40), rng.integers(2, 30, 40))
    frame = pd.DataFrame({"g": g, "x": rng.normal(size=len(g)), "y": rng.normal(size=40)[g] + rng.normal(size=len(g))})
    sizes = np.bincount(g)
    settings = settings_like(compare("y ~ x + (1 | g)", frame), "x")
    assert settings.size == round(sizes.mean()) and settings.spread == pytest.approx(
        sizes.std() / sizes.mean(), abs=0.006
    )


def test_what_has_no_counterpart_is_refused():
    comparison = compare("Y ~ X + (1 | ID)", examples.load("cv161703"))
    with pytest.raises(DesignError, match="predictor"):
        settings_like(comparison, comparison.constant)
    with pytest.raises(DesignError):
        settings_like(comparison, "X_mean")
    large = compare("pSHP2 ~ condition + (1 | cluster)", examples.load("pshp2"))
    with pytest.raises(DesignError, match="no intercept"):
        settings_like(compare("Y ~ 0 + X + (1 | ID)", examples.load("cv161703")), "X")
    with pytest.raises(SettingsError, match="rows"):
        settings_like(large, large.design.all_names[1])


@pytest.mark.parametrize(
    ("name", "formula", "term", "error"),
    [
        ("orthodont", "distance ~ age * Sex + (1 | Subject)", "age", 0.093465),
        ("orthodont", "distance ~ age * Sex + (1 | Subject)", "age:Sex[T.Male]", 0.121416),
        ("sleepstudy", "Reaction ~ Days + I(Days^2) + (1 | Subject)", "Days", 2.970768),
    ],
)
def test_the_effect_is_as_hard_to_find_as_beside_the_other_predictors(name, formula, term, error):
    """The standard errors of lme4; with the predictor as it is they would be 0.059, 0.053 and 0.81."""
    settings = settings_like(compare(formula, examples.load(name)), term)
    assert settings.varies == "within"
    rows = settings.groups * settings.size
    assert settings.sigma / (settings.x_sd * np.sqrt(rows)) == pytest.approx(error, rel=2e-3)  # of four digits each


@pytest.mark.parametrize(("term", "error"), [("age", 0.1036966), ("age:Sex[T.Male]", 0.1347058)])
def test_slopes_that_differ_between_groups_make_an_interaction_as_hard_to_find_as_it_is(term, error):
    """lme4's standard errors of distance ~ age * Sex + (age | Subject); without the slopes of age the second would be 0.121."""
    settings = settings_like(compare("distance ~ age * Sex + (age | Subject)", examples.load("orthodont")), term)
    assert settings.varies == "within"
    of_rows = settings.sigma**2 / (settings.x_sd**2 * settings.groups * settings.size)
    assert np.sqrt(of_rows + settings.tau1**2 / settings.groups) == pytest.approx(
        error, rel=2e-3
    )  # of four digits each


def test_slopes_of_the_predictor_stay_its_own_beside_other_predictors_and_without_an_intercept():
    """lme4 has 5.92518 beside Days^2. Without a random intercept that at the mean of Days varies by 4.5 times the slopes."""
    sleep = examples.load("sleepstudy")
    assert settings_like(compare("Reaction ~ Days + I(Days^2) + (Days | Subject)", sleep), "Days").tau1 == 5.925
    sloped = compare("Reaction ~ Days + (0 + Days | Subject)", sleep)
    settings = settings_like(sloped, "Days")
    assert settings.tau1 == pytest.approx(float(sloped.mixed.cov_re["Subject"].iloc[0, 0]) ** 0.5, rel=1e-3)
    assert settings.tau0 == pytest.approx(4.5 * settings.tau1, rel=1e-3)


def test_a_treatment_beside_a_covariate_within_groups_is_still_one_of_groups():
    """What the covariate takes out of it varies within groups by next to nothing, which 1% would make several times the information."""
    rng = np.random.default_rng(4)
    g = np.repeat(np.arange(40), 6)
    arm = np.arange(40) % 2
    frame = pd.DataFrame({"g": g, "arm": arm[g], "x": rng.normal(size=240)})
    frame["y"] = frame["x"] + 5 * rng.normal(size=40)[g] + rng.normal(size=240)
    assert settings_like(compare("y ~ arm + x + (1 | g)", frame), "arm").varies == "between"


def test_of_a_treatment_that_covariates_tell_something_of_fewer_are_treated():
    rng = np.random.default_rng(2)
    arm = np.tile([0, 1], 30)
    g = np.repeat(np.arange(60), 5)
    frame = pd.DataFrame({"g": g, "arm": arm[g], "age": (rng.normal(size=60) + 0.6 * arm)[g]})
    frame["y"] = frame["age"] + rng.normal(size=60)[g] + rng.normal(size=300)
    settings = settings_like(compare("y ~ arm + age + (1 | g)", frame), "arm")
    r2 = np.corrcoef(frame["arm"], frame["age"])[0, 1] ** 2
    assert (settings.predictor, settings.varies) == ("binary", "between")
    assert settings.share * (1 - settings.share) == pytest.approx(0.25 * (1 - r2), rel=5e-3)
    alone = settings_like(compare("y ~ arm + (1 | g)", frame), "arm")
    assert (alone.predictor, alone.share) == ("binary", 0.5)


def test_more_subjects_do_not_tell_of_a_property_of_items():
    rng = np.random.default_rng(3)
    s, i = np.repeat(np.arange(20), 12), np.tile(np.arange(12), 20)
    frame = pd.DataFrame({"s": s, "item": i, "kind": i % 2, "y": rng.normal(size=12)[i] + rng.normal(size=240)})
    comparison = compare("y ~ kind + (1 | s) + (1 | item)", frame)
    with pytest.raises(DesignError, match="as well as there are items"):
        settings_like(comparison, "kind")


@pytest.mark.parametrize(
    ("formula", "term", "error"),
    [
        ("y ~ wave + arm + (wave | id)", "arm", 0.4567925),
        ("y ~ wave * arm + (wave | id)", "arm", 0.4923333),
        ("y ~ x * z + (x + z | id)", "x:z", 0.2555661),
    ],
)
def test_beside_slopes_of_other_columns_simulated_data_have_the_error_of_the_model_asked_for(formula, term, error):
    """lme4's standard errors; in simulated data they were up to 1.2 times as large here, and 1.7 times where waves are missing."""
    settings = settings_like(compare(formula, wavy()), term)
    drawn = [replace(settings, seed=seed) for seed in range(10)]
    errors = [float(lmer(one.formula, table(one)).bse[one.x_name]) for one in drawn]
    assert np.mean(errors) == pytest.approx(error, rel=0.05)


@pytest.mark.parametrize("formula", ["y ~ dose + (x | id)", "y ~ dose + z + (z | id)"])
def test_units_change_what_is_in_them_only(formula):
    frame = wavy().assign(dose=lambda rows: np.sin(rows["id"] ** 2) + (0 if "x" in formula else rows["x"]))
    own = settings_like(compare(formula, frame), "dose")
    small = settings_like(compare(formula, frame.assign(dose=frame["dose"] * 1e-2, y=frame["y"] * 1e-1)), "dose")
    assert small.varies == own.varies and (own.tau0 > 0 or own.tau1 > 0)
    expected = [own.tau0 / 10, own.sigma / 10, own.slope * 10, own.tau1 * 10, own.x_sd / 100]
    assert [small.tau0, small.sigma, small.slope, small.tau1, small.x_sd] == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("scale", [1e-7, 1e-9, 1e-12])
def test_of_a_predictor_in_a_far_too_large_unit_it_is_said_what_cannot_be_simulated(scale):
    """The page ended, a matrix being singular."""
    group, z, of = np.repeat(np.arange(5), 4), np.tile(np.arange(4), 5), np.arange(5)
    dose, slopes = np.sin((of + 1) ** 2)[group], z * np.cos(7 * of)[group]
    y = dose + np.cos(3 * of)[group] + slopes + 0.1 * np.sin(np.arange(20) ** 2)
    frame = pd.DataFrame({"y": y, "dose": scale * dose, "z": z, "g": group})
    with pytest.raises(SettingsError, match=r"Slope is|SD of the predictor is"):
        settings_like(compare("y ~ dose + z + (z | g)", frame), "dose")
