"""All models side by side: which are fitted, which are not and why, and the frames that show them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.errors import DesignError, FormulaError
from lmmcompare.inference.robust import KINDS, Kind
from tests.fit.test_criterion import make_frame
from tests.helpers import comparison


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    frame = make_frame(6, groups=9)
    frame["w"] = frame["g"].str[1:].astype(float) % 4
    frame["v"] = frame["x"] - frame.groupby("g")["x"].transform("mean")
    return frame


def test_each_model_is_the_one_fitted_by_itself(frame: pd.DataFrame) -> None:
    both = lmmcompare.compare("y ~ x + c + (1 | g)", frame)
    assert list(both.fits) == ["ols", "no_pooling", "random_intercept", "random_slope", "within_between"]
    alone = {
        "ols": lmmcompare.lm("y ~ x + c", frame),
        "random_intercept": lmmcompare.lmer("y ~ x + c + (1 | g)", frame),
        "random_slope": lmmcompare.lmer("y ~ x + c + (x | g)", frame),
    }
    for key, fit in alone.items():
        np.testing.assert_allclose(both.fits[key].params, fit.params, rtol=1e-7)
        np.testing.assert_allclose(both.fits[key].bse, fit.bse, rtol=1e-6)


@pytest.mark.parametrize(
    ("formula", "chosen", "random"),
    [
        ("y ~ x + (1 | g)", "random_intercept", ["Intercept", "x"]),
        ("y ~ x + z + (z | g)", "random_slope", ["Intercept", "z"]),
        ("y ~ x + (x || g)", "random_slope", ["Intercept", "x"]),
        ("y ~ x + (0 + x | g)", "random_slope", ["x"]),
        ("y ~ w + x + (1 | g)", "random_intercept", ["Intercept", "x"]),
        ("y ~ 0 + c + (1 | g)", "random_intercept", ["c[u]", "c[v]", "c[w]"]),
        ("y ~ c + (0 + c | g)", "random_slope", ["c[u]", "c[v]", "c[w]"]),
    ],
)
def test_the_formulas_own_model_is_the_chosen_one(
    formula: str, chosen: str, random: list[str], frame: pd.DataFrame
) -> None:
    both = lmmcompare.compare(formula, frame)
    assert both.one_factor_model == chosen
    assert both.mixed is both.fits[chosen]
    assert both.fits["random_slope"].random_names == random
    assert both.random_intercept.random_names == ["Intercept"]


@pytest.mark.parametrize(
    ("formula", "model", "why"),
    [
        ("y ~ w + (1 | g)", "random_slope", "No predictor varies within"),
        ("y ~ 1 + (1 | g)", "random_slope", "No predictor varies within"),
        ("y ~ w + (1 | g)", "within_between", "No predictor varies both within and between"),
        ("y ~ v + (1 | g)", "within_between", "No predictor varies both within and between"),
        ("y ~ 0 + x + (1 | g)", "within_between", "needs an intercept"),
    ],
)
def test_a_model_that_cannot_be_fitted_is_absent_with_the_reason(
    formula: str, model: str, why: str, frame: pd.DataFrame
) -> None:
    both = lmmcompare.compare(formula, frame)
    assert model not in both.fits
    assert why in both.absent[model]
    assert set(both.fits) | set(both.absent) == {
        "ols",
        "no_pooling",
        "random_intercept",
        "random_slope",
        "within_between",
    }


def test_group_means_that_stand_in_the_formula_are_not_added_again(frame: pd.DataFrame) -> None:
    with_mean = frame.assign(m=frame.groupby("g")["x"].transform("mean"))
    both = lmmcompare.compare("y ~ x + m + (1 | g)", with_mean)
    assert "group means" in both.absent["within_between"]
    same = lmmcompare.compare("y ~ x + (1 | g)", frame).fits["within_between"]
    np.testing.assert_allclose(both.mixed.params, same.params, rtol=1e-8)
    np.testing.assert_allclose(both.mixed.bse, same.bse, rtol=1e-6)


def test_too_few_rows_for_the_dummies(frame: pd.DataFrame) -> None:
    pairs = pd.DataFrame({"g": [0, 0, 1, 2, 3, 4], "x": [1.0, 2, 4, 3, 5, 9], "y": [1.0, 3, 2, 5, 4, 4]})
    both = lmmcompare.compare("y ~ x + (1 | g)", pairs)
    assert "too few rows" in both.absent["no_pooling"]
    with pytest.raises(DesignError, match="dummies would use up all rows"):
        _ = both.no_pooling


def test_without_a_grouping_factor_there_is_nothing_to_compare(frame: pd.DataFrame) -> None:
    with pytest.raises(FormulaError, match=r"no grouping factor\. Add a random part"):
        lmmcompare.compare("y ~ x", frame)


def test_the_coefficient_frame_holds_every_model(frame: pd.DataFrame) -> None:
    both = lmmcompare.compare("y ~ x + c + (1 | g)", frame)
    table = both.coefficients(alpha=0.1).set_index(["model", "term"])
    assert list(table.columns) == ["estimate", "se", "df", "t", "p", "lower", "upper"]
    for key, fit in both.fits.items():
        np.testing.assert_allclose(table.loc[key, "estimate"], fit.params)
        np.testing.assert_allclose(table.loc[key][["lower", "upper"]], fit.conf_int(0.1))
    robust = lmmcompare.lm("y ~ x + c", frame, cluster="g")
    np.testing.assert_allclose(table.loc["ols_robust", "se"], robust.bse)
    np.testing.assert_allclose(table.loc["ols_robust", "df"], robust.df)
    np.testing.assert_allclose(table.loc["ols_robust", "estimate"], table.loc["ols", "estimate"])
    assert both.terms == ["Intercept", "x", "c[T.v]", "c[T.w]", "x_mean", "c[T.v]_mean", "c[T.w]_mean"]


def test_the_variance_frame() -> None:
    both = comparison("sleepstudy_rs")
    rows = both.variances().set_index(["model", "name"])["value"]
    spread = both.mixed.cov_re["Subject"]
    assert rows["random_slope", "Intercept"] == pytest.approx(np.sqrt(spread.iloc[0, 0]))
    assert rows["random_slope", "Days"] == pytest.approx(np.sqrt(spread.iloc[1, 1]))
    correlation = spread.iloc[0, 1] / np.sqrt(spread.iloc[0, 0] * spread.iloc[1, 1])
    assert rows["random_slope", "Intercept, Days"] == pytest.approx(correlation)
    for key, fit in both.fits.items():
        assert rows[key, "Residual"] == pytest.approx(fit.sigma)
    uncorrelated = comparison("sleepstudy_uncorrelated").variances()
    assert not (uncorrelated["kind"][uncorrelated["model"] == "random_slope"] == "correlation").any()


@pytest.mark.parametrize("case", ["sleepstudy_rs", "dragons_ri", "exam_ri"])
def test_statistics_are_comparable_by_ml(case: str) -> None:
    by_reml, by_ml = comparison(case).statistics(), comparison(case, False).statistics()
    for column in ("loglik", "aic", "bic"):
        np.testing.assert_allclose(by_reml[column], by_ml[column], rtol=1e-9)
    table = by_reml.set_index("model")
    # nested models, all by ML: more parameters never fit worse
    order = ["ols", "random_intercept", "random_slope"]
    assert table.loc[order, "loglik"].is_monotonic_increasing
    assert table["converged"].all() and (table["n"] == comparison(case).design.n).all()


def test_the_random_effect_frame() -> None:
    both = comparison("sleepstudy_rs")
    frame = both.random_effects()
    assert len(frame) == 36 and list(frame["term"].unique()) == ["Intercept", "Days"]
    modes = both.mixed.random_effects["Subject"]
    np.testing.assert_allclose(frame.loc[frame["term"] == "Days", "estimate"], modes["Days"])
    np.testing.assert_allclose((frame["upper"] - frame["lower"]) / frame["se"], 2 * 1.959963984540054)
    assert len(both.random_effects("random_intercept")) == 18
    with pytest.raises(DesignError):
        both.random_effects("nothing")


def test_the_mean_of_a_predictor_is_found_by_its_column(frame: pd.DataFrame) -> None:
    both = lmmcompare.compare("y ~ x + w + (1 | g)", frame)
    assert both.mean_name("x") == "x_mean"
    assert both.mean_name("w") is None and both.mean_name("Intercept") is None


@pytest.mark.parametrize("kind", KINDS)
def test_cluster_robust_errors_are_of_the_kind_asked_for(kind: Kind) -> None:
    both = comparison("sleepstudy_unbalanced_ri")
    table = both.coefficients(robust=kind).set_index("model").loc["ols_robust"]
    np.testing.assert_allclose(table["se"], both.ols.robust(kind).se)
    np.testing.assert_allclose(table["df"], both.ols.robust(kind).df)
