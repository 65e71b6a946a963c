"""Covariance structures around random-effects terms: read, printed and read again, kept by the pick lists."""

from __future__ import annotations

import pytest

from lmmcompare.errors import FormulaError
from lmmcompare.formula import edit, parse


@pytest.mark.parametrize(("text", "printed"), [
    ("y ~ x + cs(1 + f | g)", "y ~ x + cs(f | g)"),
    ("y ~ ar1(0+factor(t)|g,hom=FALSE) + (1|h)", "y ~ 1 + ar1(0 + factor(t) | g, hom = FALSE) + (1 | h)"),
    ("y ~ cs(f | g, hom = T)", "y ~ 1 + cs(f | g, hom = TRUE)"),
    ("y ~ ar1(0 + factor(t) | g, hom = TRUE)", "y ~ 1 + ar1(0 + factor(t) | g)"),
    ("y ~ diag(x | a/b, hom = TRUE)", "y ~ 1 + diag(x | a, hom = TRUE) + diag(x | a:b, hom = TRUE)"),
    ("y ~ us(x | g)", "y ~ 1 + (x | g)"),
])  # fmt: skip
def test_a_structure_is_printed_and_read_again_the_same(text, printed):
    spec = parse(text)
    assert spec.formula == printed and parse(spec.formula) == spec


def test_lme4s_defaults_are_one_standard_deviation_for_ar1_only():
    spec = parse("y ~ cs(x | g) + diag(x | g) + ar1(0 + f | g)")
    assert [r.homogeneous for r in spec.random] == [False, False, True]


@pytest.mark.parametrize(("text", "problem"), [
    ("y ~ toep(1 | g)", "toep"),
    ("y ~ exp(t + 0 | g)", "exp"),
    ("y ~ cs(x || g)", "leaves out"),
    ("y ~ us(x | g, hom = TRUE)", "does not take"),
    ("y ~ cs(x | g, )", "does not take"),
    ("y ~ cs(x | g, hom = 1)", "does not take"),
    ("y ~ cs(x | g, het = TRUE)", "does not take"),
    ("y ~ x:cs(1 | g)", "added with"),
    ("y ~ cs(x, z | g)", "“,”"),
    ("y ~ cs(cs(1 | g) | g)", "nested"),
])  # fmt: skip
def test_what_is_no_structure_is_refused(text, problem):
    with pytest.raises(FormulaError, match=problem):
        parse(text)


def test_pick_lists_keep_a_structure():
    spec = parse("y ~ x + z + (x | g) + ar1(0 + factor(t) | g)")
    for changed in (
        edit.with_slopes(spec, ["z"]), edit.with_slopes(spec, []), edit.with_predictors(spec, ["x"]), edit.with_group(spec, "h")
    ):  # fmt: skip
        assert [r.structure for r in changed.random] == ["us", "ar1"]
        assert str(changed.random[1].terms[0]) == "factor(t)"
    assert edit.slope_columns(spec) == ["x"]
