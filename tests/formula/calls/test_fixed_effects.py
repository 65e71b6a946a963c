"""Group dummies behind a bar, of fixest, pyfixest and Stata."""

from __future__ import annotations

import pytest

from lmmcompare.errors import FormulaError
from lmmcompare.formula.calls import read_call


@pytest.mark.parametrize(
    "text",
    [
        "feols(y ~ x | g[time], d)",
        "feols(y ~ x | g[[time]], d)",
        "feols(y ~ x | g + g[time], d)",
        "feols(y ~ x | g^time, d)",
        "felm(y ~ x | g:time, d)",
        "reghdfe y x, absorb(g#c.time)",
        "reghdfe y x, absorb(i.g##c.time)",
    ],
)
def test_slopes_for_each_group_are_not_taken_for_dummies(text):
    with pytest.raises(FormulaError, match="slopes for each group"):
        read_call(text)


@pytest.mark.parametrize("vcov", ['{"CRV1": "g"}', '{"CRV3": "g"}'])
def test_calls_of_pyfixest_have_their_formula_in_quotes(vcov):
    call = read_call(f'fit = pf.feols("y ~ x | g + year", data=d, vcov={vcov})', {"year": True})
    assert call.formula == "y ~ x + factor(year) + (1 | g)"
    assert (call.data, call.cluster) == ("d", "g")
