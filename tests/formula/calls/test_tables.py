"""The table of a call, and the rows that are chosen of it there."""

from __future__ import annotations

import pytest

from lmmcompare.errors import FormulaError
from lmmcompare.formula.calls import read_call


@pytest.mark.parametrize(
    ("table", "conditions"),
    [
        ("d %>% filter(x > 4)", [("x", ">", (4,))]),
        ("d |> dplyr::filter(x > 4) |> drop_na(z)", [("x", ">", (4,)), ("z", "present", ())]),
        ("d[d$x > 4, ]", [("x", ">", (4,))]),
        ('d[d$arm == "a" & d$x < 2,]', [("arm", "==", ("a",)), ("x", "<", (2,))]),
    ],
)
def test_rows_may_be_chosen_where_the_table_is_named(table, conditions):
    call = read_call(f"lmer(y ~ x + (1 | g), data = {table})")
    assert call.data == "d"
    assert [(c.column, c.operator, c.values) for c in call.conditions] == conditions


@pytest.mark.parametrize("table", ["d[1:10, ]", 'd[, c("x", "y")]', "d %>% mutate(x = 1)", "d[d$x > 4]"])
def test_other_tables_that_are_computed_in_a_call_are_refused(table):
    with pytest.raises(FormulaError):
        read_call(f"lmer(y ~ x + (1 | g), data = {table})")


def test_columns_may_have_the_name_of_their_table_before_them():
    assert read_call("lmer(d$y ~ log(d$x) + (1 | d$g))").formula == "y ~ log(x) + (1 | g)"
    with pytest.raises(FormulaError, match=r"\$"):
        read_call("lmer(d$y ~ e$x + (1 | d$g))")
