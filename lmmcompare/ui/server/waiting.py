"""The progress line of a long computation with its Stop button, and the computations that this session has stopped."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ...errors import LmmCompareError
from ...work import interruption
from ..html import Html

SOON = 0.4
"""Seconds after which the progress line appears."""
STOPPED = "work that was stopped"
_LINE = (
    '<p class="lmm-text" role="status"><span class="lmm-going">{}… {:.0f} s</span>'
    '<span class="lmm-ended">This was stopped; nothing is being computed for it.</span></p>'
)


class Stopped(LmmCompareError):
    """Raised for work that this session has stopped.

    Parameters
    ----------
    words : str
        The message shown while it ran.
    key : hashable
        Identifies the work.
    """

    def __init__(self, words: str, key: Hashable) -> None:
        super().__init__(f"“{words}” was stopped.", "Compute it after all, or go on with something else.")
        self.key = key


def stop(key: Hashable) -> None:
    """Mark this work as stopped in the session."""
    st.session_state.setdefault(STOPPED, set()).add(key)


def go_on(key: Hashable) -> None:
    """Remove the mark that `stop` set."""
    st.session_state.setdefault(STOPPED, set()).discard(key)


def resume(function: Callable[..., object]) -> None:
    """Remove the marks that `stop` set on any work of this function."""
    stopped = st.session_state.get(STOPPED, set())
    stopped -= {key for key in stopped if key[:2] == (function.__module__, function.__qualname__)}


def is_stopped(key: Hashable) -> bool:
    """Whether this session has stopped this work."""
    return get_script_run_ctx() is not None and key in st.session_state.get(STOPPED, ())


def refuse_stopped(words: str, key: Hashable) -> None:
    """Raise an error if this session has stopped this work.

    Raises
    ------
    Stopped
        If it has.
    """
    if is_stopped(key):
        raise Stopped(words, key)


class Waiting:
    """Draws the progress of long work; each call is where Streamlit ends the run of a session that has left.

    Parameters
    ----------
    words : str
        The message.
    name : str
        Part of the keys of its buttons, unique to this work.
    stop, again : callable
        Callbacks of the buttons Stop and Compute it.
    """

    def __init__(self, words: str, name: str, stop: Callable[[], None], again: Callable[[], None]) -> None:
        self._words = words.rstrip("…")
        self._name = name
        self._stop, self._again = stop, again
        self._place: st.delta_generator.DeltaGenerator | None = None
        self._line: st.delta_generator.DeltaGenerator | None = None

    def __call__(self, seconds: float) -> None:
        """Draw that the work has taken so many seconds; within other work, check for its cancellation instead."""
        if get_script_run_ctx() is None:  # within other work, in a thread without a session
            interruption.check()
            return
        if self._place is None:
            self._place = st.empty()
        if self._line is None and seconds < SOON:
            self._place.empty()
            return
        if self._line is None:
            with self._place.container(key=f"waiting {self._name}"):
                self._line = st.empty()
                st.button("Stop", key=f"waiting stop {self._name}", icon=":material/stop_circle:", on_click=self._stop)
                # visible (style.css) after Streamlit's own Stop has ended the run, when nothing more can be drawn
                st.button("Compute it", key=f"waiting again {self._name}", on_click=self._again)
        self._line.html(Html(_LINE.format(self._words, seconds)))

    def close(self) -> None:
        """Remove the line and its buttons."""
        if self._place is not None:
            self._place.empty()
