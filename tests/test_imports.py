"""What is loaded and when: a program that imports the package, and the app's first page, wait for nothing that they do not use."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import lmmcompare

ROOT = Path(__file__).parents[1]
PAGE = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from streamlit.testing.v1 import AppTest
page = AppTest.from_file({str(ROOT / "pages" / "compare.py")!r}, default_timeout=120)
page.session_state["routed"] = True
page.query_params["example"] = "cv161703"
page.run()
assert not page.exception and page.title is not None, page.exception
print(*sys.modules)
"""
SLOW = {
    "alembic", "distributed", "duckdb", "formulaic", "joblib", "nbformat", "patsy", "polars", "pyreadstat", "python_calamine",
    "scipy.interpolate", "scipy.optimize", "scipy.stats", "segno", "sqlalchemy", "statsmodels", "xlsxwriter",
}  # fmt: skip
"""Libraries that some part of the app needs, and the picture of a comparison does not."""


def loaded(code: str) -> set[str]:
    """The modules that a fresh process has after some code."""
    return {*subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()}


def test_importing_the_package_loads_no_other_part_of_it_and_no_library():
    names = loaded("import sys; before = {*sys.modules}; import lmmcompare; print(*({*sys.modules} - before))")
    assert {name for name in names if not sys.stdlib_module_names & {name.partition(".")[0]}} == {
        "lmmcompare",
        "lmmcompare.version",
    }


def test_a_comparison_loads_no_part_that_it_does_not_need():
    names = loaded("import sys, lmmcompare; lmmcompare.compare; print(*sys.modules)")
    assert not names & SLOW
    assert not {name for name in names if name.startswith(("lmmcompare.studies", "lmmcompare.simulate", "plotly"))}


def test_the_first_page_loads_no_library_for_what_is_not_on_it():
    names = loaded(PAGE)
    assert "lmmcompare.comparison.compare" in names  # it has been drawn
    assert not names & SLOW
    assert not names & {"lmmcompare.ui.compare.tabs", "lmmcompare.export.report", "lmmcompare.assess.diagnostics"}


def test_public_names_are_those_that_type_checkers_see():
    tree = ast.parse((ROOT / "lmmcompare" / "__init__.py").read_text())
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    seen = [alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted([*seen, "__version__"]) == sorted(lmmcompare.__all__)
    assert {*lmmcompare.__all__} <= {*dir(lmmcompare)}
    assert all(getattr(lmmcompare, name) is not None for name in seen)
    assert (ROOT / "lmmcompare" / "py.typed").is_file()  # else they do not look


def test_a_function_is_not_hidden_by_the_module_of_its_name():
    code = (
        "import lmmcompare as lc, lmmcompare.simulate.table, lmmcompare.explain.identity;"
        "print(callable(lc.simulate), callable(lc.explain))"
    )
    assert loaded(code) == {"True"}


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks").glob("*.py")), ids=lambda path: path.stem)
def test_a_benchmark_imports_only_what_is_there(path):
    """No type checker reads the benchmarks, and most of them run on demand only."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lmmcompare"):
            module = importlib.import_module(node.module)
            for alias in node.names:
                there = hasattr(module, alias.name) or importlib.util.find_spec(f"{node.module}.{alias.name}")
                assert there, f"{node.module} has no {alias.name}"
