"""How far a coefficient differs between groups does not depend on the columns that carry the random coefficients."""

from __future__ import annotations

import re

import pytest

from lmmcompare import compare, examples
from lmmcompare.assess.formula_notes import remarks
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.coefficient_spreads import coefficient_spreads
from lmmcompare.explain.paragraph import paragraph
from lmmcompare.explain.standard_error_sentences import errors_sentence
from tests.explain.test_sentences import NUMBER, value

FORMS = ["(Machine | Worker)", "(0 + Machine | Worker)", "(Machine || Worker)"]


def machines(random: str) -> Comparison:
    return compare(f"score ~ Machine + {random}", examples.load("machines"))


@pytest.mark.parametrize("random", FORMS)
def test_spreads_are_those_of_lme4_with_an_intercept(random: str) -> None:
    """R: VarCorr(lmer(score ~ Machine + (Machine | Worker))) on nlme's Machines: 4.07928, 5.87764, 3.68985; the three fits are one."""
    spreads = coefficient_spreads(machines(random))
    assert spreads["Machine[T.B]"] == pytest.approx(5.87764, rel=1e-3)
    assert spreads["Machine[T.C]"] == pytest.approx(3.68985, rel=1e-3)
    assert spreads.get("Intercept", 4.07928) == pytest.approx(
        4.07928, rel=1e-3
    )  # not of slopes where the random part has its own


@pytest.mark.parametrize("random", FORMS)
def test_the_number_within_groups_counts_them_in_every_form(random: str) -> None:
    """R: lmerTest, MachineB 7.9667 (2.4209), df 5; the dummies' own interval, 5.8 to 10.1, takes the difference to be one for all."""
    answer = which_to_report(machines(random), "Machine[T.B]")[0].answer
    assert [value(n) for n in re.findall(NUMBER, answer)[:3]] == pytest.approx([7.9667, 1.744, 14.190], abs=0.05)


@pytest.mark.parametrize("random", FORMS)
def test_it_is_told_about_the_mean_that_it_varies_about(random: str) -> None:
    assert "difference of Machine [B] varies between Workers with SD 5.88 about 7.97" in paragraph(machines(random))


@pytest.mark.parametrize("random", [*FORMS, "(1 | Worker)"])
def test_where_aic_lets_it_vary_the_clustered_error_is_the_right_one(random: str) -> None:
    """Moulton's 0.55, for one difference in all Workers, is not set against 1.3 as if both might be right."""
    sentence = errors_sentence(machines(random), "Machine[T.B]")
    assert "the difference varies between Workers (SD 5.9)" in sentence
    assert "So OLS's is too small" in sentence
    assert "opposite directions" not in sentence


def test_a_slope_without_a_fixed_one_moves_no_coefficient() -> None:
    both = compare("Reaction ~ 1 + (Days | Subject)", examples.load("sleepstudy"))
    assert coefficient_spreads(both) == {}


def test_a_random_slope_is_found_in_an_interaction_that_holds_it() -> None:
    """R: lmer(distance ~ 0 + Sex + Sex:age + (age | Subject)): the SD of age is 0.180143, and no mean varies by it."""
    both = compare("distance ~ 0 + Sex + Sex:age + (age | Subject)", examples.load("orthodont"))
    assert coefficient_spreads(both) == pytest.approx(
        {"Sex[Female]:age": 0.180143, "Sex[Male]:age": 0.180143}, rel=2e-3
    )
    assert not any("no fixed part" in remark.sentence for remark in remarks(both))
