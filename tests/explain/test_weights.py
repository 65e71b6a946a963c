"""What is claimed of coefficients, errors and effective rows holds for weighted rows too, and is said to be of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.assess.all_factor_dummies import fit_all_factor_dummies
from lmmcompare.assess.dependence import dependence
from lmmcompare.assess.implied_gls import gls_check
from lmmcompare.assess.statsmodels_check import crosscheck
from lmmcompare.assess.variance_explained import MEAN, design_effects
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.comparison.shrinkage import shrinkage
from lmmcompare.explain.gap_decomposition import attribution
from lmmcompare.explain.headline import headline
from lmmcompare.explain.identity import explain, identity
from lmmcompare.explain.moulton import moulton
from lmmcompare.explain.weighting_sentences import group_weights_sentence


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    random = np.random.default_rng(5)
    group = np.repeat(np.arange(15), random.integers(4, 12, 15))
    x = random.normal(size=len(group)) + random.normal(size=15)[group]
    y = x + 2 * random.normal(size=15)[group] + random.normal(size=len(group))
    z = random.normal(size=15)[group]
    return pd.DataFrame({"y": y, "x": x, "z": z, "g": group, "w": random.gamma(1.5, size=len(group)) + 0.1, "o": x**2})


@pytest.fixture(scope="module")
def comparison(frame: pd.DataFrame) -> Comparison:
    return compare("y ~ x + z + offset(o) + (x | g), weights = w", frame)


def dense(comparison: Comparison, frame: pd.DataFrame, model: str) -> tuple[np.ndarray, np.ndarray]:
    """X and the covariance of the outcome that a model implies, from its variances alone."""
    fit = comparison.mixed_fits()[model]
    same = frame["g"].to_numpy()[:, None] == frame["g"].to_numpy()
    z = np.column_stack([np.ones(len(frame)), frame["x"]])[:, : len(fit.random_names)]
    covariance = same * (z @ fit.cov_re["g"].to_numpy() @ z.T) + np.diag(fit.scale / frame["w"])
    return np.column_stack([np.ones(len(frame)), frame["x"], frame["z"]]), covariance


@pytest.mark.parametrize("model", ["ols", "random_intercept", "no_pooling"])
def test_the_identity_puts_the_coefficients_together(comparison: Comparison, model: str) -> None:
    params = comparison.fits[model].params.dropna()
    own = [p for name, p in params.items() if name != comparison.constant]
    np.testing.assert_allclose(identity(comparison, model).estimate, own, rtol=1e-9)
    rows = explain(comparison, "x").set_index("model").loc[model].fillna(0)
    parts = rows["weight_within"] * rows["estimate_within"] + (1 - rows["weight_within"]) * rows["estimate_between"]
    assert parts + rows["through_others"] == pytest.approx(params["x"], rel=1e-9)


def test_the_slope_within_is_weighted_least_squares_with_dummies(comparison: Comparison, frame: pd.DataFrame) -> None:
    x = np.column_stack([frame["x"], pd.get_dummies(frame["g"]).to_numpy(float)])
    root = np.sqrt(frame["w"].to_numpy())
    slope = np.linalg.lstsq(x * root[:, None], (frame["y"] - frame["o"]) * root, rcond=None)[0][0]
    assert identity(comparison, "ols").within[0] == pytest.approx(slope, rel=1e-9)
    assert comparison.fits["within_between"].params["x"] == pytest.approx(slope, rel=1e-9)


def test_causes_and_pulls_add_up(comparison: Comparison) -> None:
    found = explain(comparison, "z").set_index("model")
    gap = found["estimate"]["random_intercept"] - found["estimate"]["ols"]
    assert found.loc["random_intercept", ["from_weights", "from_adjustment"]].sum() == pytest.approx(gap, rel=1e-8)
    gap = comparison.ols.params["x"] - comparison.mixed.params["x"]
    assert attribution(comparison, "x")["total"].sum() == pytest.approx(gap, rel=1e-8)


def test_moultons_factor_is_exact_for_the_models_covariance(comparison: Comparison, frame: pd.DataFrame) -> None:
    """The design effect of least squares is the variance under V over that which independent rows of these weights would give."""
    x, covariance = dense(comparison, frame, "random_slope")
    weights = np.diag(frame["w"])
    bread = np.linalg.inv(x.T @ weights @ x)
    true = np.diag(bread @ x.T @ weights @ covariance @ weights @ x @ bread)
    fit, mean_weight = comparison.mixed, frame["w"].mean()
    total = fit.random_variances["g"] + fit.scale / mean_weight
    found = design_effects(fit).set_index("term").loc[fit.names, "design_effect_ols"]
    np.testing.assert_allclose(found, true / (total * mean_weight * np.diag(bread)), rtol=1e-9)
    x, covariance = dense(comparison, frame, "random_intercept")
    fit = comparison.random_intercept
    rho = fit.random_variances["g"] / (fit.random_variances["g"] + fit.scale / mean_weight)
    true = (bread @ x.T @ weights @ covariance @ weights @ x @ bread)[1, 1]
    total = fit.random_variances["g"] + fit.scale / mean_weight
    of = moulton(comparison, "x")
    assert 1 + of.predictor * rho * of.pairs == pytest.approx(true / (total * mean_weight * bread[1, 1]), rel=1e-9)


def test_the_mean_is_worth_as_many_rows_as_the_sum_of_squared_weights_says(frame: pd.DataFrame) -> None:
    comparison = compare("y ~ 1 + (1 | g), weights = w", frame)
    found = dependence(comparison)
    assert found is not None
    sums = frame.groupby("g")["w"].sum() / frame["w"].mean()
    assert found.size == pytest.approx((sums**2).sum() / len(frame))
    fit = comparison.mixed
    effect = design_effects(fit).set_index("term").loc[MEAN, "design_effect_ols"]
    rho = fit.random_variances["g"] / (fit.random_variances["g"] + fit.scale / frame["w"].mean())
    assert effect == pytest.approx(1 + (found.size - 1) * rho, rel=1e-9)


def test_shrinkage_takes_each_group_by_its_weights(frame: pd.DataFrame) -> None:
    comparison = compare("y ~ x + (1 | g), weights = w", frame)
    fit, sums = comparison.mixed, frame.groupby("g")["w"].sum().to_numpy()
    tau2 = fit.random_variances["g"]
    np.testing.assert_allclose(shrinkage(fit)["weight"], sums * tau2 / (sums * tau2 + fit.scale), rtol=1e-9)
    assert "rows weigh most" in group_weights_sentence(comparison) and "weight 1" in comparison.design.rows_sentence


def test_other_ways_to_the_same_numbers(comparison: Comparison) -> None:
    assert gls_check(comparison.mixed).coefficients["difference"].abs().max() < 1e-9
    fixed, dummies = fit_all_factor_dummies(comparison.mixed), comparison.no_pooling
    known = fixed.coefficients.set_index("term").loc["x"]
    assert known["estimate"] == pytest.approx(dummies.params["x"]) and known["se"] == pytest.approx(dummies.bse["x"])
    assert fixed.sigma == pytest.approx(dummies.sigma)
    np.testing.assert_allclose(fixed.fittedvalues, dummies.fittedvalues, rtol=1e-9)
    found = crosscheck(comparison)
    assert found.loc[found["model"] == "ols", "difference"].max() < 1e-9 and found["difference"].max() < 2e-3


def test_two_slopes_that_are_alike_by_olss_weights_alone_are_not_called_so() -> None:
    """R: dummies 0.41166, group means weighed by rows' weights 0.41081, as `lmer` weighs them 0.46097, `lmer` itself 0.41675."""
    rng = np.random.default_rng(11)
    rows = []
    for lab in range(25):
        level = rng.normal(0, 0.5)
        for _ in range(rng.integers(3, 8)):
            n, dose = rng.integers(5, 60), rng.normal()
            rows.append((f"lab{lab}", dose, n, 2 + 0.4 * dose + level + rng.normal(0, 2 / np.sqrt(n))))
    frame = pd.DataFrame(rows, columns=["lab", "dose", "n", "response"]).round(3)
    said = headline(compare("response ~ dose + (1 | lab)", frame, weights="n"), "dose").reason
    assert "nearly the same" not in said and "hardly matter" not in said
    assert "0.412 **within** a lab and 0.411" in said and "with the random intercept's weights it is 0.461" in said
