"""The further model of a comparison: its numbers are those of `gls` and `lmer` on the same rows, and nlme's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import lmmcompare as lc
from lmmcompare.comparison.picture import make_picture
from lmmcompare.errors import DataError, DesignError, FormulaError
from lmmcompare.formula import parse
from lmmcompare.models.gls_fitting import compound_symmetry

TESTS = Path(__file__).parent.parent
AR1 = "ar1(Days | Subject)"


def nlme(case: str) -> dict:
    return json.loads((TESTS / "reference" / "structures" / f"{case}.json").read_text())


def test_serial_correlation_stands_beside_the_random_part(table):
    data, known = table("sleepstudy"), nlme("sleepstudy_ri_ar1")["reml"]
    comparison = lc.compare("Reaction ~ Days + (1 | Subject)", data, correlation=AR1)
    rows = comparison.coefficients().query("model == 'structured'")
    np.testing.assert_allclose(rows["estimate"], known["estimate"], rtol=1e-5)
    np.testing.assert_allclose(rows["se"], known["se"], rtol=1e-4)
    alone = lc.lmer("Reaction ~ Days + (1 | Subject)", data, correlation=AR1)
    assert comparison.structured is not None and comparison.structured.llf == pytest.approx(alone.llf, abs=1e-9)
    spread = comparison.variances().query("model == 'structured'").set_index(["kind", "factor"])["value"]
    assert spread["correlation", ""] == pytest.approx(alone.residual_correlation)
    assert spread["sd", "Subject"] == pytest.approx(float(np.sqrt(alone.cov_re["Subject"].iloc[0, 0])))
    statistics = comparison.statistics().set_index("model")
    assert statistics.loc["structured", "loglik"] == pytest.approx(alone.by_ml.llf, abs=1e-7)


@pytest.mark.parametrize("correlation", ["cs(1 | Subject)", "us(visit | Subject)"])
def test_a_structure_that_holds_a_random_part_takes_its_place(table, correlation):
    data = table("orthodont_missing")
    comparison = lc.compare("distance ~ Sex * age + (age | Subject)", data, correlation=correlation)
    alone = lc.gls("distance ~ Sex * age", data, correlation)
    rows = comparison.coefficients().query("model == 'structured'")
    assert list(rows["term"]) == alone.names
    np.testing.assert_allclose(rows["estimate"], alone.params, rtol=1e-9)
    np.testing.assert_allclose(rows["se"], alone.bse, rtol=1e-9)


@pytest.mark.parametrize(
    "structure", ["correlation = cs(1 | Subject)", "correlation = ar1(age | Subject)", "variance = Sex"]
)
def test_its_scaled_columns_are_those_of_the_other_models(table, structure):
    """By the numbers that numpy gives for all rows with a value: it scaled the complete rows anew, so AIC set two outcomes side by side."""
    data = table("orthodont_structures").assign(more=lambda rows: np.sin(np.arange(len(rows))) + rows["distance"] ** 2)
    data.loc[[1, 17, 40], "more"], data.loc[[3, 5, 8, 11], "distance"] = np.nan, np.nan
    by_hand = data.assign(
        outcome=(data["distance"] - data["distance"].mean()) / data["distance"].std(),
        beside=data["more"] - data["more"].mean(),
    )
    shown = lc.compare(f"scale(distance) ~ age + center(more) + (1 | Subject), {structure}", data).structured
    known = lc.compare(f"outcome ~ age + beside + (1 | Subject), {structure}", by_hand).structured
    np.testing.assert_allclose(shown.params, known.params, rtol=1e-7)
    assert shown.llf == pytest.approx(known.llf, abs=1e-7)


def test_unequal_variances(table):
    data, known = table("orthodont_structures"), nlme("dental_ri_by_sex")["reml"]
    comparison = lc.compare("distance ~ Sex * age + (1 | Subject)", data, variance="Sex")
    assert comparison.structured is not None
    assert comparison.structured.llf == pytest.approx(known["loglik"], abs=1e-6)
    sds = comparison.variances().query("model == 'structured' and name.str.startswith('Residual[')").set_index("name")
    assert sds.loc["Residual[Male]", "value"] / sds.loc["Residual[Female]", "value"] == pytest.approx(
        2.137235, rel=1e-4
    )


def test_all_models_use_the_rows_that_have_a_time(table):
    data = table("sleepstudy")
    data["at"] = data["Days"].astype(float)
    data.loc[[3, 77], "at"] = np.nan
    comparison = lc.compare("Reaction ~ Days + (1 | Subject)", data, correlation="ar1(at | Subject)")
    assert {fit.nobs for fit in comparison.fits.values()} == {178}
    assert comparison.design.missing == {"at": 2}


def test_what_stands_behind_the_formula_is_the_argument(table):
    data = table("sleepstudy")
    text = f"Reaction ~ Days + (1 | Subject), correlation = {AR1}"
    behind, beside = lc.compare(text, data), lc.compare("Reaction ~ Days + (1 | Subject)", data, correlation=AR1)
    assert behind.spec == beside.spec and behind.spec.text == text == parse(text).text
    assert behind.structured.llf == beside.structured.llf == lc.lmer(text, data).llf
    with pytest.raises(FormulaError, match="behind the formula"):
        lc.compare(text, data, correlation=AR1)
    with pytest.raises(FormulaError, match="gls"):
        lc.lm("Reaction ~ Days, variance = Subject", data)


def test_no_structure_no_further_model(table):
    comparison = lc.compare("Reaction ~ Days + (1 | Subject)", table("sleepstudy"))
    assert comparison.structured is None and "structured" not in comparison.fits


def test_what_cannot_be_fitted_is_said(table):
    data = table("sleepstudy")
    formula = "Reaction ~ Days + (1 | Subject)"
    twice = data.assign(Days=data["Days"] // 2)
    with pytest.raises(DataError, match="stand at the same “Days”"):
        lc.compare(formula, twice, correlation=AR1)
    with pytest.raises(DesignError, match="Prior weights"):
        lc.compare(f"{formula}, weights = Days", data, correlation=AR1)
    with pytest.raises(DesignError, match="covariance structure"):
        lc.lmer("Reaction ~ Days + diag(1 + Days | Subject, hom = TRUE)", data, correlation=AR1)
    with pytest.raises(DesignError, match="several"):
        lc.compare(f"{formula} + (1 | Days)", data, correlation=AR1)


def test_one_correlation_from_the_moments_is_that_from_the_rows(table):
    data = table("litters")
    comparison = lc.compare("gain ~ milk + (1 | litter)", data)
    found, rows = (
        compound_symmetry(comparison.design, comparison.moments, reml=True),
        lc.gls("gain ~ milk", data, "cs(1 | litter)"),
    )
    assert found.llf == pytest.approx(rows.llf, abs=1e-9)
    np.testing.assert_allclose(found.bse, rows.bse, rtol=1e-9)


def structured_lines(comparison, data, x, kind):
    lines = make_picture(comparison, data, x).lines.query("model == 'structured' and kind == @kind")
    assert len(lines)
    return lines


def test_the_picture_has_the_lines_of_nlme(table):
    data, known = table("sleepstudy"), nlme("sleepstudy_ri_ar1")["reml"]
    (a, b), modes = known["estimate"], known["random_effects"]
    comparison = lc.compare("Reaction ~ Days + (1 | Subject)", data, correlation=AR1)
    everyone = structured_lines(comparison, data, "Days", "population")
    np.testing.assert_allclose(everyone["y"], a + b * everyone["x"], rtol=1e-6)
    own = structured_lines(comparison, data, "Days", "group")
    shift = own["group"].map({name: mode[0] for name, mode in zip(modes["levels"], modes["modes"], strict=True)})
    np.testing.assert_allclose(own["y"], a + b * own["x"] + shift, rtol=1e-5)


def test_limits_of_its_line_are_those_of_the_coefficient_there(table):
    """At Days = 0 the line is the intercept, and its limits are the intercept's."""
    data = table("sleepstudy")
    comparison = lc.compare("Reaction ~ factor(Days) + (1 | Subject)", data, correlation=AR1)
    start = structured_lines(comparison, data, "Days", "population").query("x == 0").iloc[0]
    table = comparison.structured.table().loc["Intercept"]
    assert [start["y"], start["lower"], start["upper"]] == pytest.approx([*table[["estimate", "lower", "upper"]]])


@pytest.mark.parametrize("correlation", ["cs(1 | Subject)", "us(visit | Subject)"])
def test_without_a_random_part_its_line_is_one_for_all(table, correlation):
    """A random slope of a predictor that the fixed part lacks is no column of that model; its line is its own all the same."""
    data = table("orthodont_missing")
    comparison = lc.compare("distance ~ Sex + I(age - 11) + (age | Subject)", data, correlation=correlation)
    made = make_picture(comparison, data, "age")
    assert "structured" not in set(made.lines.query("kind == 'group'")["model"])
    line = structured_lines(comparison, data, "age", "population")
    params, share = comparison.structured.params, (comparison.design.rows_of(data)["Sex"] != "Female").mean()
    ages = params["Intercept"] + params.iloc[1] * share + params["I(age - 11)"] * (line["x"] - 11)
    np.testing.assert_allclose(line["y"], ages, rtol=1e-9)
