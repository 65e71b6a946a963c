"""Calls pasted together: one model has the others too, or only one of them is read."""

from __future__ import annotations

import pytest

from lmmcompare import read_call
from lmmcompare.errors import FormulaError

# calls pasted together -> the model whose comparison has the others too
TOGETHER = {
    "lm(y ~ x, d)\nlmer(y ~ x + (1|g), d)": "y ~ x + (1 | g)",
    "m1 <- lm(y ~ x + factor(g), data = d); m2 <- lmer(y ~ x + (x|g), data = d)\nsummary(m2)": "y ~ x + (x | g)",
    "anova(lmer(y ~ x + (1|g), d), lmer(y ~ x + (x|g), d))": "y ~ x + (x | g)",
    'smf.ols("y ~ x", df).fit()\nsmf.mixedlm("y ~ x", df, groups="g", re_formula="~x").fit()': "y ~ x + (x | g)",
    "reg y x\nmixed y x || g:": "y ~ x + (1 | g)",
    "reg y x mixed y x || g:": "y ~ x + (1 | g)",
    "xtreg y x, fe i(g)\nmixed y x || g: x": "y ~ x + (x || g)",
}


@pytest.mark.parametrize("text", TOGETHER)
def test_of_calls_that_differ_in_the_random_part_the_largest_is_read(text):
    call = read_call(text)
    assert call.formula == TOGETHER[text] and "calls were pasted" in call.remarks[-1]


def test_it_is_said_what_stands_for_the_other_calls():
    said = {
        "lm(y ~ x, d); lmer(y ~ x + (1|g), d)": "OLS",
        "lm(y ~ x + g, d); lmer(y ~ x + (1|g), d)": "group dummies",
        "feols(y ~ x | g, d); lmer(y ~ x + (x|g), d)": "group dummies",
        "lmer(y ~ x + (1|g), d); lmer(y ~ x + (x|g), d)": "random intercept",
    }
    for text, model in said.items():
        assert model in read_call(text).remarks[-1]
    numbers = dict.fromkeys("yxg", True)
    with pytest.raises(FormulaError, match="differ in more than the random part"):  # a slope of g is no model of these
        read_call("lm(y ~ x + g, d); lmer(y ~ x + (1|g), d)", numbers)
    assert "group dummies" in read_call("lm(y ~ x + factor(g), d); lmer(y ~ x + (1|g), d)", numbers).remarks[-1]


def test_a_call_that_is_not_read_beside_one_that_is_does_not_stop_it():
    call = read_call("t.test(y ~ arm, data = d)\nm <- lmer(y ~ x + (1 | g), data = d)")
    assert call.formula == "y ~ x + (1 | g)" and "only the call of lmer() is read" in call.remarks[-1]


def test_what_else_was_pasted_is_said():
    assert read_call("x <- 3; lmer(y ~ x + (1|g), d)").remarks
    assert read_call("lmer(y ~ x + (1|g), d); anova(m)").remarks
    assert not read_call("library(lme4)\nm <- lmer(y ~ x + (1|g), d)").remarks
