"""The panel of structures, and the further model in the panels of all models."""

from __future__ import annotations

import lmmcompare as lc
from lmmcompare.assess.structures import structures_beside
from lmmcompare.panels.coefficients import coefficient
from lmmcompare.panels.model_table import model_table, numbers
from lmmcompare.panels.residual_structures import residual_structures
from lmmcompare.panels.standard_errors import standard_errors
from lmmcompare.tables.inference import infer, usual

from .panels_data import drawn, fitted, text


def test_structures_are_listed_by_aicc_with_the_tests_between_them(table):
    data = table("orthodont_structures")
    comparison = lc.compare("distance ~ Sex * age + (1 | Subject)", data, correlation="ar1(visit | Subject)")
    panel = residual_structures(comparison, structures_beside(comparison, data))
    first, second = panel.tables
    kinds = [row.label.partition(":")[0] for row in first.table.rows]
    assert (
        sorted(kinds) == ["Free, by visit", "Independent", "One correlation", "Serial"]
        and kinds[0] == "One correlation"
    )
    assert len(second.table.rows) == 5 and "without a random part" in first.caption
    likelihoods = {row.label.partition(":")[0]: row.cells[1].main for row in first.table.rows}
    assert likelihoods["Serial"] == "−222.3" and likelihoods["Free, by visit"] == "−212.3"  # nlme's


def test_without_a_correlation_there_is_no_such_panel():
    comparison = fitted("sleepstudy", "Reaction ~ Days + (1 | Subject)")
    assert residual_structures(comparison, None) is None


def test_the_further_model_stands_in_table_figure_and_words(table):
    comparison = lc.compare("gain ~ milk + (1 | litter)", table("litters"), correlation="cs(1 | litter)")
    shown = usual(comparison)
    said = text(model_table(comparison, shown))
    assert "Structured residuals" in said and "cs(1 | litter)" in said and "0.779 (0.034)" in said and "−0.30" in said
    assert "Structured residuals" in str(drawn(coefficient(comparison, "milk", shown), "coefficient").to_json())
    assert "Structured residuals" in text(standard_errors(comparison, "milk", shown))
    assert "negative correlation" in text(numbers(comparison, "milk", shown))


def test_it_keeps_its_own_inference_and_says_so(table):
    comparison = lc.compare("gain ~ milk + (1 | litter)", table("litters"), correlation="cs(1 | litter)")
    usual_rows, other = usual(comparison).frame, infer(comparison, kenward_roger=True)
    own = [frame[frame["model"] == "structured"].reset_index(drop=True) for frame in (usual_rows, other.frame)]
    assert own[0].equals(own[1]) and "Wald’s intervals" in other.said
