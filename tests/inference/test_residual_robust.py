"""CR2 of generalized least squares: unbiased where the structure holds, from dense matrices row by row."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from tests.dense_gls import DenseGLS
from tests.fit.test_gls import random_rows


def dense_cr2(x: np.ndarray, y: np.ndarray, group: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """CR2's covariance, and its mean where V is right, from symmetric roots of dense matrices, but for V's own root by groups.

    The root of a group's block is any: the score ``X'V^-1/2 (I - H)^-1/2 V^-1/2 e`` does not depend on a rotation of it.
    """
    bread = np.linalg.inv(x.T @ np.linalg.inv(v) @ x)
    beta = bread @ x.T @ np.linalg.inv(v) @ y
    left = y - x @ beta
    meat, mean = np.zeros_like(bread), np.zeros_like(bread)
    for g in np.unique(group):
        own = group == g
        values, vectors = np.linalg.eigh(v[np.ix_(own, own)])
        root = vectors / np.sqrt(values) @ vectors.T
        rows = root @ x[own]
        slack, axes = np.linalg.eigh(np.eye(own.sum()) - rows @ bread @ rows.T)
        adjust = axes / np.sqrt(slack) @ axes.T
        score = rows.T @ adjust @ root @ left[own]
        meat += np.outer(score, score)
        mean += rows.T @ adjust @ (np.eye(own.sum()) - rows @ bread @ rows.T) @ adjust @ rows
    return bread @ meat @ bread, bread @ mean @ bread - bread


@pytest.mark.parametrize(
    ("correlation", "variance"), [("cs(1 | g)", None), ("cs(1 | g)", "l"), ("ar1(t | g)", "l"), ("car1(t | g)", None)]
)
def test_cr2_of_dense_matrices(correlation: str, variance: str | None) -> None:
    table = random_rows(6)
    fit = lc.gls("y ~ x", table, correlation, variance)
    level = pd.factorize(table["l"], sort=True)[0] if variance else np.zeros(len(table), int)
    x = np.column_stack([np.ones(len(table)), table["x"]])
    slow = DenseGLS(x, table["y"].to_numpy(), pd.factorize(table["g"])[0], table["t"].to_numpy(float), level, True)
    v = slow.covariance(
        correlation[:2].replace("ca", "ar") if "cs" in correlation else "ar1",
        fit.residual_correlation,
        fit.residual_sd.to_numpy(),
    )
    optima, bias = dense_cr2(x, slow.y, slow.group, v)
    np.testing.assert_allclose(fit.robust().vcov, optima, rtol=1e-5)
    np.testing.assert_allclose(bias, 0, atol=1e-8 * np.abs(optima).max())


def test_cr2_of_visits_and_of_random_coefficients() -> None:
    from tests.fit.test_gls import random_visits
    from tests.fit.test_serial_mixed import covariance, rows

    table = random_visits(1)
    fit = lc.gls("y ~ arm", table, "us(v | g)")
    visit = pd.factorize(table["v"], sort=True)[0]
    x = np.column_stack([np.ones(len(table)), table["arm"] == "b"]).astype(float)
    slow = DenseGLS(x, table["y"].to_numpy(), table["g"].to_numpy(), visit, visit, True)
    optima, _ = dense_cr2(x, slow.y, slow.group, slow.by_visit(fit.residual_covariance.to_numpy()))
    np.testing.assert_allclose(fit.robust().vcov, optima, rtol=1e-6)

    table = rows(1)
    mixed = lc.lmer("y ~ x + (1 + t | g)", table, correlation="ar1(t | g)")
    x = np.column_stack([np.ones(len(table)), table["x"]])
    level = np.zeros(len(table), int)
    slow = DenseGLS(x, table["y"].to_numpy(), pd.factorize(table["g"])[0], table["t"].to_numpy(float), level, True)
    optima, _ = dense_cr2(x, slow.y, slow.group, covariance(mixed, table, slow, "ar1", "(1 + t | g)"))
    np.testing.assert_allclose(mixed.robust().vcov, optima, rtol=1e-5)


def test_independent_residuals_have_least_squares_own_cr2() -> None:
    table = random_rows(3)
    fit = lc.gls("y ~ x", table, "car1(t | g)")
    at_zero = lc.lm("y ~ x", table, cluster="g").robust()
    held = fit.fit.problem.solve(fit.fit.problem.high)  # no correlation is left here
    from dataclasses import replace

    independent = replace(fit, fit=replace(fit.fit, optimum=replace(fit.fit.optimum, solution=held)))
    np.testing.assert_allclose(independent.robust().se, at_zero.se, rtol=1e-5)
    np.testing.assert_allclose(independent.robust().df, at_zero.df, rtol=1e-4)
