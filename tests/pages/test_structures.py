"""The compare page with covariance structures in its formula: every tab is drawn, and says so where something is not to be had."""

from __future__ import annotations

import pytest

from tests.effort import first

from .conftest import errors, said
from .test_compare_tabs import TABS

FORMULAS = {
    "cs hom": ("oats", "Y ~ V + cs(0 + V | B, hom = TRUE)"),
    "ri ar1": ("sleepstudy", "Reaction ~ Days + (1 | Subject) + ar1(0 + factor(Days) | Subject)"),
    "overlap": ("sleepstudy", "Reaction ~ Days + (1 | Subject) + (Days | Subject)"),
    "diag": ("sleepstudy", "Reaction ~ Days + diag(1 + Days | Subject)"),
    "diag hom": ("oats", "Y ~ V + diag(1 + V | B, hom = TRUE)"),
    "cs": ("oats", "Y ~ V + cs(0 + V | B)"),
    "ar1": ("sleepstudy", "Reaction ~ Days + ar1(0 + factor(Days) | Subject)"),
    "double bar": ("oats", "Y ~ V + (1 + V || B)"),
}


@pytest.mark.parametrize("case", first(FORMULAS, 3))
def test_every_tab_is_drawn(open_page, case):
    example, formula = FORMULAS[case]
    at = open_page("compare", example=example, formula=formula)
    for tab in (label for label in TABS if label in [t.label for t in at.tabs]):
        at.session_state[f"depth {len(at.tabs)}"] = tab
        at.run()
        assert not errors(at), tab
        assert tab != "The numbers" or "Intercept" in said(at)
