"""The lines that stand in the R code as remarks for glmmTMB, run by Rscript: they fit the same models."""

from __future__ import annotations

import subprocess

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from lmmcompare.export.r_code import r_code
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.export.source import Source

from .rscript import r_lacks

DENTAL = "distance ~ Sex * age + (1 | Subject), "
CASES = {
    "us": ("orthodont_structures", f"{DENTAL}correlation = us(visit | Subject)", True),
    "us of missing visits, ML": ("orthodont_missing", f"{DENTAL}correlation = us(visit | Subject)", False),
    "ar1": ("sleepstudy", "Reaction ~ Days + (1 | Subject), correlation = ar1(Days | Subject)", True),
    "ar1, ML": ("sleepstudy", "Reaction ~ Days + (1 | Subject), correlation = ar1(Days | Subject)", False),
    "ar1 of missing visits": ("orthodont_missing", f"{DENTAL}correlation = ar1(visit | Subject)", True),
    "car1": ("sleepstudy", "Reaction ~ Days + (1 | Subject), correlation = car1(Days | Subject)", True),
    "variance": ("orthodont_structures", f"{DENTAL}variance = Sex", True),
    "variance, ML": ("orthodont_structures", f"{DENTAL}variance = Sex", False),
}
RUN = """
for (k in commandArgs(TRUE)) {
  variables <- new.env()
  assign("data", read.csv(paste0(k, ".csv"), stringsAsFactors = TRUE), variables)
  source(paste0(k, ".R"), local = variables)
  fit <- get("fit", variables)
  write.csv(data.frame(loglik = as.numeric(logLik(fit)), term = names(glmmTMB::fixef(fit)$cond),
                       estimate = glmmTMB::fixef(fit)$cond, se = sqrt(diag(vcov(fit)$cond))), paste0("fit", k, ".csv"))
}
"""


@pytest.fixture(scope="module")
def comparisons(table):
    return {name: lc.compare(formula, table(data), reml) for name, (data, formula, reml) in CASES.items()}


@pytest.fixture(scope="module")
def fits_of_r(comparisons, table, tmp_path_factory):
    """What glmmTMB finds, by case; one process runs all."""
    if reason := r_lacks("glmmTMB"):
        pytest.skip(reason)
    place = tmp_path_factory.mktemp("r")
    for k, (name, (data, *_)) in enumerate(CASES.items()):
        code = r_code(Snapshot(comparisons[name], Source("rows", table(data))))
        lines = [line.removeprefix("#   ") for line in code.splitlines() if line.startswith("#   ")]
        lines = [f"fit <- {x}" if x.startswith("glmmTMB") else x for x in lines if not x.startswith("mmrm")]
        (place / f"{k}.R").write_text("\n".join(lines))
        table(data).to_csv(place / f"{k}.csv", index=False)
    (place / "run.R").write_text(RUN)
    ran = subprocess.run(
        ["Rscript", "run.R", *map(str, range(len(CASES)))], cwd=place, capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return {name: pd.read_csv(place / f"fit{k}.csv") for k, name in enumerate(CASES)}


@pytest.mark.parametrize("case", CASES)
def test_glmmtmb_fits_the_same_model(case, comparisons, fits_of_r):
    ours, theirs = comparisons[case].structured, fits_of_r[case]
    # with next to no residual variance its likelihood is known to a few digits only; with one it is exact
    assert theirs["loglik"][0] == pytest.approx(ours.llf, abs=1e-5 if "variance" in case else 0.01)
    np.testing.assert_allclose((theirs["estimate"] - ours.params.to_numpy()) / ours.bse.to_numpy(), 0, atol=0.01)
    # from the Hessian of all parameters together: a little larger where the covariance leans on the coefficients
    np.testing.assert_allclose(theirs["se"], ours.bse, rtol=1e-4 if "variance" in case else 0.05)
