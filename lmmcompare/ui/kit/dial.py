"""The dial's step: changed in the browser at once, then sent to the server, which stores it in the address."""

from __future__ import annotations

import streamlit as st

from . import address_widgets
from .scripts import component

_component = component("dial")
DIAL = "dial"
"""The parameter of the address."""
_OF, _TURN = "dial of", "turn of the dial"
"""Keys of the session state: what the dial is about, with the link then open; and the turn number of its last message."""


def sync_dial(subject: str, first: int, last: int) -> None:
    """Have the browser turn the dial on the page to the step stored in the address, or to the first.

    Parameters
    ----------
    subject : str
        Identifies what the dial is about; for another one it is reset to its first step.
    first, last : int
        The step at which it starts, and its last one.
    """
    link = st.session_state.get(address_widgets.OF_LINK)
    before, opened = st.session_state.get(_OF, (subject, link))
    if before != subject and opened is link:  # another dial, and no address that has been opened since speaks of it
        address_widgets.drop(DIAL)
    st.session_state[_OF] = subject, link
    key = f"turned {subject}"
    chosen = address_widgets.number(DIAL, key, first, 0, last)["on_change"]

    def store_step() -> None:
        message = st.session_state["turned"]["turned"]
        st.session_state[_TURN], st.session_state[key] = int(message["turn"]), min(max(int(message["step"]), 0), last)
        chosen()

    data = {"step": st.session_state[key], "turn": st.session_state.get(_TURN, 0)}
    _component(key="turned", data=data, on_turned_change=store_step)
