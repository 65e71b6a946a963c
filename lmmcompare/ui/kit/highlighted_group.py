"""The marked group: shown by the browser in every figure of a page at once, and told to the server afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from .scripts import loader

_component = st.components.v2.component("mark", js=loader("highlight.js"), isolate_styles=False)
_TURN = "turn of the mark"
"""Where the session keeps how often the reader of this page had marked a group when the last one was told."""


def show_mark(group: str | None, noun: str) -> None:
    """Have the browser mark a group in the page's figures, or none, as a pick list or an address says.

    Parameters
    ----------
    group : str or None
    noun : str
        What one group is called.
    """
    _component(key="mark", data={"group": group, "noun": noun, "turn": st.session_state.get(_TURN, 0)})


def marked_group(mark: Mapping[str, Any]) -> str | None:
    """The group that a reader marked in a figure; the browser is answered by its turn, for it may be further by then."""
    st.session_state[_TURN] = int(mark["turn"])
    return None if mark["group"] is None else str(mark["group"])
