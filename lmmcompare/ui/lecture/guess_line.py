"""The line that a reader drags to a guess: turned by the browser (``static/guess.js``), told to the server when it is let go."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ..kit.scripts import loader

_component = st.components.v2.component("guess", js=loader("guess.js"), isolate_styles=False)
_KEY = "guess line"


def line_let_go(told: Callable[[int], None]) -> None:
    """Hear at which step of its slopes the line on the page was let go."""
    _component(key=_KEY, data={}, on_step_change=lambda: told(int(st.session_state[_KEY]["step"] or 0)))
