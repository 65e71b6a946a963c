"""R's own code for intervals, run by R with what either version of lme4 gives."""

from __future__ import annotations

import subprocess

import pytest

from lmmcompare.export.r_inference import PROFILE, PUT

from .rscript import r_lacks

COLUMNS_DOWN = [
    "sd_(Intercept)|g",
    "cor_a.(Intercept)|g",
    "cor_b.(Intercept)|g",
    "sd_a|g",
    "cor_b.a|g",
    "sd_b|g",
    "sd_cor_x|h",
]
DEVIATIONS_FIRST = [
    "sd_(Intercept)|g",
    "sd_a|g",
    "sd_b|g",
    "cor_a.(Intercept)|g",
    "cor_b.(Intercept)|g",
    "cor_b.a|g",
    "sd_cor_x|h",
]
AS_WE_LIST_THEM = [*DEVIATIONS_FIRST, "sigma"]
"""Standard deviations of a term, then its correlations, as VarCorr as a data frame has them in all versions."""


@pytest.mark.skipif(r_lacks() != "", reason="R is not here")
@pytest.mark.parametrize("rows", [COLUMNS_DOWN, DEVIATIONS_FIRST], ids=["lme4 1.1-31", "lme4 2.1.0"])
def test_a_profiles_limits_come_to_their_own_spread_with_any_lme4(rows: list[str]) -> None:
    """lme4 2.1.0 changed the order of the rows: correlations were given the limits of standard deviations, without a word."""
    names = [*rows, "sigma", "x"]
    script = f"""
profile <- function(fit, signames) if (signames) stop("names tell the rows apart")
getME <- function(fit, name) list(g = c("(Intercept)", "a", "b"), h = "cor_x")
confint <- function(profile) matrix(1:{len(names)}, {len(names)}, 2, dimnames = list(c({", ".join(map(repr, names))}), NULL))
results <- data.frame(model = "m", term = "x", lower = 0, upper = 0)
spreads <- data.frame(model = "m", lower = 0, upper = rep(0, {len(AS_WE_LIST_THEM)}))
{PUT}
{PROFILE}
profiled("m", NULL, "x")
cat(spreads$lower, results$lower)
"""
    ran = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=True)
    assert [names[int(row) - 1] for row in ran.stdout.split()] == [*AS_WE_LIST_THEM, "x"]
