"""The line that a reader drags to a guess: ``static/guess.js`` turns it, and sends its step to the server on release."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ..kit.scripts import component

_component = component("guess")
_KEY = "guess line"


def watch_guess_line(on_release: Callable[[int], None]) -> None:
    """Call ``released`` with the step of the slope at which the line is released."""
    _component(key=_KEY, data={}, on_step_change=lambda: on_release(int(st.session_state[_KEY]["step"] or 0)))
