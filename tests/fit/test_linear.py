"""OLS, group dummies and regressions per group against numpy's least squares on the whole matrix."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from tests.fit.test_criterion import make_frame


def least_squares(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Coefficients, covariance and residual sum of squares by QR."""
    q, r = np.linalg.qr(X)
    beta = np.linalg.solve(r, q.T @ y)
    rss = float(((y - X @ beta) ** 2).sum())
    inverse = np.linalg.inv(r)
    return beta, inverse @ inverse.T * rss / (len(y) - X.shape[1]), rss


def dummies_of(column: pd.Series) -> np.ndarray:
    return pd.get_dummies(column).to_numpy(dtype=float)


@pytest.mark.parametrize("seed", range(3))
def test_ols_is_least_squares(seed: int) -> None:
    frame = make_frame(seed)
    X = np.column_stack(
        [
            np.ones(len(frame)),
            dummies_of(frame["c"])[:, 1:],
            frame["x"],
            frame["c"].eq("v") * frame["x"],
            frame["c"].eq("w") * frame["x"],
        ]
    )
    beta, vcov, rss = least_squares(X, frame["y"].to_numpy())
    fit = lmmcompare.lm("y ~ c * x", frame)
    assert list(fit.params.index) == ["Intercept", "c[T.v]", "c[T.w]", "x", "c[T.v]:x", "c[T.w]:x"]
    np.testing.assert_allclose(fit.params, beta, rtol=1e-10)
    np.testing.assert_allclose(fit.cov_params(), vcov, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(fit.resid, frame["y"] - X @ beta, atol=1e-10)
    assert fit.fit.rss == pytest.approx(rss, rel=1e-10)


def test_ols_without_intercept_is_least_squares() -> None:
    frame = make_frame(1).assign(x=lambda d: d["x"] + 40)
    beta, vcov, rss = least_squares(frame[["x", "z"]].to_numpy(), frame["y"].to_numpy())
    fit = lmmcompare.lm("y ~ 0 + x + z", frame)
    np.testing.assert_allclose(fit.params, beta, rtol=1e-9)
    np.testing.assert_allclose(fit.cov_params(), vcov, rtol=1e-9)
    assert fit.rsquared == pytest.approx(1 - rss / (frame["y"] ** 2).sum(), rel=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_dummies_are_least_squares_with_dummies(seed: int) -> None:
    frame = make_frame(seed)
    members = dummies_of(frame["g"])
    X = np.column_stack([frame[["x", "z"]], members])
    beta, vcov, _ = least_squares(X, frame["y"].to_numpy())
    fit = lmmcompare.compare("y ~ x + z + (1 | g)", frame).no_pooling
    np.testing.assert_allclose(fit.params, beta[:2], rtol=1e-9)
    np.testing.assert_allclose(fit.bse, np.sqrt(np.diag(vcov))[:2], rtol=1e-9)
    np.testing.assert_allclose(fit.group_intercepts["estimate"], beta[2:], rtol=1e-9)
    np.testing.assert_allclose(fit.group_intercepts["se"], np.sqrt(np.diag(vcov))[2:], rtol=1e-9)
    np.testing.assert_allclose(fit.fittedvalues, X @ beta, rtol=1e-9)
    contrasts = fit.treatment_contrasts()
    against_first = np.column_stack([np.ones(len(frame)), frame[["x", "z"]], members[:, 1:]])
    beta, vcov, _ = least_squares(against_first, frame["y"].to_numpy())
    np.testing.assert_allclose(contrasts["estimate"], beta, rtol=1e-9)
    np.testing.assert_allclose(contrasts["se"], np.sqrt(np.diag(vcov)), rtol=1e-9)


def test_a_predictor_that_is_constant_within_groups_is_absorbed_by_the_dummies() -> None:
    frame = make_frame(3)
    frame["w"] = frame["g"].map({f"g{k}": (k * 7) % 5 for k in range(7)}).astype(float)
    with_it = lmmcompare.compare("y ~ x + w + z + (1 | g)", frame).no_pooling
    without = lmmcompare.compare("y ~ x + z + (1 | g)", frame).no_pooling
    assert np.isnan(with_it.params["w"]) and np.isnan(with_it.bse["w"])
    pd.testing.assert_series_equal(with_it.params.drop("w"), without.params)
    pd.testing.assert_series_equal(with_it.bse.drop("w"), without.bse)
    assert with_it.df_resid == without.df_resid
    np.testing.assert_allclose(with_it.fittedvalues, without.fittedvalues, rtol=1e-12)


@pytest.mark.parametrize("formula", ["y ~ x + z + (1 | g)", "y ~ 0 + x + z + (1 | g)"])
def test_a_regression_per_group_is_least_squares_in_that_group(formula: str) -> None:
    frame = make_frame(2, groups=9)
    names = ["x", "z"]
    fits = lmmcompare.compare(formula, frame).no_pooling.per_group
    for j, (_, rows) in enumerate(frame.groupby("g")):
        X = rows[names].to_numpy()
        if "0 +" not in formula:
            X = np.column_stack([np.ones(len(rows)), X])
        if len(rows) < X.shape[1]:
            assert not fits.enough[j]
            assert np.isnan(fits.beta[:, j]).all() and np.isnan(fits.se[:, j]).all()
            continue
        assert fits.enough[j]
        if len(rows) == X.shape[1]:
            np.testing.assert_allclose(fits.beta[:, j], np.linalg.solve(X, rows["y"]), rtol=1e-7)
            assert np.isnan(fits.se[:, j]).all()
            continue
        beta, vcov, _ = least_squares(X, rows["y"].to_numpy())
        np.testing.assert_allclose(fits.beta[:, j], beta, rtol=1e-8)
        np.testing.assert_allclose(fits.se[:, j], np.sqrt(np.diag(vcov)), rtol=1e-8)
    assert not fits.enough.all()


@pytest.mark.parametrize("offset", [0.0, 0.1, 1e6 + 0.1])
def test_a_group_whose_predictor_does_not_vary_has_no_regression(offset: float) -> None:
    """Rounding leaves about 1e-16 of such a column's size, which must not be taken for variation."""
    random = np.random.default_rng(0)
    sizes = np.arange(3, 33)
    g = np.repeat(np.arange(30), sizes)
    frame = pd.DataFrame({"g": g, "x": random.normal(size=30)[g], "y": random.normal(size=len(g))})
    frame.loc[g < 2, "x"] = random.normal(size=7)
    frame["x"] += offset
    fits = lmmcompare.compare("y ~ x + (1 | g)", frame).no_pooling.per_group
    assert fits.enough.tolist() == [True] * 2 + [False] * 28
    assert np.isnan(fits.beta[:, 2:]).all()


def test_groups_a_million_standard_deviations_apart_keep_their_regressions() -> None:
    random = np.random.default_rng(1)
    g = np.repeat(np.arange(6), 8)
    x, e = random.normal(size=(2, 48))
    near = pd.DataFrame({"g": g, "x": x, "y": 2 * x + e})
    far = near.assign(y=near["y"] + 1e6 * g)
    a = lmmcompare.compare("y ~ x + (1 | g)", near).no_pooling
    b = lmmcompare.compare("y ~ x + (1 | g)", far).no_pooling
    # adding 1e6 rounds y at 1e-10
    np.testing.assert_allclose(b.per_group.se, a.per_group.se, rtol=1e-8)
    np.testing.assert_allclose(b.per_group.beta[1], a.per_group.beta[1], rtol=1e-8)
    np.testing.assert_allclose(b.bse, a.bse, rtol=1e-8)
