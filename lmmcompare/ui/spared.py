"""What Streamlit (1.67) works out at every run and need not: together a sixth of what a page takes on a busy server.

Each gives what Streamlit's own gives to an app like ours, which sends components no events; the tests compare them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from streamlit import config
from streamlit.components.v2.bidi_component import main
from streamlit.cursor import Cursor, SparseList
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.safe_session_state import SafeSessionState


@cache
def spare() -> None:
    """Spare this process all of it; does so once, however often it is called."""
    _theme_once()
    _state_by_key()
    _components_as_they_are()
    _flat_cursors()


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


def _flat_cursors() -> None:
    """A fragment keeps its place on the page: numbers, which a general deep copy takes a third of a millisecond for."""

    def copied(self: Cursor, memo: dict[int, Any]) -> Cursor:
        same: Cursor = type(self).__new__(type(self))
        vars(same).update(vars(self))
        same._transient_elements = (
            deepcopy(self._transient_elements, memo) if self._transient_elements else SparseList()
        )
        return same

    Cursor.__deepcopy__ = copied  # type: ignore[attr-defined]
