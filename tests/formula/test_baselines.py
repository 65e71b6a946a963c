"""Another baseline by a pick list: the formula says it, in every term, and R reads it."""

from __future__ import annotations

import pytest

from lmmcompare.formula import parse
from lmmcompare.formula.baselines import baseline_of, with_baseline, with_factor

CHANGED = {
    "y ~ f + (1 | g)": 'y ~ relevel(factor(f), ref="b") + (1 | g)',
    "y ~ x * f + (f | g)": 'y ~ x + relevel(factor(f), ref="b") + x:relevel(factor(f), ref="b") + (relevel(factor(f), ref="b") | g)',
    "y ~ factor(f) + fx + (1 | f)": 'y ~ relevel(factor(f), ref="b") + fx + (1 | f)',
    'y ~ C(f, Treatment("c"))': 'y ~ relevel(factor(f), ref="b")',
    "y ~ log(f) + h": "y ~ log(f) + h",
}


@pytest.mark.parametrize("formula", CHANGED)
def test_the_baseline_stands_wherever_the_factor_does(formula):
    changed = with_baseline(parse(formula), "f", "b")
    assert changed.formula == CHANGED[formula] and parse(changed.formula) == changed
    if "relevel" in changed.formula:
        assert baseline_of(changed, "f") == "b"


def test_the_first_level_is_the_column_itself():
    spec = parse('y ~ relevel(factor(f), ref="b") + (1 | g)')
    assert with_baseline(spec, "f", "").formula == "y ~ f + (1 | g)"
    assert with_baseline(spec, "f", "", is_number=True).formula == "y ~ factor(f) + (1 | g)"


@pytest.mark.parametrize(
    ("formula", "baseline"),
    [
        ("y ~ f", ""),
        ("y ~ x", None),
        ("y ~ C(f, contr.sum)", None),
        ('y ~ C(f, Treatment("c"))', "c"),
        ("y ~ log(f)", None),
    ],
)
def test_the_baseline_of_a_formula(formula, baseline):
    assert baseline_of(parse(formula), "f") == baseline


def test_a_coding_stands_wherever_the_factor_does():
    coding = parse("y ~ C(f, contr.poly)").terms[0].factors[0]
    assert with_factor(parse("y ~ f * x"), "f", coding).formula == "y ~ C(f, contr.poly) + x + C(f, contr.poly):x"
