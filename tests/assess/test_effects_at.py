"""An effect at each value of another predictor is what the moved formula's own coefficient says there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.assess.effects_at import EffectQuestion, effects_at
from lmmcompare.examples import load
from lmmcompare.inference.error_methods import ErrorMethods

COLUMNS = ["estimate", "se", "df", "t", "p", "lower", "upper"]


@pytest.fixture(scope="module")
def strange() -> pd.DataFrame:
    """Arms as whole numbers, repeated times, a predictor that is constant in groups, two covariates."""
    rng = np.random.default_rng(5)
    group, time = np.repeat(np.arange(24), 6), np.tile(np.arange(6) % 4, 24)
    frame = pd.DataFrame({"g": group, "arm": group % 3 + 1, "time": time, "sex": np.where(group // 3 % 2, "f", "m")})
    frame["x"], frame["z"] = rng.normal(5, 1, len(frame)), rng.exponential(size=len(frame)) + 0.1
    noise = rng.normal(size=24)[group] + rng.normal(size=len(frame))
    return frame.assign(y=frame["arm"] * frame["time"] * 0.2 + frame["x"] * frame["z"] * 0.3 + noise)


def coefficient(formula: str, frame: pd.DataFrame, term: str, *, kenward_roger: bool = False) -> pd.DataFrame:
    from lmmcompare.tables.inference import infer

    table = infer(compare(formula, frame), kenward_roger=kenward_roger).frame
    return table[table["term"] == term].set_index("model")


@pytest.mark.parametrize("kenward_roger", [False, True])
def test_levels_at_each_time(strange, kenward_roger):
    comparison = compare("y ~ factor(arm) * time + x + (1 | g)", strange)
    question = EffectQuestion("arm", "time", "3", "1")
    result = effects_at(comparison, question, ErrorMethods(kenward_roger))
    assert result.values == (0.0, 1.0, 2.0, 3.0) and result.levels == (1, 3)
    for k, value in enumerate(result.values):
        formula = f"y ~ factor(arm) * I(time - {value}) + x + (1 | g)"
        expected = coefficient(formula, strange, "factor(arm)[T.3]", kenward_roger=kenward_roger)
        for model in ("ols", "ols_robust", "random_intercept"):
            ours = result.of_model(model).loc[k, COLUMNS].astype(float)
            np.testing.assert_allclose(ours, expected.loc[model, COLUMNS].astype(float), rtol=2e-4, err_msg=model)
    assert result.of_model("no_pooling")["estimate"].isna().all()  # arms never change within a group
    means = result.means[:, 0] - result.means[:, 1]
    np.testing.assert_allclose(means, result.of_model("random_intercept")["estimate"], rtol=1e-9)


def test_a_slope_at_each_value_and_by_the_group_dummies_too(strange):
    comparison = compare("y ~ x * z + sex + (1 | g)", strange)
    result = effects_at(comparison, EffectQuestion("x", "z"))
    assert len(result.values) == 3  # of many values a low, the mean and a high one
    for k, value in enumerate(result.values):
        expected = coefficient(f"y ~ x * I(z - {value}) + sex + (1 | g)", strange, "x")
        for model in ("ols", "ols_robust", "no_pooling", "random_intercept", "random_slope"):
            if model in expected.index:
                ours = result.of_model(model).loc[k, COLUMNS].astype(float)
                np.testing.assert_allclose(ours, expected.loc[model, COLUMNS].astype(float), rtol=2e-4, err_msg=model)


def test_the_others_are_where_the_formula_has_them(strange):
    """Of three ways interacting, the third stays at its baseline or its origin."""
    comparison = compare("y ~ factor(arm) * I(time - 2) * sex + (1 | g)", strange)
    by_sex = effects_at(comparison, EffectQuestion("arm", "sex", "2", "1"))
    assert by_sex.held == {"time": 2.0} and by_sex.values == ("f", "m")
    expected = coefficient(
        'y ~ factor(arm) * I(time - 2) * relevel(factor(sex), ref="m") + (1 | g)', strange, "factor(arm)[T.2]"
    )
    assert by_sex.of_model("random_intercept")["estimate"][1] == pytest.approx(
        expected.loc["random_intercept", "estimate"]
    )
    by_time = effects_at(comparison, EffectQuestion("arm", "time", "2", "1"))
    assert by_time.held == {"sex": "f"}


@pytest.mark.parametrize("function", ["log(z)", "poly(z, 2)"])
def test_functions_of_the_other_predictor_are_taken_at_its_values(strange, function):
    """No origin of log(z) is a value of z to move to; the effect at a value is a combination of coefficients all the same."""
    comparison = compare(f"y ~ x * {function} + (1 | g)", strange)
    result = effects_at(comparison, EffectQuestion("x", "z"))
    fit = comparison.mixed
    new = pd.DataFrame({"x": [4.0, 5.0] * 3, "z": np.repeat(result.values, 2), "g": strange["g"].iloc[0]})
    heights = fit.predict(new, level="population").to_numpy().reshape(3, 2)
    np.testing.assert_allclose(
        result.of_model("random_intercept")["estimate"], heights[:, 1] - heights[:, 0], rtol=1e-6
    )


def test_a_level_without_rows_is_not_estimable_and_says_what_is_missing():
    frame = load("oats")
    frame = frame[~((frame["V"] == "Victory") & (frame["N"] == "0.6cwt"))]
    comparison = compare("Y ~ V * N + (1 | B)", frame)
    result = effects_at(comparison, EffectQuestion("V", "N", "Victory", "Golden.rain"))
    known = result.of_model("random_intercept")["estimate"].notna().tolist()
    assert known == [True, True, True, False] and list(result.reasons) == [3] and result.reasons[3]


def test_of_many_values_the_first_the_last_and_some_between_are_told():
    both = compare("weight ~ Time * Diet + (1 | Rat)", load("bodyweight"))
    assert effects_at(both, EffectQuestion("Diet", "Time", "2", "1")).values == (1.0, 15.0, 36.0, 50.0, 64.0)
    few = compare("distance ~ age * Sex + (1 | Subject)", load("orthodont"))
    assert effects_at(few, EffectQuestion("Sex", "age", "Male", "Female")).values == (8.0, 10.0, 12.0, 14.0)
