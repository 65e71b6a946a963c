"""The model with structured residuals in R: nlme, run by Rscript, finds the page's numbers."""

from __future__ import annotations

import subprocess

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from lmmcompare.export.python_code import python_code
from lmmcompare.export.r_code import r_code
from lmmcompare.export.r_structure import has_words
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.export.source import Source

from .rscript import r_lacks

CASES = {
    "serial": ("sleepstudy", "Reaction ~ Days + (1 | Subject), correlation = ar1(Days | Subject)", True),
    "one correlation": ("litters", "gain ~ milk + (1 | litter), correlation = cs(1 | litter)", False),
    "by visit": (
        "orthodont_structures",
        "distance ~ Sex * age + (1 | Subject), correlation = us(visit | Subject)",
        True,
    ),
    "unequal": ("orthodont_structures", "distance ~ Sex * age + (1 | Subject), variance = Sex", False),
    "blanks in names": (
        "blanks",
        "Reaction ~ `Days in` + (1 | `who is it`), correlation = ar1(`Days in` | `who is it`)",
        True,
    ),
}


@pytest.fixture(scope="module")
def table(table):
    """The test data, and one whose names nlme would put into formulas without the backquotes that they need."""
    blanks = table("sleepstudy").rename(columns={"Days": "Days in", "Subject": "who is it"})
    return lambda name: blanks if name == "blanks" else table(name)


# Each script must attach what it uses: nothing of the one before is left.
RUNNER = """
attached <- search()
for (k in commandArgs(TRUE)) {
  variables <- new.env()
  source(paste0(k, ".R"), local = variables, encoding = "UTF-8")
  write.csv(variables$results, paste0("r", k, ".csv"))
  write.csv(variables$statistics, paste0("s", k, ".csv"))
  for (package in setdiff(search(), attached)) detach(package, character.only = TRUE)
}
"""


@pytest.fixture(scope="module")
def comparisons(table):
    return {name: lc.compare(formula, table(data), reml) for name, (data, formula, reml) in CASES.items()}


@pytest.fixture(scope="module")
def tables_of_r(comparisons, table, tmp_path_factory):
    """The coefficients and the statistics that R finds, by case; one process runs all scripts."""
    if reason := r_lacks("lme4", "lmerTest", "nlme", "clubSandwich"):
        pytest.skip(reason)
    place = tmp_path_factory.mktemp("r")
    for k, (name, (data, *_)) in enumerate(CASES.items()):
        (place / f"{k}.R").write_text(r_code(Snapshot(comparisons[name], Source("rows", table(data)))))
    failing = (place / "0.R").read_text().replace("nlme::lme(", "stop(")
    assert "stop(" in failing
    (place / "failing.R").write_text(failing)
    failing_by_ml = (place / "0.R").read_text().replace("tryCatch(eval(call)", "tryCatch(stop()")
    assert "tryCatch(stop()" in failing_by_ml
    (place / "ml.R").write_text(failing_by_ml)
    (place / "run.R").write_text(RUNNER)
    numbers = [*map(str, range(len(CASES))), "failing", "ml"]
    ran = subprocess.run(["Rscript", "run.R", *numbers], cwd=place, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return {
        name: [pd.read_csv(place / f"{part}{k}.csv").query("model == 'structured'") for part in "rs"]
        for k, name in enumerate(CASES)
    } | {which: [pd.read_csv(place / f"{part}{which}.csv") for part in "rs"] for which in ("failing", "ml")}


@pytest.mark.parametrize("case", CASES)
def test_nlme_finds_the_numbers(case, comparisons, tables_of_r):
    comparison, (theirs, statistics) = comparisons[case], tables_of_r[case]
    ours = comparison.coefficients().query("model == 'structured'")
    np.testing.assert_allclose(theirs["estimate"], ours["estimate"], rtol=1e-4)  # of us() nlme stops early
    np.testing.assert_allclose(theirs["se"], ours["se"], rtol=1e-4)
    ours_ml = comparison.statistics().set_index("model").loc["structured", "loglik"]
    assert statistics["loglik"].item() == pytest.approx(ours_ml, abs=1e-4)


def test_where_nlme_fails_the_other_models_are_there_still(tables_of_r):
    for found in tables_of_r["failing"]:
        assert {"ols", "random_intercept"} <= set(found["model"]) and "structured" not in set(found["model"])


def test_where_nlme_fails_by_maximum_likelihood_its_coefficients_are_there_still(tables_of_r):
    results, statistics = tables_of_r["ml"]
    assert "structured" in set(results["model"])
    assert "random_intercept" in set(statistics["model"]) and "structured" not in set(statistics["model"])


def test_a_factor_whose_levels_are_uncorrelated_with_the_intercept_is_not_called_nlmes_pddiag(table):
    """pdDiag has a variance for each level's difference, where lme4's ``(1 | g) + (0 + f | g)`` has a covariance matrix of the levels."""
    data = table("orthodont_structures").assign(
        stage=lambda rows: rows["visit"].clip(upper=2).map({1: "early", 2: "late"})
    )
    comparison = lc.compare("distance ~ age + (stage || Subject), variance = Sex", data)
    code = r_code(Snapshot(comparison, Source("rows", data)))
    assert "pdDiag" not in code and "no words" in code and "(1 | Subject) + (0 + stage | Subject)" in code


def test_what_nlme_or_statsmodels_cannot_fit_is_said(table):
    data = table("sleepstudy").assign(half=lambda rows: rows["Days"] // 5)
    comparison = lc.compare("Reaction ~ Days + (1 | Subject) + (0 + Days | Subject), variance = half", data)
    snapshot = Snapshot(comparison, Source("rows", data))
    assert not has_words(comparison) and "structured <-" not in r_code(snapshot) and "no words" in r_code(snapshot)
    assert "statsmodels has no equivalent" in python_code(snapshot) and "variance='half'" in python_code(snapshot)


@pytest.mark.parametrize(
    ("structure", "lines"),
    [
        (
            "correlation = us(visit | Subject)",
            (
                "mmrm::mmrm(distance ~ Sex + age + Sex:age + us(",
                'reml = TRUE, method = "Kenward-Roger")',
                "us(at_visit + 0 | Subject)",
            ),
        ),
        ("correlation = cs(1 | Subject)", ("+ cs(at_visit | Subject), data", "FUN = seq_along")),
        ("correlation = ar1(visit | Subject)", ("(1 | Subject) + ar1(at_visit + 0 | Subject)", "dispformula = ~ 0")),
        ("correlation = car1(age | Subject)", ("numFactor(age)", "(1 | Subject) + ou(at_visit + 0 | Subject)")),
        ("variance = Sex", ("+ (1 | Subject), data, REML = TRUE, dispformula = ~ Sex)",)),
    ],
)
def test_other_packages_stand_as_remarks(table, structure, lines):
    data = table("orthodont_structures")
    comparison = lc.compare(f"distance ~ Sex * age + (1 | Subject), {structure}", data)
    code = r_code(Snapshot(comparison, Source("rows", data)))
    made = [line for line in code.splitlines() if line.startswith("#   ")]
    for line in lines:
        assert any(line in remark for remark in made), made
    assert not [line for line in code.splitlines() if "glmmTMB" in line and not line.startswith("#")]
