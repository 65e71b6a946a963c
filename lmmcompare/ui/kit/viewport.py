"""What a page has to know of its browser; first of all whether its window is as narrow as a phone's: what is drawn follows that."""

from __future__ import annotations

import streamlit as st

from ...figures.theme import DARK_OF
from .scripts import loader

KEY, _GUESS = "viewport", "viewport by its browser"
BREAKPOINT = 640
"""Pixels of the widest window that is laid out as a phone's, here and in the style sheet."""
_component = st.components.v2.component("page", js=loader("page.js"), isolate_styles=False)


def watch() -> None:
    """Run the page again when the window becomes narrow or wide, or the server is there again; have Back take one press.

    Once per page, before anything else, outside of fragments, never to be seen; the rest that it does is in ``static/page.js``.
    """
    _component(data={"narrow": narrow(), "breakpoint": BREAKPOINT, "palette": DARK_OF}, key=KEY)


def narrow() -> bool:
    """Whether the window is a phone's; until it has spoken, whether its browser is."""
    words = st.session_state.get(KEY, {}).get("narrow")
    if words is not None:
        return bool(words)
    if _GUESS not in st.session_state:
        st.session_state[_GUESS] = "Mobi" in st.context.headers.get("User-Agent", "")
    return bool(st.session_state[_GUESS])
