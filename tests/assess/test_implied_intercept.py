"""Formulas without an intercept whose categories have it."""

from __future__ import annotations

import pytest

from lmmcompare import compare, examples
from lmmcompare.assess.formula_notes import remarks
from lmmcompare.assess.hypotheses import anova
from lmmcompare.assess.random_columns import intercept_term
from lmmcompare.panels.model_tests import terms


@pytest.mark.parametrize(
    ("formula", "term"),
    [
        ("distance ~ age + Sex", None),
        ("distance ~ 0 + age", None),
        ("distance ~ 0 + Sex", "Sex"),
        ("distance ~ 0 + age + Sex", "Sex"),
        ("distance ~ 0 + Sex + Sex:age", "Sex"),
        ("distance ~ 0 + Sex:age", None),
    ],
)
def test_categories_coded_in_full_add_up_to_a_constant(formula: str, term: str | None) -> None:
    both = compare(f"{formula} + (1 | Subject)", examples.load("orthodont"))
    assert intercept_term(both) == term
    said = any("taken to be 0 on average" in remark.sentence for remark in remarks(both))
    assert said == (formula.startswith("distance ~ 0") and term is None)


def test_the_test_of_such_a_term_is_not_taken_for_one_of_differences() -> None:
    """Its F asks whether both means are 0, in R as here."""
    for formula, said in (("distance ~ 0 + Sex + (1 | Subject)", True), ("distance ~ Sex + (1 | Subject)", False)):
        both = compare(formula, examples.load("orthodont"))
        panel = terms(both, anova(both.mixed), "III", "satterthwaite")
        assert ("asks whether all of its means are 0, not whether they are alike" in panel.words) == said
