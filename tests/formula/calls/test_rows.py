"""The rows of a pasted call are conditions on columns."""

from __future__ import annotations

import pytest

from lmmcompare import read_call
from lmmcompare.formula.calls import Condition

# a condition, as R, Stata, pandas and SAS write it
CONDITIONS = {
    'lm(y ~ x, d, subset = x > 4 & arm == "a")': [("x", ">", (4.0,)), ("arm", "==", ("a",))],
    "lm(y ~ x, d, subset = (4 < x) & !is.na(z) & k != -1)": [("x", ">", (4.0,)), ("z", "present", ()), ("k", "!=", (-1.0,))],
    "d |> filter(x > 4, z == 1) |> drop_na(w) |> lm(y ~ x, data = _)": [("x", ">", (4.0,)), ("z", "==", (1.0,)), ("w", "present", ())],
    "m <- d %>% subset(x > 4) %>% lm(y ~ x, data = ., subset = z == 1)": [("x", ">", (4.0,)), ("z", "==", (1.0,))],
    "lm(y ~ x, data = na.omit(subset(d, x > 1)))": [("x", ">", (1.0,))],
    'lm(y ~ x, subset(d, arm %in% c("a", "b")))': [("arm", "in", ("a", "b"))],
    "lm(y ~ x, d, subset = d$x == 1 | d$x == 2)": [("x", "in", (1.0, 2.0))],
    "lm(y ~ x, d, subset = !(x %in% 1:3))": [("x", "not in", (1.0, 2.0, 3.0))],
    'smf.ols("y ~ x", df[(df["x"] > 4) & (df.arm == "a")])': [("x", ">", (4.0,)), ("arm", "==", ("a",))],
    "smf.ols('y ~ x', df.query(\"x >= 4 and arm == 'a'\"))": [("x", ">=", (4.0,)), ("arm", "==", ("a",))],
    "reg y x if x > 4 & arm == 1 & z < .": [("x", ">", (4.0,)), ("arm", "==", (1.0,)), ("z", "present", ())],
    'reg y x if inlist(arm, 1, 2) & !missing(z)': [("arm", "in", (1.0, 2.0)), ("z", "present", ())],
    "proc mixed; where x ge 4 and arm in ('a', 'b'); class g; model y = x; random g;": [
        ("x", ">=", (4.0,)), ("arm", "in", ("a", "b"))
    ],
}  # fmt: skip


@pytest.mark.parametrize("text", CONDITIONS)
def test_the_rows_of_a_call_are_conditions(text):
    assert read_call(text).conditions == tuple(Condition(*c) for c in CONDITIONS[text])
