"""Each model of a comparison names itself: fitted anew from its own formula it is the same model."""

from __future__ import annotations

import pandas as pd
import pytest

from lmmcompare import compare, examples, lm, lmer
from lmmcompare.models import MixedResult

CASES = {
    "Reaction ~ Days + (Days | Subject)": "sleepstudy",
    "Y ~ X + (1 | ID)": "cv161703",
    "Y ~ V + N + (1 | B) + (1 | B:V)": "oats",
    "Y ~ V + N + cs(0 + V | B)": "oats",
    "Y ~ 0 + V + N + (1 | B)": "oats",
    "score ~ Machine + (1 | Worker:Machine)": "machines",
    "Reaction ~ Days + (Days || Subject)": "sleepstudy",
}


@pytest.mark.parametrize("formula", CASES)
def test_each_model_is_what_its_formula_says(formula: str) -> None:
    data = examples.load(CASES[formula])
    comparison = compare(formula, data)
    if "within_between" in comparison.fits:
        data = data.assign(**means_of(comparison.fits["within_between"], data))
    for key, fit in comparison.fits.items():
        assert fit.formula in repr(fit) and fit.formula in fit.summary()
        if isinstance(fit, MixedResult):
            again = lmer(fit.formula, data)
            assert again.random_names == fit.random_names, key  # the table of SDs and R's are of the same coefficients
            assert again.criterion == pytest.approx(fit.criterion, abs=1e-6), key
            assert sorted(again.params) == pytest.approx(sorted(fit.params), rel=1e-5), key
        else:
            again = lm(fit.formula, data)
            assert (again.sigma, again.df_resid) == pytest.approx((fit.sigma, fit.df_resid), rel=1e-8), key


def means_of(fit: object, data: pd.DataFrame) -> dict[str, pd.Series]:
    """The columns of group means that a within-between model asks new rows for, made by pandas."""
    assert isinstance(fit, MixedResult)
    columns = {
        name: pd.Series(fit.design.columns[k][:], data.index)
        for name, k in zip(fit.mean_names, fit.means_of, strict=True)
    }
    return {name: column.groupby(data[fit.group], observed=True).transform("mean") for name, column in columns.items()}


def test_a_model_with_correlated_residuals_says_its_random_part() -> None:
    data = examples.load("sleepstudy")
    fit = compare("Reaction ~ Days + (1 | Subject)", data, correlation="ar1(Days | Subject)").structured
    assert fit is not None and fit.formula == "Reaction ~ Days + (1 | Subject)"
    sd = fit.cov_re["Subject"].iloc[0, 0] ** 0.5
    assert (
        fit.summary().startswith("Linear mixed model fit by REML")
        and f"Subject: SD of Intercept {sd:.4g}" in fit.summary()
    )
