"""The exported code for an effect at each value of another predictor gives the page's numbers, in R (emmeans) and in Python."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.explain.question import questions
from lmmcompare.export.archive import archive
from lmmcompare.export.effects_code import effects_sentences, python_effects
from lmmcompare.export.json_results import json_results
from lmmcompare.export.r_code import r_code
from lmmcompare.export.report import report
from lmmcompare.export.results_paragraph import results
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.export.source import Source
from lmmcompare.export.tables import frames
from lmmcompare.model_catalogue import Model
from tests.sources import example_source

from .rscript import r_lacks
from .test_r_means import PACKAGES

RUNNER = """
for (name in commandArgs(TRUE)) { found <- new.env()
  capture.output(suppressMessages(suppressWarnings(source(paste0(name, ".R"), local = found, encoding = "UTF-8"))))
  jsonlite::write_json(found$effects_at, paste0(name, ".json"), digits = NA) }
"""
TRIAL = 'score ~ week * relevel(factor(arm), ref="Placebo") + baseline + (1 | patient)'


@pytest.fixture(scope="module")
def shown(table) -> dict[str, Snapshot]:
    trial, oats = Source("trial.csv", table("trial")), example_source("oats")
    cases = {
        "levels": (compare(TRIAL, trial.frame), trial, "arm", "week"),
        "slopes": (compare("score ~ week * arm + (1 | patient)", trial.frame), trial, "week", "arm"),
        "factors": (compare("Y ~ N * V + (1 | B)", oats.frame), oats, "V", "N"),
        "held": (compare("score ~ week * arm * I(baseline - 40) + (1 | patient)", trial.frame), trial, "arm", "week"),
    }
    result = {}
    for name, (comparison, source, of, by) in cases.items():
        term = next(q.term for q in questions(comparison) if q.predictor == of and not q.changes)
        result[name] = Snapshot(comparison, source, term=term, modifier=by)
        assert result[name].effects is not None
    return result


def test_r(shown, tmp_path):
    if reason := r_lacks(*PACKAGES):
        pytest.skip(reason)
    for name, one in shown.items():
        (tmp_path / f"{name}.R").write_text(r_code(one), encoding="utf-8")
    (tmp_path / "run.R").write_text(RUNNER)
    ran = subprocess.run(["Rscript", "run.R", *shown], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr[-2000:]
    for name, one in shown.items():
        theirs = pd.DataFrame(json.loads((tmp_path / f"{name}.json").read_text()))
        ours = one.effects.of_model(one.comparison.formula_model)
        estimate = next(c for c in theirs if c == "estimate" or c.endswith(".trend"))
        pairs = {"estimate": estimate, "se": "SE", "df": "df", "lower": "lower.CL", "upper": "upper.CL", "p": "p.value"}
        for column, name_in_r in pairs.items():
            expected = theirs[name_in_r].to_numpy(float)
            np.testing.assert_allclose(ours[column], expected, rtol=1e-3, atol=1e-6, err_msg=f"{name} {column}")


def test_python(shown):
    printed: list[pd.DataFrame] = []
    for one in shown.values():
        printed.clear()
        own = {
            "dataclasses": dataclasses,
            "comparison": one.comparison,
            "print": lambda what, end: printed.append(what.frame),
        }
        exec(python_effects(one), own)
        for frame, model in zip(printed, ("ols", "ols_robust", one.comparison.formula_model), strict=True):
            ours, column = (
                one.effects.of_model(model),
                "estimate" if "estimate" in frame else f"{one.effects.question.predictor}.trend",
            )
            np.testing.assert_allclose(frame[[column, "SE", "df"]], ours[["estimate", "se", "df"]], rtol=1e-9)


def test_report_tables_json_and_methods_tell_each_value(shown):
    one = shown["levels"]
    assert "week 12" in effects_sentences(one)[0]
    table = frames(one)["effects"]
    assert table["week"].unique().tolist() == [2, 4, 8, 12]
    result = json.loads(json_results(one))["effects"]
    assert result["values"] == [2, 4, 8, 12] and len(result["estimates"]["random_intercept"]) == 4
    html = report(one)
    assert "Active \N{MINUS SIGN} Placebo at each week" in html and "where week is 2" in html
    title = re.search("<title>(.*?)</title>", html)[1]
    assert "where week is 2" in title
    with ZipFile(BytesIO(archive(one))) as files:
        readme = files.read(next(name for name in files.namelist() if name.endswith("README.txt"))).decode()
    assert readme.startswith(title)


def test_results_tell_each_value_by_the_model_with_structured_residuals_too(table):
    trial = Source("trial.csv", table("trial"))
    both = compare("score ~ week * arm + (1 | patient), correlation = ar1(week | patient)", trial.frame)
    term = next(q.term for q in questions(both) if q.predictor == "arm" and not q.changes)
    one = Snapshot(both, trial, term=term, modifier="week")
    text = results(one)
    for name, model in (("Random intercept", Model.RANDOM_INTERCEPT), ("Structured residuals", Model.STRUCTURED)):
        (told,) = re.findall(f"{name}, .*?: (week 2 .*?p.*?)\\.(?= |$)", text)
        expected = one.effects.of_model(model)["estimate"]
        found = [float(x.replace("\N{MINUS SIGN}", "-")) for x in re.findall(r"week \d+ (\S+) \(SE", told)]
        np.testing.assert_allclose(found, expected, rtol=5e-3)
