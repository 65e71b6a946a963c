"""Of a curve no coefficient is said to go with a unit of its column, since the others of the curve change with it."""

from __future__ import annotations

import pytest

import lmmcompare as lc
from lmmcompare.comparison.picture import make_picture
from lmmcompare.explain.curve_terms import curve_of, curve_sentence
from lmmcompare.explain.effect_phrases import effect, noun_of
from lmmcompare.explain.headline import headline
from lmmcompare.explain.line_labels import line_labels
from tests.helpers import table

SLEEP, OATS = table("sleepstudy"), table("oats")


@pytest.mark.parametrize(
    ("fixed", "coefficients"),
    [("poly(Days, 2)", 2), ("ns(Days, 3)", 3), ("bs(Days, 4)", 4), ("Days + I(Days^2)", 2), ("Days + exp(Days / 9) + log(Days + 1)", 3)],
)  # fmt: skip
def test_a_curve_is_told_as_one(fixed, coefficients):
    comparison = lc.compare(f"Reaction ~ {fixed} + (1 | Subject)", SLEEP)
    for name in comparison.mixed.names[1:]:
        assert curve_of(comparison, name) == ("Days", coefficients)
        said = effect(comparison, name, -1.234, 2)
        assert "a coefficient of −1.23 for" in said
        assert f"one of {coefficients} that make the curve of Reaction over Days" in said
        assert "per unit" not in said
        assert "the other predictors equal" not in said
        assert noun_of(comparison, name) == "coefficient"
    assert line_labels(comparison, make_picture(comparison, SLEEP), ["ols"]) == {"ols": "OLS"}


@pytest.mark.parametrize("fixed", ["Days", "log(Days + 1)", "scale(Days)", "factor(Days)"])
def test_one_column_or_categories_make_no_curve(fixed):
    comparison = lc.compare(f"Reaction ~ {fixed} + (1 | Subject)", SLEEP)
    assert curve_of(comparison, comparison.mixed.names[1]) is None


def test_both_estimates_of_a_trend_are_told_with_their_signs():
    unequal = OATS.assign(Y=-OATS["Y"]).iloc[:-11]
    title = headline(lc.compare("Y ~ C(N, contr.poly) + (1 | B)", unequal)).title
    assert title.startswith("OLS says a linear trend of −")
    assert "The mixed model says −" in title


def test_both_estimates_of_a_helmert_contrast_are_the_same_multiple():
    comparison = lc.compare("Y ~ C(V, contr.helmert) + (1 | B)", OATS.iloc[:-11])
    name = comparison.mixed.names[1]
    title = headline(comparison, name).title
    said = [2 * abs(float(fit.params[name])) for fit in (comparison.ols, comparison.mixed)]
    assert [f"{value:.1f}" in title for value in said] == [True, True], (title, said)


@pytest.mark.parametrize(
    ("fixed", "words"),
    [
        ("C(V, contr.sum) * N", "2.00 more Y in the contrast V [Golden.rain vs mean] for 0.2cwt than for 0.0cwt"),
        ("C(V, contr.sum) * C(N, contr.poly)", "an interaction of 2.00 in Y between the contrasts V [Golden.rain vs mean] and N [linear]"),
    ],
)  # fmt: skip
def test_an_interaction_with_a_contrast_changes_the_contrast(fixed, words):
    comparison = lc.compare(f"Y ~ {fixed} + (1 | B)", OATS)
    assert effect(comparison, comparison.mixed.names[6], 2.0, 2) == words


def test_beside_an_offset_an_effect_is_what_comes_on_top_of_it():
    plain = lc.compare("Reaction ~ Days + (1 | Subject)", SLEEP)
    beside = lc.compare("Reaction ~ Days + offset(2 * Days) + (1 | Subject)", SLEEP)
    assert beside.mixed.params["Days"] == pytest.approx(plain.mixed.params["Days"] - 2, rel=1e-9)
    assert effect(beside, "Days", 8.467, 1) == "8.5 more Reaction per unit of Days, beyond the offset"


def test_a_part_of_a_curve_is_said_to_be_no_effect_by_itself() -> None:
    for formula, term, said in (
        ("Reaction ~ ns(Days, 3) + (1 | Subject)", "ns(Days, df=3)[2]", "one of 3 that draw one curve over Days"),
        ("Reaction ~ Days + I(Days^2) + (1 | Subject)", "Days", "one of 2 that draw one curve over Days"),
        ("Reaction ~ Days + (1 | Subject)", "Days", ""),
    ):
        sentence = curve_sentence(lc.compare(formula, SLEEP), term)
        assert (said in sentence) if said else sentence == ""
