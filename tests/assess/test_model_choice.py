"""The tests and criteria that a comparison is given."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare import lm, lmer
from lmmcompare.assess.information_criteria import information_criteria, information_sentence
from lmmcompare.assess.model_choice import which_model
from tests.helpers import comparison, reference, table


def test_every_question_is_asked() -> None:
    found = which_model(comparison("exam_ri"))
    assert [t.name for t in found.tests] == [
        "Likelihood ratio test, random intercept", "Breusch–Pagan test", "Likelihood ratio test, random slope", "Mundlak test",
        "Mundlak test, cluster-robust", "Hausman test",
    ]  # fmt: skip
    assert not found.left_out
    assert list(found.table["question"]) == [t.question for t in found.tests]
    assert found.table["p"].between(0, 1).all()


def test_what_cannot_be_tested_is_said() -> None:
    found = which_model(comparison("penicillin_fixed_sample"))
    assert "random slope" in found.left_out["Likelihood ratio test, random slope"]
    assert "no two slopes" in found.left_out["Mundlak test"]
    assert "the same by design" in found.left_out["Hausman test"]


def test_other_factors_are_tested() -> None:
    found = which_model(lmmcompare.compare("diameter ~ 1 + (1 | plate) + (1 | sample)", table("penicillin")))
    (test,) = [t for t in found.tests if t.name == "Likelihood ratio test, samples"]
    assert test.question == "Do samples matter beside the plates?" and test.p < 1e-50


def test_a_random_slope_without_intercept_holds_no_random_intercept() -> None:
    found = which_model(lmmcompare.compare("Reaction ~ Days + (0 + Days | Subject)", table("sleepstudy")))
    assert "not nested" in found.left_out["Likelihood ratio test, random slope"]


def test_random_means_are_not_said_to_hold_no_random_intercept() -> None:
    """(0 + f | g) is (f | g) in other words, of which a random intercept is a case: "not nested" was false."""
    frame = table("sleepstudy").assign(late=lambda d: np.where(d["Days"] > 4, "late", "soon"))
    why = which_model(lmmcompare.compare("Reaction ~ late + (0 + late | Subject)", frame)).left_out
    assert "as equal means" in why["Likelihood ratio test, random slope"]
    assert "not nested" not in why["Likelihood ratio test, random slope"]


@pytest.mark.parametrize("case", ["sleepstudy_rs", "cv161703_ri", "exam_rs"])
def test_criteria_are_those_of_r_by_ml(case: str) -> None:
    both, known = comparison(case), reference(case)
    found = information_criteria(both.by_ml, both.group).set_index("model")
    for model, theirs in (("ols", known["ols"]), (both.formula_model, known["ml"])):
        np.testing.assert_allclose(
            found.loc[model, ["loglik", "aic", "bic"]].astype(float),
            [theirs[k] for k in ("loglik", "aic", "bic")],
            atol=1e-5,
        )
        assert found.loc[model, "aic"] == pytest.approx(
            2 * found.loc[model, "parameters"] - 2 * found.loc[model, "loglik"]
        )
    assert found["weight"].sum() == pytest.approx(1) and found["bic_weight"].sum() == pytest.approx(1)
    ranked = found.drop(index="no_pooling")
    assert ranked["delta_aicc"].is_monotonic_increasing and ranked["delta_aicc"].iloc[0] == 0
    ratio = found["weight"].iloc[1] / found["weight"].iloc[0]
    assert ratio == pytest.approx(np.exp(-found["delta_aicc"].iloc[1] / 2))


def test_fits_by_reml_are_refitted() -> None:
    frame = table("sleepstudy")
    fits = {"a": lmer("Reaction ~ 1 + (1 | Subject)", frame), "b": lmer("Reaction ~ Days + (1 | Subject)", frame)}
    found = information_criteria(fits).set_index("model")
    for key, fit in fits.items():
        assert found.loc[key, "aic"] == pytest.approx(lmer(fit.formula, frame, reml=False).aic, abs=1e-7)


def test_models_of_other_data_are_left_out_with_the_reason() -> None:
    frame = table("sleepstudy")
    fits = {
        "all": lmer("Reaction ~ Days + (1 | Subject)", frame),
        "ols": lm("Reaction ~ Days", frame),
        "fewer": lmer("Reaction ~ Days + (1 | Subject)", frame[:170]),
        "logs": lmer("log(Reaction) ~ Days + (1 | Subject)", frame),
    }
    found = information_criteria(fits)
    assert list(found["model"]) == ["all", "ols", "fewer", "logs"]
    assert list(found["problem"]) == [
        "",
        "",
        "The rows differ: 180 and 170.",
        "The outcomes differ: “Reaction” and “log(Reaction)”.",
    ]
    assert found["delta_aic"].isna().tolist() == [False, False, True, True]
    sentence = information_sentence(found, 180)
    assert "“fewer” is left out: The rows differ: 180 and 170." in sentence and "“logs” is left out" in sentence


def test_dummies_are_not_ranked_and_aicc_turns_their_first_place_round() -> None:
    """60 rows, 20 dummies: AIC would put them first, AICc last but for none; either way they answer another question."""
    both = comparison("cv161703_ri")
    found = information_criteria(both.by_ml, both.group).set_index("model")
    dummies, others = found.loc["no_pooling"], found.drop(index="no_pooling")
    assert dummies["parameters"] == 22 and dummies["aic"] < others["aic"].min()
    # Hurvich and Tsai: AIC + 2 k (k + 1) / (n - k - 1)
    np.testing.assert_allclose(
        found["aicc"], found["aic"] + 2 * found["parameters"] * (found["parameters"] + 1) / (59 - found["parameters"])
    )
    assert dummies["aicc"] > others["aicc"].min()
    assert (
        dummies[["delta_aic", "delta_aicc", "weight", "delta_bic", "bic_weight"]].isna().all()
        and "Vaida" in dummies["problem"]
    )
    assert others["weight"].sum() == pytest.approx(1)
    said = information_sentence(found.reset_index(), 60)
    assert said.startswith("By AICc “Within–between” comes first") and "“ID dummies”" in said and "not ranked" in said


def test_the_sentence_says_what_the_numbers_say() -> None:
    frame = pd.DataFrame({
        "model": ["a", "b", "c"], "label": ["A", "B", "C"], "aic": [10.0, 9.0, 30.0], "bic": [40.0, 20.0, 35.0],
        "aicc": [11.0, 12.0, 31.0], "delta_aicc": [0.0, 1.0, 20.0], "weight": [0.62, 0.38, 0.0], "problem": ["", "", ""],
    })  # fmt: skip
    said = information_sentence(frame, 60)
    assert said.startswith(
        "By AICc “A” comes first, with 62% of the weight; by AIC “B” and by BIC “B”. “B” lies within 2 of it"
    )
    assert "the number of rows, here 60" in said


def test_each_factor_is_tested_given_the_others() -> None:
    """The statistic is that of the two fits by themselves."""
    frame = table("pastes")
    found = {
        t.name: t for t in which_model(lmmcompare.compare("strength ~ 1 + (1 | batch) + (1 | batch:cask)", frame)).tests
    }
    whole = lmer("strength ~ 1 + (1 | batch) + (1 | batch:cask)", frame)
    for factor, formula in (
        ("batches", "strength ~ 1 + (1 | batch:cask)"),
        ("casks", "strength ~ 1 + (1 | batch)"),
    ):
        test = found[f"Likelihood ratio test, {factor}"]
        assert test.statistic == pytest.approx(lmer(formula, frame).criterion - whole.criterion, abs=1e-6)
        assert "beside the" in test.question and "Both models keep" in test.note
    assert "left out?" in found["Breusch–Pagan test"].question


def test_a_slope_is_tested_with_the_other_factors_kept() -> None:
    rng = np.random.default_rng(1)
    g, h, x = np.repeat(np.arange(15), 12), np.tile(np.arange(6), 30), rng.normal(size=180)
    y = (1 + rng.normal(size=15)[g]) * x + rng.normal(size=15)[g] + rng.normal(size=6)[h] + rng.normal(size=180)
    frame = pd.DataFrame({"y": y, "x": x, "g": g, "h": h})
    found = {t.name: t for t in which_model(lmmcompare.compare("y ~ x + (x | g) + (1 | h)", frame)).tests}
    test = found["Likelihood ratio test, random slope"]
    gap = lmer("y ~ x + (1 | g) + (1 | h)", frame).criterion - lmer("y ~ x + (x | g) + (1 | h)", frame).criterion
    assert test.statistic == pytest.approx(gap, abs=1e-5) and "keep the h groups" in test.note
