"""Whether OLS's standard error is judged rightly, and for the right reason."""

from __future__ import annotations

import pytest

from lmmcompare import compare, examples
from lmmcompare.explain.headline import headline
from lmmcompare.explain.standard_error_sentences import errors_sentence
from tests.helpers import comparison


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
    assert said in errors_sentence(comparison(case), term)


def test_a_predictor_between_equal_groups_is_weighed_alike_by_both() -> None:
    both = compare("y ~ z + (1 | groups)", examples.load("chapter7"))
    reason = headline(both).reason
    assert "**z** is the same in all rows of a group" in reason and "both weigh them alike" in reason
    assert "With 4 groups the cluster-robust errors are uncertain" in errors_sentence(both, "z")
