"""The live check against statsmodels: it refits, on the same rows, and it would notice a wrong number."""

from dataclasses import replace

import numpy as np
import pytest

from lmmcompare import compare
from lmmcompare.assess.statsmodels_check import crosscheck

INTERIOR = [
    ("sleepstudy", "Reaction ~ Days + (Days | Subject)", {"random_intercept", "random_slope"}),
    ("cv161703", "Y ~ X + (1 | ID)", {"random_intercept"}),
    ("dyestuff", "Yield ~ 1 + (1 | Batch)", {"random_intercept"}),
    ("penicillin", "diameter ~ sample + (1 | plate)", {"random_intercept"}),
]


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize(("name", "formula", "models"), INTERIOR)
def test_both_agree_away_from_the_boundary(name, formula, models, reml, table):
    frame = crosscheck(compare(formula, table(name), reml=reml))
    ols = frame[frame["model"] == "ols"]
    assert ols["difference"].max() < 1e-8
    mixed = frame[frame["model"].isin(models)]
    assert mixed["difference"].max() < 1e-3  # statsmodels stops its search early
    assert set(mixed["model"]) == models
    likelihood = "restricted log-likelihood" if reml else "log-likelihood"
    ours = mixed[mixed["quantity"] == likelihood]
    assert len(ours) == len(models)
    assert (ours["ours"] >= ours["statsmodels"] - 1e-6).all()  # ours is never the worse optimum
    assert np.isfinite(frame["difference"]).all()


def test_every_coefficient_and_its_error_is_compared(table):
    comparison = compare("Reaction ~ Days + (Days | Subject)", table("sleepstudy"))
    frame = crosscheck(comparison)
    for model in ("ols", "random_intercept", "random_slope"):
        quantities = set(frame.loc[frame["model"] == model, "quantity"])
        assert {"Intercept", "Days", "standard error of Intercept", "standard error of Days"} <= quantities


def test_a_wrong_number_of_ours_would_show(table):
    comparison = compare("Y ~ X + (1 | ID)", table("cv161703"))
    ols = comparison.ols
    wrong = replace(ols, fit=replace(ols.fit, beta=ols.fit.beta + np.array([0.0, 0.01])))
    frame = crosscheck(replace(comparison, fits=comparison.fits | {"ols": wrong}))
    assert frame.set_index(["model", "quantity"]).loc[("ols", "X"), "difference"] == pytest.approx(
        0.01 / 1.1949, rel=1e-3
    )


def test_rows_with_holes_are_left_out_on_both_sides(table):
    data = table("sleepstudy").astype({"Days": float})
    data.loc[[3, 50, 51], "Days"] = np.nan
    frame = crosscheck(compare("Reaction ~ Days + (1 | Subject)", data))
    assert frame.loc[frame["model"] != "random_slope", "difference"].max() < 1e-3


def test_on_the_boundary_ours_is_at_least_as_likely(table):
    frame = crosscheck(compare("Y ~ X + (X | ID)", table("cv161703")))
    row = frame.set_index(["model", "quantity"]).loc[("random_slope", "restricted log-likelihood")]
    assert row["ours"] >= row["statsmodels"] - 1e-6


def test_uncorrelated_slopes_are_left_to_others(table):
    """MixedLM has no (x || g): only what it can fit is compared."""
    frame = crosscheck(compare("Reaction ~ Days + (Days || Subject)", table("sleepstudy")))
    assert set(frame["model"]) == {"ols", "random_intercept"}
