"""The steps of a lecture: what each sentence says is what numpy finds in the rows."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.assess.effects_at import EffectQuestion, effects_at
from lmmcompare.comparison.picture import make_picture
from lmmcompare.explain.dial import dial
from lmmcompare.explain.identity import explain
from lmmcompare.explain.lecture import steps
from lmmcompare.explain.lecture_guess import guess_question, guesses_sentence
from lmmcompare.explain.question import first_term
from tests.helpers import example


def lecture(name: str, formula: str = ""):
    frame = examples.load(name)
    both = example(name, formula)
    term = first_term(both)
    drawn = make_picture(both, frame)
    return both, drawn, term, frame


def kinds(of) -> list[str]:
    return [step.kind for step in of]


def test_from_the_points_to_why():
    both, drawn, term, _ = lecture("cv161703")
    plan = steps(both, drawn, term, dial(both, term))
    assert kinds(plan) == ["points", "ols", "one", "all", "guess", "mixed", *["dial"] * 5, "why"]
    assert plan[0].sentence.startswith("60 rows of 20 IDs")
    assert plan[5].sentence == "OLS says 1.18 more Y per unit of X. The mixed model says 0.64."


def test_the_lines_of_groups_are_their_own_regressions():
    both, drawn, term, frame = lecture("cv161703")
    plan = steps(both, drawn, term, None)
    own = frame.groupby("ID", observed=True).apply(lambda rows: np.polyfit(rows["X"], rows["Y"], 1)[0])
    one = next(step for step in plan if step.kind == "one")
    spread = frame.groupby("ID", observed=True)["X"].agg(np.ptp)
    assert spread[one.group] == spread.max()
    assert float(re.search(r"\*\*(.+)\*\*", one.sentence)[1].replace("−", "-")) == pytest.approx(
        own[one.group], abs=0.005
    )
    every = next(step for step in plan if step.kind == "all")
    said = [float(text.replace("−", "-")) for text in re.findall(r"\*\*(.+?)\*\*", every.sentence)]
    np.testing.assert_allclose(said, own.quantile([0.25, 0.75]), atol=0.005)


def test_groups_of_one_row_have_no_slope_and_are_not_counted():
    """Twelve of 32 have a single row, which gives no line: the quartiles are of the other twenty."""
    rng = np.random.default_rng(1)
    sizes = np.r_[np.ones(12, int), rng.integers(2, 9, 20)]
    clinic = np.repeat(np.arange(32), sizes)
    frame = pd.DataFrame({"clinic": [f"K{k:02d}" for k in clinic], "x": rng.normal(3, 2, len(clinic)).round(2)})
    frame["y"] = rng.normal(0, 2, 32)[clinic] + 0.5 * frame["x"] + rng.normal(0, 1, len(frame))
    both = compare("y ~ x + (1 | clinic)", frame)
    every = next(s.sentence for s in steps(both, make_picture(both, frame), "x", None) if s.kind == "all")
    own = [np.polyfit(rows["x"], rows["y"], 1)[0] for _, rows in frame.groupby("clinic") if len(rows) > 1]
    assert every.startswith(
        "Each clinic by itself, where its rows give a slope (20 of 32 clinics): the middle half of the slopes"
    )
    said = [float(text.replace("−", "-")) for text in re.findall(r"\*\*(.+?)\*\*", every)]
    np.testing.assert_allclose(said, np.quantile(own, [0.25, 0.75]), atol=0.0005)


def test_the_dial_goes_from_ols_to_the_dummies():
    both, drawn, term, _ = lecture("cv161703")
    path = dial(both, term)
    stops = [step for step in steps(both, drawn, term, path) if step.kind == "dial"]
    assert [stop.dial_step for stop in stops] == sorted({stop.dial_step for stop in stops})
    assert "**1.18**" in stops[0].sentence and "**0.41**" in stops[-1].sentence
    assert next(stop for stop in stops if stop.dial_step == path.chosen).sentence.endswith("**0.64**.")


def test_a_guess_is_a_weight():
    both, drawn, term, _ = lecture("cv161703")
    asked = guess_question(both, drawn, term)
    parts = explain(both, term).set_index("model")
    assert asked.weight(asked.within) == pytest.approx(1) and asked.weight(asked.between) == pytest.approx(0)
    assert asked.weight(asked.ols) == pytest.approx(parts.loc["ols", "weight_within"], abs=1e-10)
    assert asked.weight(asked.mixed) == pytest.approx(parts.loc["random_intercept", "weight_within"], abs=1e-8)
    assert asked.low < min(asked.within, asked.ols) and asked.high > max(asked.between, asked.ols)
    assert "**0.99**" in asked.verdict(0.99) and "**0.64**, which puts 80%" in asked.verdict(0.99)


def test_what_the_class_guesses_in_a_sentence():
    both, drawn, term, _ = lecture("cv161703")
    asked = guess_question(both, drawn, term)
    assert guesses_sentence(asked, np.array([]), False) == "Nobody has guessed yet."
    assert guesses_sentence(asked, np.array([1.0]), False) == "One guess, 1.00."
    assert guesses_sentence(asked, np.array([0.5, 1.0, 1.5]), False) == "3 guesses, the middle one (median) 1.00."
    assert "0.64" in guesses_sentence(asked, np.array([0.5, 1.0]), True)
    assert guesses_sentence(asked, np.array([]), True).startswith("Nobody guessed. The mixed model says **0.64**")
    beyond = asked.between + 0.1  # a weight of less than nothing
    assert "lies beyond both slopes" in asked.verdict(beyond) and "−" not in asked.verdict(beyond)
    assert "You guessed" not in asked.verdict(None)
    outside = replace(asked, mixed=beyond)  # through the other predictors a model may get there
    assert "lies beyond both slopes" in outside.verdict(None) and "−" not in outside.verdict(None)


def test_the_answer_amounts_to_the_models_own_weight_and_to_none_where_it_has_none():
    """With the slope between groups by OLS's weights the answer amounted to 92%; the exact identity has 93%."""
    frame = examples.load("hsb82")
    frame = frame[frame["school"].isin(frame["school"].unique()[:40])]
    both = compare("mAch ~ ses + sx + (1 | school)", frame)
    asked = guess_question(both, make_picture(both, frame, "ses"), "ses")
    ratio = both.random_intercept.cov_re["school"].iloc[0, 0] / both.random_intercept.scale
    x = frame.assign(male=(frame["sx"] == "Male") * 1.0)[["ses", "male"]]
    means, n = x.groupby(frame["school"]).transform("mean"), frame["school"].map(frame["school"].value_counts())
    within = (x - means).T @ (x - means)
    weight = n.groupby(frame["school"]).first() / (1 + n.groupby(frame["school"]).first() * ratio)
    centre = means.groupby(frame["school"]).first()
    centre = centre - (centre.mul(weight, axis=0)).sum() / weight.sum()
    between = centre.T @ centre.mul(weight, axis=0)
    share = np.linalg.solve(within + between, within)[0, 0]
    assert asked.weight(asked.mixed) == pytest.approx(share, abs=1e-6)
    for formula in ("mAch ~ ses + (ses | school)", "mAch ~ ses + (1 | school) + (1 | sector)"):
        both = compare(formula, frame, group="school")
        asked = guess_question(both, make_picture(both, frame, "ses"), "ses")
        said = f"{asked.verdict(2.0)} {guesses_sentence(asked, np.array([2.0]), True)}"
        assert "weight" not in said
        value = float(re.search(r"mixed model says \*\*(.+?)\*\*", said)[1])
        assert value == pytest.approx(both.mixed.params["ses"], abs=0.005)


def test_a_mean_is_no_slope_and_what_dummies_absorb_ends_with_groups_that_count_alike(table):
    both, drawn, term, frame = lecture("dyestuff")
    assert f"**{frame['Yield'].mean():,.0f}**" in steps(both, drawn, term, None)[1].sentence
    assert "unit of" not in steps(both, drawn, term, None)[1].sentence
    frame = table("trial").assign(y=lambda rows: rows["score"] + rows["week"] * rows["patient"].astype(str).str.len())
    uneven = frame[(frame["week"] < 5) | (frame["arm"] == "Placebo")]
    both = compare("y ~ arm + (1 | patient)", uneven)
    (term,) = both.terms[1:]
    last = steps(both, make_picture(both, uneven), term, dial(both, term))[-2]
    means = uneven.groupby(["arm", "patient"], observed=True)["y"].mean().groupby("arm", observed=True).mean()
    value = float(re.search(r"\*\*(.+)\*\*", last.sentence)[1].replace("−", "-"))
    assert (
        abs(value) == pytest.approx(abs(means["Active"] - means["Placebo"]), abs=0.06)
        and "dummies" not in last.sentence
    )


@pytest.mark.parametrize("name", ["sleepstudy", "drug", "co2", "chickweight", "dyestuff"])
def test_nothing_is_guessed_where_there_are_no_two_slopes_of_one_line(name):
    both, drawn, term, _ = lecture(name)
    assert guess_question(both, drawn, term) is None


@pytest.mark.parametrize("name", [n for n in examples.names() if n not in ("pshp2", "insteval")])
def test_every_example_makes_a_lecture(name):
    both, drawn, term, _ = lecture(name)
    plan = steps(both, drawn, term, None)
    assert kinds(plan)[:2] == ["points", "ols"] and kinds(plan)[-1] == "why" and "mixed" in kinds(plan)
    assert all(step.sentence and "nan" not in step.sentence for step in plan)


def test_an_effect_at_each_value_is_told_so_in_a_lecture_too(table):
    frame = table("trial")
    comparison = compare("score ~ week * arm + baseline + (1 | patient)", frame)
    effects = effects_at(comparison, EffectQuestion("arm", "week", "Placebo", "Active"))
    made = {
        one.kind: one.sentence
        for one in steps(comparison, make_picture(comparison, frame, "week", by="arm"), "arm[T.Placebo]", None, effects)
    }
    assert "where week is 2, and 6.17 more where it is 12" in made["ols"]
    assert "4.77 more score for Placebo than for Active where week is 2, and 6.12 more where it is 12" in made["mixed"]
    assert "guess" not in made and made["why"].count(". ") <= 1


def test_of_several_factors_the_dial_is_of_the_one_that_is_shown():
    """The headline's 0.80 of all factors stood before "the data choose" another number, with nothing said of the other model."""
    frame = examples.load("pastes").assign(x=np.tile([0.0, 1.0], 30))
    both = compare("strength ~ x + (1 | batch) + (1 | batch:cask)", frame)
    plan = steps(both, make_picture(both, frame, "x"), "x", dial(both, "x"))
    said = [step.sentence for step in plan if step.kind == "dial"]
    assert said[0].startswith("No variance between batches: the random-intercept model is OLS")
    chosen = "times as much variance between batches as within them in the random-intercept model of batches alone"
    assert any(chosen in sentence for sentence in said) and said[-1].startswith(
        "With ever more variance between batches"
    )


def test_a_guess_at_the_slope_between_puts_nothing_on_the_comparison_within():
    """Not "−0% of the weight", nor beyond both slopes, by what arithmetic leaves."""
    both, drawn, term, _ = lecture("cv161703")
    asked = guess_question(both, drawn, term)
    for guess, weight in ((asked.between, 0), (asked.within, 100)):
        assert f"puts {weight}% of the weight on the comparison within groups. The" in asked.verdict(guess)


def test_two_groups_have_no_middle_half_of_slopes():
    rows = examples.load("cv161703")
    frame = rows[rows["ID"].isin(["8", "20"])].assign(ID=lambda two: two["ID"].astype(str))
    both = compare("Y ~ X + (1 | ID)", frame)
    own = [np.polyfit(group["X"], group["Y"], 1)[0] for _, group in frame.groupby("ID")]
    every = next(step for step in steps(both, make_picture(both, frame), "X", None) if step.kind == "all")
    assert "Each of 2 IDs by itself: the slopes lie between" in every.sentence
    said = [float(text.replace("−", "-")) for text in re.findall(r"\*\*(.+?)\*\*", every.sentence)]
    np.testing.assert_allclose(said, sorted(own), atol=0.05)


def test_where_slopes_differ_by_another_predictor_ols_draws_more_than_one_line():
    both, drawn, term, frame = lecture("orthodont")
    assert len({np.polyfit(of["age"], of["distance"], 1)[0] for _, of in frame.groupby("Sex", observed=True)}) == 2
    plan = steps(both, drawn, term, None)
    assert (
        plan[1].sentence == "OLS takes all rows together: **0.480 more distance per unit of age where Sex is Female**."
    )


def test_where_the_data_choose_no_variance_the_dial_says_so():
    """Outcomes whose group means are all the same leave nothing between groups for any model to find."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {"group": np.repeat(list("abcdef"), 5), "x": np.tile(np.arange(5.0), 6), "y": rng.normal(size=30)}
    )
    frame["y"] -= frame.groupby("group")["y"].transform("mean")
    both = compare("y ~ x + (1 | group)", frame)
    plan = steps(both, make_picture(both, frame), "x", dial(both, "x"))
    said = [step.sentence for step in plan if step.kind == "dial"]
    assert said[0].startswith("No variance between groups, which is what the data choose: the mixed model is OLS")
    assert not any(text.startswith("The data choose") for text in said)
