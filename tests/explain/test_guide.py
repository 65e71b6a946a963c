"""The sentences of the depth: they add up, name the right thing, and stay sane at the edges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.explain import guide
from lmmcompare.explain.dial import dial
from lmmcompare.explain.identity import attribution, split
from lmmcompare.explain.slopes import dial_lines, simpson, two_slopes
from lmmcompare.explain.stories import STORIES, answer, story_of
from lmmcompare.explain.words import headline
from lmmcompare.formula import parse
from lmmcompare.picture import picture
from tests.helpers import comparison, data


def flipped() -> pd.DataFrame:
    """Within groups y falls with x, between them it rises."""
    rng = np.random.default_rng(5)
    g = np.repeat(np.arange(12), 6)
    home = np.arange(12.0)[g]
    x = home + rng.normal(size=len(g))
    return pd.DataFrame({"g": g.astype(str), "x": x, "y": 3 * home - 1.5 * (x - home) + 0.3 * rng.normal(size=len(g))})


@pytest.mark.parametrize(
    ("case", "term", "said"),
    [
        ("drug_ri", "Drug", "too large"),
        ("cv161703_ri", "X", "opposite directions"),
        ("sleepstudy_rs", "Days", "the slope varies between Subjects"),
        ("chapter7_ri", "Intercept", "too small"),
        ("dyestuff2_singular", "Intercept", "hardly alike"),
    ],
)
def test_the_standard_error_is_judged_rightly(case: str, term: str, said: str) -> None:
    assert said in guide.errors_sentence(comparison(case), term)


def test_a_predictor_between_equal_groups_is_weighed_alike_by_both() -> None:
    both = compare("y ~ z + (1 | groups)", examples.load("chapter7"))
    reason = headline(both).reason
    assert "**z** is the same in all rows of a group" in reason and "both weigh them alike" in reason
    assert "With 4 groups the cluster-robust errors are uncertain" in guide.errors_sentence(both, "z")


def test_the_intercepts_gap_is_split_into_slopes_and_averaging() -> None:
    both = comparison("cv161703_ri")
    text = guide.intercept_sentence(both)
    mean, gap = float(data("cv161703_ri")["X"].mean()), both.ols.params["X"] - both.mixed.params["X"]
    assert f"{-gap * mean:.2f}".replace("-", "−") in text and "0.00 from the averaging" in text


def test_the_gap_is_split_without_remainder_and_named() -> None:
    both = comparison("cv161703_ri")
    frame = attribution(both, "X")
    gap = both.ols.params["X"] - both.mixed.params["X"]
    assert frame["total"].sum() == pytest.approx(gap, rel=1e-10)
    assert frame["share"].sum() == pytest.approx(1, rel=1e-10)
    text = guide.gap_sentence(both, "X")
    assert "The gap is 0.55 (1.18 against 0.64)" in text
    top = frame.sort_values("share", ascending=False).head(3)
    assert all(f"ID {g}" in text for g in top["group"])
    assert f"{top['share'].sum():.0%}" in text
    assert "no gap" in guide.gap_sentence(comparison("drug_ri"), "Drug")


def test_the_intercept_is_explained_by_extrapolation_only_where_zero_is_outside() -> None:
    assert "X is 0, which lies outside the data" in guide.intercept_sentence(comparison("cv161703_ri"))
    assert "outside" not in guide.intercept_sentence(comparison("sleepstudy_rs"))
    both = comparison("cv161703_ri")
    recentred = guide.recentred_formula(both)
    assert recentred == "Y ~ center(X) + (1 | ID)"
    assert parse(recentred).formula == recentred


def test_recentring_changes_the_intercept_only() -> None:
    both = comparison("cv161703_ri")
    frame = examples.load("cv161703")
    again = compare(guide.recentred_formula(both), frame)
    assert again.mixed.params.iloc[1] == pytest.approx(both.mixed.params["X"], rel=1e-8)
    assert again.mixed.params.iloc[0] == pytest.approx(frame["Y"].mean(), rel=1e-6)
    assert guide.far_from_zero(again) == []


def test_every_question_has_its_number_and_none_is_called_significant() -> None:
    advice = guide.which_to_report(comparison("cv161703_ri"), "X")
    shown = " ".join(f"{a.question} {a.answer} {a.reason}" for a in advice)
    for number in ("0.41 (0.14 to 0.68)", "1.57", "1.18", "0.64 (0.39 to 0.89)"):
        assert number in shown
    assert "significant" not in shown
    test = guide.mundlak_sentence(comparison("cv161703_ri"), "X")
    assert "1.16" in test and "p < 0.001" in test and "significant" not in test
    assert guide.mundlak_sentence(comparison("sleepstudy_rs"), "Days") == ""


def test_the_numbers_to_report_have_the_headlines_decimals() -> None:
    answers = " ".join(a.answer for a in guide.which_to_report(comparison("dragons_ri"), "bodyLength2"))
    for shown in ("0.21 (−2.33 to 2.75)", "12.41, the slope", "9.00 (−1.54 to 19.54)", "0.54 (−1.97 to 3.04)"):
        assert shown in answers


def test_a_predictor_that_hardly_varies_between_groups_gets_no_slope_between_them() -> None:
    questions = [a.question for a in guide.which_to_report(comparison("pshp2_ri"), "condition[T.stim]")]
    assert not any("with a higher" in q for q in questions)
    assert len(questions) == 3


def test_opposite_signs_are_warned_of_and_only_then() -> None:
    both = compare("y ~ x + (1 | g)", flipped())
    part = split(both, "x", "ols")
    assert part.estimate_within < 0 < part.estimate
    assert "Simpson" in simpson(both, "x")
    assert simpson(comparison("cv161703_ri"), "X") == ""


def test_the_picture_of_two_slopes_draws_the_slopes_that_it_names() -> None:
    frame = flipped()
    both = compare("y ~ x + (1 | g)", frame)
    part = split(both, "x", "ols")
    drawn = two_slopes(both, "x", picture(both, frame))
    for line, slope in ((drawn.between_line, part.estimate_between), (drawn.ols_line, part.estimate)):
        assert np.diff(line["y"])[0] / np.diff(line["x"])[0] == pytest.approx(slope)
    first = drawn.within_lines[drawn.within_lines["group"] == "3"]
    assert np.diff(first["y"])[0] / np.diff(first["x"])[0] == pytest.approx(part.estimate_within)
    means = frame.groupby("g")[["x", "y"]].mean()
    np.testing.assert_allclose(drawn.means.set_index("group").loc[means.index, ["x", "y"]], means)
    centred = two_slopes(both, "x", picture(both, frame), centred=True)
    assert centred.means.empty and centred.between_line.empty
    np.testing.assert_allclose(centred.points.groupby("group")["x"].mean(), 0, atol=1e-12)


def test_the_dials_lines_are_the_fits_predictions() -> None:
    frame = examples.load("cv161703")
    both = comparison("cv161703_ri")
    found, shown = dial(both, "X"), picture(both, frame)
    lines = dial_lines(both, "X", shown, found.intercepts, found.coefficients, shown.x_range)
    at = pd.DataFrame({"X": lines.group_x[0], "ID": lines.groups[0]})
    np.testing.assert_allclose(lines.group_y[found.chosen][0], both.random_intercept.predict(at), rtol=1e-9)
    ends = pd.DataFrame({"X": shown.x_range, "ID": "1"})
    np.testing.assert_allclose(
        lines.population_y[found.chosen], both.random_intercept.predict(ends, level="population"), rtol=1e-9
    )
    np.testing.assert_allclose(lines.ols_y, both.ols.predict(ends), rtol=1e-9)


def test_what_if_weight_is_the_fitted_one_for_the_group_as_it_is() -> None:
    both = comparison("sleepstudy_unbalanced_ri")
    from lmmcompare.shrinkage import shrinkage

    frame = shrinkage(both.random_intercept)
    row = frame.iloc[0]
    now = guide.new_weight(both, int(row["n"]), both.random_intercept.sigma)
    assert now == pytest.approx(row["weight"], rel=1e-9)
    assert guide.new_weight(both, 1e9, 1.0) == pytest.approx(1, abs=1e-6)
    assert guide.new_weight(comparison("dyestuff2_singular"), 5, 1.0) == 0


def test_group_weights_add_up() -> None:
    frame = guide.groups_frame(comparison("exam_rs"), "standLRT")
    assert frame["weight_ols"].sum() == pytest.approx(1)
    assert frame["weight_mixed"].sum() == pytest.approx(1)


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.example)
def test_every_story_is_answered_from_its_own_numbers(story) -> None:
    example = examples.get(story.example)
    frame = examples.load(story.example)
    both = compare(story.formula or example.formula, frame)
    told = answer(story, both, compare(story.contrast, frame) if story.contrast else None)
    assert told and all("nan" not in t and "None" not in t for t in told)
    assert any(c.isdigit() for c in " ".join(told))
    typed = f"{story.confusion} {story.look} {story.moral}"
    assert not any(c.isdigit() for c in typed.replace("x = 0", "")), "figures are computed, not typed in"
    for step in story.next:
        assert parse(step.formula).formula == step.formula
        compare(step.formula, examples.load(step.example))
    assert story_of(story.example) is story


def test_the_questions_all_have_a_story() -> None:
    assert {examples.get(s.example).question_id for s in STORIES} == {"Q1", "Q2", "Q3", "Q4"}
