"""The Python scripts and the notebooks' cells are run, all in one process of their own, and what they find is compared."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest

from lmmcompare.export.comments import visible
from lmmcompare.export.data_file import data_file
from lmmcompare.export.notebook import notebook
from lmmcompare.export.page_results import PAGE, page_file, page_numbers
from lmmcompare.export.python_code import python_code
from lmmcompare.tables.inference import QUANTITIES

from .cases import EXAMPLES, RUN, SIMULATED, Case, nasty_cases

CASES = {
    case.name + ("" if case.reml else ", ML"): case for case in [*EXAMPLES[1:-1], *SIMULATED, *nasty_cases(), *RUN]
}
SCALED, CURVE, CROSSED = (
    next(case.name for case in RUN if case.formula == formula)
    for formula in (
        "y ~ scale(a) * arm + factor(week) + (1 | g)",
        "y ~ poly(a, 2) + b + (b | g)",
        "y ~ a + arm + (a | g) + (1 | item)",
    )
)
NOTEBOOKS = {name: CASES[name] for name in ("simulated", "quotes", "backslash and newline, ML", "no intercept", SCALED)}

# Runs scripts and cells as a reader would, and writes down what their variables hold.
RUNNER = """
import contextlib, io, json, os, pathlib, sys, traceback, warnings
import numpy as np
import plotly.io
plotly.io.renderers.default = "json"

def told(variables):
    fits = {}
    for name in ("ols", "no_pooling", "random_intercept", "random_slope", "within_between", "several"):
        if name in variables:
            fit = variables[name]
            least = name in ("ols", "no_pooling")
            estimate, se = (fit.params, fit.bse) if least else (fit.fe_params, variables["errors"](fit))
            kept = np.asarray(variables["common"]) if name == "no_pooling" else np.ones(len(estimate), bool)
            fits[name] = [np.asarray(estimate)[kept].tolist(), np.asarray(se)[kept].tolist(), float(fit.llf)]
    return {"ours": variables["comparison"].coefficients().to_json(double_precision=15), "fits": fits}

def run(path):
    variables = {"__name__": "__main__"}
    text = pathlib.Path(path).read_text(encoding="utf-8")
    os.chdir(pathlib.Path(path).parent)
    cells = [c["source"] for c in json.loads(text)["cells"] if c["cell_type"] == "code"] if path.endswith(".ipynb") else [text]
    with contextlib.redirect_stdout(io.StringIO()) as out, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for cell in cells:
            exec(compile(cell.replace(".show()", ""), path, "exec"), variables)
    return told(variables) | {"printed": len(out.getvalue())}

start, found = os.getcwd(), {}
for path in sys.argv[1:]:
    try:
        found[path] = run(path)
    except Exception:  # told under the file's name: its test fails with it, and the other files still run
        found[path] = {"error": traceback.format_exc()[-1500:]}
    os.chdir(start)
pathlib.Path("found.json").write_text(json.dumps(found))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the scripts run, each in a folder of its own."""
    return tmp_path_factory.mktemp("python")


@pytest.fixture(scope="module")
def found(place: Path) -> dict[str, dict[str, Any]]:
    """What each file finds, by its name."""
    files = {}
    for k, case in enumerate(CASES.values()):
        files |= {f"{k}/code.py": python_code(case.snapshot), f"{k}/{PAGE}": page_file(case.snapshot).decode()}
        file = data_file(case.comparison, case.source)
        if not (file.inline or case.source.example or case.source.settings):
            files[f"{k}/{file.name}"] = file.text
    files |= {f"{list(CASES).index(name)}/notebook.ipynb": notebook(case.snapshot) for name, case in NOTEBOOKS.items()}
    for name, text in files.items():
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    scripts = [name for name in files if not name.endswith(".csv")]
    ran = subprocess.run(
        [sys.executable, "-c", RUNNER, *scripts],
        cwd=place,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads((place / "found.json").read_text())


def _environment() -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


@pytest.mark.parametrize("name", CASES)
def test_the_script_finds_our_numbers(name: str, found: dict[str, dict[str, Any]]) -> None:
    check(CASES[name], found[f"{list(CASES).index(name)}/code.py"])


@pytest.mark.parametrize("name", CASES)
def test_the_scripts_own_table_sets_the_page_beside_it(
    name: str, found: dict[str, dict[str, Any]], place: Path
) -> None:
    """The same library on the same rows: to rounding, whatever the inference, the draws of a bootstrap too.

    Rows in another order or with other types would only round otherwise; profiles search to about 1e-6 of a width.
    """
    case, at = CASES[name], f"{list(CASES).index(name)}"
    assert "error" not in found[f"{at}/code.py"], found[f"{at}/code.py"]["error"]
    table, page = pd.read_csv(place / at / "match_python.csv"), page_numbers(case.snapshot)
    assert len(table) == page[[*QUANTITIES]].notna().sum().sum() and not table["python"].isna().any()
    assert set(table.loc[table["chosen"] == "yes", "name"]) == {visible(case.snapshot.coefficient)}
    np.testing.assert_allclose(table["python"], table["page"], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_notebook_runs_and_finds_our_numbers(name: str, found: dict[str, dict[str, Any]]) -> None:
    case = NOTEBOOKS[name]
    check(case, found[f"{list(CASES).index(name)}/notebook.ipynb"])
    nbformat.validate(nbformat.reads(notebook(case.snapshot), as_version=4))


def check(case: Case, theirs: dict[str, Any]) -> None:
    """lmmcompare's to the last digits; statsmodels' as closely as its optimiser stops, in whatever order it has its terms."""
    assert "error" not in theirs, theirs["error"]
    assert theirs["printed"] > 0
    comparison = case.comparison
    ours = comparison.coefficients()
    again = json.loads(theirs["ours"])
    assert list(again["term"].values()) == list(ours["term"])
    for column in ("estimate", "se"):
        np.testing.assert_allclose(
            np.array(list(again[column].values()), dtype=float), ours[column], rtol=1e-9, atol=1e-12
        )
    for key, (estimate, se, loglik) in theirs["fits"].items():
        fit = comparison.fits[key]
        close = close_se = 1e-8 if key in ("ols", "no_pooling") else 3e-4
        if (case.name, key) in STOPS_EARLY:
            close, close_se = 1e-2, 5e-3
            assert -2 * loglik > fit.criterion + 1e-4  # its optimum is the worse one, of the same criterion
        expected = np.sort(fit.params)
        scale = np.maximum(np.abs(expected), fit.bse.min())
        np.testing.assert_allclose((np.sort(estimate) - expected) / scale, 0, atol=close)
        np.testing.assert_allclose(np.sort(se), np.sort(fit.bse), rtol=close_se)
    left = {k for k, fit in comparison.mixed_fits().items() if not fit.singular} - set(theirs["fits"])
    if comparison.spec.weights is not None:  # MixedLM has none
        assert set(theirs["fits"]) <= {"ols", "no_pooling"}
        return
    assert left == NOT_IN_STATSMODELS.get(case.name, set())


STOPS_EARLY = {("logical outcome", "random_slope"), ("days", "random_slope")}
"""Where MixedLM says that it has converged 1e-4 of the log-likelihood below the optimum.

The slope's SD is a twentieth and a hundredth of the residual one in its column's units, and its correlation with the intercept
-0.97 for "logical outcome": a long flat valley for a search that does not scale its parameters. Other methods of its own come
within 3e-4 of a standard error of our optimum (Nelder-Mead before Powell for the one, L-BFGS before them for the other), but none
does for both.
"""
NOT_IN_STATSMODELS = {
    "splines": {"random_intercept", "within_between"},  # patsy has no poly()
    "not estimable": {"random_intercept", "random_slope", "within_between"},  # MixedLM knows no columns left out
    "orders": {"random_intercept"},  # patsy has no ordered()
    "quotes": {"within_between"},
    "functions": {"within_between"},
    "spline": {"within_between"},
    "factor of a number": {"within_between"},
    SCALED: {"within_between"},  # means of scaled columns and of products
    CURVE: {"random_intercept", "random_slope", "within_between"},  # poly()
    CROSSED: {"several"},  # crossed factors with a slope
    "times": {"within_between"},
    "comparisons": {"random_intercept", "within_between"},  # R's round(); means of products
    "categories": {"within_between"},
    "codings": {"within_between"},
    "means": {"within_between"},
    "natural spline and intervals": {"random_intercept", "within_between"},
    "equal intervals": {"random_intercept", "random_slope", "within_between"},
}
