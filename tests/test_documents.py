"""What documents and docstrings show as an example runs, and lists in them have what there is."""

from __future__ import annotations

import doctest
import re
from importlib import import_module
from pathlib import Path

import pytest

from lmmcompare import examples
from lmmcompare.formula.calls import python, r
from lmmcompare.formula.function_signatures import SIGNATURES
from tests.test_layers import ALLOWED

ROOT = Path(__file__).parents[1]
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted((ROOT / "lmmcompare").rglob("*.py"))
    if re.search(r"^ *>>> ", path.read_text(encoding="utf-8"), re.MULTILINE) and "readers" not in path.parts
]
"""With examples in their docstrings; readers of pasted consoles have that prompt in their patterns."""


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings_give_what_they_say(module: str) -> None:
    result = doctest.testmod(import_module(module))
    assert result.attempted and not result.failed


def test_the_readme_s_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Line by line, with a small study and a small table in the place of the large ones."""
    (tmp_path / "measurements").mkdir()
    rows = examples.load("cv161703").rename(columns={"Y": "y", "X": "x", "ID": "g"})
    rows.to_parquet(tmp_path / "measurements" / "first.parquet")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(
        r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert len(blocks) == 3
    names: dict[str, object] = {}
    for block in blocks:
        exec(block.replace("2_000", "20"), names)


def test_architecture_md_has_every_room() -> None:
    table = re.findall(r"^\| (.*?) \|", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"), re.MULTILINE)
    said = set(re.findall(r"`(\w+)(?:/|\.py)?`", " ".join(table)))
    assert said - {"room"} == ALLOWED.keys() - {"lmmcompare", "__main__"}


def test_deploy_md_explains_every_variable_that_the_code_reads() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "lmmcompare").rglob("*.py"))
    read = set(re.findall(r"LMMCOMPARE_[A-Z_]*[A-Z]\b", code))
    assert read and not read - set(re.findall(r"`(\w+)`", (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")))


def test_formulas_md_names_every_function_and_every_call_that_is_read() -> None:
    said = {*re.findall(r"[\w.]+", (ROOT / "docs" / "formulas.md").read_text(encoding="utf-8"))}
    assert not SIGNATURES.keys() - said
    assert not {*r.SIGNATURES, *python.SIGNATURES} - said
