"""What a fragment has drawn is sent also where another is asked for before the server's loop has come to it."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import MagicMock

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.script_data import ScriptData
from streamlit.runtime.scriptrunner.script_cache import ScriptCache

from lmmcompare.ui.patches import fragment_messages

PAGE = """
import streamlit as st

@st.fragment
def first():
    st.session_state.first = st.session_state.get("first", 0) + 1
    st.text(f"first, drawn {st.session_state.first}")

@st.fragment
def second():
    st.session_state.second = st.session_state.get("second", 0) + 1
    st.text(f"second, drawn {st.session_state.second}")

first()
second()
"""


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    """Asks one session for runs in a row, without a breath in between, and gives the messages sent after that."""
    script = tmp_path / "page.py"
    script.write_text(PAGE)
    monkeypatch.setattr(Runtime, "_instance", MagicMock())  # the session is real, the server around it is not needed

    async def ask(*names: str | None) -> list[ForwardMsg]:
        session = AppSession(ScriptData(str(script), False), MagicMock(), ScriptCache(), None, {})
        try:
            session.request_rerun(ClientState())
            await until_ended(session)
            first, second = session._fragment_storage._fragments
            session.flush_browser_queue()
            for name in names:
                session.request_rerun(ClientState(fragment_id={"first": first, "second": second, None: ""}[name]))
                for (
                    thread
                ) in threading.enumerate():  # the loop is kept from what the run hands over, as on a busy server
                    if thread.name.startswith("ScriptRunner"):
                        thread.join()
            await until_ended(session)
            return session.flush_browser_queue()
        finally:
            session.shutdown()

    async def until_ended(session: AppSession) -> None:
        while session._scriptrunner is not None:
            await asyncio.sleep(0.01)

    fragment_messages.patch_fragment_messages()
    # in a thread of its own, since Playwright leaves a loop running in that of the tests
    with ThreadPoolExecutor(1) as own:
        yield lambda *names: own.submit(asyncio.run, asyncio.wait_for(ask(*names), 30)).result()


def texts(messages: list[ForwardMsg]) -> list[str]:
    return [m.delta.new_element.text.body for m in messages if m.delta.new_element.HasField("text")]


def test_a_fragment_is_heard_out_when_another_follows(drawn):
    messages = drawn("first", "second")
    assert texts(messages) == ["first, drawn 2", "second, drawn 2"]
    kinds = [m.WhichOneof("type") for m in messages]
    assert kinds.count("new_session") == kinds.count("script_finished") == 2
    assert not messages[-1].session_status_changed.script_is_running


def test_three_in_a_row_are_all_heard(drawn):
    assert texts(drawn("first", "second", "first")) == ["second, drawn 2", "first, drawn 3"]  # the newest of each


def test_a_page_is_heard_out_when_a_fragment_follows(drawn):
    assert texts(drawn(None, "second")) == ["first, drawn 2", "second, drawn 3"]


def test_what_came_before_a_run_of_the_whole_page_is_not_needed(drawn):
    assert texts(drawn("first", None)) == ["first, drawn 3", "second, drawn 2"]
