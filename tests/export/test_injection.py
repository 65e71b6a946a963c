"""Names and levels are text: whatever they are, the scripts hold the calls that we wrote and no others."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import lmmcompare
from lmmcompare.errors import DataError
from lmmcompare.export.data_file import data_file
from lmmcompare.export.file_columns import is_plain
from lmmcompare.export.json_results import json_results
from lmmcompare.export.notebook import notebook
from lmmcompare.export.python_code import python_code
from lmmcompare.export.r_code import r_code
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.export.source import Source
from tests.effort import examples
from tests.sources import file_source

from .rscript import r_lacks
from .test_r_code import UTF8

EVIL = [
    '"); system("true"); c("', "'''); import os; os.system('true') #", "x\nimport os", "x\rimport os", "x\u2028import os",
    "x\x0cimport os", "\\", "a\\", "'", '"', "\\'", "{x}", "%s", "${x}", "#", "# nosec", "<script>alert(1)</script>",
    "\u202eevil", "if", "TRUE", "...", "..1", "offset(a)", "=cmd()", "lambda", "None", "é", "年", "\U0001f409", "NA", "NULL", "_x", ".1a",
    "x" * 300, "C(x)", "I(x)", "__import__('os')", "a:b", "a|b", "a + b", "~", "-1", " x ", "\t", "data", "frame",
    "group_means", "v2", "column_1",
]  # fmt: skip
PYTHON = (
    "load simulate read_csv StringIO Categorical from_codes fillna astype rename compare coefficients variances statistics "
    "to_string print explain dropna select_dtypes remove_unused_categories len sqrt diag inv hessian ols mixedlm fit DataFrame "
    "startswith groupby transform ones coefficient Page draw show errors infer numbers within exists Path melt sort_index merge drop "
    "to_csv get_robustcov_results factorize max replace emmeans slopes contrasts"
)
R = (
    "library if requireNamespace <- read.csv c factor [[<- [[ droplevels [ complete.cases lm ~ + | ( lmerControl list lmer model.matrix "
    "model.response model.frame do.call lapply split seq_along with function $ lm.fit apply { length data.frame rep tail coef sqrt "
    "diag vcov df.residual summary %in% colnames colnames<- inherits refitML as.numeric logLik AIC BIC sigma of_lm of_lmer of_fit rbind "
    "stop ! l10n_info :: clubSandwich::coef_test grep names print as.data.frame VarCorr : head - colnames for == paste0 options "
    "of_spread / * qt pt abs file.exists match ave paste is.na order nrow rep seq_len write.csv != <<- "
    "tryCatch message conditionMessage ~ | @ c emmeans::emm_options emmeans::emmeans emmeans::emtrends emmeans::contrast "
    "clubSandwich::linear_contrast setNames lengths unlist ifelse < setdiff writeLines"
)
names = st.one_of(
    st.sampled_from(EVIL),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="`\0"), min_size=1, max_size=20),
)


def made(outcome: str, predictor: str, group: str, levels: list[str]) -> tuple[lmmcompare.Comparison, Source]:
    """A small comparison of columns and levels with these names."""
    rng = np.random.default_rng(0)
    codes, arm = np.repeat(np.arange(6), 8), np.tile([0, 1], 24)
    frame = pd.DataFrame({
        outcome: rng.normal(size=48), predictor: pd.Categorical.from_codes(arm, levels), group: pd.Categorical(codes.astype(str)),
    })  # fmt: skip
    formula = f"`{outcome}` ~ `{predictor}` + (1 | `{group}`)"
    return lmmcompare.compare(formula, frame), file_source(f"{group}\n{predictor}.csv", frame)


def calls(code: str) -> set[str]:
    """The names of everything that Python code calls."""
    functions = [node.func for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    return {f.attr if isinstance(f, ast.Attribute) else f.id for f in functions}  # type: ignore[attr-defined]


SCRIPTS: list[str] = []


@settings(max_examples=examples(15), derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(
    st.lists(names, min_size=3, max_size=3, unique=True),
    st.lists(names | st.just("`"), min_size=2, max_size=2, unique=True),
)
def hostile(columns: list[str], levels: list[str]) -> None:
    comparison, source = made(*columns, levels)
    code = python_code(Snapshot(comparison, source))
    assert calls(code) <= set(PYTHON.split())
    modules = [alias.name for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Import) for alias in node.names]
    assert set(modules) == {"dataclasses", "io", "pathlib", "numpy", "pandas", "statsmodels.formula.api", "lmmcompare"}
    cells = json.loads(notebook(Snapshot(comparison, source)))["cells"]
    assert calls("\n".join(c["source"] for c in cells if c["cell_type"] == "code")) <= set(PYTHON.split())
    said = [
        re.sub(r"(`+) .*? \1", "", c["source"]) for c in cells if c["cell_type"] == "markdown"
    ]  # code spans show it
    assert not any("<" in text for text in said)
    assert json.loads(json_results(Snapshot(comparison, source)))["data"]["columns"] == [
        columns[0],
        columns[1],
        columns[2],
    ]
    read_back = {}
    exec(compile(code[: code.index("\ncomparison = ")], "script", "exec"), read_back)
    again = lmmcompare.compare(comparison.spec.formula, read_back["data"])
    pd.testing.assert_frame_equal(again.coefficients(), comparison.coefficients())
    SCRIPTS.append(r_code(Snapshot(comparison, source)))


def test_no_name_breaks_out(tmp_path: Path) -> None:
    """Python's code is parsed and its calls are looked at; R's all at once, by R's own parser."""
    SCRIPTS.clear()
    hostile()
    for a, b, c in zip(EVIL[::2], EVIL[1::2], EVIL[7::2] + EVIL[:7:2], strict=False):
        comparison, source = made(a, b, c, [a, b])
        assert calls(python_code(Snapshot(comparison, source))) <= set(PYTHON.split())
        SCRIPTS.append(r_code(Snapshot(comparison, source)))
    if reason := r_lacks("jsonlite"):
        pytest.skip(reason)
    for k, script in enumerate(SCRIPTS):
        (tmp_path / f"{k}.R").write_text(script, encoding="utf-8")
    (tmp_path / "parse.R").write_text("""
found <- function(e) {
  if (!is.recursive(e)) return(NULL)
  own <- if (is.call(e)) paste(deparse(e[[1]]), collapse = "")
  c(own, unlist(lapply(as.list(e), function(p) if (!missing(p)) found(p))))
}
files <- sprintf("%d.R", seq_along(list.files(pattern = "^[0-9]+[.]R$")) - 1)
all <- lapply(files, function(f) unique(found(parse(f, encoding = "UTF-8", keep.source = FALSE))))
jsonlite::write_json(all, "found.json")
""")  # fmt: skip
    ran = subprocess.run(["Rscript", "parse.R"], cwd=tmp_path, env=UTF8, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    for k, functions in enumerate(json.loads((tmp_path / "found.json").read_text())):
        assert {f for f in functions if not f.startswith("function(")} <= set(R.split()), SCRIPTS[k]


def test_what_code_cannot_hold_is_refused_by_name() -> None:
    frame = pd.DataFrame({"y": np.arange(12.0) % 5, "x": np.arange(12.0), "a\0b": np.repeat(["a", "b", "c"], 4)})
    comparison = lmmcompare.compare("y ~ x + (1 | `a\0b`)", frame)
    with pytest.raises(DataError, match="cannot hold"):
        r_code(Snapshot(comparison, file_source("t.csv", frame)))


PLAIN = ["Score (points)", "it's", '"q"', "größe 年", "a,b", "NA"]
NOT_PLAIN = ["=1+1", "@x", "a\\", " a", "a\n", "\u202ea", "", "`"]


@pytest.mark.parametrize("text", [*PLAIN, *NOT_PLAIN])
def test_what_stands_in_the_file_as_it_is(text: str) -> None:
    assert is_plain(text) is (text in PLAIN)


def test_the_file_is_plain_text_whatever_the_table_holds() -> None:
    comparison, source = made("a\nb", "=x", "g", ['he said "no"', "\\"])
    file = data_file(comparison, source)
    assert file.text.startswith("column_1,column_2,g\n") and file.fields[1].numbered
    assert source.csv_name == "g-x.csv" and file_source("../../etc/passwd", source.frame).csv_name == "passwd.csv"
    assert file_source("年", source.frame).csv_name == "data.csv"
