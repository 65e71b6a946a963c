"""Which number answers which question: each has its number, and none is called significant."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.assess.model_choice import which_model
from lmmcompare.assess.mundlak import mundlak
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.facts import facts
from lmmcompare.explain.gap_sentences import mundlak_sentence
from lmmcompare.explain.headline import headline
from lmmcompare.explain.inference_rows import slopes_apart
from lmmcompare.explain.within_between_sentences import within_between_sentences
from lmmcompare.panels import model_tests
from lmmcompare.tables.inference import default_inference
from lmmcompare.text.numbers import p_value
from tests.helpers import comparison, table


def test_every_question_has_its_number_and_none_is_called_significant() -> None:
    advice = which_to_report(comparison("cv161703_ri"), "X")
    shown = " ".join(f"{a.question} {a.answer} {a.reason}" for a in advice)
    for number in ("0.41 (0.14 to 0.68)", "1.57", "1.18", "0.64 (0.39 to 0.89)"):
        assert number in shown
    assert "significant" not in shown
    test = mundlak_sentence(comparison("cv161703_ri"), "X")
    assert "1.16" in test and "p < 0.001" in test and "significant" not in test
    assert mundlak_sentence(comparison("sleepstudy_rs"), "Days") == ""


def test_the_numbers_to_report_have_the_headlines_decimals() -> None:
    answers = " ".join(a.answer for a in which_to_report(comparison("dragons_ri"), "bodyLength2"))
    for shown in (
        "0.21 (−2.33 to 2.75)",
        "12.41 (95% interval −4.17 to 28.99), the slope",
        "9.00 (−1.54 to 19.54)",
        "0.54 (−1.97 to 3.04)",
    ):
        assert shown in answers


def test_a_predictor_that_hardly_varies_between_groups_gets_no_slope_between_them() -> None:
    questions = [a.question for a in which_to_report(comparison("pshp2_ri"), "condition[T.stim]")]
    assert not any("with a higher" in q for q in questions)
    assert len(questions) == 3


def test_where_rows_of_a_group_offset_each_other_no_interval_takes_them_to_be_independent() -> None:
    """OLS's error of a treatment of whole groups is then too large, and so is the random intercept's, which is OLS's."""
    rng = np.random.default_rng(2)
    error = rng.normal(size=(20, 4))
    error -= 0.95 * error.mean(axis=1, keepdims=True)
    frame = pd.DataFrame({"g": np.repeat(np.arange(20), 4), "arm": np.repeat(np.arange(20) % 2, 4), "y": error.ravel()})
    both = compare("y ~ arm + (1 | g)", frame)
    rows = both.coefficients().query("term == 'arm'").set_index("model")
    assert rows.loc["ols_robust", "se"] < 0.2 * rows.loc["random_intercept", "se"]
    for advice in which_to_report(both, "arm"):
        low, high = (rows.loc["ols_robust", end] for end in ("lower", "upper"))
        text = advice.answer.replace("−", "-")
        assert f"({low:.3f} to {high:.3f})" in text and "cluster-robust" in text


def test_where_slopes_vary_the_slope_within_groups_is_still_the_dummies() -> None:
    """A random slope's mean slope compares groups too. R: clubSandwich's conf_int of lm(normexam ~ standLRT + school), CR2."""
    within = which_to_report(compare("normexam ~ standLRT + (standLRT | school)", table("exam")), "standLRT")[0]
    assert "within the same school" in within.question and within.answer.startswith("0.559 (0.521 to 0.598)")
    assert which_to_report(comparison("sleepstudy_rs"), "Days")[0].answer.startswith("10.5 (7.2 to 13.7)")


def test_a_cross_level_interaction_has_the_random_slopes_number_where_the_slope_differs() -> None:
    """R, lmerTest, y ~ x * z + (x | g): 0.47414, 0.26305 to 0.68523; with (1 | g), which AIC doubts, 0.36211 to 0.59035."""
    random = np.random.default_rng(18)
    g = np.repeat(np.arange(40), 12)
    z, slope = random.normal(size=40)[g], 0.5 * random.normal(size=40)[g]
    frame = pd.DataFrame({"g": g, "x": random.normal(size=480), "z": z})
    frame["y"] = (0.5 + 0.3 * z + slope) * frame["x"] + random.normal(size=40)[g] + random.normal(size=480)
    both = compare("y ~ x * z + (1 | g)", frame)
    answer = next(a for a in which_to_report(both, "x:z") if "a known" in a.question)
    assert answer.answer == "0.474 (0.263 to 0.685), the random-slope model"


def test_a_random_slope_in_place_of_an_intercept_gives_no_interval_to_report() -> None:
    """BodyWeight of nlme: (0 + Time | Rat) has log-likelihood -786.5, (1 | Rat) -660.6 (lmer, by ML), and an error of 6.4 for 22.4."""
    both = compare("weight ~ Time + Diet + (0 + Time | Rat)", examples.load("bodyweight"))
    answers = [a for a in which_to_report(both, "Diet[T.2]") if "over all rows" not in a.question]
    row = both.clustered_ols("CR2").table().loc["Diet[T.2]"]
    assert len(answers) == 2
    for advice in answers:
        assert advice.answer.endswith("OLS with cluster-robust errors") and f"{row['lower']:.1f} to" in advice.answer
        assert "no random intercept beside it" in advice.reason
    own = next(a for a in which_to_report(both, "Time") if "same Rat" in a.question)
    assert "dummies with cluster-robust errors" in own.answer
    both = compare("weight ~ Time + Diet + (Time | Rat)", examples.load("bodyweight"))
    assert not any("no random intercept" in a.reason for a in which_to_report(both, "Time"))


def slopes_that_vary() -> pd.DataFrame:
    """40 teams of 10, whose slopes differ."""
    rng = np.random.default_rng(8)
    rows = []
    for team in range(40):
        own, effort, skill = rng.normal(0, 2), rng.normal(0, 0.8), rng.normal(0, 0.5)
        for _ in range(10):
            a, b = rng.normal(), rng.normal()
            rows.append((team, a, b, 10 + own + (1 + effort) * a + (0.5 + skill) * b + rng.normal()))
    return pd.DataFrame(rows, columns=["team", "effort", "skill", "score"])


def test_a_model_without_random_slopes_is_not_recommended_for_prediction_where_they_fit_far_better() -> None:
    """R, lme4 by ML: AIC 1419.82 with both slopes random, 1497.16 of the random intercept with both group means."""
    frame = slopes_that_vary()
    frame["score"] += frame.groupby("team")["effort"].transform("mean")
    found = which_to_report(compare("score ~ effort + skill + (effort + skill | team)", frame), "effort")[-1]
    assert found.answer.endswith("the random-slope model")
    assert "It blends the slopes of effort within and between teams, which seem to differ (p = 0.013)" in found.reason
    assert "fits worse (AIC 1,497.2 against 1,419.8 with random slopes)" in found.reason


def test_where_slopes_vary_what_lies_between_groups_has_clustered_errors() -> None:
    """R: lmer with both slopes random gives p = 0.0768 for the mean of effort, clubSandwich's CR2 0.0754, a random intercept 0.0446."""
    both = compare("score ~ effort + skill + (1 | team)", slopes_that_vary())
    told = slopes_apart(both, "effort")
    assert told is not None and (told.value, told.se) == pytest.approx((1.9963, 1.0277), abs=1e-4)
    assert told.p == pytest.approx(0.0754, abs=1e-4)
    card = within_between_sentences(both, "effort")[0]
    assert "No difference is visible" in card and "p = 0.075), by cluster-robust errors (CR2)" in card
    assert "do not show that the two differ (p = 0.075)" in headline(both, "effort").reason
    answers = model_tests.tests(both, "effort", which_model(both), default_inference(both)).words
    assert f"differ ({p_value(mundlak(both, robust=True).p)})" in answers


def test_where_slopes_vary_the_slope_between_groups_has_clustered_errors_too() -> None:
    """clubSandwich's linear_contrast of the slope within and the mean's, of 40 teams of 5 and 10."""
    frame = slopes_that_vary()
    frame = frame[~((frame["team"] % 3 == 0) & (frame.index % 10 > 4))]
    both = compare("score ~ effort + skill + (1 | team)", frame)
    known = {"effort": (2.840121, 0.980144, 12.79067), "skill": (-0.123505, 0.692064, 16.64112)}
    for term, (value, se, df) in known.items():
        between = facts(both, term).between
        assert between is not None and (between.value, between.se, between.df) == pytest.approx(
            (value, se, df), rel=1e-5
        )
    answers = {a.question: a for a in which_to_report(both, "effort")}
    told = answers["How do teams with a higher mean of effort differ, the other predictors’ means equal?"]
    assert "2.840 (95% interval 0.719 to 4.961)" in told.answer and "(CR2)" in told.reason


def test_a_group_mean_beside_a_predictor_whose_slope_varies_is_told_by_the_random_slope() -> None:
    """R, lmerTest, with (effort | team): the mean of effort 1.6627 (SE 0.82703, 37.28 df, p 0.0517); a random intercept says 1.57."""
    frame = slopes_that_vary()
    frame = frame[~((frame["team"] % 3 == 0) & (frame.index % 10 > 4))]
    for mean, of in (("em", "effort"), ("sm", "skill")):
        frame = frame.assign(**{mean: frame.groupby("team")[of].transform("mean")})
    both = compare("score ~ effort + skill + em + sm + (1 | team)", frame)
    told = slopes_apart(both, "em")
    assert told is not None
    assert (told.value, told.se, told.df, told.p) == pytest.approx((1.66275, 0.827027, 37.2786, 0.0516527), rel=1e-4)
    assert "p = 0.052) in the random-slope model, which AIC prefers" in within_between_sentences(both, "em")[0]
    assert re.search(
        r"sum of the two, 2\.42 \(95% interval [^)]*\) in the random-slope model", headline(both, "em").reason
    )
    assert which_to_report(both, "em")[0].answer == "1.66 (−0.01 to 3.34), the random-slope model"


def test_where_every_variance_is_0_no_group_is_predicted_from_its_own_rows() -> None:
    rng = np.random.default_rng(14)
    x = rng.normal(size=90)
    frame = pd.DataFrame({"lab": np.repeat(np.arange(15), 6), "x": x, "y": 10 + x + rng.normal(size=90)})
    both = compare("y ~ x + (x | lab)", frame)
    assert not both.mixed.cov_re["lab"].to_numpy().any()
    assert "Every variance between labs is estimated as 0" in which_to_report(both, "x")[-1].reason


def test_a_prediction_is_of_the_model_that_its_reason_prefers() -> None:
    """The slope of x varies, w blends two slopes: a random intercept, which fits worst of all, was answered for w."""
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(40), 12)
    frame = pd.DataFrame({name: rng.normal(size=480) + rng.normal(size=40)[g] for name in ("x", "w")}).assign(g=g)
    own = rng.normal(size=40)[g] + frame["x"] * (0.5 + rng.normal(size=40)[g]) + rng.normal(size=480)
    frame["y"] = own + 0.5 * frame["w"] - 2 * frame.groupby("g")["w"].transform("mean")
    both = compare("y ~ x + w + (1 | g)", frame)
    by_aic = both.statistics().set_index("model")["aic"]
    assert by_aic["random_slope"] < by_aic["within_between"] < by_aic["random_intercept"]
    prediction = which_to_report(both, "w")[-1]
    assert "within–between keeps them apart" in prediction.reason
    assert prediction.answer.endswith("the random-slope model")
    assert prediction.answer.startswith(f"{both.fits['random_slope'].params['w']:.3f}")


def test_the_slope_between_groups_says_that_the_means_of_other_predictors_are_held() -> None:
    """With the other's mean beside it; alone the slope of the means would be another number."""
    rng = np.random.default_rng(7)
    g = np.repeat(np.arange(30), 6)
    of_group = rng.normal(size=(2, 30))
    of_group[1] += of_group[0]
    frame = pd.DataFrame(
        {"g": g, "x": of_group[0, g] + rng.normal(size=180), "z": of_group[1, g] + rng.normal(size=180)}
    )
    frame["y"] = 3 * of_group[0, g] - 2 * of_group[1, g] + rng.normal(size=30)[g] + rng.normal(size=180)
    means = frame.groupby("g").mean()
    held, alone = (
        np.linalg.lstsq(np.column_stack([np.ones(30), means[names]]), means["y"], rcond=None)[0][1]
        for names in (["x", "z"], ["x"])
    )
    advice = next(
        a for a in which_to_report(compare("y ~ x + z + (1 | g)", frame), "x") if "higher mean of x" in a.question
    )
    assert advice.answer.startswith(f"{held:.2f}") and not advice.answer.startswith(f"{alone:.2f}")
    assert advice.question.endswith("higher mean of x differ, the other predictors’ means equal?")
