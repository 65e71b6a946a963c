"""The frames behind the picture: every line is the model's own prediction, and nothing lies outside the axes."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from lmmcompare import compare
from lmmcompare.comparison.picture import make_picture
from lmmcompare.comparison.points import MAX_GROUPS, MAX_POINTS
from lmmcompare.formula.edit import predictor_columns


@pytest.fixture(scope="module")
def data():
    """8 groups of 6 rows and 3 groups of one."""
    rng = np.random.default_rng(1)
    g = np.r_[np.repeat(np.arange(8), 6), 8, 9, 10]
    n = len(g)
    x, z = rng.gamma(2, 1, n) + 0.01, rng.normal(5, 2, n)
    return pd.DataFrame({
        "g": [f"g{k:02d}" for k in g], "x": x, "z": z, "k": rng.choice(["low", "mid", "top"], n),
        "dose": rng.choice([1, 2, 5], n), "flag": rng.choice([True, False], n), "y": x + g + rng.normal(size=n),
    })  # fmt: skip


FORMULAS = [
    "y ~ x + (1 | g)", "y ~ x + (x | g)", "y ~ x + z + (1 | g)", "y ~ x * z + (x | g)", "y ~ x + z * dose + (1 | g)",
    "y ~ log(x) + z + (1 | g)", "y ~ poly(x, 2) + z + (1 | g)", "y ~ bs(x, df=4) + (1 | g)", "y ~ x + I(x^2) + (1 | g)",
    "y ~ k + (1 | g)", "y ~ k * x + (1 | g)", "y ~ x + k + (1 | g)", "y ~ 0 + k + (1 | g)", "y ~ factor(dose) + (1 | g)",
    "y ~ flag + (1 | g)", "y ~ 1 + (1 | g)", "y ~ 0 + x + (1 | g)", "y ~ 1 + (x | g)",
]  # fmt: skip


@pytest.mark.parametrize("zero", [False, True])
@pytest.mark.parametrize("formula", FORMULAS)
def test_the_axes_hold_every_line_and_point(data, formula, zero):
    comparison = compare(formula, data)
    for x in predictor_columns(comparison.spec) or [None]:
        made = make_picture(comparison, data, x, include_zero=zero)
        for frame in (made.points, made.lines):
            assert np.isfinite(frame[["x", "y"]].to_numpy()).all()
            assert frame["x"].between(*made.x_range).all()
            assert frame["y"].between(*made.y_range).all()
        assert len(made.points) == len(data)
        assert set(made.points["group"]) == set(data["g"]) == set(made.group_order)
        if zero and made.x_ticks is None and x:
            assert made.x_range[0] <= 0 <= made.x_range[1]


def lines_of(made, model, kind="group"):
    found = made.lines[(made.lines["model"] == model) & (made.lines["kind"] == kind)]
    assert len(found)
    return found


@pytest.mark.parametrize(
    "formula",
    ["y ~ x + (1 | g)", "y ~ x + z + (1 | g)", "y ~ z + x + z:dose + dose + (x | g)",
     "y ~ poly(x, 2) + z + (1 | g)", "y ~ bs(x, df=4) + (1 | g)", "y ~ log(x) + (1 | g)"],
)  # fmt: skip
def test_lines_are_predictions_with_the_others_at_their_means(data, formula):
    comparison = compare(formula, data)
    made = make_picture(comparison, data, "x")
    held = {name: float(data[name].mean()) for name in ("z", "dose")}
    assert {"random_intercept", "no_pooling"} <= set(comparison.fits)
    for model in {"random_intercept", "random_slope", "no_pooling"} & set(comparison.fits):
        lines = lines_of(made, model)
        rows = pd.DataFrame({"x": lines["x"].to_numpy(), "g": lines["group"].to_numpy(), **held})
        np.testing.assert_allclose(lines["y"], comparison.fits[model].predict(rows), rtol=1e-9, err_msg=model)
    for model in ("ols", "random_intercept"):
        line = lines_of(made, model, "population")
        rows = pd.DataFrame({"x": line["x"].to_numpy(), "g": "nobody", **held})
        np.testing.assert_allclose(line["y"], comparison.fits[model].predict(rows), rtol=1e-9, err_msg=model)


@pytest.mark.parametrize(
    ("formula", "held"),
    [
        ("y ~ x + I(x * z) + z + (1 | g)", ["z"]),
        ("y ~ pmax(x, z) + I(z * dose) + (1 | g)", ["z", "dose"]),
        ("y ~ x + I(x * (k == 'mid')) + k + (1 | g)", ["k"]),
        ("y ~ x + I(x * flag) + (1 | g)", ["flag"]),
    ],
)
def test_columns_that_an_expression_joins_with_x_are_held_at_their_mean_or_first_level(data, formula, held):
    comparison = compare(formula, data)
    lines = lines_of(make_picture(comparison, data, "x"), "ols", "population")
    at = {"z": data["z"].mean(), "dose": data["dose"].mean(), "k": "low", "flag": False}
    rows = pd.DataFrame({"x": lines["x"].to_numpy(), "g": "g00"}).assign(**{name: at[name] for name in held})
    np.testing.assert_allclose(lines["y"], comparison.fits["ols"].predict(rows), rtol=1e-12)
    turned = make_picture(compare(formula, data[::-1]), data[::-1], "x")
    np.testing.assert_allclose(lines_of(turned, "ols", "population")["y"], lines["y"], rtol=1e-9)


def test_a_group_line_covers_the_range_of_its_group(data):
    made = make_picture(compare("y ~ x + (1 | g)", data), data)
    reach = 0.012 * (made.x_range[1] - made.x_range[0])
    lines = lines_of(made, "random_intercept").set_index("group")["x"]
    for name, rows in data.groupby("g"):
        line = lines[name]
        low, high = rows["x"].min(), rows["x"].max()
        if len(rows) == 1:  # a dash through the point
            low, high = low - reach, high + reach
        assert line.tolist() == pytest.approx([low, high])


def test_the_regression_of_a_group_is_its_own(data):
    made = make_picture(compare("y ~ x + (1 | g)", data), data)
    lines = lines_of(made, "per_group")
    assert set(lines["group"]) == {f"g{k:02d}" for k in range(8)}  # a lone row has none
    for name, line in lines.groupby("group"):
        rows = data[data["g"] == name]
        slope, intercept = np.polyfit(rows["x"], rows["y"], 1)
        np.testing.assert_allclose(line["y"], intercept + slope * line["x"], rtol=1e-9)


def test_curves_have_many_vertices_and_straight_lines_two_but_for_their_limits(data):
    for formula, of_group, of_all in (("y ~ x + (1 | g)", 2, 21), ("y ~ log(x) + (1 | g)", 40, 40)):
        sizes = make_picture(compare(formula, data), data).lines.groupby(["kind", "model", "group"]).size()
        assert (sizes["group"] == of_group).all() and (sizes["population"] == of_all).all()


def test_the_limits_of_a_straight_line_are_narrowest_in_its_middle(data):
    """OLS's at every vertex are statsmodels'."""
    made = make_picture(compare("y ~ x + (1 | g)", data), data)
    line = made.lines[(made.lines["model"] == "ols") & (made.lines["kind"] == "population")]
    known = smf.ols("y ~ x", data).fit().get_prediction(line[["x"]]).conf_int()
    np.testing.assert_allclose(line[["lower", "upper"]].astype(float), known, rtol=1e-8)
    width = np.ptp(known, axis=1)
    assert width.argmin() not in (0, len(width) - 1)


def test_a_curve_ends_where_the_data_end(data):
    """log(x) has no value at x = 0, whatever the axis shows."""
    made = make_picture(compare("y ~ log(x) + (1 | g)", data), data, include_zero=True)
    assert made.x_range[0] <= 0
    assert made.lines["x"].min() == pytest.approx(data["x"].min())
    assert made.lines["x"].max() == pytest.approx(data["x"].max())


def test_a_categorical_predictor_has_its_levels_as_ticks(data):
    made = make_picture(compare("y ~ k + (1 | g)", data), data)
    assert made.x_ticks == {0.0: "low", 1.0: "mid", 2.0: "top"}
    assert made.data_x_range is None
    level = made.points["x"].round().map(made.x_ticks)
    assert level.tolist() == data["k"].tolist()
    line = lines_of(made, "ols", "population")
    means = compare("y ~ k + (1 | g)", data).ols
    np.testing.assert_allclose(line["y"], means.predict(pd.DataFrame({"k": ["low", "mid", "top"]})))


def test_numbers_used_as_a_factor_have_ticks_too(data):
    made = make_picture(compare("y ~ factor(dose) + (1 | g)", data), data)
    assert made.x_ticks == {0.0: "1", 1.0: "2", 2.0: "5"}


def test_without_a_predictor_the_groups_stand_side_by_side(data):
    made = make_picture(compare("y ~ 1 + (1 | g)", data), data)
    assert [made.x_ticks[k] for k in sorted(made.x_ticks)] == made.group_order
    assert set(made.points["x"]) == set(made.x_ticks)
    assert made.x_label == "g, by fitted mean"


@pytest.mark.parametrize(
    ("formula", "x", "notes"),
    [
        ("y ~ x + (1 | g)", "x", ()),
        ("y ~ x + z + (1 | g)", "x", ("z held at its mean",)),
        ("y ~ x + z + dose + (1 | g)", "z", ("x, dose held at their mean",)),
        ("y ~ x + k + (1 | g)", "x", ("averaged over k",)),
        ("y ~ x + z + k + (1 | g)", "x", ("z held at its mean", "averaged over k")),
        ("y ~ x + k + (1 | g)", "nothing of the kind", ("averaged over k",)),
        ("y ~ x + I(x * (k == 'mid')) + flag + (1 | g)", "x", ("k held at low", "averaged over flag")),
    ],
)
def test_what_is_held_is_said(data, formula, x, notes):
    assert make_picture(compare(formula, data), data, x).notes == notes


def test_a_thousand_groups_are_thinned_and_it_is_said():
    rng = np.random.default_rng(2)
    g = np.repeat(np.arange(1000), 20)
    data = pd.DataFrame({"g": g, "x": rng.normal(size=len(g))})
    data["y"] = data["x"] + rng.normal(size=1000)[g] + rng.normal(size=len(g))
    comparison = compare("y ~ x + (1 | g)", data)
    made = make_picture(comparison, data, keep="777")
    assert len(made.points) == MAX_POINTS
    assert made.notes == ("3,000 of 20,000 rows drawn", f"{len(made.group_order):,} of 1,000 groups drawn")
    assert MAX_GROUPS <= len(made.group_order) <= MAX_GROUPS + 1
    assert "777" in made.group_order and "777" in set(made.lines["group"])
    assert set(made.lines["group"]) - {""} == set(made.group_order) >= set(made.points["group"])
    pd.testing.assert_frame_equal(made.points, make_picture(comparison, data, keep="777").points)  # the same every time


def test_rows_left_out_of_the_models_are_left_out_of_the_picture(data):
    holed = data.copy()
    holed.loc[[0, 7], "x"] = np.nan
    made = make_picture(compare("y ~ x + (1 | g)", holed), holed)
    np.testing.assert_allclose(made.points["y"], holed["y"].drop([0, 7]))
    np.testing.assert_allclose(made.points["x"], holed["x"].drop([0, 7]))


def test_cv161703_looks_as_described(table):
    """Q1: parallel lines over each ID's own range, data from X = 2 on, OLS and the population line over all of it."""
    data = table("cv161703")
    made = make_picture(compare("Y ~ X + (1 | ID)", data), data, include_zero=True)
    lines = lines_of(made, "random_intercept").groupby("group")[["x", "y"]]
    slope = lines.apply(lambda part: np.diff(part["y"])[0] / np.diff(part["x"])[0])
    assert len(slope) == 20
    np.testing.assert_allclose(slope, 0.6376439, atol=5e-8)
    ols = lines_of(made, "ols", "population")
    assert (ols["x"].min(), ols["x"].max()) == made.x_range
    at_zero = np.interp(0, ols["x"], ols["y"])
    assert at_zero == pytest.approx(-1.132507, abs=5e-7)
    assert made.data_x_range[0] == 2 and made.x_range[0] <= 0


def test_all_rows_of_a_few_groups_are_drawn_where_those_of_all_are_too_many():
    rng = np.random.default_rng(4)
    data = pd.DataFrame({"g": np.repeat(np.arange(400), 10), "x": rng.normal(size=4_000), "y": rng.normal(size=4_000)})
    comparison = compare("y ~ x + (1 | g)", data)
    whole, few = make_picture(comparison, data), make_picture(comparison, data, only=["3", "17"])
    assert len(whole.points) < 4_000 and whole.notes
    assert few.points.groupby("group").size().to_dict() == {"3": 10, "17": 10}
    assert set(few.lines["group"]) == {"", "3", "17"} == {"", *few.group_order}
    assert few.x_range == whole.x_range and few.notes == ()


def test_the_rows_of_a_few_large_groups_are_thinned_and_it_is_said():
    rng = np.random.default_rng(4)
    data = pd.DataFrame({"g": np.repeat(list("abc"), 2_000), "x": rng.normal(size=6_000), "y": rng.normal(size=6_000)})
    few = make_picture(compare("y ~ x + (1 | g)", data), data, only=["a", "b"])
    assert len(few.points) == MAX_POINTS
    assert few.notes == ("3,000 of 4,000 rows drawn",)


def test_groups_times_levels_may_be_more_than_a_small_integer_holds():
    g, k = (axis.ravel() for axis in np.meshgrid(np.arange(40), np.arange(9)))
    data = pd.DataFrame({"g": g, "k": [f"k{i}" for i in k], "y": np.random.default_rng(5).normal(size=360) + g})
    own = lines_of(make_picture(compare("y ~ k + (1 | g)", data), data), "random_intercept")
    assert (own.groupby("group").size() == 9).all() and own["group"].nunique() == 40
