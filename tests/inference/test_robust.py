"""Cluster-robust covariances against their textbook formulas on whole matrices."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.errors import DesignError
from lmmcompare.inference.robust import KINDS, Kind
from tests.conftest import TESTS
from tests.fit.test_criterion import make_frame
from tests.helpers import table

REFERENCES = json.loads((TESTS / "reference" / "robust.json").read_text())


def textbook(X: np.ndarray, y: np.ndarray, groups: list[np.ndarray], kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Covariance and Satterthwaite df (Bell and McCaffrey 2002) with the hat matrix built whole."""
    n, g = len(y), len(groups)
    bread = np.linalg.inv(X.T @ X)
    hat = X @ bread @ X.T
    residual = y - hat @ y
    factor = {"CR0": 1, "CR1": g / (g - 1), "CR1S": g / (g - 1) * (n - 1) / (n - X.shape[1])}
    rows = []
    for member in groups:
        if kind in ("CR2", "CR3"):
            values, vectors = np.linalg.eigh(np.eye(len(member)) - hat[np.ix_(member, member)])
            keep = values > 1e-10
            adjust = (vectors[:, keep] * values[keep] ** (-0.5 if kind == "CR2" else -1)) @ vectors[:, keep].T
        else:
            adjust = np.eye(len(member)) * np.sqrt(factor[kind])
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


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_robust_covariance_is_the_textbook_one(seed: int, kind: Kind) -> None:
    frame = make_frame(seed, groups=8)
    X = np.column_stack([np.ones(len(frame)), frame[["x", "z"]]])
    groups = [np.flatnonzero(frame["g"] == level) for level in sorted(frame["g"].unique())]
    vcov, df = textbook(X, frame["y"].to_numpy(), groups, kind)
    robust = lmmcompare.lm("y ~ x + z", frame, cluster="g").robust(kind)
    np.testing.assert_allclose(robust.vcov, vcov, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(robust.df, df, rtol=1e-8)


@pytest.mark.parametrize("kind", KINDS)
def test_beside_dummies_it_is_the_textbook_one_of_the_matrix_with_the_dummies(kind: Kind) -> None:
    frame = make_frame(2, groups=8)
    X = np.column_stack([frame[["x", "z"]], pd.get_dummies(frame["g"], dtype=float)])
    groups = [np.flatnonzero(frame["g"] == level) for level in sorted(frame["g"].unique())]
    vcov, df = textbook(X, frame["y"].to_numpy(), groups, kind)
    robust = lmmcompare.compare("y ~ x + z + (1 | g)", frame).no_pooling.robust(kind)
    np.testing.assert_allclose(robust.vcov, vcov[:2, :2], rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(robust.df, df[:2], rtol=1e-8)


@pytest.mark.parametrize("case", REFERENCES, ids=lambda case: str(case["data"]))
@pytest.mark.parametrize("model", ["ols", "dummies"])
def test_robust_errors_are_those_of_clubsandwich(case: dict[str, Any], model: str) -> None:
    """R's CR3 beside dummies is the jackknife itself, whose df it does not give."""
    frame = table(case["data"]).astype(dict.fromkeys(case["factors"], "category"))
    both = lmmcompare.compare(f"{case['formula']} + (1 | {case['group']})", frame)
    fit, known = (both.ols if model == "ols" else both.no_pooling), case[model]
    at = [fit.names.index(_ours(name, fit.names)) for name in known["terms"]]
    for kind, values in known["kinds"].items():
        robust = fit.robust(kind)
        np.testing.assert_allclose(robust.se[at], values["se"], rtol=1e-7, err_msg=kind)  # R's JSON has 12 digits
        if "df" in values:
            np.testing.assert_allclose(robust.df[at], values["df"], rtol=1e-7, err_msg=kind)


def _ours(name: str, names: list[str]) -> str:
    return next(n for n in names if name == {"Intercept": "(Intercept)"}.get(n, n.replace("[T.", "").replace("]", "")))


def test_what_dummies_absorb_has_no_robust_error() -> None:
    frame = make_frame(2, groups=8)
    frame["wide"] = frame.groupby("g")["x"].transform("mean")
    robust = lmmcompare.compare("y ~ x + wide + (1 | g)", frame).no_pooling.robust("CR1")
    assert np.isnan(robust.se).tolist() == np.isnan(robust.df).tolist() == [False, True]


@pytest.mark.parametrize("kind", ["nonsense", "cr2", "HC1", ""])
def test_other_names_are_refused_with_the_list(kind: str) -> None:
    both = lmmcompare.compare("y ~ x + (1 | g)", make_frame(0))
    for fit in (both.ols, both.no_pooling):
        with pytest.raises(ValueError, match="CR0, CR1, CR1S, CR2, CR3"):
            fit.robust(kind)  # type: ignore[arg-type]


def test_without_clusters_there_is_no_robust_error() -> None:
    with pytest.raises(DesignError, match="at least two clusters"):
        lmmcompare.lm("y ~ x", make_frame(0)).robust()


def test_leaving_out_the_only_cluster_that_tells_of_a_coefficient_is_refused() -> None:
    frame = make_frame(5, groups=6)
    frame["first"] = frame["g"].eq("g0").astype(float)
    with pytest.raises(DesignError, match="without one of them a coefficient cannot be estimated"):
        lmmcompare.lm("y ~ x + first", frame, cluster="g").robust("CR3")


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
