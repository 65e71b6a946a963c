"""What is spared Streamlit gives what Streamlit's own gives: each is asked before and after, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BEFORE_AND_AFTER = """
import asyncio
import json
import sys
import threading
from copy import deepcopy
from types import SimpleNamespace
import orjson
import plotly.graph_objects as go
from streamlit import config, string_util
from streamlit.components.v2.bidi_component import main
from streamlit.cursor import LockedCursor, RunningCursor
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements import html, plotly_chart
from streamlit.elements.lib.form_utils import FormData, current_form_id
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime import app_session, runtime
from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils import script_run_context
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests
from streamlit.runtime.state import SessionState, session_state
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.safe_session_state import SafeSessionState
from lmmcompare.ui import spared
from lmmcompare.ui.drawn import Drawn

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
GENERATORS = """
def ask():
    place = RunningCursor(root_container=0, parent_path=(1,))
    page = DeltaGenerator(root_container=0)
    outer = DeltaGenerator(root_container=0, cursor=place, parent=page, block_type="column")
    inner = DeltaGenerator(root_container=0, cursor=place.open_block(), parent=outer)
    inner._creating_fragment_id, outer._form_data = "fragment", FormData("form")
    found = []
    for one in deepcopy((page, outer, inner)):
        known = one._get_delta_path_str(), list(one._ancestor_block_types), one._creating_fragment_id, current_form_id(one)
        found.append((known, [a._is_top_level for a in one._ancestors], one._main_dg is page))
        if one._provided_cursor is not None:
            one._provided_cursor.lock_element()
    return found, inner._get_delta_path_str(), place.delta_path
"""
TEXTS = """
texts = "", "plain", ":blue[●] OLS", "🚨 Error", "a <style>b</style>", "<style>p {}</style><!-- c -->", "<STYLE>p {}</STYLE>"
def ask():
    return [(string_util.extract_leading_icon(t), html._html_only_style_tags(t)) for t in texts * 2]
"""
METADATA = """
def ask():
    states = session_state.WStates()
    found = []
    for kind in ("string_value", "int_value"):
        metadata = WidgetMetadata("a", lambda value: value, lambda value: value, "string_value")
        states.set_widget_metadata(metadata)
        states.set_widget_from_proto(WidgetState(id="a", **{kind: 3 if kind == "int_value" else "3"}))
        found.append((states["a"], states.widget_metadata["a"].value_type, metadata.value_type))
    return found
"""
OPTIONS = """
def ask():
    found = []
    for size in (1, 2):
        config.set_option("server.maxUploadSize", size)
        found += [config.get_option("server.maxUploadSize"), config.get_option("server.maxUploadSize")]
    config._on_config_parsed.send()
    try:
        config.get_option("no.such")
    except RuntimeError as error:
        found.append(str(error))
    return found
"""
REQUESTS = """
def ask():
    runner = ScriptRunner.__new__(ScriptRunner)
    found = []
    for requested in (id, ScriptRequests.request_stop, lambda requests: requests.request_rerun(RerunData())):
        for execing in (True, False):
            runner._requests, runner._script_thread, runner._execing = ScriptRequests(), threading.current_thread(), execing
            requested(runner._requests)
            try:
                found.append(runner._maybe_handle_execution_control_request())
            except BaseException as error:
                found.append(type(error).__name__)
    return found
"""
FIGURES = """
def told(text):
    name = plotly_chart.compute_and_register_element_id
    chart_id = name("plotly_chart", user_key="k", key_as_main_identity=False, dg=None, plotly_spec=text)
    message = ForwardMsg()
    message.metadata.delta_path.extend([0, 1])
    message.delta.new_element.plotly_chart.spec, message.delta.new_element.plotly_chart.id = text, chart_id
    script_run_context.populate_hash_if_needed(message)
    assert message.delta.new_element.plotly_chart.spec == text and list(message.metadata.delta_path) == [0, 1]
    return chart_id, message.hash, message.metadata.cacheable
def ask():
    texts = [Drawn(go.Figure({"x": list(range(n))}, {"meta": {}})).to_dict().to_plotly_json() for n in (3, 3, 4, 5_000)]
    texts = [orjson.dumps(t).decode() for t in texts] + ["{}", "{}", '{"data": []}', '{"data": [], "more": "%s"}' % ("x" * 20_000)]
    found = [told(text) for text in texts]
    other = ForwardMsg()
    other.delta.new_element.text.body = texts[3]
    script_run_context.populate_hash_if_needed(other)
    same = [[a == b for a in part] for part in list(zip(*found))[:2] for b in part]
    return same, [cacheable for *_, cacheable in found], other.hash, other.metadata.cacheable, sorted(json.loads(texts[0]))
"""
FOLDER = """
def ask():
    found = []
    for path in (spared.__file__, spared.__file__, sys.path[-1]):
        context = script_runner.modified_sys_path(path)
        with context:
            found.append((sys.path[0], context._main_script_dir in sys.path))
        found.append(sys.path[0])
    return found
"""
WAITS = """
async def turns():
    found, others = [], []
    async def other():
        while True:
            others.append(1)
            await asyncio.sleep(0)
    task = asyncio.create_task(other())
    for _ in range(300):
        found.append(await runtime.asyncio.sleep(0))
    begin = asyncio.get_running_loop().time()
    await runtime.asyncio.sleep(0.05)
    task.cancel()
    return {*found}, len(others) >= 3, asyncio.get_running_loop().time() - begin > 0.04, runtime.asyncio.Event is asyncio.Event
def ask():
    return asyncio.run(turns())
"""
THREADS = """
def ask():
    found = []
    def run():
        found.append((threading.current_thread().name, threading.current_thread().daemon, thread.is_alive()))
    thread = script_runner.threading.Thread(target=run, name="a run", daemon=True)
    thread.start()
    thread.join()
    assert not thread.is_alive()
    return found, isinstance(thread, threading.Thread), script_runner.threading.current_thread() is threading.current_thread()
"""


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (THEME, "", "#654321"),
        (THEME, CHANGED, "#abcdef"),
        (STATE, "", "(True, 3, None, False, 5, ['empty', 'picked'], 2)"),
        (COMPONENTS, "", "({'near': True}, True, None, False)"),
        (CURSORS, "", "shown for a while"),
        (GENERATORS, "", "('[0, 1, 0, 0]', ['column'], 'fragment', '')"),
        (TEXTS, "", "(('🚨', 'Error'), False)"),
        (METADATA, "", "(3, 'int_value', 'string_value')"),
        (OPTIONS, "", "[1, 1, 2, 2, "),
        (REQUESTS, "", "[None, None, 'StopException', None, 'RerunException', None]"),
        (FIGURES, "", "[False, False, False, True, False, False, False, True]"),
        (FOLDER, "", "lmmcompare/ui', True)"),
        (WAITS, "", "({None}, True, True, True)"),
        (THREADS, "", "([('a run', True, True)], True, True)"),
    ],
    ids=[
        "theme",
        "theme read again",
        "state",
        "components",
        "cursors",
        "generators",
        "texts",
        "metadata",
        "options",
        "requests",
        "figures",
        "folder",
        "waits",
        "threads",
    ],
)
def test_it_gives_the_same(before, after, says):
    script = BEFORE_AND_AFTER.format(before=before, after=after)
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert says in done.stdout
