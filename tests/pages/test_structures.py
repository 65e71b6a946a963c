"""The compare page with covariance structures in its formula: every tab is drawn, and says so where something is not to be had."""

from __future__ import annotations

import pytest

from .conftest import opened, said
from .test_compare_tabs import TABS

FORMULAS = {
    "diag": ("sleepstudy", "Reaction ~ Days + diag(1 + Days | Subject)"),
    "diag hom": ("oats", "Y ~ V + diag(1 + V | B, hom = TRUE)"),
    "cs": ("oats", "Y ~ V + cs(0 + V | B)"),
    "cs hom": ("oats", "Y ~ V + cs(0 + V | B, hom = TRUE)"),
    "ar1": ("sleepstudy", "Reaction ~ Days + ar1(0 + factor(Days) | Subject)"),
    "ri ar1": ("sleepstudy", "Reaction ~ Days + (1 | Subject) + ar1(0 + factor(Days) | Subject)"),
    "double bar": ("oats", "Y ~ V + (1 + V || B)"),
    "overlap": ("sleepstudy", "Reaction ~ Days + (1 | Subject) + (Days | Subject)"),
}


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("case", FORMULAS)
def test_every_tab_is_drawn(open_page, case, tab):
    example, formula = FORMULAS[case]
    at = opened(open_page, tab, example=example, formula=formula)
    assert "Intercept" in said(at)
