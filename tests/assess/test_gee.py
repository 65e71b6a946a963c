"""The population-averaged fit: statsmodels' own call on the same rows, and Liang and Zeger's equations by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.genmod.cov_struct import Exchangeable
from statsmodels.genmod.generalized_estimating_equations import GEE

import lmmcompare
from lmmcompare.assess import gee
from lmmcompare.assess.gee import population_averaged
from lmmcompare.errors import DesignError, TooLargeError

CASES = [
    ("sleepstudy_unbalanced", "Reaction ~ Days + (Days | Subject)", "Subject"),
    ("cv161703", "Y ~ X + (1 | ID)", "ID"),
    ("exam", "normexam ~ standLRT + sex + (1 | school)", "school"),
]


@pytest.mark.parametrize(("name", "formula", "group"), CASES)
def test_it_is_statsmodels_gee(name, formula, group, table):
    data = table(name)
    found = population_averaged(lmmcompare.lmer(formula, data))
    theirs = GEE.from_formula(formula.split(" + (")[0], data[group].to_numpy(), data, cov_struct=Exchangeable()).fit(
        ctol=1e-9, maxiter=200
    )
    # the same iterations in other units
    ours = found.coefficients.set_index("term").loc[theirs.params.index]  # patsy has another order of terms
    np.testing.assert_allclose(ours["estimate"], theirs.params, rtol=1e-6)
    np.testing.assert_allclose(ours["se"], theirs.bse, rtol=1e-6)
    np.testing.assert_allclose(ours["p"], theirs.pvalues, rtol=1e-4, atol=1e-12)
    assert found.correlation == pytest.approx(theirs.cov_struct.dep_params, rel=1e-6)
    assert f"one {group}" in found.sentence


def test_it_solves_the_estimating_equations(table):
    """Given the correlation, GEE is least squares with that correlation, and its errors the sandwich of the clusters' scores."""
    fit = lmmcompare.lmer("Reaction ~ Days + (1 | Subject)", table("sleepstudy_unbalanced"))
    found = population_averaged(fit)
    x, y, codes = fit.fixed_matrix(), fit.design.columns[-1][:], fit.groupings[0].codes
    bread, right, parts = np.zeros((2, 2)), np.zeros(2), []
    for j in range(codes.max() + 1):
        own = codes == j
        weight = np.linalg.inv((1 - found.correlation) * np.eye(own.sum()) + found.correlation)
        bread += x[own].T @ weight @ x[own]
        right += x[own].T @ weight @ y[own]
        parts.append((x[own].T @ weight, own))
    beta = np.linalg.solve(bread, right)
    scores = np.array([half @ (y[own] - x[own] @ beta) for half, own in parts])
    vcov = np.linalg.inv(bread) @ scores.T @ scores @ np.linalg.inv(bread)
    np.testing.assert_allclose(found.coefficients["estimate"], beta, rtol=1e-8)
    np.testing.assert_allclose(found.coefficients["se"], np.sqrt(np.diag(vcov)), rtol=1e-7)


def test_nothing_changes_with_units_and_origins(table):
    data = table("cv161703")
    far = data.assign(X=1e6 + 1e-3 * data["X"], Y=1e6 + 1e-3 * data["Y"])
    near, moved = (population_averaged(lmmcompare.lmer("Y ~ X + (1 | ID)", d)).coefficients for d in (data, far))
    # the data themselves are rounded at 1e-7 of their spread
    np.testing.assert_allclose(moved["estimate"].iloc[1], near["estimate"].iloc[1], rtol=1e-6)
    np.testing.assert_allclose(moved["se"].iloc[1], near["se"].iloc[1], rtol=1e-6)


def test_without_an_intercept(table):
    data = table("cv161703")
    found = population_averaged(lmmcompare.lmer("Y ~ 0 + X + (1 | ID)", data)).coefficients
    theirs = GEE.from_formula("Y ~ 0 + X", data["ID"].to_numpy(), data, cov_struct=Exchangeable()).fit()
    np.testing.assert_allclose(found["estimate"], theirs.params, rtol=1e-5)
    np.testing.assert_allclose(found["se"], theirs.bse, rtol=1e-5)


def test_nested_factors_are_clustered_by_the_outermost(table):
    found = population_averaged(lmmcompare.lmer("strength ~ 1 + (1 | batch:cask) + (1 | batch)", table("pastes")))
    assert "batch" in found.sentence and "cask" not in found.sentence


def test_crossed_factors_have_no_clusters(table):
    with pytest.raises(DesignError, match="“plate” and “sample” are crossed"):
        population_averaged(lmmcompare.lmer("diameter ~ 1 + (1 | plate) + (1 | sample)", table("penicillin")))


def test_few_clusters_are_said(table):
    assert (
        "With only 18 Subjects they tend to be too small."
        in population_averaged(lmmcompare.lmer("Reaction ~ Days + (1 | Subject)", table("sleepstudy"))).sentence
    )
    exam = population_averaged(lmmcompare.lmer("normexam ~ standLRT + (1 | school)", table("exam")))
    assert "too small" not in exam.sentence


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(gee, "MAX_ROWS", 5)
    frame = pd.DataFrame({"g": [0, 0, 1, 1, 2, 2], "y": [1.0, 2, 4, 3, 2, 2]})
    with pytest.raises(TooLargeError, match="6 are too many; 5 are allowed"):
        population_averaged(lmmcompare.lmer("y ~ 1 + (1 | g)", frame))


def test_a_correlation_that_no_rows_can_have_is_not_relied_on(table) -> None:
    """Four groups of two rows: statsmodels' estimate by moments is 1.1."""
    few = population_averaged(lmmcompare.lmer("y ~ 1 + (1 | groups)", table("chapter7_twin")))
    assert few.correlation > 1 and "rely on none" in few.sentence
    assert (
        "rely on none"
        not in population_averaged(lmmcompare.lmer("Reaction ~ Days + (1 | Subject)", table("sleepstudy"))).sentence
    )
