"""A client of the compare page without a browser: it sends the messages of Streamlit's frontend, and keeps its state."""

from __future__ import annotations

import asyncio
import json
import random
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from urllib.parse import urljoin, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from lmmcompare.ui.kit.model_switch import KEY as MODELS
from lmmcompare.ui.kit.visibility import KEY as FOLD

DONE = {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}


@dataclass
class Widget:
    """A widget on the page: its options, its state, its fragment, and the run that last drew it."""

    options: list[str]
    state: WidgetState
    fragment: str
    run: int
    tabs: bool = False


@dataclass
class Person:
    """A session on the server.

    Options in ``avoided`` are never chosen. ``changes`` has the kind of each change, its start (by `time.perf_counter`) and
    its duration in seconds; ``errors`` the messages of errors.
    """

    address: str
    path: str
    random: random.Random
    avoided: frozenset[str] = frozenset()
    changes: list[tuple[str, float, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    received: int = 0
    _widgets: dict[str, Widget] = field(default_factory=dict)
    _cache: dict[str, tuple[int, ForwardMsg]] = field(default_factory=dict)
    _page: str = ""
    _query: str = ""
    _run: int = 0
    _kept: int = 0
    _socket: ClientConnection | None = None

    async def arrive(self) -> None:
        """Load the page, open the websocket and wait until the page is drawn."""
        url = urlsplit(self.address + self.path)
        cookies = await asyncio.to_thread(_cookies, self.address + self.path)
        token = cookies.get("_streamlit_xsrf", "PLACEHOLDER_AUTH_TOKEN")
        self._query = url.query
        self._socket = await connect(
            f"ws://{url.netloc}/_stcore/stream", subprotocols=["streamlit", token], max_size=None, compression=None,
            origin=self.address, additional_headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())},
            ping_interval=None, open_timeout=60,
        )  # fmt: skip
        await self._rerun(page=url.path.strip("/"))
        await self._scroll(below=False)

    async def leave(self) -> None:
        """Close the tab."""
        if self._socket is not None:
            await self._socket.close()

    async def change(self) -> None:
        """Scroll to one control, change it, and wait until the page has been drawn again."""
        kind, widget = self._choose()
        await self._scroll(below=kind in BELOW)
        begin = time.perf_counter()
        await self._rerun(fragment=widget.fragment)
        self.changes.append((kind, begin, time.perf_counter() - begin))

    async def _scroll(self, below: bool) -> None:
        """Scroll below the fold or back: report it to the server, which draws what is missing there."""
        fold = next((w for name, w in self._widgets.items() if name.endswith(f"-{FOLD}")), None)
        message_json = json.dumps({"near": below})
        if fold is None or fold.state.json_value == message_json:
            return
        fold.state.json_value = message_json
        begin = time.perf_counter()
        await self._rerun(fragment=fold.fragment)
        if below:
            self.changes.append(("scroll down to the tabs", begin, time.perf_counter() - begin))

    def _choose(self) -> tuple[str, Widget]:
        """Choose a kind of change at random, and set another value of its widget."""
        candidates = {
            kind: [w for name, w in self._widgets.items() if f"-{key}" in name and len(w.options) > 1]
            for kind, key in CHANGES.items()
        }
        kind = self.random.choice([kind for kind, widgets in candidates.items() if widgets])
        widget = self.random.choice(candidates[kind])
        state, options = widget.state, [o for o in widget.options if o not in self.avoided]
        if state.WhichOneof("value") == "json_value":  # the switch of models
            choice = json.loads(state.json_value)["drawn"]
            one, drawn = self.random.choice(options), choice["models"]
            models = [m for m in drawn if m != one] if one in drawn else [*drawn, one]
            state.json_value = json.dumps({"drawn": {"models": models, "turn": choice["turn"] + 1}})
        elif state.WhichOneof("value") == "bool_value":
            state.bool_value = not state.bool_value
        elif state.WhichOneof("value") == "string_array_value" and kind in SEVERAL:
            chosen, one = list(state.string_array_value.data), self.random.choice(options)
            chosen = [c for c in chosen if c != one] if one in chosen else [*chosen, one]
            state.string_array_value.data[:] = chosen
        elif state.WhichOneof("value") == "string_array_value":
            others = [o for o in options if o not in state.string_array_value.data]
            state.string_array_value.data[:] = [self.random.choice(others)]
        else:
            state.string_value = self.random.choice([o for o in options if o != state.string_value])
        return kind, widget

    async def _rerun(self, page: str = "", fragment: str = "") -> None:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_name, asked.page_script_hash, asked.fragment_id = (
            self._query, page, self._page, fragment,
        )  # fmt: skip
        asked.widget_states.widgets.extend(w.state for w in self._widgets.values() if w.state.WhichOneof("value"))
        asked.cached_message_hashes.extend(self._cache)
        asked.context_info.timezone, asked.context_info.locale, asked.context_info.color_scheme = "UTC", "en", "light"
        asked.context_info.url = self.address + self.path
        assert self._socket is not None
        await self._socket.send(message.SerializeToString())
        self._run += 1
        async with asyncio.timeout(60):
            while not self._take(await self._socket.recv(decode=False), fragment):
                pass

    def _take(self, content: bytes, fragment: str) -> bool:
        """Handle a message from the server; returns whether the run has ended."""
        self.received += len(content)
        message = ForwardMsg.FromString(content)
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            held = self._cache[message.ref_hash][1]
            self._cache[message.ref_hash] = (self._run, held)
            self._draw(held)
        elif kind == "delta":
            if message.metadata.cacheable:
                self._cache[message.hash] = (self._run, message)
            self._draw(message)
        elif kind == "new_session":
            self._page = message.new_session.page_script_hash
            self._kept = message.new_session.config.max_cached_message_age
        elif kind == "navigation":
            self._page = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "script_finished" and message.script_finished in DONE:
            whole = message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
            gone = [k for k, w in self._widgets.items() if w.run < self._run and (whole or w.fragment == fragment)]
            for key in gone:
                del self._widgets[key]
            if whole:
                self._cache = {h: (run, m) for h, (run, m) in self._cache.items() if self._run - run < self._kept}
            return True
        elif kind in ("session_event", "page_not_found"):
            self.errors.append(kind)
        return False

    def _draw(self, message: ForwardMsg) -> None:
        """Store a widget as the frontend does, with its present value or, if it is new, the one that it is drawn with."""
        delta = message.delta
        if delta.WhichOneof("type") == "add_block":
            block, kind = delta.add_block, delta.add_block.WhichOneof("type")
        else:
            block, kind = delta.new_element, delta.new_element.WhichOneof("type")
        if kind == "exception":
            self.errors.append(f"{block.exception.type}: {block.exception.message}")
        if kind == "tab":  # belongs to the row of tabs drawn last
            row = next((w for w in reversed(self._widgets.values()) if w.tabs), None)
            if (
                row is not None and block.tab.label not in row.options
            ):  # tabs that tell the server nothing have no state
                row.options.append(block.tab.label)
        if kind not in VALUES:
            return
        element = getattr(block, kind)
        if not element.id:
            return
        known = self._widgets.get(element.id)
        if known is not None and not getattr(element, "set_value", False):
            known.run, known.fragment = self._run, delta.fragment_id
            return
        options, value = VALUES[kind](element)
        state = WidgetState(id=element.id, **value)
        self._widgets[element.id] = Widget(options, state, delta.fragment_id, self._run, kind == "tab_container")


CHANGES = {
    "models drawn": MODELS,
    "marked group": "pick highlight",
    "x axis": "pick x",
    "zero on the axis": "pick zero",
    "REML or ML": "pick method",
    "random slopes": "pick slopes",
    "predictors": "pick predictors",
    "open tab": "depth",
    "example": "pick data",
}
"""Kinds of change, by a part of their control's key; each is as likely as any other."""
BELOW = {"open tab"}
"""Kinds of change of controls below the fold."""
SEVERAL = {"random slopes", "predictors"}


def _array(values: list[str]) -> dict[str, dict[str, list[str]]]:
    return {"string_array_value": {"data": values}}


def _selectbox(e) -> tuple[list[str], dict]:
    chosen = e.raw_value if e.set_value else e.options[e.default] if e.options else ""
    return list(e.options), {"string_value": chosen} if e.HasField("raw_value" if e.set_value else "default") else {}


def _multiselect(e) -> tuple[list[str], dict]:
    return list(e.options), _array(list(e.raw_values) if e.set_value else [e.options[k] for k in e.default])


def _button_group(e) -> tuple[list[str], dict]:
    options = [o.content for o in e.options]
    return options, _array(list(e.raw_values) if e.set_value else [options[k] for k in e.default])


def _checkbox(e) -> tuple[list[str], dict]:
    return ["off", "on"], {"bool_value": e.value if e.set_value else e.default}


def _text_input(e) -> tuple[list[str], dict]:
    return [], {"string_value": e.value if e.set_value else e.default}


def _tabs(e) -> tuple[list[str], dict]:
    return [], {"string_value": e.default_tab_label}


def _component(e) -> tuple[list[str], dict]:
    """The app's own components send nothing at first, except the model buttons."""
    if not e.id.endswith(f"-{MODELS}"):
        return [], {}
    data = json.loads(e.json)
    message_json = {"drawn": {"models": data["drawn"], "turn": data["turn"]}}
    return [option["key"] for option in data["options"]], {"json_value": json.dumps(message_json)}


VALUES: dict[str, Callable] = {
    "selectbox": _selectbox,
    "multiselect": _multiselect,
    "button_group": _button_group,
    "checkbox": _checkbox,
    "text_input": _text_input,
    "tab_container": _tabs,
    "bidi_component": _component,
}
"""Functions that give a widget's options and initial state, by kind of element."""


def _cookies(url: str) -> dict[str, str]:
    """Load the page as a browser does first; its cookies lead back to the same process."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    for place in (url, urljoin(url, "/_stcore/host-config")):
        with browser.open(place, timeout=60) as answer:
            answer.read()
    return {cookie.name: cookie.value or "" for cookie in jar}
