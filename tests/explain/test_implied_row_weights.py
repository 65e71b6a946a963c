"""The sentence on one group's rows has the numbers of its weights, and claims no more."""

from __future__ import annotations

import lmmcompare as lc
from lmmcompare.assess.implied_row_weights import row_weights
from lmmcompare.assess.time_order import clock_of
from lmmcompare.explain.implied_row_weights import weights_note, weights_sentence


def said(comparison, data, clock=""):
    result = row_weights(comparison, clock_of(data, clock))
    return result, weights_sentence(comparison, result), weights_note(comparison, result)


def test_serial_correlation(table):
    data = table("sleepstudy")
    comparison = lc.compare("Reaction ~ Days + (1 | Subject)", data, correlation="ar1(Days | Subject)")
    result, words, note = said(comparison, data, "Days")
    rho = comparison.structured.residual_correlation
    ends, worth = 1 / (2 + 8 * (1 - rho)), 1 + 9 * (1 - rho) / (1 + rho)
    assert f"**{100 * ends:.0f}%**" in words and f"**{worth:.1f}**" in words and "repeats" in words
    assert "more than they are" not in words and f"**{result.trend_se:.2f}**" in words
    assert "(1 − ρ^d)/(1 + ρ^d)" in note and "random intercept" in note


def test_a_negative_correlation_is_worth_more_rows_than_there_are(table):
    data = table("litters")
    comparison = lc.compare("gain ~ milk + (1 | litter)", data, correlation="cs(1 | litter)")
    result, words, note = said(comparison, data)
    assert "count alike" in words and "more than they are" in words and "repeats" not in words
    assert f"**{result.effective_rows:.1f}**" in words or f"**{result.effective_rows:.0f}**" in words
    assert "n/(1 + (n − 1)ρ)" in note and "random intercept" not in note


def test_by_visit_rows_are_held_against_their_average_variance(table):
    data = table("orthodont_structures")
    comparison = lc.compare("distance ~ Sex * age + (1 | Subject)", data, correlation="us(age | Subject)")
    result, words, note = said(comparison, data, "age")
    assert "average variance" in words and "repeats" not in words and "R⁻¹1" in note
    most = result.frame.loc[result.frame["mean"].idxmax(), "label"]
    assert f"age {most}" in words
