"""The exported emmeans calls, run by Rscript, give the page's adjusted means and differences."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.assess.adjusted_means import MeansQuestion
from lmmcompare.export.data_file import data_file
from lmmcompare.export.python_code import python_code
from lmmcompare.export.r_code import r_code
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.tables.inference import infer
from tests.sources import example_source, file_source

from .rscript import r_lacks

CASES = {
    "orthodont": ("distance ~ age * Sex + (1 | Subject)", None, False),
    "oats": ("Y ~ V * N + (1 | B)", MeansQuestion("N", "", "trt.vs.ctrl", "holm", "proportional"), True),
    "hsb82": ("mAch ~ ses * meanses + (1 | school)", None, False),
    "wards": ("y ~ t + (1 | ward)", None, False),
}
RUNNER = """
for (name in commandArgs(TRUE)) { setwd(name); found <- new.env()
  capture.output(suppressMessages(suppressWarnings(source("script.R", local = found, encoding = "UTF-8"))))
  robust <- lapply(found$robust_means, as.data.frame)
  jsonlite::write_json(list(means = found$adjusted_means, differences = found$adjusted_differences, robust = robust), "found.json",
    digits = NA, na = "null")
  setwd("..") }
"""


def one_treated() -> pd.DataFrame:
    """One of eight wards has the treatment: its mean, and so the difference, has no error clustered by wards."""
    rng = np.random.default_rng(5)
    ward = np.repeat(np.arange(8), 6)
    y = rng.normal(size=8)[ward] + rng.normal(size=48)
    return pd.DataFrame({"y": y, "t": np.where(ward == 2, "yes", "no"), "ward": [f"w{k}" for k in ward]})


def snapshot(name: str) -> Snapshot:
    formula, question, kenward_roger = CASES[name]
    source = file_source("wards.csv", one_treated()) if name == "wards" else example_source(name)
    comparison = compare(formula, source.frame)
    return Snapshot(comparison, source, means=question, chosen=infer(comparison, kenward_roger=kenward_roger))


PACKAGES = ("lmerTest", "pbkrtest", "emmeans", "clubSandwich", "jsonlite")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    if reason := r_lacks(*PACKAGES):
        pytest.skip(reason)
    place: Path = tmp_path_factory.mktemp("emmeans")
    for name in CASES:
        shown = snapshot(name)
        (place / name).mkdir()
        (place / name / "script.R").write_text(r_code(shown), encoding="utf-8")
        file = data_file(shown.comparison, shown.source)
        (place / name / file.name).write_text(file.text, encoding="utf-8")
    (place / "run.R").write_text(RUNNER)
    ran = subprocess.run(["Rscript", "run.R", *CASES], cwd=place, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return {name: json.loads((place / name / "found.json").read_text()) for name in CASES}


@pytest.mark.parametrize("name", CASES)
def test_the_script_gives_the_pages_numbers(name, found):
    result = snapshot(name).adjusted_means
    theirs = {key: pd.DataFrame(found[name][key]) for key in ("means", "differences")}
    ours = {"means": result.frame(), "differences": result.differences()}
    for key, frame in ours.items():
        mixed = frame[frame["model"] == result.frame()["model"].iloc[-1]].reset_index(drop=True)
        estimate = next(c for c in theirs[key] if c in ("emmean", "estimate") or c.endswith(".trend"))
        pairs = {"estimate": estimate, "se": "SE", "df": "df", "lower": "lower.CL", "upper": "upper.CL"} | (
            {"p": "p.value"} if key == "differences" else {}
        )
        for column, name_in_r in pairs.items():
            expected = theirs[key][name_in_r].to_numpy(float)
            np.testing.assert_allclose(mixed[column], expected, rtol=1e-3, atol=1e-4, err_msg=f"{key} {column}")
    for frame, robust in zip(ours.values(), found[name]["robust"], strict=True):
        ols = frame[frame["model"] == "ols_robust"].reset_index(drop=True)
        rows = pd.DataFrame(robust)
        if name == "wards":
            assert ols["se"].isna().any() and ols["se"].isna().tolist() == rows["SE"].isna().tolist()
        for column, name_in_r in {"estimate": "Est", "se": "SE", "df": "df"}.items():
            np.testing.assert_allclose(ols[column], rows[name_in_r].to_numpy(float), rtol=1e-6, err_msg=column)


def test_what_emmeans_would_do_otherwise_is_left_out_with_a_reason():
    source = example_source("orthodont")
    shown = Snapshot(compare("distance ~ scale(age) * Sex + (1 | Subject)", source.frame), source)
    code = r_code(shown)
    assert "emmeans::" not in code and "# Adjusted means are left out: emmeans may evaluate scale()" in code


def test_emmeans_is_not_asked_of_a_model_with_an_offset():
    """emmeans 1.8.4 stops at each of lmer's with “argument lengths differ”."""
    source = example_source("orthodont")
    code = r_code(Snapshot(compare("distance ~ Sex + offset(age / 2) + (1 | Subject)", source.frame), source))
    assert "emmeans::" not in code and "stops at a mixed model with an offset" in code


@pytest.mark.parametrize("name", ["orthodont", "oats"])
def test_the_python_script_asks_the_same(name):
    code = python_code(snapshot(name))
    (asked,) = [cell for cell in code.split("\n\n") if "clustered = " in cell]
    shown = snapshot(name)
    printed: list[str] = []
    space = {
        "comparison": shown.comparison,
        "dataclasses": __import__("dataclasses"),
        "print": lambda text, **_: printed.append(repr(text)),
    }
    exec(asked, space)
    result = shown.adjusted_means
    assert printed[2] == repr(next(reversed(result.estimates.values())))
    assert printed[3] == repr(next(reversed(result.contrasts.values())))
