"""Every panel that tells a standard error, an interval or a p value follows the inference that the reader chose."""

from __future__ import annotations

import pytest

from lmmcompare import compare
from lmmcompare.export.report import report
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.panels import Page
from lmmcompare.panels.advice import advice
from lmmcompare.panels.headline import answer
from lmmcompare.panels.model_table import numbers
from lmmcompare.panels.standard_errors import standard_errors
from lmmcompare.tables.inference import default_inference, infer
from lmmcompare.text.numbers import number
from tests.sources import file_source

from .panels_data import fitted, text

# R 4.2.2, lmerTest with pbkrtest, sleepstudy_unbalanced, Reaction ~ Days + (Days | Subject), Days:
# Kenward-Roger 1.6132476 on 17.177757 df, 7.3573804 to 14.159328; Satterthwaite 1.6044291 on 17.597283 df


@pytest.fixture(scope="module")
def both(table):
    return compare("Reaction ~ Days + (Days | Subject)", table("sleepstudy_unbalanced"))


def test_the_paragraph_and_the_standard_errors(both):
    satterthwaite, chosen = default_inference(both), infer(both, kenward_roger=True)
    assert "1.60 in the mixed model" in text(numbers(both, "Days", satterthwaite))
    assert "1.61 in the mixed model" in text(numbers(both, "Days", chosen))
    said = text(standard_errors(both, "Days", chosen))
    assert "Random slope 17.2" in said and "Kenward and Roger’s" in said
    said = text(standard_errors(both, "Days", satterthwaite))
    assert "Random slope 17.6" in said and "Kenward and Roger’s" not in said


def test_the_bar_of_the_standard_error(both):
    (figure,) = standard_errors(both, "Days", infer(both, kenward_roger=True)).figures
    assert "Random slope 1.61" in figure.draw(Page()).layout.meta["alt"]


def test_the_number_to_report_has_the_interval_chosen(both):
    assert "(7.4 to 14.2)" in text(advice(both, "Days", infer(both, kenward_roger=True)))
    assert "(7.4 to 14.1)" in text(advice(both, "Days", default_inference(both)))
    profile = infer(both, intervals="profile")
    low, high = profile.limits["random_slope", "coefficient", "", "Days"]
    assert f"({low:.1f} to {high:.1f})" in text(advice(both, "Days", profile))


def test_the_headline_of_a_mean(table):
    mean = compare("Reaction ~ 1 + (1 | Subject)", table("sleepstudy_unbalanced"))
    chosen = infer(mean, kenward_roger=True)
    se = float(chosen.frame.set_index(["model", "term"]).loc[("random_intercept", "Intercept"), "se"])
    assert f"and {number(se)} in the mixed model" in answer(mean, "Intercept", chosen).lead


def test_the_kind_of_robust_error_chosen_stands_among_the_standard_errors():
    both = fitted("cv161703")
    assert "OLS, CR3" in text(standard_errors(both, "X", infer(both, robust="CR3")))
    assert "OLS, CR3" not in text(standard_errors(both, "X", default_inference(both)))


def test_the_report_holds_no_number_of_another_inference(both, table):
    chosen = infer(both, kenward_roger=True)
    page = report(Snapshot(both, file_source("mine.csv", table("sleepstudy_unbalanced")), chosen=chosen))
    page = page[page.index("<main>") : page.index("</main>")]
    assert "7.36 to 14.16" in page and "7.38 to 14.13" not in page
    assert "17.6 df" not in page and "17.2 df" in page
