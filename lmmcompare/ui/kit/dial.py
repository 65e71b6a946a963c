"""The step that the dial is turned to: turned in the browser, told to the server afterwards, kept in the address."""

from __future__ import annotations

import streamlit as st

from . import bound_widgets
from .scripts import loader

_component = st.components.v2.component("dial", js=loader("dial.js"), isolate_styles=False)
DIAL = "dial"
"""The parameter of the address."""
_OF, _TURN = "dial of", "turn of the dial"
"""Where the session keeps what the dial is of, with the link open then, and how often it had been turned when a step was told."""


def dial_turned(of: str, first: int, last: int) -> None:
    """Have the browser turn the dial on the page to the step that was chosen.

    Parameters
    ----------
    of : str
        What it is of; another one's dial starts anew.
    first, last : int
        The step where it starts, and its last one.
    """
    link = st.session_state.get(bound_widgets.OF_LINK)
    before, opened = st.session_state.get(_OF, (of, link))
    if before != of and opened is link:  # another dial, and no address that has been opened since speaks of it
        bound_widgets.drop(DIAL)
    st.session_state[_OF] = of, link
    key = f"turned {of}"
    chosen = bound_widgets.number(DIAL, key, first, 0, last)["on_change"]

    def turned() -> None:
        words = st.session_state["turned"]["turned"]
        st.session_state[_TURN], st.session_state[key] = int(words["turn"]), min(max(int(words["step"]), 0), last)
        chosen()

    data = {"step": st.session_state[key], "turn": st.session_state.get(_TURN, 0)}
    _component(key="turned", data=data, on_turned_change=turned)
