"""The live cross-check against statsmodels, and where it is not to be trusted."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from statsmodels.regression.linear_model import OLS

import lmmcompare
from tests.fit.test_mixed import null_frame
from tests.helpers import comparison, data

FITS = {
    "cv161703_ri": ("Y ~ X", "ID", None),
    "sleepstudy_ri": ("Reaction ~ Days", "Subject", None),
    "sleepstudy_rs": ("Reaction ~ Days", "Subject", "~Days"),
    "sleepstudy_unbalanced_ri": ("Reaction ~ Days", "Subject", None),
}


def mixedlm(formula: str, frame: pd.DataFrame, group: str, slopes: str | None, **options: object) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of boundary fits, and of retries
        return smf.mixedlm(formula, frame, groups=frame[group], re_formula=slopes).fit(**options)


@pytest.mark.parametrize("case", ["cv161703_ri", "sleepstudy_ri"])
def test_ols_is_statsmodels_ols(case: str) -> None:
    ours = comparison(case).ols
    exog = np.column_stack([np.ones(ours.nobs), ours.design.columns[0][:]])
    theirs = OLS(ours.design.columns[-1][:], exog).fit()
    np.testing.assert_allclose(ours.params, theirs.params, rtol=1e-10)
    np.testing.assert_allclose(ours.bse, theirs.bse, rtol=1e-10)
    np.testing.assert_allclose(ours.pvalues, theirs.pvalues, rtol=1e-7)
    np.testing.assert_allclose(ours.conf_int(), theirs.conf_int(), rtol=1e-9)
    assert ours.llf == pytest.approx(theirs.llf, rel=1e-12)
    assert (ours.rsquared, ours.fvalue) == pytest.approx((theirs.rsquared, theirs.fvalue), rel=1e-9)
    clustered = OLS(ours.design.columns[-1][:], exog).fit(
        cov_type="cluster", cov_kwds={"groups": ours.design.grouping.codes, "use_correction": False}
    )
    np.testing.assert_allclose(np.sqrt(np.diag(ours.robust("CR0").vcov)), clustered.bse, rtol=1e-8)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("case", FITS)
def test_mixed_is_statsmodels_mixedlm(case: str, reml: bool) -> None:
    """MixedLM stops within about 1e-6 of the optimum in the log-likelihood, so 1e-3 in the variances is agreement."""
    formula, group, slopes = FITS[case]
    theirs = mixedlm(formula, data(case), group, slopes, reml=reml)
    ours = comparison(case, reml).mixed
    np.testing.assert_allclose(ours.params, theirs.fe_params, rtol=1e-4)
    np.testing.assert_allclose(ours.scale, theirs.scale, rtol=1e-3)
    assert ours.llf == pytest.approx(theirs.llf, abs=1e-4)
    assert ours.llf >= theirs.llf - 1e-8  # ours is never the worse of the two
    spread = ours.cov_re[group].to_numpy()
    np.testing.assert_allclose(spread, theirs.cov_re, rtol=1e-3, atol=1e-3 * spread.max())
    # Standard errors: MixedLM inverts the observed information of all parameters, lme4 and we (X'V^-1X)^-1. They are
    # the same where the fixed effects do not depend on the variances, as in balanced data; so set ours beside theirs
    # at their variances, whatever `bse_fe` says (in cv161703 it is 18% larger).
    X, codes = theirs.model.exog, ours.design.grouping.codes
    Z = X[:, : len(spread)]
    V = (codes[:, None] == codes[None]) * (Z @ theirs.cov_re.to_numpy() @ Z.T) + theirs.scale * np.eye(ours.nobs)
    np.testing.assert_allclose(ours.bse, np.sqrt(np.diag(np.linalg.inv(X.T @ np.linalg.solve(V, X)))), rtol=1e-3)
    if case == "sleepstudy_rs":
        np.testing.assert_allclose(ours.bse, theirs.bse_fe, rtol=1e-3)


def test_where_mixedlm_gives_up_ours_is_the_better_fit() -> None:
    """The random slope of cv161703 lies on the boundary: MixedLM stops 2 short of the optimum and says so."""
    theirs = mixedlm("Y ~ X", data("cv161703_rs"), "ID", "~X")
    ours = comparison("cv161703_rs").mixed
    assert ours.singular and ours.converged and not theirs.converged
    assert ours.llf > theirs.llf + 1


def test_mixedlm_with_lbfgs_is_not_to_be_trusted_on_the_boundary() -> None:
    """Without a group effect it stops at wrong fixed effects, at an infinite likelihood, or raises (statsmodels #10239).

    If this fails they have mended it, and `crosscheck` may use it.
    """
    wrong = 0
    for seed in range(12):
        frame = null_frame(seed)
        ours = lmmcompare.lmer("y ~ x + (1 | g)", frame)
        assert ours.converged
        try:
            theirs = mixedlm("y ~ x", frame, "g", None, method="lbfgs")
        except np.linalg.LinAlgError:
            wrong += 1
            continue
        far = abs(theirs.fe_params["x"] - ours.params["x"]) > 0.05 * ours.bse["x"]
        wrong += ours.singular and (far or not np.isfinite(theirs.llf))
    assert wrong > 0
