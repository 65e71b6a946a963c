"""Offsets and prior weights as text: in a formula, and behind it as in a call of R's."""

from __future__ import annotations

import pytest

from lmmcompare.errors import FormulaError
from lmmcompare.formula import edit, parse, parse_expression
from lmmcompare.formula.expressions import Column

REFUSED = {
    "y ~ x + (offset(z) | g)": "added to the fixed part",
    "y ~ (x + offset(z)):c": "added to the fixed part",
    "y ~ x - offset(z)": "added to the fixed part",
    "y ~ x * offset(z)": "added to the fixed part",
    "y ~ offset(z):x": "cannot be part of an interaction",
    "y ~ offset(z) * x": "cannot be part of an interaction",
    "y ~ offset(2)": "needs a column",
    "y ~ offset()": "column",
    "y ~ offset(z": "closed",
    "y ~ offset(system(z))": "is not known here",
    "y ~ x, weights": "may stand weights or an offset",
    "y ~ x, subset = z": "may stand weights or an offset",
    "y ~ x, weights = 2": "needs a column",
    "y ~ x, weights = w, weights = v": "weights already",
    "y ~ x, weights = w v": "cannot stand here",
    "y ~ x, weights = (1 | g)": "numbers",
    "y ~ , weights = w": "nothing after",
}


@pytest.mark.parametrize(("text", "problem"), REFUSED.items())
def test_what_cannot_be_read_is_refused_in_words(text: str, problem: str) -> None:
    with pytest.raises(FormulaError, match=problem):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "y ~ x + (1 | g), weights = w",
        "y ~ 1 + offset(2 * z) + (x | g), weights = 1 / (v ^ 2)",
        "y ~ x, weights = `a b`",
    ],
)
def test_one_text_carries_a_model_with_its_weights(text: str) -> None:
    spec = parse(text)
    assert spec.text == text and parse(spec.text) == spec
    assert "weights" not in spec.formula
    assert {"w", "v", "a b"} & set(spec.columns)


@pytest.mark.parametrize("text", ["", "2", "w w", "a:b", "y ~ x", "w,"])
def test_an_expression_alone_is_nothing_else(text: str) -> None:
    with pytest.raises(FormulaError):
        parse_expression(text)


def test_pick_lists_keep_and_change_the_weights() -> None:
    spec = parse("y ~ x + offset(z) + (1 | g), weights = 1 / v")
    assert edit.weights_choice(spec) == "1 / v"
    assert edit.with_weights(spec, "1 / v") == spec
    assert edit.with_predictors(spec, ["a"]).text == "y ~ a + offset(z) + (1 | g), weights = 1 / v"
    assert edit.with_weights(spec, "w").weights == Column("w")
    assert edit.with_weights(spec, None).text == "y ~ x + offset(z) + (1 | g)"


def test_weights_may_follow_an_offset() -> None:
    spec = parse("y ~ x + (1 | g) + offset(o), weights = 1 / v")
    assert (str(spec.offset[0]), str(spec.weights)) == ("o", "1 / v") and parse(spec.text) == spec
