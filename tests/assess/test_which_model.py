"""The tests and criteria that a comparison is given."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare import lm, lmer
from lmmcompare.assess.which_model import information_criteria, information_sentence, which_model
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
    assert "only one slope" in found.left_out["Mundlak test"]
    assert "Hausman test" not in found.left_out


def test_other_factors_are_tested() -> None:
    found = which_model(lmmcompare.compare("diameter ~ 1 + (1 | plate) + (1 | sample)", table("penicillin")))
    (test,) = [t for t in found.tests if t.name == "Likelihood ratio test, other factors"]
    assert test.question == "Do samples matter beside the plates?" and test.p < 1e-50


def test_a_random_slope_without_intercept_holds_no_random_intercept() -> None:
    found = which_model(lmmcompare.compare("Reaction ~ Days + (0 + Days | Subject)", table("sleepstudy")))
    assert "not nested" in found.left_out["Likelihood ratio test, random slope"]


@pytest.mark.parametrize("case", ["sleepstudy_rs", "cv161703_ri", "exam_rs"])
def test_criteria_are_those_of_r_by_ml(case: str) -> None:
    both, known = comparison(case), reference(case)
    found = information_criteria(both.by_ml, both.group).set_index("model")
    for model, theirs in (("ols", known["ols"]), (both.asked, known["ml"])):
        np.testing.assert_allclose(
            found.loc[model, ["loglik", "aic", "bic"]].astype(float),
            [theirs[k] for k in ("loglik", "aic", "bic")],
            atol=1e-5,
        )
        assert found.loc[model, "aic"] == pytest.approx(
            2 * found.loc[model, "parameters"] - 2 * found.loc[model, "loglik"]
        )
    assert found["weight"].sum() == pytest.approx(1) and found["bic_weight"].sum() == pytest.approx(1)
    assert found["delta_aic"].is_monotonic_increasing and found["delta_aic"].iloc[0] == 0
    ratio = found["weight"].iloc[1] / found["weight"].iloc[0]
    assert ratio == pytest.approx(np.exp(-found["delta_aic"].iloc[1] / 2))


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


def test_the_sentence_says_what_the_numbers_say() -> None:
    frame = pd.DataFrame({
        "model": ["no_pooling", "b", "c"], "label": ["Dummies", "B", "C"], "aic": [10.0, 11.0, 30.0], "bic": [40.0, 20.0, 35.0],
        "delta_aic": [0.0, 1.0, 20.0], "weight": [0.62, 0.38, 0.0], "problem": ["", "", ""],
    })  # fmt: skip
    assert information_sentence(frame, 60) == (
        "By AIC “Dummies” comes first, with 62% of the weight; by BIC “B”. “B” lies within 2 of it: the data hardly tell them "
        "apart. All are fitted by maximum likelihood to the same 60 rows. Group dummies spend a parameter on each group: with many "
        "small groups theirs are not to be trusted. Of the other models “B” has the best AIC."
    )
