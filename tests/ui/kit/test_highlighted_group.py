"""What a browser tells of the marked group, and the scripts that show it."""

from __future__ import annotations

import pytest
import streamlit as st

from lmmcompare.ui.kit import highlighted_group, scripts


@pytest.mark.parametrize(("group", "known"), [("308", "308"), (None, None), (7, "7")])
def test_the_group_and_the_turn_are_read(monkeypatch, group, known):
    session: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", session)
    assert highlighted_group.marked_group({"group": group, "turn": 3}) == known
    assert list(session.values()) == [3]  # the browser is answered by it


def test_every_own_script_is_in_the_version_that_a_browser_asks_for():
    own = {path.name for path in scripts.STATIC.glob("*.js")} - {"plotly-basic.min.js"}
    assert own == set(scripts.SCRIPTS)
    one, other = scripts.loader("chart.js"), scripts.loader("highlight.js")
    assert "static/chart.js?v=" in one and other == one.replace("chart.js", "highlight.js")
