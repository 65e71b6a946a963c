"""What Streamlit (1.67) works out at every run and need not: together a fifth of what a page takes on a busy server.

Each gives what Streamlit's own gives to an app like ours, which sends components no events; the tests compare them. The last
two are waits of the server's loop, which all readers share: it had to come by the interpreter again after each, behind
every thread that computes, and spent a third of a busy server's time on that.
"""

from __future__ import annotations

import asyncio
import dataclasses
import threading
from collections.abc import Awaitable, Generator, Iterator, Mapping
from copy import deepcopy
from functools import cache, lru_cache
from itertools import count
from types import ModuleType
from typing import Any

from streamlit import config, string_util
from streamlit.components.v2.bidi_component import main
from streamlit.cursor import Cursor, SparseList
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements import html, plotly_chart
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session, forward_msg_cache, runtime
from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner.exec_code import modified_sys_path
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils import script_run_context
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType
from streamlit.runtime.state import SessionState, session_state
from streamlit.runtime.state.safe_session_state import SafeSessionState

from .drawn import short

IN_A_ROW = 100
"""Messages that are sent before the loop turns to others; a browser may have five times as many waiting."""


@cache
def spare() -> None:
    """Spare this process all of it; does so once, however often it is called."""
    _theme_once()
    _state_by_key()
    _components_as_they_are()
    _flat_places()
    _texts_once()
    _metadata_as_it_is()
    _options_once()
    _requests_first()
    _folder_once()
    _figures_by_name()
    _messages_in_a_row()
    _runs_started_unwaited()


def _theme_once() -> None:
    """The theme's options are read again only when the configuration has been."""
    populate = app_session._populate_theme_msg

    @cache
    def made(section: str) -> CustomThemeConfig:
        message = CustomThemeConfig()
        populate(message, section)
        return message

    def copied(msg: CustomThemeConfig, section: str = "theme") -> None:
        options = made(section)
        if options.ByteSize():  # else the part would be there, and empty
            msg.MergeFrom(options)

    config.on_config_parsed(made.cache_clear, force_connect=True)
    app_session._populate_theme_msg = copied


class _State(Mapping[str, Any]):
    """What a session remembers, by the names that the app gave; put together as a whole only where all of it is asked for."""

    def __init__(self, safe: SafeSessionState) -> None:
        self._safe = safe

    def __getitem__(self, key: str) -> Any:
        with self._safe._lock:
            return self._safe._state[key]

    def __contains__(self, key: object) -> bool:
        with self._safe._lock:
            return key in self._safe._state

    def _whole(self) -> dict[str, Any]:
        with self._safe._lock:
            return self._safe._state.filtered_state

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole())

    def __len__(self) -> int:
        return len(self._whole())


def _state_by_key() -> None:
    """A control that is drawn asks for its own value alone; it was given all of them."""
    SafeSessionState.filtered_state = property(_State)  # type: ignore[method-assign, assignment]


def _components_as_they_are() -> None:
    """What a component of ours has said is read as it is.

    Streamlit makes a class of its own for each reading, so that the app could write too and hear of events, which ours does not.
    Each class is a cycle of thirty objects: seven in ten of those that the collector of garbage had to look for.
    """

    def as_it_is(said: object, _: SessionState) -> object:
        return dict(said) if isinstance(said, dict) else said

    main.make_bidi_component_presenter = lambda *_: as_it_is  # type: ignore[attr-defined]


def _flat_places() -> None:
    """A fragment keeps its place on the page: numbers and a few names, which general deep copies take half a millisecond for."""

    def cursor(self: Cursor, memo: dict[int, Any]) -> Cursor:
        same: Cursor = type(self).__new__(type(self))
        vars(same).update(vars(self))
        same._transient_elements = (
            deepcopy(self._transient_elements, memo) if self._transient_elements else SparseList()
        )
        return same

    def generator(self: DeltaGenerator, memo: dict[int, Any]) -> DeltaGenerator:
        same, place, parent = DeltaGenerator.__new__(DeltaGenerator), self._cursor, self._parent
        vars(same).update(vars(self))
        same._provided_cursor = None if place is None else cursor(place, memo)
        same._parent = None if parent is None else generator(parent, memo)
        return same

    Cursor.__deepcopy__ = cursor  # type: ignore[attr-defined]
    DeltaGenerator.__deepcopy__ = generator  # type: ignore[method-assign, assignment]
    # each place has such a list, nearly always empty: its type need not be told
    SparseList.__class_getitem__ = classmethod(lambda cls, _: cls)  # type: ignore[attr-defined]


def _texts_once() -> None:
    """Whether a text begins with an emoji (a pattern of 20,000 signs) or is a style sheet: the same texts at each run."""
    string_util.extract_leading_emoji = lru_cache(2_000)(string_util.extract_leading_emoji)
    html._html_only_style_tags = lru_cache(2_000)(html._html_only_style_tags)


def _metadata_as_it_is() -> None:
    """A control's metadata are made anew only where they change; they were for each value that came from the browser."""

    def replaced(found: Any, **changes: object) -> Any:
        return (
            found if all(getattr(found, k) == v for k, v in changes.items()) else dataclasses.replace(found, **changes)
        )

    session_state.replace = replaced  # type: ignore[attr-defined, assignment]


def _options_once() -> None:
    """An option of the configuration is looked up under a lock only when it may have changed; each message asks for one."""
    get, put = cache(config.get_option), config._set_option

    def put_and_forget(*args: Any, **kwargs: Any) -> None:
        put(*args, **kwargs)
        get.cache_clear()

    config.on_config_parsed(get.cache_clear, force_connect=True)
    config.get_option, config._set_option = get, put_and_forget


def _requests_first() -> None:
    """A run looks at each step whether it has to stop for another; first, and mostly only, whether anything was asked.

    Streamlit's own also hears of errors in fragments that run in parallel, which ours do not.
    """
    handle = ScriptRunner._maybe_handle_execution_control_request

    def handle_if_asked(self: ScriptRunner) -> None:
        if self._requests._state is not ScriptRequestType.CONTINUE:
            handle(self)

    ScriptRunner._maybe_handle_execution_control_request = handle_if_asked  # type: ignore[method-assign]


def _folder_once() -> None:
    """Each run asked the disk whether the app's script is a file, to find the folder that it is in."""

    @cache
    def folder(script: str) -> str:
        return modified_sys_path(script)._main_script_dir

    class Known(modified_sys_path):
        def __init__(self, main_script_path: str) -> None:
            self._main_script_dir, self._added_path = folder(main_script_path), False

    script_runner.modified_sys_path = Known  # type: ignore[attr-defined]


def _figures_by_name() -> None:
    """A figure's text of some 100 kB, which begins with its name, is told by that; it was hashed twice at each run."""
    register = plotly_chart.compute_and_register_element_id  # type: ignore[attr-defined]
    populate = forward_msg_cache.populate_hash_if_needed

    def registered(*args: Any, plotly_spec: str, **more: Any) -> str:
        return register(*args, plotly_spec=short(plotly_spec), **more)

    def populated(msg: ForwardMsg) -> None:
        if msg.hash or not msg.delta.new_element.HasField("plotly_chart"):
            return populate(msg)
        chart = msg.delta.new_element.plotly_chart
        text = chart.spec
        chart.spec = short(text)
        populate(msg)
        chart.spec = text
        msg.metadata.cacheable |= len(text) >= int(config.get_option("global.minCachedMessageSize"))

    plotly_chart.compute_and_register_element_id = registered  # type: ignore[attr-defined, assignment]
    script_run_context.populate_hash_if_needed = populated  # type: ignore[attr-defined]


def _messages_in_a_row() -> None:
    """What a run has drawn is sent in one turn of the loop; each of its sixty messages took one of its own."""
    turn = count(1)

    class Done:
        def __await__(self) -> Generator[None]:
            yield from ()

    def sleep(delay: float, result: None = None) -> Awaitable[None]:
        return asyncio.sleep(delay, result) if delay or next(turn) % IN_A_ROW == 0 else Done()

    runtime.asyncio = _like(asyncio, sleep=sleep)  # type: ignore[attr-defined]


def _runs_started_unwaited() -> None:
    """The loop goes on once it has started a thread for a run; it waited until the thread had begun."""

    class Begun(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            return True

    class Unwaited(threading.Thread):
        def start(self) -> None:
            self._started = Begun()
            super().start()

        def join(self, timeout: float | None = None) -> None:
            if threading.Event.wait(self._started, timeout):
                super().join(timeout)

    script_runner.threading = _like(threading, Thread=Unwaited)  # type: ignore[attr-defined]


def _like(module: ModuleType, **changed: object) -> ModuleType:
    """Give a module that is like another but for some of its names."""
    same = ModuleType(module.__name__)
    vars(same).update(vars(module) | changed)
    return same
