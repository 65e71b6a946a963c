"""Intervals as a frame: names, what Wald cannot say, progress and stopping."""

from __future__ import annotations

import numpy as np
import pytest

import lmmcompare
from lmmcompare.assess.intervals import NO_WALD, intervals, profiles
from lmmcompare.models import MixedResult
from tests.helpers import data, reference, table

COLUMNS = ["name", "kind", "factor", "estimate", "lower", "upper", "note"]


def fitted(case: str, reml: bool = True) -> MixedResult:
    return lmmcompare.lmer(reference(case)["formula"], data(case), reml=reml)


def test_profile_of_a_random_slope() -> None:
    fit = fitted("sleepstudy_rs")
    found = intervals(fit, "profile")
    assert found.columns.tolist() == COLUMNS
    assert found["kind"].tolist() == ["coefficient", "coefficient", "sd", "sd", "correlation", "residual"]
    assert found["name"].tolist() == ["Intercept", "Days", "Intercept", "Days", "Intercept, Days", "Residual"]
    assert found["factor"].tolist() == ["", "", "Subject", "Subject", "Subject", ""]
    covariance = fit.cov_re["Subject"].to_numpy()
    size = np.sqrt(np.diag(covariance))
    estimates = [*fit.params, *size, covariance[0, 1] / size.prod(), fit.sigma]
    np.testing.assert_allclose(found["estimate"], estimates)
    known = reference("sleepstudy_rs")["reml"]["profile_ci"]
    order = [known["names"].index(n) for n in ("(Intercept)", "Days", "sd_(Intercept)|Subject", "sd_Days|Subject")]
    np.testing.assert_allclose(found["lower"][:4], np.array(known["lower"])[order], rtol=1e-4)
    np.testing.assert_allclose(found["upper"][:4], np.array(known["upper"])[order], rtol=1e-4)
    # a REML fit says around what its limits lie
    assert found["note"][0] == "" and found["note"][2] == "Around the estimate by maximum likelihood, 23.8."
    assert not intervals(fitted("sleepstudy_rs", False), "profile")["note"].any()


def test_wald_has_the_t_distribution_and_no_limits_for_spread() -> None:
    fit = fitted("sleepstudy_rs")
    found = intervals(fit, alpha=0.1)
    np.testing.assert_allclose(found[["lower", "upper"]][:2], fit.conf_int(0.1))
    assert found["lower"][2:].isna().all() and (found["note"][2:] == NO_WALD).all()
    np.testing.assert_allclose(found["estimate"], intervals(fit, "profile")["estimate"])


def test_several_factors_are_named() -> None:
    fit = lmmcompare.lmer("strength ~ 1 + (1 | batch) + (1 | batch:cask)", table("pastes"))
    found = intervals(fit, "profile")
    spread = found[found["kind"] == "sd"].set_index("factor")
    assert set(spread.index) == {"batch", "batch:cask"}
    assert spread.loc["batch", "lower"] == 0 and spread.loc["batch", "upper"] == pytest.approx(2.946591, rel=1e-4)
    assert spread.loc["batch:cask", "lower"] == pytest.approx(2.157934, rel=1e-4)
    assert "0 is not ruled out: the deviance rises by 0.4" in spread.loc["batch", "note"]


def test_slopes_without_correlation_have_none() -> None:
    found = intervals(fitted("sleepstudy_uncorrelated"), "profile")
    assert found["kind"].tolist() == ["coefficient"] * 2 + ["sd"] * 2 + ["residual"]


def test_a_correlation_that_is_not_there() -> None:
    row = intervals(fitted("cv161703_rs"), "profile").set_index("kind").loc["correlation"]
    assert (row["lower"], row["upper"]) == (-1.0, 1.0) and "may be 0" in row["note"]


def test_alpha() -> None:
    fit = fitted("dyestuff_ri")
    wide, narrow = (intervals(fit, "profile", alpha) for alpha in (0.01, 0.2))
    assert (wide["lower"] < narrow["lower"]).all() and (narrow["upper"] < wide["upper"]).all()


def test_profiles_come_one_by_one() -> None:
    one_by_one = profiles(fitted("sleepstudy_ri"))
    assert next(one_by_one).row["name"] == "Intercept"
    one_by_one.close()


def test_curves() -> None:
    for profile in profiles(fitted("penicillin_fixed_sample")):
        curve = profile.curve
        assert curve.columns.tolist() == ["name", "kind", "factor", "value", "zeta"]
        assert curve["zeta"].iloc[[0, -1]].tolist() == pytest.approx([-1.96, 1.96], abs=1e-3)
        assert curve["value"].iloc[0] == pytest.approx(profile.row["lower"])


def test_an_unknown_method() -> None:
    with pytest.raises(ValueError, match="'guess'"):
        intervals(fitted("dyestuff_ri"), "guess")  # type: ignore[arg-type]
