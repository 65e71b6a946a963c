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


def test_the_picture_has_its_line_with_limits(table):
    data = table("sleepstudy")
    comparison = lc.compare("Reaction ~ Days + (1 | Subject)", data, correlation=AR1)
    lines = make_picture(comparison, data, include_zero=True).lines
    own = lines[(lines["model"] == "structured") & (lines["kind"] == "population")].set_index("x")
    fit = comparison.structured
    assert fit is not None and {*lines.loc[lines["model"] == "structured", "kind"]} == {"population"}
    np.testing.assert_allclose(own["y"], fit.params["Intercept"] + fit.params["Days"] * own.index, rtol=1e-9)
    end = own.index.max()  # there the limits are those of the intercept of days counted from there
    shifted = data.assign(Days=data["Days"] - end, visit=data["Days"])
    counted = lc.lmer("Reaction ~ Days + (1 | Subject)", shifted, correlation="ar1(visit | Subject)").conf_int()
    np.testing.assert_allclose(own.loc[end, ["lower", "upper"]].astype(float), counted.loc["Intercept"], rtol=1e-5)
