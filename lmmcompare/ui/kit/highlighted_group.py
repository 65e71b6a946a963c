"""The marked group: the browser marks it in all figures of the page at once, and then sends it to the server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from .scripts import component

_component = component("highlight")
_TURN = "turn of the mark"
"""Key of the session state: the turn number of the browser's last message."""


def show_mark(group: str | None, noun: str) -> None:
    """Have the browser mark a group in the page's figures, or none; for a choice in a pick list or an address.

    Parameters
    ----------
    noun : str
        What one group is called.
    """
    _component(key="mark", data={"group": group, "noun": noun, "turn": st.session_state.get(_TURN, 0)})


def marked_group(mark: Mapping[str, Any]) -> str | None:
    """The group in a message of the browser; its turn number is returned to the browser, which ignores answers to older ones."""
    st.session_state[_TURN] = int(mark["turn"])
    return None if mark["group"] is None else str(mark["group"])
