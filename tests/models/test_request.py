"""A call of another program gives the fit of the formula, the method and the rows that it names."""

from __future__ import annotations

import numpy as np
import pandas as pd
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


@pytest.mark.parametrize("dots", ["y ~ .", "y ~ . + I(x * pi) - I(x * pi)"])
def test_what_stands_beside_a_formula_with_a_dot_counts(dots: str) -> None:
    """Weights, offsets and structures given as arguments, as columns or as arrays, none of which the dot stands for."""
    random = np.random.default_rng(4)
    frame = pd.DataFrame({"x": random.normal(size=40), "z": random.random(40), "y": random.normal(size=40)})
    for beside in (
        {"weights": "z"},
        {"offset": "z"},
        {"weights": frame["z"].to_numpy(), "offset": frame["x"].to_numpy()},
    ):
        dotted, plain = (lc.lm(formula, frame, **beside) for formula in (dots, "y ~ x + z"))
        pd.testing.assert_frame_equal(dotted.table(), plain.table())
    grouped = frame.assign(g=np.arange(40) // 5, t=np.arange(40) % 5)
    asked = ("y ~ . + (1 | g)", "y ~ x + z + t + (1 | g)")
    fits = [lc.compare(formula, grouped, correlation="ar1(t | g)").structured for formula in asked]
    assert fits[0] is not None and fits[1] is not None
    assert fits[0].correlation is not None and fits[0].llf == fits[1].llf


def test_a_table_in_the_formulas_place_is_refused_in_words():
    data = lc.examples.load("cv161703")
    with pytest.raises(LmmCompareError, match="formula first, then the table"):
        lc.lmer(data, "Y ~ X + (1 | ID)")
