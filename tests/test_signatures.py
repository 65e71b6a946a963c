"""Functions have at most eight parameters: more belong together in something that has a name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MOST = 8


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Names of what a caller may give, one for all of ``*args`` or ``**kwargs``; the object itself is not given."""
    of = node.args
    several = [of.vararg, of.kwarg]
    names = [a.arg for a in (*of.posonlyargs, *of.args, *of.kwonlyargs, *several) if a is not None]
    return [name for name in names if name not in ("self", "cls")]


def too_long(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and len(parameters(node)) > MOST:
            yield f"{node.name} has {len(parameters(node))} parameters"


def test_functions_have_at_most_eight_parameters() -> None:
    files = [*(ROOT / "lmmcompare").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]
    assert not [f"{p.relative_to(ROOT)}: {text}" for p in files for text in too_long(p.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("def f(a, b, c, d, /, e, f, g, *, h, i): ...", 1),
        ("async def f(a, b, c, d, e, f, g, h, *more): ...", 1),
        ("class A:\n    def f(self, a, b, c, d, e, f, g, **more): ...", 0),
    ],
)
def test_the_rule_finds_what_it_forbids(source: str, count: int) -> None:
    assert len([*too_long(source)]) == count
