"""Cluster-robust covariances against their textbook formulas on whole matrices."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from tests.fit.test_criterion import make_frame


def textbook(X: np.ndarray, y: np.ndarray, groups: list[np.ndarray], kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Covariance and Satterthwaite df (Bell and McCaffrey 2002) with the hat matrix built whole."""
    n = len(y)
    bread = np.linalg.inv(X.T @ X)
    hat = X @ bread @ X.T
    residual = y - hat @ y
    rows = []
    for member in groups:
        if kind == "CR2":
            values, vectors = np.linalg.eigh(np.eye(len(member)) - hat[np.ix_(member, member)])
            keep = values > 1e-10
            adjust = (vectors[:, keep] / np.sqrt(values[keep])) @ vectors[:, keep].T
        else:
            adjust = np.eye(len(member)) * (np.sqrt(len(groups) / (len(groups) - 1)) if kind == "CR1" else 1.0)
        row = np.zeros((X.shape[1], n))
        row[:, member] = bread @ X[member].T @ adjust
        rows.append(row)
    scores = np.array([row @ residual for row in rows])
    df = []
    for k in range(X.shape[1]):
        weights = np.array([row[k] for row in rows]) @ (np.eye(n) - hat)
        p = weights @ weights.T
        df.append(np.trace(p) ** 2 / (p**2).sum())
    return scores.T @ scores, np.array(df)


@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR2"])
@pytest.mark.parametrize("seed", range(3))
def test_robust_covariance_is_the_textbook_one(seed: int, kind: str) -> None:
    frame = make_frame(seed, groups=8)
    X = np.column_stack([np.ones(len(frame)), frame[["x", "z"]]])
    groups = [np.flatnonzero(frame["g"] == level) for level in sorted(frame["g"].unique())]
    vcov, df = textbook(X, frame["y"].to_numpy(), groups, kind)
    robust = lmmcompare.lm("y ~ x + z", frame, cluster="g").robust(kind)
    np.testing.assert_allclose(robust.vcov, vcov, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(robust.df, df, rtol=1e-8)


def test_robust_covariance_without_intercept_is_the_textbook_one() -> None:
    frame = make_frame(4).assign(x=lambda d: d["x"] + 3)
    groups = [np.flatnonzero(frame["g"] == level) for level in sorted(frame["g"].unique())]
    vcov, df = textbook(frame[["x", "z"]].to_numpy(), frame["y"].to_numpy(), groups, "CR2")
    fit = lmmcompare.lm("y ~ 0 + x + z", frame, cluster="g")
    np.testing.assert_allclose(fit.cov_params(), vcov, rtol=1e-8)
    np.testing.assert_allclose(fit.df, df, rtol=1e-8)


def test_a_cluster_that_alone_carries_a_coefficient_has_no_leverage_left() -> None:
    """A dummy that is 1 in one cluster only: 1 - leverage is 0 there, and its scores are 0 as well."""
    frame = make_frame(5, groups=6)
    frame["first"] = frame["g"].eq("g0").astype(float)
    X = np.column_stack([np.ones(len(frame)), frame[["x", "first"]]])
    groups = [np.flatnonzero(frame["g"] == level) for level in sorted(frame["g"].unique())]
    vcov, _ = textbook(X, frame["y"].to_numpy(), groups, "CR2")
    fit = lmmcompare.lm("y ~ x + first", frame, cluster="g")
    np.testing.assert_allclose(fit.cov_params(), vcov, rtol=1e-7, atol=1e-12)


def test_lm_uses_it_where_clusters_are_given() -> None:
    frame = make_frame(0)
    plain, robust = lmmcompare.lm("y ~ x", frame), lmmcompare.lm("y ~ x", frame, cluster="g")
    pd.testing.assert_series_equal(plain.params, robust.params)
    np.testing.assert_array_equal(robust.cov_params(), plain_robust := robust.robust("CR2").vcov)
    assert not np.allclose(plain.cov_params(), plain_robust)
    assert (robust.df < plain.df).all()
    assert "cluster-robust (CR2)" in robust.summary() and "classical" in plain.summary()
