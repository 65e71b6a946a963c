"""What is spared Streamlit gives what Streamlit's own gives: each is asked before and after, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BEFORE_AND_AFTER = """
from copy import deepcopy
from types import SimpleNamespace
from streamlit import config
from streamlit.components.v2.bidi_component import main
from streamlit.cursor import LockedCursor, RunningCursor
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.safe_session_state import SafeSessionState
from lmmcompare.ui import spared

{before}
first = ask()
spared.spare()
{after}
second = ask()
assert first == second, f"{{first}} is not {{second}}"
print(first)
"""

THEME = """
config.set_option("theme.primaryColor", "#123456")
config.set_option("theme.dark.sidebar.backgroundColor", "#654321")
def ask():
    message = CustomThemeConfig()
    for part, name in ((message, ""), (message.dark, ".dark"), (message.sidebar, ".sidebar"), (message.dark.sidebar, ".dark.sidebar")):
        app_session._populate_theme_msg(part, "theme" + name)
    return str(message)
"""
CHANGED = """
ask()
config.set_option("theme.primaryColor", "#abcdef")
config._on_config_parsed.send()
first = first.replace("#123456", "#abcdef")
"""
STATE = """
safe = SafeSessionState(SessionState(), lambda: None)
safe["picked"], safe["empty"] = 3, None
def ask():
    state = safe.filtered_state
    return (
        "picked" in state, state["picked"], state["empty"], "missing" in state, state.get("missing", 5), sorted(state), len(state)
    )
"""
COMPONENTS = """
def ask():
    state = SessionState()
    state._new_widget_state.widget_metadata["events"] = SimpleNamespace(value_type="json_trigger_value")
    base = {"near": True}
    said = main.make_bidi_component_presenter("events", "component", None)(base, state)
    return dict(said), said.get("near"), said.get("missing"), said is base
"""
CURSORS = """
def ask():
    running = RunningCursor(root_container=1, parent_path=(2, 3))
    running.lock_element()
    locked = LockedCursor(root_container=0, parent_path=(4,), index=5)
    locked.get_transient_cursor().transient_elements[0] = ["shown for a while"]
    found = []
    for cursor in (running, running.open_block(), locked):
        same = deepcopy(cursor)
        known = type(same).__name__, same.delta_path, same.is_locked, same.transient_index, list(same.transient_elements)
        same.get_transient_cursor().transient_elements[1] = ["of the copy"]
        list(same.transient_elements)[0].append("changed")
        same.lock_element(), same.open_block()
        found.append((known, cursor.delta_path, cursor.transient_index, list(cursor.transient_elements)))
    return found
"""


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (THEME, "", "#654321"),
        (THEME, CHANGED, "#abcdef"),
        (STATE, "", "(True, 3, None, False, 5, ['empty', 'picked'], 2)"),
        (COMPONENTS, "", "({'near': True}, True, None, False)"),
        (CURSORS, "", "shown for a while"),
    ],
    ids=["theme", "theme read again", "state", "components", "cursors"],
)
def test_it_gives_the_same(before, after, says):
    script = BEFORE_AND_AFTER.format(before=before, after=after)
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert says in done.stdout
