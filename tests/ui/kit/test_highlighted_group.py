"""What a browser tells of the marked group, and what it is answered."""

from __future__ import annotations

import pytest
import streamlit as st

from lmmcompare.ui.kit import highlighted_group


@pytest.mark.parametrize(("group", "known"), [("308", "308"), (None, None), (7, "7")])
def test_the_group_and_the_turn_are_read(monkeypatch, group, known):
    session: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", session)
    assert highlighted_group.marked_group({"group": group, "turn": 3}) == known
    assert list(session.values()) == [3]  # the browser is answered by it
