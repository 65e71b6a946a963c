"""The rooms of docs/architecture.md: each imports only from rooms upstream of it, and only the libraries it needs."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Room of lmmcompare -> (rooms it may import, libraries it may import), from upstream to downstream.
# A new module gets a row here. `fit` knows no pandas and no formula, `figures` nothing of a fit, `explain` draws
# nothing, and streamlit is for `ui`, the pages and app.py alone.
ALLOWED = {
    "errors": ("", ""),
    "version": ("", ""),
    "model_catalogue": ("", ""),
    "arrays": ("", "numpy"),
    "work": ("", ""),
    "text": ("work model_catalogue", ""),
    "data": ("errors text", "numpy pandas pyarrow python_calamine pyreadstat"),
    "simulate": ("errors text", "numpy pandas scipy"),
    "examples": ("errors text data", "numpy pandas scipy"),
    "formula": ("errors text", ""),
    "design": ("errors text formula", "numpy pandas scipy formulaic"),
    "moments": ("errors", "numpy"),
    "engines": ("errors work text data formula design moments", "numpy pandas narwhals duckdb polars pyarrow"),
    "fit": ("errors work moments", "numpy scipy threadpoolctl"),
    "inference": ("errors work text moments fit", "numpy scipy"),
    "models": ("errors model_catalogue text formula design moments engines fit inference", "numpy pandas scipy"),
    "comparison": (
        "errors work model_catalogue text simulate formula design moments fit inference models",
        "numpy pandas scipy",
    ),
    "assess": (
        "errors work model_catalogue text data formula design moments fit inference models comparison",
        "numpy pandas scipy statsmodels",
    ),
    "explain": (
        "errors work model_catalogue text simulate formula design moments fit inference models comparison assess",
        "numpy pandas scipy",
    ),
    "tables": (
        "errors work model_catalogue text simulate design inference models comparison assess",
        "numpy pandas scipy",
    ),
    "studies": (
        "errors model_catalogue text simulate design moments fit inference models comparison",
        "numpy pandas scipy joblib distributed threadpoolctl",
    ),
    "share": (
        "errors model_catalogue text data simulate examples formula design studies",
        "numpy pandas pyarrow sqlalchemy alembic segno",
    ),
    "figures": ("errors model_catalogue text", "numpy pandas plotly"),
}
ALLOWED["panels"] = (
    " ".join(room for room in ALLOWED if room not in ("share", "studies", "engines")),
    "numpy pandas plotly",
)
ALLOWED["export"] = (" ".join(ALLOWED), "numpy pandas plotly xlsxwriter nbformat")
EVERY_ROOM = " ".join(ALLOWED)
ALLOWED["ui"] = (EVERY_ROOM, "cachetools numpy orjson pandas plotly streamlit")
ALLOWED["lmmcompare"] = (EVERY_ROOM, "")  # lmmcompare/__init__.py: the public names
ALLOWED["__main__"] = ("errors text simulate share studies", "pandas")
ALLOWED["router"] = ("", "streamlit")
ALLOWED["pages"] = (EVERY_ROOM + " ui lmmcompare", "pandas streamlit router")  # no maths
ALLOWED["app"] = (
    "ui lmmcompare",
    "streamlit starlette router threadpoolctl",
)  # starlette is what Streamlit serves with


def room_of(path: Path) -> str:
    """The room that a file belongs to, by its path from the root."""
    parts = path.with_suffix("").parts
    return parts[0] if parts[0] != "lmmcompare" or parts[1] == "__init__" else parts[1]


Import = ast.Import | ast.ImportFrom


@cache
def imports(source: str) -> list[Import]:
    """The imports of a file wherever they stand in it."""
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, Import)]


def imported(path: Path, nodes: list[Import]) -> Iterator[tuple[int, str]]:
    """The line of each import and the full dotted name of what is imported."""
    package = path.parent.parts
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else ()
            module = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def is_module(name: str) -> bool:
    """Whether lmmcompare has a module or a package of this name (and not only a function)."""
    place = ROOT / "lmmcompare" / name
    return place.is_dir() or place.with_suffix(".py").is_file()


def violations(path: Path, source: str) -> list[str]:
    """What a file imports and may not, a sentence each."""
    room = room_of(path)
    if room not in ALLOWED:
        return [f"{path}: give the room “{room}” a row in ALLOWED"]
    rooms, libraries = (allowed.split() for allowed in ALLOWED[room])
    found = []
    for line, name in imported(path, imports(source)):
        top, _, rest = name.partition(".")
        if top == "lmmcompare":
            part = rest.split(".")[0]
            target, fine = part if part in ALLOWED or is_module(part) else "lmmcompare", rooms
        else:
            target, fine = top, [*libraries, *sys.stdlib_module_names]
        if target not in (*fine, room, "arrays"):  # what every room calls an array
            found.append(f"{path}:{line}: {room} may not import {target}")
    return found


def sources() -> list[Path]:
    """The files that the rule holds for."""
    found = [ROOT / "app.py", ROOT / "router.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "lmmcompare").rglob("*.py")]
    return sorted(path.relative_to(ROOT) for path in found)


def test_each_room_imports_only_from_upstream():
    found = [message for path in sources() for message in violations(path, (ROOT / path).read_text())]
    assert not found, "\n".join(found)


UI_ROOMS = ("patches html", "server", "kit", "session", "simulate study sharing data", "compare", "lecture", "menu")
"""The rooms of the app, from upstream to downstream; those named together do not import each other."""


def test_the_rooms_of_the_app_import_only_from_upstream():
    level = {room: k for k, rooms in enumerate(UI_ROOMS) for room in rooms.split()}
    found = []
    for path in (p for p in sources() if p.parts[:2] == ("lmmcompare", "ui") and p.name != "__init__.py"):
        room = path.with_suffix("").parts[2]
        for line, name in imported(path, imports((ROOT / path).read_text())):
            target = name.removeprefix("lmmcompare.ui.").split(".")[0]
            if name.startswith("lmmcompare.ui.") and target != room and level[target] >= level[room]:
                found.append(f"{path}:{line}: {room} may not import {target}")
    assert not found, "\n".join(found)


def test_the_files_are_looked_at():
    assert {"app", "pages", "errors", "fit", "figures", "ui"} <= {room_of(path) for path in sources()}


def test_the_rooms_have_an_order():
    upstream = {room: rooms.split() for room, (rooms, _) in ALLOWED.items()}
    assert set().union(*upstream.values()) <= set(upstream)
    assert list(TopologicalSorter(upstream).static_order())[-1] in {"app", "pages"}  # raises CycleError on a ring


@cache
def file_of(name: str) -> Path | None:
    """The file that a dotted name is imported from: the module itself, or the one that it is a name of."""
    parts = name.split(".")
    for place in ("/".join(parts), "/".join(parts[:-1])):
        for path in (Path(f"{place}.py"), Path(place, "__init__.py")):
            if place and (ROOT / path).is_file():
                return path
    return None


def imported_files(path: Path, source: str) -> set[Path]:
    """The files that a file imports, for types only and within functions too."""
    files = {file_of(name) for _, name in imported(path, imports(source))}
    return {file for file in files if file and file != path and file.name != "__init__.py"}


def test_the_package_imports_its_own_files_relatively():
    modules = [
        p for p in sources() if p.parts[0] == "lmmcompare" and "migrations" not in p.parts
    ]  # Alembic runs those by path
    nodes = [(path, node) for path in modules for node in imports((ROOT / path).read_text())]
    assert not [f"{p}:{n.lineno}" for p, n in nodes if "lmmcompare" in ast.unparse(n).split()[1].split(".")]


def test_no_files_import_each_other_in_a_circle():
    TopologicalSorter({p: imported_files(p, (ROOT / p).read_text()) for p in sources()}).prepare()  # CycleError


def test_a_planted_circle_is_found():
    comparison, lines = Path("lmmcompare/comparison/comparison.py"), Path("lmmcompare/comparison/model_lines.py")
    assert comparison in imported_files(lines, "from .comparison import Comparison")
    assert comparison in imported_files(lines, "if TYPE_CHECKING:\n    from .comparison import Comparison")
    with pytest.raises(CycleError):
        TopologicalSorter({lines: {comparison}, comparison: {lines}}).prepare()


@pytest.mark.parametrize(
    ("path", "source", "target"),
    [
        ("lmmcompare/fit/mixed.py", "import pandas as pd", "pandas"),
        ("lmmcompare/fit/mixed.py", "from ..design import Design", "design"),
        ("lmmcompare/fit/mixed.py", "from .. import design", "design"),
        ("lmmcompare/fit/__init__.py", "from ..models import MixedResult", "models"),
        ("lmmcompare/fit/mixed.py", "from lmmcompare import lmer", "lmmcompare"),
        ("lmmcompare/fit/mixed.py", "import lmmcompare.formula", "formula"),
        ("lmmcompare/figures/lines.py", "from lmmcompare.fit.mixed import MixedFit", "fit"),
        ("lmmcompare/figures/lines.py", "def draw():\n    from ..comparison.compare import compare", "comparison"),
        ("lmmcompare/explain/headline.py", "import plotly.graph_objects as go", "plotly"),
        ("lmmcompare/explain/headline.py", "from lmmcompare.figures import theme", "figures"),
        ("lmmcompare/panels/lines.py", "import streamlit as st", "streamlit"),
        ("lmmcompare/panels/lines.py", "from ..export.snapshot import Snapshot", "export"),
        ("lmmcompare/figures/lines.py", "from ..panels import Page", "panels"),
        ("lmmcompare/formula/parser.py", "from ..design import Design", "design"),
        ("lmmcompare/comparison/compare.py", "import streamlit as st", "streamlit"),
        ("lmmcompare/models.py", "from streamlit.runtime import caching", "streamlit"),
        ("pages/compare.py", "import numpy as np", "numpy"),
        ("app.py", "from lmmcompare.fit.mixed import fit_mixed", "fit"),
    ],
)
def test_a_planted_violation_is_found(path, source, target):
    (message,) = violations(Path(path), source)
    assert message.endswith(f"may not import {target}")


def test_a_new_room_must_be_placed():
    (message,) = violations(Path("lmmcompare/magic.py"), "")
    assert "ALLOWED" in message


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (
            "lmmcompare/fit/mixed.py",
            "import numpy as np\nfrom ..moments import Moments\nfrom .theta import a",
        ),
        ("lmmcompare/fit/__init__.py", "from .mixed import fit_mixed\nfrom scipy.optimize import minimize"),
        ("lmmcompare/figures/lines.py", "from . import marks\nfrom lmmcompare.figures.theme import MODELS"),
        ("lmmcompare/__init__.py", "from .api import lmer\nfrom . import examples"),
        (
            "lmmcompare/ui/session/state.py",
            "import streamlit as st\nfrom ..compare import compare\nfrom .cache import fits",
        ),
        (
            "pages/compare.py",
            "import streamlit\nfrom lmmcompare import examples\nfrom lmmcompare.ui.session import state",
        ),
    ],
)
def test_a_proper_import_passes(path, source):
    assert violations(Path(path), source) == []
