"""Predictions along an axis: the right rows are asked for, and the columns of nested groups go together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.assess.prediction_grid import (
    axis,
    predict_along,
    predict_known_and_new,
    predicting_models,
    rows_of_group,
)
from lmmcompare.assess.prediction_values import free_factors, group_columns, required_columns
from lmmcompare.errors import DataError, NotEstimableWarning
from lmmcompare.explain.prediction import known_or_new_sentence
from lmmcompare.models.prediction import predict_interval


def test_sleepstudy_along_days():
    data = examples.load("sleepstudy")
    found = compare("Reaction ~ Days + (Days | Subject)", data)
    along = axis(found, data, "Days")
    assert along.ticks is None and (along.places[0], along.places[-1]) == (0.0, 9.0)
    row = {"Subject": "308", "Days": 4}
    shown = predict_along(found, row, "group", along)
    known = predict_interval(found.mixed, pd.DataFrame({"Subject": ["308"], "Days": [4]}), "group", "confidence").iloc[
        0
    ]
    new = predict_interval(found.mixed, pd.DataFrame({"Subject": ["308"], "Days": [4]}), "group", "prediction").iloc[0]
    assert shown.iloc[0].to_dict() == pytest.approx({
        "x": 4.0, "estimate": known["estimate"], "lower": known["lower"], "upper": known["upper"],
        "expected": known["estimate"], "low": new["lower"], "high": new["upper"],
    })  # fmt: skip
    np.testing.assert_allclose(shown["x"].iloc[1:], along.places)
    assert shown["estimate"].iloc[-1] == pytest.approx(
        float(found.mixed.predict(data[data["Subject"] == "308"]).iloc[-1])
    )
    points = rows_of_group(found, data, row, along)
    own = data[data["Subject"] == "308"]
    np.testing.assert_array_equal(points, own[["Days", "Reaction"]])
    assert rows_of_group(found, data, {"Days": 4}, along).empty


AXES = [
    ("drug", "Score ~ Drug + (1 | ID)", None, "Drug", {0.0: "0", 1.0: "1"}),  # two numbers are shown as categories
    ("oats", "Y ~ V * N + (1 | B)", "V", "V", {0.0: "Golden.rain", 1.0: "Marvellous", 2.0: "Victory"}),
    ("sleepstudy", "Reaction ~ log(Days + 1) + (1 | Subject)", "nothing", "Days", None),
    ("dyestuff", "Yield ~ 1 + (1 | Batch)", None, None, None),
]


@pytest.mark.parametrize(("name", "formula", "preferred", "chosen", "ticks"), AXES)
def test_the_axis(name, formula, preferred, chosen, ticks):
    data = examples.load(name)
    found = compare(formula, data)
    along = axis(found, data, preferred)
    row = {n: data[n].iloc[0] for n in required_columns(found)}
    shown = predict_along(found, row, "population", along)
    if chosen is None:
        assert along is None and len(shown) == 1
        return
    assert (along.name, along.ticks) == (chosen, ticks)
    assert len(shown) == 1 + len(along.values)
    same = shown.iloc[1:][shown["x"].iloc[1:] == shown["x"].iloc[0]]
    assert len(same) == 1 or along.ticks is None
    if len(same):
        assert same["estimate"].iloc[0] == pytest.approx(shown["estimate"].iloc[0])


@pytest.mark.parametrize("value", [11.0, 9, 20.5])
def test_a_number_between_few_that_were_measured_or_beyond_them_is_predicted_at_its_place(value):
    data = examples.load("orthodont")  # ages 8, 10, 12 and 14, whose median nobody had
    found = compare("distance ~ age + (age | Subject)", data)
    along = axis(found, data, "age")
    assert (along.ticks, along.places[0], along.places[-1]) == (None, 8.0, 14.0)
    shown = predict_along(found, {"age": value}, "population", along)
    at = shown.iloc[0]
    assert at["x"] == value
    assert shown["x"].iloc[[1, -1]].tolist() == [
        8.0,
        max(14.0, value),
    ]  # the line and its bands are drawn as far as the value
    assert at["estimate"] == pytest.approx(16.761111 + 0.660185 * value, abs=1e-4)  # lme4, in the reference fits


def test_a_number_between_two_lies_between_their_marks():
    data = examples.load("drug")
    found = compare("Score ~ Drug + (1 | ID)", data)
    at = predict_along(found, {"Drug": 0.5}, "population", axis(found, data, "Drug"))
    assert list(at["x"]) == [0.5, 0.0, 1.0]
    assert at["estimate"].iloc[0] == pytest.approx(at["estimate"].iloc[1:].mean())


def test_the_columns_of_nested_groups_go_together():
    data = examples.load("pastes")
    for formula, free in (("(1 | batch) + (1 | batch:cask)", ["batch:cask"]), ("(1 | batch) + (1 | sample)", ["sample"]),
                          ("(1 | batch) + (1 | cask)", ["batch", "cask"])):  # fmt: skip
        design = compare(f"strength ~ 1 + {formula}", data).design
        assert [g.name for g in free_factors(design)] == free
        columns = group_columns(design, data, free_factors(design)[0], 5)
        assert set(columns) == ({"batch"} if "cask" in free else {n for g in design.groupings for n in g.columns})
        row = pd.DataFrame([columns])
        at = np.flatnonzero(free_factors(design)[0].codes == 5)
        assert (data.iloc[at][list(columns)].astype(str) == row.iloc[0].astype(str)).all(axis=None)


def test_a_known_and_a_new_group_side_by_side():
    data = examples.load("cv161703")
    found = compare("Y ~ X + (1 | ID)", data)
    shown = predict_known_and_new(found, {"ID": "1", "X": 5.5}).set_index(["model", "group"])
    assert shown.loc[("no_pooling", "new")].isna().all() and shown.drop(("no_pooling", "new")).notna().all(axis=None)
    new = predict_interval(found.mixed, pd.DataFrame({"X": [5.5]}), "new group").iloc[0]
    assert shown.loc[("random_intercept", "new")].to_dict() == new[["estimate", "se", "lower", "upper"]].to_dict()
    width = shown["upper"] - shown["lower"]
    assert width["random_intercept", "known"] < width["no_pooling", "known"] < width["random_intercept", "new"]
    said = known_or_new_sentence(found, shown.reset_index(), "random_intercept")
    assert "2.4 wide with ID dummies" in said and said.endswith("?")
    assert "wide, as the level of a new ID is not known." in said
    means = predict_known_and_new(found, {"ID": "1", "X": 5.5, "X_mean": 7.0}, "within_between").set_index(
        ["model", "group"]
    )
    assert means.loc[("within_between", "new"), "estimate"] == pytest.approx(7.272398299, rel=1e-6)  # R's
    assert means.loc[("within_between", "known"), "estimate"] == pytest.approx(2.918463227, rel=1e-6)


def test_without_variance_a_known_group_is_expected_where_a_new_one_is_and_no_level_is_blamed():
    found = compare("Yield ~ 1 + (1 | Batch)", examples.load("dyestuff2"))
    shown = predict_known_and_new(found, {"Batch": "A"})
    known, new = (
        shown[(shown["model"] == "random_intercept") & (shown["group"] == g)].iloc[0, 2:] for g in ("known", "new")
    )
    # the mean's by OLS, which the singular fit is: lm(Yield ~ 1), 5.6656 (0.6784) on 29 df
    np.testing.assert_allclose(new[["estimate", "se"]].astype(float), [5.6656, 0.6784], rtol=1e-4)
    # a known batch's with 2 g of Prasad and Rao, by hand in test_prediction: 2 (2/5 + 2/24) / 25 * 5 * 5/6 * 13.807
    twice = 2 * (2 / 5 + 2 / 24) / 25 * 5 * 5 / 6 * found.ols.scale
    np.testing.assert_allclose(known[["estimate", "se"]].astype(float), [5.6656, np.sqrt(0.6784**2 + twice)], rtol=1e-4)
    said = known_or_new_sentence(found, shown, "random_intercept")
    assert (
        "2.8 wide, which takes it for known that the variance between Batches is estimated as 0; that of a known Batch does not."
        in said
    )
    assert "is not known" not in said


def test_a_predictor_that_is_part_of_a_grouping_factor_is_kept_for_a_new_group():
    data = examples.load("oats")
    found = compare("Y ~ V + (1 | B:V)", data)
    shown = predict_known_and_new(found, {"V": "Victory", "B": "I"}).set_index(["model", "group"])
    assert shown.loc[("random_intercept", "new"), "estimate"] == pytest.approx(
        data.loc[data["V"] == "Victory", "Y"].mean()
    )


def test_values_whose_prediction_is_not_estimable_are_refused_and_others_along_the_axis_are_left_out():
    """Types of schools follow from their genders in this data: a girls' school that takes both is nothing that it knows."""
    data = examples.load("exam")
    found = compare("normexam ~ schgend + type + standLRT + (1 | school)", data)
    row = {"schgend": "mixed", "type": "Sngl", "standLRT": 0.0}
    for ask in (
        lambda: predict_along(found, row, "population", axis(found, data, "standLRT")),
        lambda: predict_known_and_new(found, row),
    ):
        with pytest.raises(DataError, match="type"):
            ask()
    with pytest.warns(NotEstimableWarning):
        known = predict_along(found, row | {"type": "Mxd"}, "population", axis(found, data, "type"))
    assert np.isfinite(known["estimate"].iloc[0])
    assert np.isfinite(known.set_index("x")["estimate"].iloc[1:]).tolist() == [True, False]
    with pytest.warns(NotEstimableWarning):
        assert predict_interval(found.mixed, pd.DataFrame([row]), "population").isna().all(axis=None)


def test_means_of_products_are_not_asked_for() -> None:
    """The mean of arm × visit over all rows is that of no patient: a new one of the control arm has a mean of 0."""
    rng = np.random.default_rng(59)
    g, visit = np.repeat(np.arange(30), 4), np.tile(np.arange(4), 30)
    frame = pd.DataFrame({"g": g, "arm": np.where(g % 2, "drug", "control"), "visit": visit, "x": rng.normal(size=120)})
    frame = frame.assign(y=rng.normal(size=30)[g] + rng.normal(size=120))[rng.random(120) > 0.2]
    products, plain = (compare(f"y ~ {fixed} + (1 | g)", frame) for fixed in ("arm * x", "arm + x"))
    assert "within_between" in products.fits and "within_between" in plain.fits
    assert predicting_models(products) == ["random_intercept"]
    assert predicting_models(plain) == ["random_intercept", "within_between"]
