"""Components whose scripts are files of ``static/``."""

from __future__ import annotations

import re
from pathlib import Path

from lmmcompare.ui.kit import scripts
from lmmcompare.ui.server.static_files import STATIC

SOURCES = Path(scripts.__file__).parents[1].rglob("*.py")


def test_each_component_has_its_script():
    names = [name for path in SOURCES for name in re.findall(r'= component\("(\w+)"', path.read_text())]
    assert "chart" in names
    assert [name for name in names if not (STATIC / f"{name}.js").exists()] == []
