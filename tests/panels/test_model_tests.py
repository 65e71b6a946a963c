"""The panels on which model to choose: what their tests take for given, and what is left out."""

from __future__ import annotations

import numpy as np
import pandas as pd

import lmmcompare as lc
from lmmcompare.assess.factor_tests import variation_question
from lmmcompare.assess.icc_by_row import icc_at
from lmmcompare.assess.model_choice import which_model
from lmmcompare.assess.variance_explained import design_effects, predictor_icc, shares
from lmmcompare.panels import model_tests
from lmmcompare.tables.inference import default_inference
from tests.helpers import table


def words(comparison: lc.Comparison) -> str:
    return model_tests.tests(
        comparison, comparison.terms[-1], which_model(comparison), default_inference(comparison)
    ).words


def test_a_random_slope_that_serial_correlation_feigns_is_said_to_rest_on_independent_residuals() -> None:
    """No slope varies in these data: with AR(1) residuals nlme's lme finds SD 0.004 and the same log-likelihood."""
    rng, rows = np.random.default_rng(12), []
    for subject in range(35):
        level, error = rng.normal(0, 2), 0.0
        for visit in range(8):
            error = 0.6 * error + rng.normal(0, 1.5)
            rows.append((subject, visit, 40 + level + 0.5 * visit + error))
    frame = pd.DataFrame(rows, columns=["subject", "visit", "pain"])
    formula = "pain ~ visit + (1 | subject)"
    alone = lc.compare(formula, frame)
    assert "call for a random visit slope" in words(alone) and "can look like slopes that vary" not in words(alone)
    assert "can look like slopes that vary" in words(lc.compare(formula, frame, correlation="ar1(visit | subject)"))


def test_tests_that_are_left_out_for_one_reason_share_a_note() -> None:
    said = words(lc.compare("Reaction ~ Days + (Days | Subject)", table("sleepstudy")))
    assert "**Mundlak test** and **Mundlak test, cluster-robust** are left out" in said
    assert "**Hausman test** is left out" in said and "the same by design" in said


def test_many_coefficients_are_counted_in_a_question() -> None:
    assert variation_question(["a slope", "b slope"], "g8") == "Do the a slope and the b slope vary between g8 groups?"
    assert "any of 3 coefficients" in variation_question(["a slope", "b slope", "c slope"], "school")


def test_rows_of_a_nested_group_share_the_group_around_it_too() -> None:
    """lme4's Pastes: variances 8.434 of casks in batches, 1.657 of batches, 0.678 of rows."""
    from_lme4 = (8.434 + 1.657) / (8.434 + 1.657 + 0.678)
    fit = (nested := lc.compare("strength ~ 1 + (1 | batch/cask)", table("pastes"))).mixed
    panel = model_tests.shares(nested, shares(fit), design_effects(fit), predictor_icc(fit), icc_at(fit))
    assert f"lie within batches: two rows of one correlate by {from_lme4:.2f}" in panel.words
    fit = (crossed := lc.compare("diameter ~ 1 + (1 | plate) + (1 | sample)", table("penicillin"))).mixed
    panel = model_tests.shares(crossed, shares(fit), design_effects(fit), predictor_icc(fit), icc_at(fit))
    assert "lie within" not in panel.words
