from __future__ import annotations

import pytest

from lmmcompare.formula import parse
from lmmcompare.formula.expressions import Arithmetic, Call, Column, Constant, quote
from lmmcompare.formula.spec import ModelSpec, RandomTerm, Term


@pytest.mark.parametrize(
    ("name", "text"),
    [("x", "x"), ("x.1_a", "x.1_a"), ("возраст", "возраст"), ("my col", "`my col`"), ("1x", "`1x`"), ("_x", "`_x`"), ("a-b", "`a-b`"),
     ("x\n", "`x\n`"), ("", "``")],
)  # fmt: skip
def test_names_are_quoted_where_a_formula_needs_it(name: str, text: str) -> None:
    assert quote(name) == text


@pytest.mark.parametrize("value", [0.1, 1e-7, 1234567.0, 1e22, 3.0, 0.1 + 0.2])
def test_constants_keep_every_digit(value: float) -> None:
    spec = ModelSpec(Column("y"), (Term((Call("I", (Arithmetic("*", Constant(value), Column("x")),)),)),))
    assert parse(spec.formula) == spec


def test_columns_are_each_named_once_the_outcome_first() -> None:
    spec = parse("log(y) ~ x*z + I(x + w^2) + (x + v | a:b)")
    assert spec.columns == ("y", "x", "z", "w", "v", "a", "b")


def test_groupings_are_each_named_once() -> None:
    assert parse("y ~ (1 | g) + (0 + x | g) + (1 | h:k)").groupings == (("g",), ("h", "k"))


def test_the_random_part_can_be_exchanged() -> None:
    spec = parse("y ~ x + (x | g)")
    assert spec.fixed_only() == parse("y ~ x")
    assert spec.with_random(RandomTerm(("h",))) == parse("y ~ x + (1 | h)")
    assert spec == parse("y ~ x + (x | g)")


def test_a_spec_cannot_be_changed_and_can_be_a_key() -> None:
    spec = parse("y ~ x + (x | g)")
    with pytest.raises(AttributeError):
        spec.intercept = False  # type: ignore[misc]
    assert {spec: 1}[parse("y~x+(1+x|g)")] == 1
