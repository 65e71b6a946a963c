"""Components whose scripts are files of ``static/``."""

from __future__ import annotations

import re
from pathlib import Path

from lmmcompare.ui.kit import scripts

SOURCES = Path(scripts.__file__).parents[1].rglob("*.py")


def test_each_component_has_its_script():
    names = [name for path in SOURCES for name in re.findall(r'= component\("(\w+)"', path.read_text())]
    assert "chart" in names
    assert [name for name in names if not (scripts.STATIC / f"{name}.js").exists()] == []


def test_the_address_changes_with_what_is_in_the_scripts(tmp_path):
    assert scripts.address("chart.js") == f"app/static/chart.js?v={scripts.version(scripts.STATIC)}"
    (tmp_path / "chart.js").write_text("one")
    first = scripts.version(tmp_path)
    (tmp_path / "library.min.js").write_text("which has a version of its own")
    assert scripts.version(tmp_path) == first
    (tmp_path / "chart.js").write_text("other")
    assert scripts.version(tmp_path) != first
