"""The model with structured residuals in R: nlme, run by Rscript, finds the page's numbers."""

from __future__ import annotations

import shutil
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

CASES = {
    "serial": ("sleepstudy", "Reaction ~ Days + (1 | Subject), correlation = ar1(Days | Subject)", True),
    "one correlation": ("litters", "gain ~ milk + (1 | litter), correlation = cs(1 | litter)", False),
    "by visit": (
        "orthodont_structures",
        "distance ~ Sex * age + (1 | Subject), correlation = us(visit | Subject)",
        True,
    ),
    "unequal": ("orthodont_structures", "distance ~ Sex * age + (1 | Subject), variance = Sex", False),
}


@pytest.mark.parametrize("case", CASES)
def test_nlme_finds_the_numbers(case, table, tmp_path):
    name, formula, reml = CASES[case]
    comparison = lc.compare(formula, table(name), reml)
    code = r_code(Snapshot(comparison, Source("rows", table(name))))
    needed = "for (p in c('lme4', 'lmerTest', 'nlme', 'clubSandwich')) loadNamespace(p)"
    if shutil.which("Rscript") is None or subprocess.run(["Rscript", "-e", needed], capture_output=True).returncode:
        pytest.skip("R has no nlme, lme4, lmerTest or clubSandwich")
    (tmp_path / "script.R").write_text(code + '\nwrite.csv(results, "r.csv")\nwrite.csv(statistics, "s.csv")\n')
    ran = subprocess.run(["Rscript", "script.R"], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr[-2000:]
    theirs = pd.read_csv(tmp_path / "r.csv").query("model == 'structured'")
    ours = comparison.coefficients().query("model == 'structured'")
    np.testing.assert_allclose(theirs["estimate"], ours["estimate"], rtol=1e-4)  # of us() nlme stops early
    np.testing.assert_allclose(theirs["se"], ours["se"], rtol=1e-4)
    likelihood = pd.read_csv(tmp_path / "s.csv").query("model == 'structured'")["loglik"].item()
    ours_ml = comparison.statistics().set_index("model").loc["structured", "loglik"]
    assert likelihood == pytest.approx(ours_ml, abs=1e-4)


def test_what_nlme_or_statsmodels_cannot_fit_is_said(table):
    data = table("sleepstudy").assign(half=lambda rows: rows["Days"] // 5)
    comparison = lc.compare("Reaction ~ Days + (1 | Subject) + (0 + Days | Subject), variance = half", data)
    snapshot = Snapshot(comparison, Source("rows", data))
    assert not has_words(comparison) and "structured <-" not in r_code(snapshot) and "no words" in r_code(snapshot)
    assert "statsmodels has no equivalent" in python_code(snapshot) and "variance='half'" in python_code(snapshot)
