"""A call of another program gives the fit of the formula, the method and the rows that it names."""

from __future__ import annotations

import numpy as np
import pytest

import lmmcompare as lc
from lmmcompare.errors import LmmCompareError


@pytest.fixture
def sleep(table):
    return table("sleepstudy")


@pytest.mark.parametrize(
    "call",
    [
        "lmer(Reaction ~ Days + (Days | Subject), sleepstudy, REML = FALSE)",
        'lme(Reaction ~ Days, sleepstudy, ~ Days | Subject, method = "ML")',
        "MIXED reaction WITH days /FIXED=days /METHOD=ML /RANDOM=INTERCEPT days | SUBJECT(subject) COVTYPE(UN).",
        "mixed Reaction Days || Subject: Days, cov(un)",
        'smf.mixedlm("Reaction ~ Days", df, groups="Subject", re_formula="~Days").fit(reml=False)',
    ],
)
def test_the_dialects_agree(sleep, call):
    expected = lc.lmer("Reaction ~ Days + (Days | Subject)", sleep, reml=False)
    fit = lc.lmer(call, sleep)
    np.testing.assert_array_equal(fit.params, expected.params)
    assert lc.compare(call, sleep).reml is False


def test_the_rows_of_a_call_are_used(sleep):
    fit = lc.lm("lm(Reaction ~ Days, sleepstudy, subset = Days >= 2 & Days != 5)", sleep)
    rows = sleep[(sleep.Days >= 2) & (sleep.Days != 5)]
    expected = np.polynomial.Polynomial.fit(rows.Days, rows.Reaction, 1).convert().coef
    np.testing.assert_allclose(fit.params, expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        ("lm(Reaction ~ Days, d, subset = Days > 99)", "No row"),
        ("lm(Reaction ~ Days, d, subset = Day > 9)", "Day"),
        ('lm(Reaction ~ Days, d, subset = Days == "a")', "numbers"),
    ],
)
def test_conditions_that_the_table_cannot_meet_are_refused(sleep, call, named):
    with pytest.raises(LmmCompareError, match=named):
        lc.lm(call, sleep)
