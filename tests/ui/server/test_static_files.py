"""Addresses of the files of ``static/``."""

from __future__ import annotations

from lmmcompare.ui.server.static_files import STATIC, address, version


def test_the_address_changes_with_what_is_in_the_scripts(tmp_path):
    assert address("chart.js") == f"app/static/chart.js?v={version(STATIC)}"
    (tmp_path / "chart.js").write_text("one")
    first = version(tmp_path)
    (tmp_path / "library.min.js").write_text("which has a version of its own")
    assert version(tmp_path) == first
    (tmp_path / "chart.js").write_text("other")
    assert version(tmp_path) != first
