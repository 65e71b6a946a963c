"""Generalized least squares against nlme and SAS, and what it refuses."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

import lmmcompare as lc
from lmmcompare.errors import DataError, DesignError, FormulaError, LmmCompareError, OptionError

TESTS = Path(__file__).parent.parent
CORRELATIONS = {
    "litters_cs": "cs(1 | litter)",
    "litters_cs_mean": "cs(1 | litter)",
    "ovary_ar1": "ar1(row | Mare)",
    "dental_un": "us(visit | Subject)",
    "dental_un_missing": "us(visit | Subject)",
    "dental_ar1": "ar1(visit | Subject)",
    "dental_ar1_missing": "ar1(visit | Subject)",
}


def table(name: str) -> pd.DataFrame:
    found = pd.read_csv(TESTS / "data_files" / f"{name}.csv")
    return found.assign(row=found.groupby("Mare").cumcount()) if name == "ovary" else found


@cache
def structures(case: str) -> dict[str, Any]:
    return json.loads((TESTS / "reference" / "structures" / f"{case}.json").read_text())


@pytest.mark.parametrize("kind", ["reml", "ml"])
@pytest.mark.parametrize("case", list(CORRELATIONS))
def test_gls_of_nlme(case: str, kind: str) -> None:
    reference = structures(case)
    known, fit = (
        reference[kind],
        lc.gls(reference["formula"], table(reference["data"]), CORRELATIONS[case], reml=kind == "reml"),
    )
    free = reference["structure"] == "unstructured"  # there nlme stops early
    assert fit.outcome == "converged"
    assert -1e-9 < fit.llf - known["loglik"] < 1e-8
    assert fit.n_parameters == known["n_parameters"]
    assert fit.aic == pytest.approx(known["aic"], abs=1e-7)
    np.testing.assert_allclose(fit.params, known["estimate"], rtol=1e-4 if free else 1e-5)
    factor = 1.0 if fit.reml else np.sqrt(fit.nobs / (fit.nobs - len(fit.params)))  # nlme's gls alone has it
    np.testing.assert_allclose(fit.bse * factor, known["se"], rtol=1e-4)
    assert fit.sigma == pytest.approx(known["sigma"], rel=1e-4 if free else 1e-6)
    if free:
        upper = fit.residual_correlation.to_numpy()[np.triu_indices(4, 1)]
        np.testing.assert_allclose(upper, known["correlation"], atol=1e-4)
        ratios = fit.residual_sd / fit.residual_sd.iloc[0]
        np.testing.assert_allclose(ratios, list(known["variance_ratios"].values()), rtol=1e-4)
    else:
        assert fit.residual_correlation == pytest.approx(known["correlation"], abs=1e-6)


def fev() -> pd.DataFrame:
    """SAS's baselines: the sex Male, the arm PBO; its intercept is that of the last levels."""
    return table("fev").assign(Male=lambda t: (t["SEX"] == "Male") * 1.0, time=lambda t: t["VISITN"])


SAS = structures("sas_mmrm")["cases"]


@pytest.mark.parametrize("at", range(4))
def test_estimates_and_satterthwaites_df_of_sas(at: int) -> None:
    known = SAS[at]
    correlation = "us(AVISIT | USUBJID)" if "us" in known["correlation"] else "ar1(time | USUBJID)"
    fit = lc.gls("FEV1 ~ ARMCD + Male", fev(), correlation, reml=known["reml"])
    assert -1e-7 < known["minus2loglik"] + 2 * fit.llf < 2e-5
    contrasts = {"Intercept": [1, 0, 1], "ARMCD TRT": [0, 1, 0], "SEX Female": [0, 0, -1]}
    for name, of in known["fixed"].items():
        contrast = np.array(contrasts[name], dtype=float)
        assert fit.params @ contrast == pytest.approx(of["estimate"], abs=1e-3)  # SAS stops a little below the best
        assert np.sqrt(contrast @ fit.cov_params() @ contrast) == pytest.approx(of["se"], abs=2e-4)
        assert fit.satterthwaite.df(contrast)[0] == pytest.approx(of["df"], abs=0.6)
    if "us" in correlation:
        covariance = fit.residual_covariance.to_numpy()
        for name, value in known["covariance"].items():
            i, k = (int(c) - 1 for c in name[3:-1].split(","))
            assert covariance[i, k] == pytest.approx(value, rel=1e-3, abs=0.02)
    else:
        assert fit.residual_correlation == pytest.approx(known["covariance"]["AR(1)"], abs=1e-4)
        assert fit.scale == pytest.approx(known["covariance"]["Residual"], rel=1e-5)


def test_kenward_roger_of_sas() -> None:
    known = SAS[5]["arm"]
    fit = lc.gls("FEV1 ~ ARMCD", fev(), "cs(1 | USUBJID)")
    assert fit.bse_kenward_roger["ARMCD[T.TRT]"] == pytest.approx(known["se"], rel=1e-6)
    assert fit.df_kenward_roger["ARMCD[T.TRT]"] == pytest.approx(known["df"], rel=1e-5)


def test_kenward_roger_of_sas_for_serial_correlation() -> None:
    known = SAS[4]["arm"]
    fit = lc.gls("FEV1 ~ ARMCD", fev(), "ar1(time | USUBJID)")
    assert fit.bse_kenward_roger["ARMCD[T.TRT]"] == pytest.approx(known["se"], rel=1e-5)
    assert fit.df_kenward_roger["ARMCD[T.TRT]"] == pytest.approx(known["df"], rel=1e-5)
    smooth = lc.gls("FEV1 ~ ARMCD", fev(), "car1(time | USUBJID)")
    assert smooth.bse_kenward_roger["ARMCD[T.TRT]"] == pytest.approx(known["se"], rel=1e-5)


def test_satterthwaites_df_of_mmrm() -> None:
    known = SAS[6]
    rows = fev().assign(SEX=lambda t: pd.Categorical(t["SEX"], ["Male", "Female"]))
    fit = lc.gls(known["formula"], rows, "us(AVISIT | USUBJID)")
    assert fit.llf == pytest.approx(known["loglik"], abs=0.05)
    for (name, of), own in zip(known["fixed"].items(), fit.table().itertuples(), strict=True):
        assert own.estimate == pytest.approx(of["estimate"], abs=3e-4), name
        assert own.se == pytest.approx(of["se"], abs=2e-4), name
        assert own.df == pytest.approx(of["df"], abs=0.2), name


def test_complete_visits_have_the_exact_test() -> None:
    rng = np.random.default_rng(3)
    rows = pd.DataFrame({"g": np.repeat(range(12), 3), "v": np.tile(list("abc"), 12), "y": rng.normal(size=36)})
    rows["arm"] = np.where(rows["g"] < 6, "p", "t")
    fit = lc.gls("y ~ v * arm", rows, "us(v | g)")
    name = "arm[T.t]"
    at_a = rows[rows["v"] == "a"].groupby("arm")["y"]
    assert fit.df_kenward_roger[name] == pytest.approx(10, rel=1e-8)
    assert fit.bse_kenward_roger[name] == pytest.approx(np.sqrt(at_a.var().mean() * 2 / 6), rel=1e-8)


@pytest.mark.parametrize("reml", [True, False])
def test_with_every_visit_the_covariance_is_that_of_the_residuals(reml: bool) -> None:
    """A mean for each visit and sex: the estimate is in closed form, and the search ends at it, not a step before."""
    frame = table("orthodont_structures")
    fit = lc.gls("distance ~ 0 + factor(age):Sex", frame, "us(age | Subject)", reml=reml)
    wide = frame.pivot(index=["Subject", "Sex"], columns="age", values="distance")
    left = wide - wide.groupby("Sex").transform("mean")
    np.testing.assert_allclose(fit.residual_covariance, left.T @ left / (25 if reml else 27), rtol=1e-9)


def test_a_covariance_that_has_no_best_value_is_said_to_be_singular_or_warned_of() -> None:
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"g": np.repeat(range(8), 4), "v": np.tile(list("abcd"), 8), "y": rng.normal(size=32)})
    rows["arm"] = np.where(rows["g"] % 2, "p", "t")
    rows = rows[~((rows["g"] > 2) & (rows["v"] == rows["g"].map(lambda g: "abcd"[g % 4])))]
    fit = lc.gls("y ~ v * arm", rows, "us(v | g)")
    assert fit.outcome in ("singular", "not converged") or fit.notes


def test_rows_without_a_time_are_left_out_and_counted() -> None:
    rows = table("orthodont_structures").astype({"visit": float})
    rows.loc[[3, 9], "visit"] = np.nan
    fit = lc.gls("distance ~ age", rows, "ar1(visit | Subject)")
    few = lc.gls("distance ~ age", rows.drop(index=[3, 9]), "ar1(visit | Subject)")
    assert fit.llf == few.llf
    assert fit.design.missing == {"visit": 2} and fit.nobs == len(rows) - 2 and fit.design.n_total == len(rows)
    assert fit.fittedvalues.index.equals(few.fittedvalues.index)
    np.testing.assert_allclose(fit.predict(rows), few.predict(rows))


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = table("orthodont_missing")
    for correlation in ("ar1(visit | Subject)", "us(visit | Subject)", "cs(1 | Subject)"):
        fits = [lc.gls("distance ~ age * Sex", r, correlation) for r in (rows, rows.sample(frac=1, random_state=1))]
        assert fits[0].llf == pytest.approx(fits[1].llf, abs=1e-9)


def test_dates_are_counted_in_days() -> None:
    rows = table("orthodont_missing")
    dated = rows.assign(day=pd.Timestamp("2020-01-01") + pd.to_timedelta(rows["visit"], unit="D"))
    fits = lc.gls("distance ~ age", rows, "ar1(visit | Subject)"), lc.gls("distance ~ age", dated, "ar1(day | Subject)")
    assert fits[0].residual_correlation == pytest.approx(fits[1].residual_correlation, abs=1e-9)


ROWS = pd.DataFrame(
    {
        "g": np.repeat([f"g{i}" for i in range(8)], 3), "t": np.tile([0, 1, 3], 8), "x": np.arange(24) % 5,
        "y": np.random.default_rng(0).normal(size=24), "u": np.arange(24), "l": ["a"] * 22 + ["b", "c"],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "correlation", "variance", "kind", "word"),
    [
        ({"t": 1}, "ar1(t | g)", None, DataError, "same"),
        ({"t": np.tile([0, 1, 1], 8)}, "us(t | g)", None, DataError, "same"),
        ({"t": np.tile(["a", "b", "c"], 8)}, "ar1(t | g)", None, DataError, "by name"),
        ({"t": np.tile([0, 0.5, 2], 8)}, "ar1(t | g)", None, DataError, "car1"),
        ({}, "us(u | g)", None, DesignError, "g0|No"),
        ({}, "cs(1 | u)", None, DesignError, "repeat"),
        ({}, None, "l", DesignError, "“b”"),
        ({}, None, "g2", DataError, "g2"),
        ({}, "ar1(time | g)", None, DataError, "time"),
        ({}, "us(t | g)", "l", OptionError, "variance"),
        ({}, "toep(t | g)", None, FormulaError, "ar1"),
        ({}, "ar1(1 | g)", None, FormulaError, "time"),
        ({}, "cs(t | g)", None, FormulaError, "cs"),
        ({}, "cs(1 | g) + x", None, FormulaError, "Remove"),
        ({}, "", None, FormulaError, "cs"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_remedy(
    change: dict[str, Any], correlation: str | None, variance: str | None, kind: type[LmmCompareError], word: str
) -> None:
    with pytest.raises(kind, match=word) as raised:
        lc.gls("y ~ x", ROWS.assign(**change), correlation, variance)
    assert raised.value.problem and raised.value.remedy


def test_a_summary_names_structure_and_outcome() -> None:
    text = lc.gls("y ~ x", ROWS, "ar1(t | g)").summary()
    assert "ar1(t | g)" in text and "24 rows" in text


MIXED = {
    "ovary_ri_ar1": {"correlation": "ar1(row | Mare)"},
    "sleepstudy_ri_ar1": {"correlation": "ar1(Days | Subject)"},
    "dental_ri_by_sex": {"variance": "Sex"},
}


@pytest.mark.parametrize("kind", ["reml", "ml"])
@pytest.mark.parametrize("case", list(MIXED))
def test_lme_of_nlme(case: str, kind: str) -> None:
    reference = structures(case)
    known, fit = reference[kind], lc.lmer(reference["formula"], table(reference["data"]), kind == "reml", **MIXED[case])
    assert fit.outcome == "converged"
    assert -1e-9 < fit.llf - known["loglik"] < 1e-8
    assert fit.aic == pytest.approx(known["aic"], abs=1e-7)
    np.testing.assert_allclose(fit.params, known["estimate"], rtol=1e-6)
    np.testing.assert_allclose(fit.bse, known["se"], rtol=1e-5)
    (covariance,) = fit.cov_re.values()
    np.testing.assert_allclose(covariance, known["random_covariance"], rtol=1e-5)
    (effects,) = fit.random_effects.values()
    modes = pd.DataFrame(known["random_effects"]["modes"], index=known["random_effects"]["levels"])
    np.testing.assert_allclose(effects.rename(index=str).loc[modes.index], modes, atol=1e-4)
    if "correlation" in known:
        assert fit.residual_correlation == pytest.approx(known["correlation"], abs=1e-5)
    else:
        ratio = fit.residual_sd["Male"] / fit.residual_sd["Female"]
        assert ratio == pytest.approx(known["variance_ratios"]["Male"], rel=1e-5)
    np.testing.assert_allclose(fit.predict(table(reference["data"])), fit.fittedvalues)


@pytest.mark.parametrize(("reml", "loglik", "rho"), [(True, -862.058228, 0.492105), (False, -866.207944, 0.481852)])
def test_slopes_that_held_serial_correlation_are_said_to_be_singular(reml: bool, loglik: float, rho: float) -> None:
    fit = lc.lmer(
        "Reaction ~ Days + (Days | Subject)", table("sleepstudy"), reml, correlation="ar1(Days | Subject)"
    )  # nlme fails here
    assert fit.outcome == "singular" and fit.converged and fit.notes
    assert fit.llf == pytest.approx(loglik, abs=1e-6)
    assert fit.residual_correlation == pytest.approx(rho, abs=1e-5)
    assert np.linalg.matrix_rank(fit.cov_re["Subject"], tol=1e-4) == 1


@pytest.mark.parametrize("reml", [True, False])
def test_where_nlme_does_not_converge_no_dense_search_finds_a_better_fit(reml: bool) -> None:
    """All subjects of sleepstudy have the same ten days, so one 10 x 10 covariance says everything."""
    rows = table("sleepstudy").sort_values(["Subject", "Days"])
    y, days = rows["Reaction"].to_numpy().reshape(18, 10), np.arange(10.0)
    x, apart = np.column_stack([np.ones(10), days]), np.abs(days[:, None] - days)

    def loss(at: np.ndarray) -> float:
        root = 20 * np.array([[at[0], 0], [at[1], at[2]]])
        v = 900 * np.exp(2 * at[3]) * np.tanh(at[4]) ** apart + x @ root @ root.T @ x.T
        sign, size = np.linalg.slogdet(v)
        if sign <= 0:
            return np.inf
        information = 18 * x.T @ np.linalg.solve(v, x)
        left = y - x @ np.linalg.solve(information, x.T @ np.linalg.solve(v, y.sum(axis=0)))
        total = 18 * size + (left * np.linalg.solve(v, left.T).T).sum() + (180 - 2 * reml) * np.log(2 * np.pi)
        return float(total + reml * np.linalg.slogdet(information)[1]) / 2

    ends = []
    for rho in (-0.4, 0.1, 0.5, 0.9):
        end = np.array([1.0, 0.0, 0.3, 0.0, np.arctanh(rho)])
        for _ in range(3):  # begun again, as such a search stops early
            end = minimize(loss, end, method="Nelder-Mead", options={"maxiter": 3000, "xatol": 1e-8, "fatol": 1e-10}).x
        ends.append(-loss(end))
    fit = lc.lmer("Reaction ~ Days + (Days | Subject)", rows, reml, correlation="ar1(Days | Subject)")
    assert max(ends) <= fit.llf + 1e-6
    assert max(ends) == pytest.approx(fit.llf, abs=1e-4)


@pytest.mark.parametrize(
    ("formula", "correlation", "word"),
    [
        ("y ~ x + (1 | g)", "cs(1 | g)", "same model"),
        ("y ~ x + (1 | g)", "us(t | g)", "free"),
        ("y ~ x + (1 | g)", "ar1(t | h)", "h"),
        ("y ~ x + (1 | g) + (1 | h)", "ar1(t | g)", "several"),
        ("y ~ x + (1 | pair)", "ar1(t | pair)", "rows"),
        ("y ~ x", "ar1(t | g)", "gls"),
    ],
)
def test_what_random_coefficients_cannot_stand_beside_is_refused(formula: str, correlation: str, word: str) -> None:
    rows = ROWS.assign(h=np.arange(24) % 5, pair=np.arange(24) // 2, t=np.tile([0, 1, 3, 6, 7, 9], 4))
    with pytest.raises(LmmCompareError, match=word) as raised:
        lc.lmer(formula, rows, correlation=correlation)
    assert raised.value.remedy


def test_an_offset_is_taken_off_and_added_to_predictions() -> None:
    rows = table("orthodont_missing").assign(o=lambda t: t["age"] ** 2 / 10)
    shifted = rows.assign(distance=rows["distance"] + rows["o"])
    for one in (
        lambda formula, data: lc.gls(formula, data, "ar1(visit | Subject)"),
        lambda formula, data: lc.lmer(f"{formula} + (1 | Subject)", data, correlation="ar1(visit | Subject)"),
    ):
        plain, fit = one("distance ~ age", rows), one("distance ~ age + offset(o)", shifted)
        assert fit.llf == pytest.approx(plain.llf, abs=1e-8)
        np.testing.assert_allclose(fit.predict(shifted), plain.predict(rows) + rows["o"], rtol=1e-8)
        np.testing.assert_allclose(fit.fittedvalues + fit.resid, shifted["distance"], rtol=1e-10)


def test_prior_weights_are_refused() -> None:
    with pytest.raises(DesignError, match="weights"):
        lc.gls("y ~ x, weights = w", ROWS.assign(w=1.0), "ar1(t | g)")


def test_compound_symmetry_is_the_random_intercept_where_its_correlation_is_positive() -> None:
    rows = table("orthodont_missing")
    fit, mixed = (
        lc.gls("distance ~ age * Sex", rows, "cs(1 | Subject)"),
        lc.lmer("distance ~ age * Sex + (1 | Subject)", rows),
    )
    assert fit.llf == pytest.approx(mixed.llf, abs=1e-9)
    assert fit.residual_correlation == pytest.approx(mixed.icc, rel=1e-6)
    np.testing.assert_allclose(fit.df, mixed.df, rtol=1e-4)


def test_one_group_alone_the_largest_decides_and_it_is_said() -> None:
    """Groups of 3 with the strongest negative correlation that is possible for 4, and one group of 6."""
    rng = np.random.default_rng(2)
    noise = rng.normal(size=(30, 3))
    noise -= 0.9 * noise.mean(axis=1, keepdims=True)
    rows = pd.DataFrame({"g": [*np.repeat(range(30), 3), *[99] * 6], "y": [*noise.ravel(), *rng.normal(0.5, 1, 6)]})
    for reml in (True, False):
        fit = lc.gls("y ~ 1", rows, "cs(1 | g)", reml=reml)
        assert fit.outcome == "boundary" or fit.residual_correlation > -1 / 5 + 1e-3
        assert reml or any("n = 6" in note for note in fit.notes)
