"""Whether OLS's standard error is judged rightly, and for the right reason."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.explain.headline import headline
from lmmcompare.explain.standard_error_sentences import clusters_kept_sentence, errors_sentence
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


@pytest.mark.parametrize(("spread", "column", "kept"), [(0.3, "arm", True), (9.0, "arm", False), (0.3, "x", False)])
def test_clusters_that_were_assigned_stay_whatever_a_test_of_their_variance_says(spread, column, kept):
    random = np.random.default_rng(15)
    clinic = np.repeat(np.arange(6), 30)
    arm, x = np.where(clinic % 2, "new", "usual"), random.normal(size=180)
    y = 27 + spread * random.normal(size=6)[clinic] + random.normal(0, 4, 180)
    both = compare(f"y ~ {column} + (1 | clinic)", pd.DataFrame({"clinic": clinic, "arm": arm, "x": x, "y": y}))
    term = both.ols.names[1]
    assert bool(clusters_kept_sentence(both, term)) is kept
