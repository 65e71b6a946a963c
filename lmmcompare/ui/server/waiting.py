"""What a reader sees while long work goes on for them: what it is, since when, and Stop; what they have stopped stays so."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ...errors import LmmCompareError
from ...work import interruption
from ..kit.shell import Html, explain_error

SOON = 0.4
"""Seconds after which work that goes on is spoken of."""
STOPPED = "work that was stopped"
_LINE = (
    '<p class="lmm-text" role="status"><span class="lmm-going">{}… {:.0f} s</span>'
    '<span class="lmm-ended">This was stopped; nothing is being computed for it.</span></p>'
)


class Stopped(LmmCompareError):
    """Work that its reader has stopped.

    Parameters
    ----------
    words : str
        What was going on.
    key : hashable
        Which work it was.
    """

    def __init__(self, words: str, key: Hashable) -> None:
        super().__init__(f"“{words}” was stopped.", "Compute it after all, or go on with something else.")
        self.key = key


def stop(key: Hashable) -> None:
    """Have this reader's page do without this work."""
    st.session_state.setdefault(STOPPED, set()).add(key)


def go_on(key: Hashable) -> None:
    """Have the work done after all."""
    st.session_state.setdefault(STOPPED, set()).discard(key)


def resume(function: Callable[..., object]) -> None:
    """Have all work of a function done after all."""
    stopped = st.session_state.get(STOPPED, set())
    stopped -= {key for key in stopped if key[:2] == (function.__module__, function.__qualname__)}


def is_stopped(key: Hashable) -> bool:
    """Whether this reader has stopped this work."""
    return get_script_run_ctx() is not None and key in st.session_state.get(STOPPED, ())


def refuse_stopped(words: str, key: Hashable) -> None:
    """Do without work that this reader has stopped.

    Raises
    ------
    Stopped
    """
    if is_stopped(key):
        raise Stopped(words, key)


@contextmanager
def offered_again() -> Iterator[None]:
    """Say within a page that a reader has stopped what it was to show, with a button that has it computed after all."""
    try:
        yield
    except Stopped as stopped:
        explain_error(stopped)
        st.button("Compute it", icon=":material/play_arrow:", type="primary", on_click=go_on, args=(stopped.key,))


class Waiting:
    """Draws, a few times a second, that work goes on; each drawing is where Streamlit ends the run of a reader who has left.

    Parameters
    ----------
    words : str
        What goes on.
    name : str
        Tells this work's controls from others'.
    stop, again : callable
        What is done when the reader has it stopped, and when they want it after all.
    """

    def __init__(self, words: str, name: str, stop: Callable[[], None], again: Callable[[], None]) -> None:
        self._words = words.rstrip("…")
        self._name = name
        self._stop, self._again = stop, again
        self._place: st.delta_generator.DeltaGenerator | None = None
        self._line: st.delta_generator.DeltaGenerator | None = None

    def __call__(self, seconds: float) -> None:
        """Say that it has been going on for some seconds."""
        if get_script_run_ctx() is None:  # within other work, which may be ended instead
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
                # in view where Streamlit's own Stop has ended the page's run: nothing can be drawn after it (style.css)
                st.button("Compute it", key=f"waiting again {self._name}", on_click=self._again)
        self._line.html(Html(_LINE.format(self._words, seconds)))

    def close(self) -> None:
        """Take away what was drawn."""
        if self._place is not None:
            self._place.empty()
