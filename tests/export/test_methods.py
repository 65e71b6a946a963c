from __future__ import annotations

import pytest

import lmmcompare
from lmmcompare.export.methods import methods
from lmmcompare.export.source import of_file
from lmmcompare.numbers import number

from .cases import EXAMPLES, SIMULATED, Case, example, nasty

Q1 = example("cv161703")


def test_it_says_what_was_fitted_to_what_and_how() -> None:
    done, found = methods(Q1.comparison, Q1.source).split("\n\n")
    for part in (
        "the example cv161703 of lmmcompare", "60 rows (20 IDs of 3 rows each)", "fitted as Y ~ X, with", "(CR2) by ID",
        "Y ~ X + (1 | ID)", "restricted maximum likelihood (REML)", "Satterthwaite", "the mean of X in each ID",
        "“random slope” lay on the boundary",
    ):  # fmt: skip
        assert part in done
    fit = Q1.comparison.random_intercept
    assert f"Random intercept {number(fit.params['X'])} (SE {number(fit.bse['X'])}" in found
    between = number(fit.cov_re["ID"].iloc[0, 0] ** 0.5)
    assert f"deviations were {between} (intercepts between IDs) and {number(fit.sigma)} (residuals)." in found


def test_kenward_and_rogers_numbers_where_they_are_reported() -> None:
    text = methods(Q1.comparison, Q1.source, kenward_roger=True)
    fit = Q1.comparison.random_intercept
    assert "Kenward and Roger’s" in text and "Satterthwaite" not in text
    assert f"(SE {number(fit.bse_kenward_roger['X'])}" in text


def test_rows_left_out_and_maximum_likelihood_are_said() -> None:
    frame = nasty()
    comparison = lmmcompare.compare("`if` ~ `TRUE` + (1 | group)", frame, reml=False)
    text = methods(comparison, of_file("t.csv", frame))
    lost = 240 - comparison.design.n
    assert f"{lost} of 240 rows were left out ({lost} without TRUE)" in text
    assert "estimated by maximum likelihood" in text and "REML" not in text


def test_what_was_not_fitted_is_not_claimed() -> None:
    mean = example("chapter7")
    text = methods(mean.comparison, mean.source)
    assert "dummies" not in text and "Mundlak" not in text and "The mean: OLS" in text and "All fits converged" in text


@pytest.mark.parametrize("case", [*EXAMPLES, *SIMULATED], ids=lambda c: c.name)
def test_two_paragraphs_of_whole_sentences(case: Case) -> None:
    text = methods(case.comparison, case.source)
    assert text.count("\n\n") == 1 and "  " not in text and ".." not in text and "·" not in text
    assert all(part.endswith(".") for part in text.split("\n\n"))
    assert ("seed" in text) is (case.source.settings is not None)
