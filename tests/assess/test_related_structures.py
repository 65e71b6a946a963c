"""Structures that pass for the same: lme4 2.1's and nlme's values for sleepstudy, and dense covariances."""

from __future__ import annotations

import numpy as np
import pytest

import lmmcompare as lc
from lmmcompare.assess.candidate_structures import fit_candidate_structures
from lmmcompare.assess.related_structures import nugget, slopes_versus_free
from lmmcompare.explain.related_structures import nugget_sentence, slopes_sentence

SLEEP = "Reaction ~ Days + (1 | Subject)"


def fitted(data, formula=SLEEP, **structure):
    comparison = lc.compare(formula, data, **structure)
    return comparison, fit_candidate_structures(comparison, data)


def test_a_nugget_is_lme4_s_and_no_nugget_nlme_s(table):
    data = table("sleepstudy")
    comparison, structures = fitted(data, correlation="ar1(Days | Subject)")
    result = nugget(comparison, data, structures)
    # lme4 2.1: sd 47.34, rho 0.883, sigma 15.13, logLik -867.09; nlme: rho 0.800, logLik -869.60
    assert result.with_nugget == pytest.approx(0.883, abs=1e-3) and result.without == pytest.approx(0.800, abs=1e-3)
    assert result.share == pytest.approx(47.34**2 / (47.34**2 + 15.13**2), abs=1e-3)
    assert (result.loglik_with, result.loglik_without) == pytest.approx((-867.09, -869.60), abs=0.01)
    words = nugget_sentence(result)
    for value in (0.88, result.share * 0.8835, result.share * 0.8835**4, 0.80, 0.41):
        assert f"{value:.2f}" in words


def test_where_the_two_clocks_differ_nothing_is_said(table):
    data = table("sleepstudy")
    gaps = data[data["Days"] != 4].reset_index(drop=True)
    comparison, structures = fitted(gaps, correlation="ar1(Days | Subject)")
    assert nugget(comparison, gaps, structures) is None  # lme4 counts the factor's levels
    comparison, structures = fitted(data, correlation="cs(1 | Subject)")
    assert nugget(comparison, data, structures) is None


def test_random_slopes_beside_a_free_covariance(table):
    data = table("sleepstudy")
    comparison, structures = fitted(data, "Reaction ~ Days + (Days | Subject)", correlation="us(Days | Subject)")
    result, fit = slopes_versus_free(comparison, structures), comparison.mixed
    z = np.column_stack([np.ones(10), np.arange(10)])
    implied = z @ fit.cov_re["Subject"].to_numpy() @ z.T + fit.sigma**2 * np.eye(10)
    free = lc.gls("Reaction ~ Days", data, "us(Days | Subject)").residual_covariance.to_numpy()
    ratio = np.abs(np.log(np.diag(implied) / np.diag(free)))
    assert result.visit == ratio.argmax() and result.sd_free == pytest.approx(
        free[ratio.argmax(), ratio.argmax()] ** 0.5
    )
    assert result.sd_slopes == pytest.approx(implied[ratio.argmax(), ratio.argmax()] ** 0.5)
    a, b = map(int, result.pair)
    assert result.correlation_slopes == pytest.approx(implied[a, b] / np.sqrt(implied[a, a] * implied[b, b]))
    assert (result.parameters_slopes, result.parameters_free) == (4, 55)
    assert "55" in slopes_sentence(result) and f"Days {a} and {b}" in slopes_sentence(result)


def test_without_a_slope_of_the_visits_there_is_nothing_beside_it(table):
    data = table("orthodont_structures").assign(visit_name=lambda d: "v" + d["age"].astype(str))
    comparison, structures = fitted(
        data, "distance ~ Sex * age + (1 | Subject)", correlation="us(visit_name | Subject)"
    )
    assert slopes_versus_free(comparison, structures) is None
