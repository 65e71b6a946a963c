"""Every number of every reference fit of R. Tolerances and their reasons: tests/helpers.py."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers import CASES, Difference, comparison, data, differences, reference

MEASURED: dict[str, list[Difference]] = {}


def measured(case: str) -> list[Difference]:
    if case not in MEASURED:
        MEASURED[case] = list(differences(case))
    return MEASURED[case]


@pytest.mark.parametrize("case", CASES)
def test_agrees_with_r(case: str) -> None:
    too_far = [(d.quantity, d.where, d.measured) for d in measured(case) if not d.measured <= d.tolerance]
    assert not too_far


@pytest.mark.parametrize("case", CASES)
def test_nothing_of_the_reference_is_left_out(case: str) -> None:
    """A case that lost its comparisons would agree with anything."""
    quantities = {d.quantity for d in measured(case)}
    assert {"criterion", "estimate", "se", "vcov", "sigma", "theta", "random effect", "loglik", "fitted"} <= quantities
    known = reference(case)
    expected = {
        "satterthwaite df": not known["reml"]["singular"],
        "ols robust df": "CR2" in known["ols"],
        "dummies se": "no_pooling_intercepts" in known,
        "per group": "per_group_ols" in known and case != "dragons_mundlak",  # there no range can carry both slopes
        "plm within": "within" in known.get("plm", {}),
        "conditional variance": "cond_var" in next(iter(known["reml"]["ranef"].values())),
        "kenward-roger df": "kenward_roger" in known["reml"],
        "icc": "icc" in known["reml"] and case != "sleepstudy_uncorrelated" and not known["reml"]["singular"],
    }
    assert {k: k in quantities for k in expected} == expected


@pytest.mark.parametrize("kind", ["reml", "ml"])
@pytest.mark.parametrize("case", CASES)
def test_converged_and_singular_where_r_is(case: str, kind: str) -> None:
    fit = comparison(case, kind == "reml").mixed
    assert fit.converged
    assert fit.singular == reference(case)[kind]["singular"]


@pytest.mark.parametrize("case", CASES)
def test_rows_groups_and_names(case: str) -> None:
    known, fit = reference(case), comparison(case).mixed
    assert fit.nobs == known["n"]
    assert {f: len(g.levels) for f, g in zip(fit.factors, fit.groupings, strict=True)} == known["groups"]
    terms = np.atleast_1d(known["reml"]["terms"]).tolist()
    assert [n.replace("[T.", "").replace("]", "") for n in fit.names] == [t.strip("()") for t in terms]
    ranef = known["reml"]["ranef"][fit.group]
    if "levels" in ranef:  # R lists only the first of many
        assert fit.design.grouping.labels == ranef["levels"]


@pytest.mark.parametrize("case", CASES)
def test_likelihood_ratio_against_ols(case: str) -> None:
    known, both = reference(case)["lrt_vs_ols"], comparison(case, False)
    statistic = 2 * (both.mixed.llf - both.ols.llf)
    assert statistic == pytest.approx(known["statistic"], abs=2e-6)
    assert len(both.mixed.theta) == known["df"]


def test_within_between_is_the_model_with_the_mean_as_a_column() -> None:
    known = reference("dragons_mundlak")["reml"]
    fit = comparison("dragons_ri").fits["within_between"]
    assert fit.names == ["Intercept", "bodyLength2", "bodyLength2_mean"]
    np.testing.assert_allclose(fit.params, known["estimate"], rtol=1e-6)
    np.testing.assert_allclose(fit.bse, known["se"], rtol=1e-5)
    assert fit.criterion <= known["criterion"] + 1e-6
    np.testing.assert_allclose(fit.fittedvalues[:10], known["fitted_head"], rtol=1e-6)
    # and where the formula holds the mean already, that is said
    assert "group means" in comparison("dragons_mundlak").absent["within_between"]


def test_the_slope_test_of_sleepstudy() -> None:
    known = {"chisq": 42.139298542016, "reml": 42.836813434969}  # anova_tables.json, sleepstudy_slope_lrt
    for reml, statistic in ((False, known["chisq"]), (True, known["reml"])):
        small, big = comparison("sleepstudy_ri", reml).mixed, comparison("sleepstudy_rs", reml).mixed
        assert small.criterion - big.criterion == pytest.approx(statistic, abs=1e-6)


def test_the_mean_column_is_the_mean() -> None:
    frame = data("dragons_mundlak")
    means = frame.groupby("mountainRange", observed=True)["bodyLength2"].transform("mean")
    np.testing.assert_allclose(frame["bodyLength2_mean"], means)
