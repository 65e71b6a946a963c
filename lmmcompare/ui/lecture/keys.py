"""The keys of a lecture: one opens it, arrows step, another fills the screen."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ..kit.scripts import component

_component = component("lecture_keys")


def opening_key() -> None:
    """Let Alt+L open the page's link to its lecture, on the full screen."""
    with st.container(key="lecture-key"):  # hidden by the style sheet
        # without a key of its own it has no state, which each text field and pick list would read
        _component(data={"opens": True})


def stepping_keys(step: Callable[[int], None]) -> None:
    """Let the arrow keys step, and Alt+Enter fill the screen."""

    def pressed() -> None:
        step(int(st.session_state["lecture keys"]["step"] or 0))

    _component(key="lecture keys", data={"opens": False}, on_step_change=pressed)
