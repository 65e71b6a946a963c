"""Of a curve no coefficient is said to go with a unit of its column, since the others of the curve change with it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.interpolate import BSpline
from scipy.linalg import null_space

import lmmcompare as lc
from lmmcompare.comparison.picture import make_picture
from lmmcompare.explain.curve_terms import curve_of, curve_sentence
from lmmcompare.explain.effect_phrases import effect, noun_of
from lmmcompare.explain.headline import headline
from lmmcompare.explain.line_labels import line_labels
from lmmcompare.explain.paragraph import random_words
from lmmcompare.tables.coefficients import coefficient_table
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


def by_sex(seed: int = 4) -> pd.DataFrame:
    """Heights of children, each of one sex, at ages of their own: a bent curve for either sex."""
    random = np.random.default_rng(seed)
    child = np.repeat(np.arange(30), 5)
    age = random.uniform(2, 16, 150)
    girl = child % 2
    y = 70 + 8 * age - 0.2 * age**2 - girl * 0.01 * age**3 + random.normal(size=30)[child] + random.normal(size=150)
    return pd.DataFrame({"child": child, "age": age, "sex": np.where(girl, "girl", "boy"), "height": y})


def test_beside_an_orthogonal_polynomial_a_difference_is_averaged_over_the_rows():
    """There is no age at which all its columns are 0: the coefficient is the mean of the distance of two cubics, over all rows."""
    frame = by_sex()
    comparison = lc.compare("height ~ sex * poly(age, 3) + (1 | child)", frame)
    cubic = {s: np.polynomial.Polynomial.fit(d["age"], d["height"], 3) for s, d in frame.groupby("sex")}
    expected = (cubic["girl"](frame["age"]) - cubic["boy"](frame["age"])).mean()
    found = float(comparison.ols.params["sex[T.girl]"])
    assert found == pytest.approx(expected, rel=1e-8)
    said = effect(comparison, "sex[T.girl]", found, 2)
    assert "where age is averaged over the rows" in said and "is 0" not in said


@pytest.mark.parametrize("curve", ["ns(age, 3)", "bs(age, 4)"])
def test_beside_a_spline_a_difference_is_at_the_lowest_value(curve):
    """Both are fitted to either sex by itself, whatever columns span the splines: here B-splines of scipy with a constant."""
    frame = by_sex()
    comparison = lc.compare(f"height ~ sex * {curve} + (1 | child)", frame)
    low, high = frame["age"].min(), frame["age"].max()
    inner = np.quantile(frame["age"], [1 / 3, 2 / 3] if curve.startswith("ns") else [0.5])
    knots = np.r_[[low] * 4, inner, [high] * 4]
    columns = BSpline(knots, np.eye(len(knots) - 4), 3)
    if curve.startswith("ns"):  # bent nowhere at either end
        bent = columns.derivative(2)(np.array([low, high]))
        natural = null_space(bent)
    else:
        natural = np.eye(len(knots) - 4)
    at_low = {}
    for sex, rows in frame.groupby("sex"):
        coefficients = np.linalg.lstsq(
            columns(rows["age"].to_numpy()) @ natural, rows["height"].to_numpy(), rcond=None
        )[0]
        at_low[sex] = float(columns(low) @ natural @ coefficients)
    found = float(comparison.ols.params["sex[T.girl]"])
    assert found == pytest.approx(at_low["girl"] - at_low["boy"], rel=1e-6)
    assert f"where age is at its lowest, {low:.6g}" in effect(comparison, "sex[T.girl]", found, 2)


def test_the_lowest_value_of_dates_is_a_day():
    frame = SLEEP.assign(
        day=pd.Timestamp("2020-01-31") + pd.to_timedelta(SLEEP["Days"], unit="D"),
        half=np.where(SLEEP["Subject"].astype(int) > 340, "late", "early"),
    )
    comparison = lc.compare("Reaction ~ half * ns(day, 2) + (1 | Subject)", frame)
    assert "where day is at its earliest, 2020-01-31" in effect(comparison, "half[T.late]", 1.0, 2)


def test_a_part_of_a_curve_that_varies_between_groups_is_no_slope_either() -> None:
    both = lc.compare("Reaction ~ poly(Days, 2) + (poly(Days, 2) | Subject)", SLEEP)
    labels = [row.label for row in coefficient_table(both).rows]
    assert "SD between Subjects of the poly(Days, degree=2)[1] coefficient" in labels
    assert "Correlation of intercept and poly(Days, degree=2)[1]" in labels
    assert not any("slope" in label for label in labels)
    assert "intercept and coefficients" in random_words(both.mixed)
