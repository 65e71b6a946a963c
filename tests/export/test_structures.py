"""Code for models with covariance structures: lme4's words for them, and which rows of its VarCorr are their parameters."""

from __future__ import annotations

import numpy as np
import pytest

from lmmcompare import compare
from lmmcompare.export.data_file import data_file
from lmmcompare.export.model_sentences import random_part_phrase
from lmmcompare.export.model_terms import random_part_text, spread_rows
from lmmcompare.export.r_formula import RFormula
from lmmcompare.export.source import Source


@pytest.mark.parametrize("case", [
    "sleepstudy_cs", "sleepstudy_diag", "sleepstudy_ar1", "sleepstudy_ri_ar1", "oats_diag_factor"
])  # fmt: skip
def test_the_rows_of_varcorr_are_our_parameters_in_our_order(case, reference, table):
    known = reference(f"structures/lme4_{case}")
    both = compare(known["formula"], table(known["data"]))
    theirs = np.array([row["sdcor"] for row in known["reml"]["variances"].values()])
    ours = both.variances()
    ours = ours[ours["model"] == both.formula_model]["value"]
    np.testing.assert_allclose(theirs[np.array(spread_rows(both.mixed)) - 1], ours, rtol=2e-3)


def test_a_structure_is_written_in_lme4s_words(table):
    formula = "Reaction ~ Days + (1 | Subject) + ar1(0 + factor(Days) | Subject, hom = FALSE)"
    frame = table("sleepstudy").query("Days < 4")
    both = compare(formula, frame)
    write = RFormula(both, data_file(both, Source("sleepstudy", frame)))
    found = [write.random(r) for r in random_part_text(both, both.formula_model)]
    assert found == ["(1 | Subject)", "ar1(0 + factor(Days) | Subject, hom = FALSE)"]
    assert "autoregressive" in random_part_phrase(both.mixed)
