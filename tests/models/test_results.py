"""What a result tells in statistics' own words, and how it predicts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import lmmcompare
from lmmcompare.errors import DataError
from tests.fit.test_criterion import make_frame
from tests.helpers import comparison, data, reference


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return make_frame(6, groups=9)


@pytest.fixture(scope="module")
def fits(frame: pd.DataFrame) -> dict[str, object]:
    both = lmmcompare.compare("y ~ x + c + (x | g)", frame)
    return dict(both.fits)


MODELS = ["ols", "no_pooling", "random_intercept", "random_slope", "within_between"]


@pytest.mark.parametrize("model", MODELS)
def test_tests_and_intervals_follow_from_estimate_error_and_df(fits: dict, model: str) -> None:
    fit = fits[model]
    t = fit.params / fit.bse
    pd.testing.assert_series_equal(fit.tvalues, t, check_names=False)
    np.testing.assert_allclose(fit.pvalues, 2 * stats.t.sf(np.abs(t), fit.df))
    reach = stats.t.ppf(0.95, fit.df) * fit.bse
    np.testing.assert_allclose(fit.conf_int(0.1), np.column_stack([fit.params - reach, fit.params + reach]))
    np.testing.assert_allclose(fit.bse, np.sqrt(np.diag(fit.cov_params())))
    assert list(fit.table().columns) == ["estimate", "se", "df", "t", "p", "lower", "upper"]
    assert list(fit.cov_params().columns) == list(fit.params.index) == list(fit.table().index)


@pytest.mark.parametrize("model", MODELS)
def test_predictions_of_the_same_rows_are_the_fitted_values(fits: dict, model: str, frame: pd.DataFrame) -> None:
    fit = fits[model]
    np.testing.assert_allclose(fit.predict(frame), fit.fittedvalues, rtol=1e-10)
    np.testing.assert_allclose(fit.predict(), fit.fittedvalues)
    np.testing.assert_allclose(fit.fittedvalues + fit.resid, frame["y"], rtol=1e-12)
    few = frame.iloc[[7, 3]].drop(columns="y")
    np.testing.assert_allclose(fit.predict(few), fit.fittedvalues[[7, 3]], rtol=1e-10)


@pytest.mark.parametrize("case", ["sleepstudy_rs", "exam_rs", "cv161703_ri"])
def test_predictions_of_r(case: str) -> None:
    known, fit = reference(case)["reml"], comparison(case).mixed
    np.testing.assert_allclose(fit.predict(data(case))[:10], known["fitted_head"], rtol=1e-5, atol=1e-5)
    population = fit.predict(data(case), level="population")[:10]
    np.testing.assert_allclose(population, known["fitted_population_head"], rtol=1e-6, atol=1e-6)


@pytest.mark.filterwarnings("ignore::lmmcompare.errors.UnknownLevelWarning")
def test_a_group_never_seen_gets_the_populations_line(fits: dict, frame: pd.DataFrame) -> None:
    new = frame.head(4).assign(g=["new", "g1", None, "g0"])
    fit = fits["random_slope"]
    group, population = fit.predict(new), fit.predict(new, level="population")
    same = np.isclose(group, population)
    assert same[0] and not same[1] and not same[3]
    np.testing.assert_allclose(fit.predict(new.drop(columns="g"), level="population"), population)
    assert np.isnan(fits["no_pooling"].predict(new)).tolist() == [True, False, True, False]
    within_between = fits["within_between"].predict(new, level="population")
    center = frame["x"].mean()
    expected = fits["within_between"].params
    assert within_between[0] == pytest.approx(
        expected["Intercept"] + expected["x"] * new["x"].iloc[0] + expected.get(f"c[T.{new['c'].iloc[0]}]", 0)
        + expected["x_mean"] * center
        + sum(expected[f"c[T.{k}]_mean"] * (frame["c"] == k).mean() for k in "vw")
    )  # fmt: skip


@pytest.mark.parametrize("model", MODELS)
def test_rows_without_a_predictor_have_no_prediction(fits: dict, model: str, frame: pd.DataFrame) -> None:
    holes = frame.head(5).assign(x=[np.nan, *frame["x"].iloc[1:5]])
    assert np.isnan(fits[model].predict(holes)).tolist() == [True, False, False, False, False]


@pytest.mark.parametrize("model", MODELS)
def test_new_rows_that_cannot_be_predicted_are_refused(fits: dict, model: str, frame: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="no column “x” in the new rows"):
        fits[model].predict(frame.drop(columns="x"))
    with pytest.raises(DataError, match="“never” in column “c” is not one of the levels"):
        fits[model].predict(frame.assign(c="never"))


def test_levels_of_prediction_are_two(fits: dict) -> None:
    with pytest.raises(ValueError, match="'group' or 'population', not 'both'"):
        fits["random_slope"].predict(level="both")


def test_random_effects_are_frames_by_factor(fits: dict) -> None:
    fit = fits["random_slope"]
    modes, errors, spread = fit.random_effects["g"], fit.random_effects_se["g"], fit.cov_re["g"]
    assert (
        list(modes.columns) == list(errors.columns) == list(spread.columns) == list(spread.index) == ["Intercept", "x"]
    )
    assert list(modes.index) == list(errors.index) == sorted(f"g{k}" for k in range(9))
    assert (errors.to_numpy() <= np.sqrt(np.diag(spread)) + 1e-12).all()  # what is known of a group is never less
    assert fit.icc_at({"x": 0.0}) == {"g": pytest.approx(spread.iloc[0, 0] / (spread.iloc[0, 0] + fit.scale))}
    z = np.column_stack([np.ones(fit.nobs), fit.design.columns[0][:]])
    by_rows = np.einsum("na,ab,nb->n", z, spread.to_numpy(), z).mean()
    assert fit.icc == pytest.approx(by_rows / (by_rows + fit.scale))
    np.testing.assert_allclose(fit.sigma**2, fit.scale)


def test_information_criteria(fits: dict) -> None:
    for model, parameters in (("ols", 5), ("no_pooling", 13), ("random_intercept", 6), ("random_slope", 8)):
        fit = fits[model]
        assert fit.aic == pytest.approx(-2 * fit.llf + 2 * parameters)
        assert fit.bic == pytest.approx(-2 * fit.llf + np.log(fit.nobs) * parameters)


def test_ols_in_words_and_its_f(frame: pd.DataFrame) -> None:
    fit = lmmcompare.lm("y ~ x + z", frame)
    x = np.column_stack([np.ones(len(frame)), frame[["x", "z"]]])
    _, rss = np.linalg.lstsq(x, frame["y"])[:2]
    total = ((frame["y"] - frame["y"].mean()) ** 2).sum()
    assert fit.rsquared == pytest.approx(1 - rss[0] / total)
    assert fit.fvalue == pytest.approx((total - rss[0]) / 2 / (rss[0] / fit.df_resid))
    assert np.isnan(lmmcompare.lm("y ~ 1", frame).fvalue)
    assert "y ~ x + z" in fit.summary() and "R²" in fit.summary()


def test_summaries_name_what_they_show(fits: dict) -> None:
    text = fits["random_slope"].summary()
    for part in ("REML", "y ~ x + c + (x | g)", "SD of Intercept", "SD of x", "Residual SD", "c[T.v]", "9 groups of g"):
        assert part in text


def test_a_result_cannot_be_changed(fits: dict) -> None:
    with pytest.raises(AttributeError):
        fits["ols"].names = []


def test_a_console_shows_a_line_of_a_model_and_the_summary_as_it_reads(frame: pd.DataFrame) -> None:
    both = lmmcompare.compare("y ~ x + (x | g)", frame)
    rows = f"{len(frame)} rows"
    assert repr(both.mixed) == f"<MixedResult of y ~ x + (x | g): {rows}; summary() has the numbers>"
    assert repr(both.ols).startswith("<OLSResult of y ~ x") and repr(both).startswith(
        f"<Comparison of y ~ x + (x | g): {rows}, 9 "
    )
    assert repr(both.mixed.summary()).startswith("Linear mixed model fit by REML: y ~ x + (x | g)\n")
