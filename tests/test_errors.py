"""An error's remedy fits where it is read: code for callers of the library, pages and buttons for readers of the app."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from lmmcompare.errors import LmmCompareError

ROOT = Path(lc.__file__).parent
PLACES = re.compile(r"\b(page|pages|sidebar|button|tab|Simulate|Upload)\b|“Column types”|“Change the table”")
"""What only the app has."""


def rows(**columns: object) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"g": np.repeat(np.arange(8), 5), "x": rng.normal(size=40), "y": rng.normal(size=40)})
    return frame.assign(**columns)


def mended(data: pd.DataFrame, code: str) -> pd.Series:
    return eval(code, {"pd": pd, "data": data})


@pytest.mark.parametrize("values", [["no", "yes"], ["1.5", "2.25", "3", "0"]])
def test_text_where_numbers_are_needed_is_mended_by_the_code_of_the_remedy(values: list[str]) -> None:
    data = rows(y=pd.Series(np.resize(values, 40), dtype=object))
    with pytest.raises(LmmCompareError) as caught:
        lc.compare("y ~ x + (1 | g)", data)
    said = str(caught.value)
    assert not PLACES.search(said) and "Data page" in caught.value.text_in_app
    number, level = re.search(r"(pd\.to_numeric\(.*?\)), or (\(.*\)\.astype\(int\))", said).groups()  # type: ignore[union-attr]
    data["y"] = mended(data, number if values[0] == "1.5" else level.replace("…", "yes"))
    assert lc.compare("y ~ x + (1 | g)", data).design.n == 40


def test_numbers_with_some_text_are_mended_by_the_code_of_the_remedy() -> None:
    data = rows()
    data["x"] = data["x"].round(2).astype(str)
    data.loc[3, "x"] = "n/a?"
    with pytest.raises(LmmCompareError) as caught:
        lc.compare("y ~ x + (1 | g)", data)
    assert not PLACES.search(str(caught.value)) and "“Column types”" in caught.value.text_in_app
    code = re.search(r"pd\.to_numeric\(.*?\)", str(caught.value))
    assert code is not None
    data["x"] = mended(data, code[0])
    assert lc.compare("y ~ x + (1 | g)", data).design.n == 39


LIBRARY = ("design", "engines", "fit", "formula", "inference", "models", "moments", "simulate", "comparison", "studies")


def outside_of_the_app(tree: ast.Module) -> Iterator[ast.Constant]:
    """Texts of a module, but for docstrings and what is said in the app alone."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            skipped.add(id(node.value))
        if isinstance(node, ast.keyword) and node.arg == "in_app":
            skipped.update(map(id, ast.walk(node)))
        if isinstance(node, (ast.Assign, ast.AugAssign)) and "in_app" in ast.unparse(node).split("=")[0]:
            skipped.update(map(id, ast.walk(node)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node


def test_nothing_that_the_library_says_names_a_place_of_the_app() -> None:
    seen = 0
    for path in (p for room in LIBRARY for p in sorted((ROOT / room).rglob("*.py"))):
        for node in outside_of_the_app(ast.parse(path.read_text())):
            seen += 1
            assert not PLACES.search(node.value), f"{path}:{node.lineno} {node.value}"
    assert seen > 1000
