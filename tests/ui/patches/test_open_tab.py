"""The run of a fragment leaves the open tab to the browser; that of a page opens the one that the address names."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.delta_generator import DeltaGenerator
from streamlit.proto.Block_pb2 import Block

from lmmcompare.ui.patches import open_tab

OPEN = 2


@pytest.mark.parametrize(
    ("fragments", "tells_the_server", "named"),
    [(["tabs"], True, open_tab.NO_TAB), (None, True, OPEN), (["tabs"], False, OPEN)],
)
def test_the_tab_that_a_run_names(monkeypatch, fragments, tells_the_server, named):
    """Tabs that tell the server nothing have no id, and open their first once."""
    sent = []
    monkeypatch.setattr(DeltaGenerator, "_block", lambda self, block, *args, **kwargs: sent.append(block))
    monkeypatch.setattr(open_tab, "get_script_run_ctx", lambda: SimpleNamespace(fragment_ids_this_run=fragments))
    open_tab.patch_open_tab.__wrapped__()
    tabs, other = Block(), Block()
    tabs.tab_container.default_tab_index, tabs.tab_container.id = OPEN, "depth" * tells_the_server
    other.expandable.label = "more"
    for block in (tabs, other):
        DeltaGenerator._block(None, block)
    assert sent[0].tab_container.default_tab_index == named
    assert sent[1].WhichOneof("type") == "expandable"
