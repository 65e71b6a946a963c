"""The panel of structures, and the further model in the panels of all models."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from lmmcompare.assess.candidate_structures import fit_candidate_structures
from lmmcompare.assess.implied_row_weights import row_weights as weights_of
from lmmcompare.assess.time_order import clock_of
from lmmcompare.explain.residual_structure import left_out_sentence
from lmmcompare.panels.coefficients import coefficient
from lmmcompare.panels.correlation_profile import correlation_profile, has_profile
from lmmcompare.panels.diagnostics import before_all
from lmmcompare.panels.implied_row_weights import effective_rows, row_weights
from lmmcompare.panels.model_table import model_table, numbers
from lmmcompare.panels.residual_structures import residual_structures
from lmmcompare.panels.standard_errors import standard_errors
from lmmcompare.tables.inference import default_inference, infer

from .panels_data import drawn, fitted, text


def test_structures_are_listed_by_aicc_with_the_tests_between_them(table):
    data = table("orthodont_structures")
    comparison = lc.compare("distance ~ Sex * age + (1 | Subject)", data, correlation="ar1(visit | Subject)")
    panel = residual_structures(comparison, fit_candidate_structures(comparison, data))
    first, second = panel.tables
    kinds = [row.label.partition(":")[0] for row in first.table.rows]
    assert (
        sorted(kinds) == ["Free, by visit", "Independent", "One correlation", "Serial"]
        and kinds[0] == "One correlation"
    )
    assert len(second.table.rows) == 5 and "without a random part" in first.caption
    likelihoods = {row.label.partition(":")[0]: row.cells[1].main for row in first.table.rows}
    assert "Subject)" not in panel.words.split("Likelihood ratio test")[0]  # questions name structures in words
    assert likelihoods["Serial"] == "−222.3" and likelihoods["Free, by visit"] == "−212.3"  # nlme's


def test_without_a_correlation_there_is_no_such_panel():
    comparison = fitted("sleepstudy", "Reaction ~ Days + (1 | Subject)")
    assert residual_structures(comparison, None) is None


def test_the_further_model_stands_in_table_figure_and_words(table):
    comparison = lc.compare("gain ~ milk + (1 | litter)", table("litters"), correlation="cs(1 | litter)")
    shown = default_inference(comparison)
    said = text(model_table(comparison, shown))
    assert "Structured residuals" in said and "cs(1 | litter)" in said and "0.779 (0.034)" in said and "−0.30" in said
    assert "Structured residuals" in str(drawn(coefficient(comparison, "milk", shown), "coefficient").to_json())
    assert "Structured residuals" in text(standard_errors(comparison, "milk", shown))
    assert "negative correlation" in text(numbers(comparison, "milk", shown))


def test_kenward_and_roger_s_method_where_the_structure_has_it_and_its_own_elsewhere(table):
    comparison = lc.compare("gain ~ milk + (1 | litter)", table("litters"), correlation="cs(1 | litter)")
    other = infer(comparison, kenward_roger=True)
    own = other.frame[other.frame["model"] == "structured"].set_index("term")
    assert own.loc["milk", "df"] == comparison.structured.df_kenward_roger["milk"]
    assert own.loc["milk", "se"] == comparison.structured.bse_kenward_roger["milk"]
    assert "has these and Wald’s intervals" in other.words
    serial = lc.compare("Reaction ~ Days + (1 | Subject)", table("sleepstudy"), correlation="ar1(Days | Subject)")
    usual_rows, other = default_inference(serial).frame, infer(serial, kenward_roger=True)
    rows = [frame[frame["model"] == "structured"].reset_index(drop=True) for frame in (usual_rows, other.frame)]
    assert rows[0].equals(rows[1]) and "Satterthwaite’s degrees of freedom and Wald’s" in other.words


def test_the_correlation_s_profile(table):
    comparison = lc.compare("Reaction ~ Days + (1 | Subject)", table("sleepstudy"), correlation="cs(1 | Subject)")
    interval = comparison.structured.correlation_interval()
    panel = correlation_profile(comparison, interval)
    assert f"{interval.lower:.2f} to {interval.upper:.2f}" in text(panel) and "REML" in text(panel)
    curve, _, point = drawn(panel, "correlation-profile").data
    at = list(curve.x).index(point.x[0])
    assert curve.y[at] == pytest.approx(0, abs=1e-9) and min(curve.y) >= 0
    free = lc.compare("Reaction ~ Days + (1 | Subject)", table("sleepstudy"), correlation="us(Days | Subject)")
    assert not has_profile(free) and "no single one" in text(correlation_profile(free, None))
    assert correlation_profile(fitted("sleepstudy", "Reaction ~ Days + (1 | Subject)"), None) is None


def test_residuals_that_are_nearly_the_same_are_not_said_to_correlate_by_one():
    """They correlate by what nlme's corCAR1 has, which read 1.0, with an interval from 1.0 to 1.0."""
    rats = lc.examples.load("bodyweight").assign(Diet=lambda rows: rows["Diet"].astype(int))
    comparison = lc.compare("weight ~ Time * Diet + (1 | Rat)", rats, correlation="car1(Time | Rat)")
    said = text(correlation_profile(comparison, comparison.structured.correlation_interval()))
    assert "0.9990" in said and "from 0.998 to 0.9996" in said
    (table,) = model_table(comparison, default_inference(comparison)).tables
    row = next(row for row in table.table.rows if row.label.startswith("Correlation of residuals"))
    assert row.cells[-1].main == "0.9990"


def test_what_the_further_model_is_not_shown_in_says_so(table):
    comparison = lc.compare("Reaction ~ Days + (1 | Subject)", table("sleepstudy"), correlation="ar1(Days | Subject)")
    assert "31.7 there and 37.1 here" in left_out_sentence(comparison, "shrinkage")  # lme's and lmer's
    words = " ".join(text(panel) for panel in before_all(comparison, "Days", default_inference(comparison).within()))
    assert "no boundary" in words and "first two" in words
    plain = fitted("sleepstudy", "Reaction ~ Days + (1 | Subject)")
    assert not any(left_out_sentence(plain, tab) for tab in ("shrinkage", "groups", "trust"))


def test_one_group_s_rows_and_what_they_are_worth(table):
    data = table("sleepstudy")
    comparison = lc.compare("Reaction ~ Days + (1 | Subject)", data, correlation="ar1(Days | Subject)")
    result = weights_of(comparison, clock_of(data, "Days"), "309")
    panel, worth = row_weights(comparison, result), effective_rows(comparison, result)
    assert "Subject 309" in text(panel)
    assert "Days, of Subject 309" in drawn(panel, "row-weights").layout.xaxis.title.text
    assert drawn(worth, "effective-rows").data[2].x[0] == comparison.structured.residual_correlation
    free = lc.compare("Reaction ~ Days + (1 | Subject)", data, correlation="us(Days | Subject)")
    assert effective_rows(free, weights_of(free, clock_of(data, "Days"))) is None
    assert row_weights(comparison, None) is None


def test_no_correlation_at_all_is_among_the_values_of_an_estimate_of_none():
    """nlme without a correlation has the same likelihood, and lies 3.84 / 2 below it at 4.3e-24; the page said 0.00 to 0.00, without 0."""
    random = np.random.default_rng(1)
    group = np.repeat(np.arange(20), 5)
    time = np.sort(random.uniform(0, 10, (20, 5)), axis=1).round(2).ravel()
    rows = pd.DataFrame({"g": group, "t": time, "y": random.normal(size=20)[group] + random.normal(size=100)})
    comparison = lc.compare("y ~ t + (1 | g)", rows, correlation="car1(t | g)")
    assert comparison.structured.llf == pytest.approx(-164.481640, abs=1e-5)
    assert comparison.structured.residual_correlation == 0
    said = text(correlation_profile(comparison, comparison.structured.correlation_interval()))
    assert "correlate by 0.00, with a 95% interval from 0.00 to 4.3e−24" in said
    assert "No correlation at all is among the values" in said
