"""The first question is a treatment's before time's before any other; a question outlives changes of the formula."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from lmmcompare.explain.effect_by_modifier import across_sentence
from lmmcompare.explain.question import (
    axis_of,
    first_question,
    first_term,
    nearest_term,
    proposed_baseline,
    question_of,
    questions,
)
from tests.helpers import table

TRIAL = table("trial")


def trial(fixed: str):
    return lc.compare(f"score ~ {fixed} + (1 | patient)", TRIAL)


@pytest.mark.parametrize(
    ("fixed", "of"),
    [("week + arm", "arm"), ("baseline + week", "week"), ("baseline + week * arm", "arm"), ("baseline", "baseline")],
)
def test_a_treatment_comes_before_time_before_a_covariate(fixed, of):
    assert first_question(trial(fixed)).predictor == of


def test_what_changes_within_groups_and_is_named_before_time_is_the_question():
    """Wealth comes first in `lifeExp ~ log10(gdpPercap) + year`, and year is there to be held equal."""
    data = TRIAL.assign(stress=np.random.default_rng(1).normal(size=len(TRIAL)))
    for fixed, of in (("stress + week", "stress"), ("week + stress", "week"), ("baseline + stress + week", "stress")):
        assert first_question(lc.compare(f"score ~ {fixed} + (1 | patient)", data)).predictor == of


def test_an_age_that_never_changes_is_no_time_and_levels_can_name_a_treatment():
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(10), 4)
    noise = {name: rng.normal(size=40) for name in ("q", "y")}
    data = pd.DataFrame({"g": g, "age": g + 0.5, "f": np.where(g % 2, "control", "new"), **noise})
    assert first_question(lc.compare("y ~ q + age + (1 | g)", data)).predictor == "q"
    comparison = lc.compare("y ~ q + f + (1 | g)", data)
    assert first_question(comparison).predictor == "f"
    assert proposed_baseline(comparison, "f") == ""  # it stands first already


def test_without_a_predictor_there_is_no_question():
    comparison = trial("1")
    assert first_question(comparison) is None and first_term(comparison) == comparison.constant
    assert axis_of(comparison, comparison.constant) is None


def test_a_control_level_is_proposed_as_long_as_the_formula_names_none():
    assert proposed_baseline(trial("week + arm"), "arm") == "Placebo"
    assert proposed_baseline(trial('week + relevel(factor(arm), ref="Active")'), "arm") == ""
    assert proposed_baseline(trial("week + arm"), "week") == ""


def test_every_coefficient_answers_a_question_and_an_interaction_one_of_each_of_its_predictors():
    comparison = trial("week * arm + baseline")
    assert {q.term for q in questions(comparison)} == {*comparison.design.fixed_names} - {"Intercept"}
    assert [(q.predictor, q.modifiers) for q in questions(comparison) if q.changes] == [
        ("week", ("arm",)),
        ("arm", ("week",)),
    ]


def test_a_question_is_found_again_where_its_coefficient_has_another_name():
    asked = question_of(trial("week * arm"), "arm[T.Placebo]")
    change = question_of(trial("week * arm"), "week:arm[T.Placebo]")
    moved = trial('I(week - 12) * relevel(factor(arm), ref="Placebo")')
    term = 'relevel(factor(arm), ref="Placebo")[T.Active]'
    assert nearest_term(moved, asked) == (term, "")
    assert nearest_term(moved, change) == (f"I(week - 12):{term}", "")


def test_what_cannot_be_answered_any_longer_is_said_with_what_is_shown_instead():
    asked, change = (question_of(trial("week * arm"), term) for term in ("arm[T.Placebo]", "week:arm[T.Placebo]"))
    assert (
        nearest_term(trial("week"), asked)[0] == "week"
        and "arm is no predictor" in nearest_term(trial("week"), asked)[1]
    )
    term, words = nearest_term(trial("week + arm"), change)
    assert term == "arm[T.Placebo]" and "changes with week no longer" in words


def test_a_level_without_rows_is_said():
    oats = table("oats")
    asked = question_of(lc.compare("Y ~ N + (1 | B)", oats), "N[T.0.6cwt]")
    fewer = lc.compare("Y ~ N + (1 | B)", oats[oats["N"].astype(str) != "0.6cwt"])
    term, words = nearest_term(fewer, asked)
    assert term == "N[T.0.2cwt]" and "“0.6cwt” is none of the coefficients of N here" in words


def test_an_effect_that_is_the_same_at_every_level_is_not_said_to_change():
    """Both arms have the very same outcomes, so the slopes are one."""
    random = np.random.default_rng(1)
    person, week = np.repeat(np.arange(20), 4), np.tile(np.arange(4.0), 20)
    half = 0.3 * week[:40] + random.normal(size=10)[person[:40]] + random.normal(size=40)
    frame = pd.DataFrame(
        {"person": person, "week": week, "arm": np.where(person < 10, "a", "b"), "y": np.tile(half, 2)}
    )
    comparison = lc.compare("y ~ week * arm + (1 | person)", frame)
    one = np.polynomial.polynomial.polyfit(week[:40], half, 1)[1]
    assert across_sentence(comparison, "week").startswith("It hardly changes with arm: in the mixed model it is ")
    assert f"is {one:.2f} at every level" in across_sentence(comparison, "week")


def test_how_an_effect_goes_over_its_modifier_is_the_fitted_contrast():
    """emmeans: Active less Placebo is -4.772117 at week 2 and -6.116695 at week 12; the slopes are -0.394236 and -0.259778."""
    comparison = trial("week * arm + baseline")
    assert "from 4.8 where week is 2 to 6.1 where it is 12" in across_sentence(comparison, "arm[T.Placebo]")
    told = across_sentence(comparison, "week")
    assert "−0.394 where it is Active and −0.260 where it is Placebo" in told
    assert across_sentence(trial("week + arm"), "week") == across_sentence(comparison, "week:arm[T.Placebo]") == ""
