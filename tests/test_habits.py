"""Habits that hold everywhere: few parameters, frozen objects that nobody writes into, docstrings and documents that name what is there."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MOST = 8
Nodes = list[ast.AST]
"""All nodes of a file."""


def nodes_of(source: str) -> Nodes:
    return [*ast.walk(ast.parse(source))]


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Names of what a caller may give, one for all of ``*args`` or ``**kwargs``; the object itself is not given."""
    of = node.args
    several = [of.vararg, of.kwarg]
    names = [a.arg for a in (*of.posonlyargs, *of.args, *of.kwonlyargs, *several) if a is not None]
    return [name for name in names if name not in ("self", "cls")]


def too_long(nodes: Nodes) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and len(parameters(node)) > MOST:
            yield f"{node.name} has {len(parameters(node))} parameters"


def writes_into_frozen(nodes: Nodes) -> Iterator[str]:
    """Functions that get round a frozen object; its own ``__post_init__`` may, while the object is made."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name != "__post_init__":
            for inner in ast.walk(node):
                if (
                    isinstance(inner, ast.Attribute)
                    and inner.attr == "__setattr__"
                    and ast.unparse(inner.value) == "object"
                ):
                    yield node.name


REFERENCE = re.compile(r"(?<!`)`([a-z_]+(?:\.\w+)+)`(?!`)")
"""A module, or what is in one, as docstrings point to it."""


def is_there(reference: str, path: Path) -> bool:
    """Whether a reference from a file leads somewhere: from the package, or from a folder that the file is in."""
    parts = reference.removeprefix("lmmcompare.").split(".")
    for folder in (ROOT / "lmmcompare", *path.parents):
        for k in range(len(parts), 0, -1):
            module = folder.joinpath(*parts[:k])
            source = next((p for p in (module.with_suffix(".py"), module / "__init__.py") if p.is_file()), None)
            rest = parts[k : k + 1]
            if source and (not rest or re.search(rf"\b{rest[0]}\b", source.read_text(encoding="utf-8"))):
                return True
    return parts[0] == "st" or importlib.util.find_spec(parts[0]) is not None


SECTION = re.compile(r"^(?:Parameters|Attributes)\n-+\n(.*?)(?=^\w[\w ]*\n-{3,}|\Z)", re.DOTALL | re.MULTILINE)


def documented(docstring: str) -> list[str]:
    """The names that a numpydoc section of parameters or attributes describes."""
    section = SECTION.search(docstring)
    lines = re.findall(r"^(\S[^\n]*?) : ", section[1], re.MULTILINE) if section else []
    return [name.strip().lstrip("*") for line in lines for name in line.split(",")]


def named(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> set[str]:
    """Parameters of a function; of a class its fields, its methods, and what they set."""
    if not isinstance(node, ast.ClassDef):
        return {*parameters(node)}
    inner = [n for n in ast.walk(node) if isinstance(n, ast.FunctionDef)]
    stored = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}
    fields = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stored | fields | {f.name for f in inner} | {name for f in inner for name in parameters(f)}


def misdocumented(nodes: Nodes) -> Iterator[str]:
    """Names that a docstring describes and that are not there, as after a rename."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            described = documented(ast.get_docstring(node) or "")
            known = named(node) if described else set()
            yield from (f"{node.name} has no {name}" for name in described if name not in known)


FILE = re.compile(r"`((?:[\w*-]+/)+[\w*-]+\.(?:py|js|R|json|toml|md))`")
"""A file as documents name it, from the root, from the package or from its tests."""


def absent_files(text: str) -> list[str]:
    """Files that a document names and that are not there, as after a move."""
    places = ROOT, ROOT / "lmmcompare", ROOT / "tests"
    return [name for name in FILE.findall(text) if not any([*place.glob(name)] for place in places)]


PICK_LISTS = ("selectbox", "multiselect")
"""Widgets of Streamlit that show their options as they are; labels, pills and segmented controls read Markdown."""


def escaped_in_vain(nodes: Nodes) -> Iterator[str]:
    """Backslashes and asterisks that a reader would see: options escaped for Markdown, emphasis inside `literal`."""
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in PICK_LISTS:
            for given in node.keywords:
                if given.arg == "format_func" and "plain" in ast.unparse(given.value):
                    yield f"line {node.lineno}: {name} shows its options as they are"
        if name == "literal" and "**" in "".join(ast.unparse(argument) for argument in node.args):
            yield f"line {node.lineno}: asterisks inside literal() are shown"


def sources() -> dict[str, str]:
    files = [*(ROOT / "lmmcompare").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in files}


RULES = (too_long, writes_into_frozen, misdocumented, escaped_in_vain)


@cache
def faults() -> dict[str, list[str]]:
    """What breaks each rule: all of them in one pass, for each file takes longer to parse than to look at."""
    found: dict[str, list[str]] = {rule.__name__: [] for rule in RULES}
    for path, source in sources().items():
        nodes = nodes_of(source)
        for rule in RULES:
            found[rule.__name__] += [f"{path}: {text}" for text in rule(nodes)]
    return found


@pytest.mark.parametrize("rule", RULES)
def test_no_file_breaks_a_rule(rule: Callable[[Nodes], Iterator[str]]) -> None:
    """At most eight parameters, nobody writes into a frozen object, docstrings describe what is there, nothing is escaped in vain."""
    assert not faults()[rule.__name__]


def test_what_docstrings_point_to_is_there() -> None:
    lost = [
        f"{path}: {reference}"
        for path, source in sources().items()
        for reference in REFERENCE.findall(source)
        if not is_there(reference, ROOT / path)
    ]
    assert not lost


def test_files_that_documents_name_are_there() -> None:
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    texts = [(path.name, path.read_text(encoding="utf-8")) for path in documents]
    assert sum(len(FILE.findall(text)) for _, text in texts) > 50
    assert not [f"{document}: {name}" for document, text in texts for name in absent_files(text)]


def test_a_file_that_is_gone_is_found() -> None:
    assert absent_files("see `design/build.py`, `fit/gone.py` and `tests/reference/make_reshape.R`") == ["fit/gone.py"]


@pytest.mark.parametrize(("name", "count"), [("other", 1), ("size", 0)])
def test_the_rule_of_docstrings_finds_what_it_forbids(name: str, count: int) -> None:
    section = f'"""Do.\n\n    Parameters\n    ----------\n    {name} : int\n    """'
    assert len([*misdocumented(nodes_of(f"def f(size):\n    {section}"))]) == count
    assert len([*misdocumented(nodes_of(f"class A:\n    {section}\n    size: int"))]) == count


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('st.selectbox("a", names, format_func=lambda n: plain(n))', 1),
        ('st.pills("a", names, format_func=plain)', 0),
        ('note(literal(f"of {name}: **all**"))', 1),
        ('note(f"**{literal(name)}**")', 0),
    ],
)
def test_the_rule_of_escapes_finds_what_it_forbids(source: str, count: int) -> None:
    assert len([*escaped_in_vain(nodes_of(source))]) == count


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("def f(a, b, c, d, /, e, f, g, *, h, i): ...", 1),
        ("async def f(a, b, c, d, e, f, g, h, *more): ...", 1),
        ("class A:\n    def f(self, a, b, c, d, e, f, g, **more): ...", 0),
    ],
)
def test_the_rule_of_parameters_finds_what_it_forbids(source: str, count: int) -> None:
    assert len([*too_long(nodes_of(source))]) == count


@pytest.mark.parametrize(("name", "count"), [("change", 1), ("__post_init__", 0)])
def test_the_rule_of_frozen_objects_finds_what_it_forbids(name: str, count: int) -> None:
    source = f"class A:\n    def {name}(self): object.__setattr__(self, 'a', 1)"
    assert len([*writes_into_frozen(nodes_of(source))]) == count
