"""ANOVA tables and hypotheses against lmerTest, pbkrtest and car (reference/hypotheses.json, anova_tables.json)."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.assess.hypotheses import anova, hypothesis
from lmmcompare.errors import DesignError
from lmmcompare.models import MixedResult, OLSResult
from tests.helpers import reference, table

CASES: dict[str, Any] = reference("hypotheses")
TABLES: dict[str, Any] = reference("anova_tables")

# lme4 stops within about 1e-8 of the best criterion, so its theta is good to about 1e-5 and F, which goes with the square
# of standard errors, to 1e-6; lmerTest has a numerical Hessian; p in the far tail multiplies what F is off.
RTOL = {"sum_sq": 2e-6, "mean_sq": 2e-6, "F": 2e-6, "chisq": 2e-6, "num_df": 0, "den_df": 5e-6, "p": 2e-5}


@cache
def frame(case: str) -> pd.DataFrame:
    """The rows that make_hypotheses.R keeps, with its factors."""
    known = CASES[case]
    rows = table(known["data"]).head(known["rows"]).copy()
    rows = rows[(7 * np.arange(1, len(rows) + 1)) % 11 >= known["keep"]]
    for name in known["factors"]:
        rows[name] = pd.Categorical(rows[name].astype(str), categories=[str(v) for v in np.unique(rows[name])])
    return rows.assign(nitro=rows["N"].cat.codes.astype(float)) if "N" in rows else rows


@cache
def fit(case: str) -> MixedResult:
    return lmmcompare.lmer(CASES[case]["formula"], frame(case))


@cache
def least_squares(case: str) -> OLSResult:
    return lmmcompare.lm(fit(case).design.spec.fixed_only(), frame(case))


def agree(ours: pd.DataFrame | pd.Series, known: dict[str, Any]) -> None:
    for name, values in known.items():
        np.testing.assert_allclose(ours[name], values, rtol=RTOL[name], err_msg=name)


@pytest.mark.parametrize("ddf", ["satterthwaite", "kenward-roger"])
@pytest.mark.parametrize("type", ["I", "II", "III"])
@pytest.mark.parametrize("case", CASES)
def test_f_tests_are_those_of_lmertest(case: str, type: Any, ddf: Any) -> None:
    ours = anova(fit(case), type, ddf)
    assert list(ours["term"]) == [t.replace("poly(nitro, 2)", "poly(nitro, degree=2)") for t in CASES[case]["term"]]
    agree(ours, CASES[case][type][ddf])


@pytest.mark.parametrize("case", CASES)
def test_chi_squares_are_those_of_car(case: str) -> None:
    agree(anova(fit(case), "II", "chi-square"), CASES[case]["II"]["chi-square"])


@pytest.mark.parametrize("case", CASES)
def test_sequential_chi_squares_are_those_of_lme4(case: str) -> None:
    agree(anova(fit(case), "I", "chi-square"), CASES[case]["I"]["chi-square"])


@pytest.mark.parametrize("type", ["I", "II"])
@pytest.mark.parametrize("case", CASES)
def test_least_squares_is_that_of_r(case: str, type: Any) -> None:
    """Of type I R's own ``anova``, of type II car's."""
    agree(anova(least_squares(case), type), CASES[case][type]["ols"])


@pytest.mark.parametrize("ddf", ["satterthwaite", "kenward-roger"])
def test_a_hypothesis_of_several_rows_is_that_of_lmertest(ddf: Any) -> None:
    case = CASES["sleepstudy_unbalanced"]
    agree(hypothesis(fit("sleepstudy_unbalanced"), np.array(case["L"]), ddf), case["hypothesis"][ddf])
    redundant = CASES[
        "sleepstudy"
    ]  # three rows of rank two; pbkrtest gives up and lmerTest falls back on Satterthwaite
    agree(hypothesis(fit("sleepstudy"), np.array(redundant["L"])), redundant["hypothesis"]["satterthwaite"])


@pytest.mark.parametrize("ddf", ["satterthwaite", "kenward-roger", "chi-square"])
def test_redundant_rows_change_nothing(ddf: Any) -> None:
    result = fit("oats_factor_by_number")
    rows = np.eye(len(result.names))[1:3]
    alone, again = hypothesis(result, rows, ddf), hypothesis(result, np.vstack([rows, [3.0, -1.0] @ rows]), ddf)
    assert again["num_df"] == 2
    statistic = "chisq" if ddf == "chi-square" else "F"
    assert again[statistic] == pytest.approx(alone[statistic], rel=1e-9)


def test_the_tables_of_the_issue() -> None:
    """anova_tables.json: penicillin with fixed samples, and oats with a nested factor."""
    frame = table("penicillin").astype({"plate": "category", "sample": "category"})
    known = TABLES["penicillin_fixed_sample"]
    samples = lmmcompare.lmer(known["formula"], frame)
    agree(anova(samples).iloc[0], {k: v for k, v in known["satterthwaite_F"].items() if k != "term"})
    wald = anova(samples, "II", "chi-square").iloc[0]
    assert wald["chisq"] == pytest.approx(known["wald_chisq"]["chisq"], rel=RTOL["chisq"])
    assert wald["p"] < 1e-300  # R has 4e-319, below what scipy tells from 0
    for ddf in ("satterthwaite", "kenward-roger"):
        ours = anova(fit("oats"), "III", ddf)  # type: ignore[arg-type]
        expected = TABLES["oats"][f"type3_{ddf.replace('-', '_')}"]
        assert list(ours["term"]) == expected.pop("term", list(ours["term"]))
        for name, values in expected.items():  # this reference's optimiser stopped at its default, 1e-6 off
            np.testing.assert_allclose(ours[name], values, rtol=1e-4, err_msg=name)


def test_one_row_is_the_t_test_of_the_summary() -> None:
    result = fit("sleepstudy_unbalanced")
    for ddf, df, se in [
        ("satterthwaite", result.df_satterthwaite, result.bse),
        ("kenward-roger", result.df_kenward_roger, result.bse_kenward_roger),
    ]:
        found = hypothesis(result, "Days", ddf)  # type: ignore[arg-type]
        assert found["F"] == pytest.approx((result.params["Days"] / se["Days"]) ** 2, rel=1e-10)
        assert found["den_df"] == pytest.approx(df["Days"], rel=1e-10)
    assert hypothesis(result, "Days")["p"] == pytest.approx(result.pvalues["Days"], rel=1e-8)


def test_names_and_rows_say_the_same() -> None:
    result = fit("oats_factor_by_number")
    names = ["V[T.Marvellous]", "V[T.Victory]"]
    pd.testing.assert_series_equal(hypothesis(result, names), hypothesis(result, np.eye(6)[1:3]))


def test_type_three_does_not_depend_on_how_the_model_is_written() -> None:
    """V + V:N spans what V * N does; lmerTest 3.1 takes V's margin at the baseline of N there, which is a slip."""
    one_margin = anova(lmmcompare.lmer("Y ~ V + V:N + (1 | B)", frame("oats_unbalanced"))).set_index("term")
    both = anova(fit("oats_unbalanced")).set_index("term")
    pd.testing.assert_series_equal(one_margin.loc["V"], both.loc["V"], rtol=1e-6)


def test_group_means_are_terms_of_their_own() -> None:
    both = lmmcompare.compare("normexam ~ standLRT + sex + (1 | school)", frame("exam_factors"))
    between = both.fits["within_between"]
    assert isinstance(between, MixedResult)
    ours = anova(between).set_index("term")
    assert list(ours.index) == ["standLRT", "sex", "standLRT_mean", "sex[T.M]_mean"]
    assert ours.loc["standLRT_mean", "den_df"] == pytest.approx(between.df["standLRT_mean"], rel=1e-9)


def test_an_intercept_alone_has_no_terms() -> None:
    assert anova(lmmcompare.lmer("Y ~ 1 + (1 | B)", frame("oats"))).empty


def test_least_squares_keeps_its_residual_degrees_of_freedom() -> None:
    result = least_squares("oats_unbalanced")
    for ddf in ("satterthwaite", "kenward-roger"):
        assert (anova(result, "III", ddf)["den_df"] == result.df_resid).all()  # type: ignore[arg-type]
    everything = hypothesis(result, result.names[1:])
    assert everything["F"] == pytest.approx(result.fvalue, rel=1e-9)
    assert np.isinf(anova(result, "II", "chi-square")["den_df"]).all()


def test_sequential_tests_do_not_depend_on_units() -> None:
    """lmerTest takes ratios of cross-products below 1e-6 for 0, so its test of a predictor in small units is another."""
    rows = frame("sleepstudy_unbalanced")
    rows = rows.assign(odd=rows["Reaction"].rank() % 7 + rows["Days"], tiny=lambda d: d["odd"] * 1e8)
    plain, tiny = (
        anova(lmmcompare.lmer(f"Reaction ~ {x} + Days + (1 | Subject)", rows), "I").drop(columns="term")
        for x in ("odd", "tiny")
    )
    np.testing.assert_allclose(plain, tiny, rtol=1e-5)


def test_what_cannot_be_asked_is_refused_with_a_reason() -> None:
    rows = frame("sleepstudy")
    mixed = fit("sleepstudy")
    by_ml = lmmcompare.lmer("Reaction ~ Days + (Days | Subject)", rows, reml=False)
    with pytest.raises(DesignError, match="REML"):
        anova(by_ml, ddf="kenward-roger")
    assert np.isfinite(anova(by_ml)["p"]).all()
    with pytest.raises(DesignError, match="clustered by “Subject”"):
        anova(lmmcompare.lm("Reaction ~ Days", rows, cluster="Subject"))
    with pytest.raises(DesignError, match="dummies"):
        hypothesis(lmmcompare.compare("Reaction ~ Days + (1 | Subject)", rows).no_pooling, "Days")
    with pytest.raises(DesignError, match=r"no coefficient “Dayz”.*Intercept, Days"):
        hypothesis(mixed, ["Days", "Dayz"])
    with pytest.raises(DesignError, match="No coefficient"):
        hypothesis(mixed, [])
    with pytest.raises(DesignError, match=r"shape \(1, 3\).*2 coefficients"):
        hypothesis(mixed, np.ones(3))
    with pytest.raises(DesignError, match="all 0"):
        hypothesis(mixed, np.zeros((2, 2)))
    with pytest.raises(ValueError, match="'II' or 'III'"):
        anova(mixed, "IV")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="chi-square"):
        anova(mixed, ddf="residual")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [  # anova(lmer(...), type = 2) of lmerTest 3.1
        ("Reaction ~ scale(Days) * f + (1 | Subject)", [159.9331155, 0.3643629, 0.0026735]),
        ("Reaction ~ f * poly(Days, 2) + (1 | Subject)", [0.3632561, 80.2782316, 0.2052554]),
        ("Reaction ~ Days * f + (1 | Subject)", [159.9331155, 0.0790635, 0.0026735]),
    ],
)
def test_type_two_leaves_out_interactions_with_polynomials_but_not_with_numbers(formula, expected) -> None:
    rows = table("sleepstudy").assign(f=lambda d: np.where(d["Days"] % 2 == 0, "e", "o"))
    np.testing.assert_allclose(anova(lmmcompare.lmer(formula, rows), "II")["F"], expected, rtol=1e-4)
