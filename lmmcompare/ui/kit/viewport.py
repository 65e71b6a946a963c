"""Whether the page is as narrow as on a phone, on which its layout depends."""

from __future__ import annotations

import streamlit as st

from ...figures.theme import DARK_OF
from .scripts import component

KEY, _GUESS = "viewport", "viewport by its browser"
BREAKPOINT = 640
"""Pixels of the widest window that is laid out as a phone's, here and in the style sheet."""
ROOM = 40
"""Least width of a wide page with its margins, in the size of its text (rem), as in the style sheet: a sidebar and large text take more."""
_component = component("page")


def watch() -> None:
    """Rerun the page when it becomes narrow or wide or the connection is restored; have Back take one press.

    To be called once per run, first of all and outside fragments. The component is invisible (``static/page.js``).
    """
    _component(data={"narrow": narrow(), "breakpoint": BREAKPOINT, "room": ROOM, "palette": DARK_OF}, key=KEY)


def narrow() -> bool:
    """Whether the page is narrow; until the browser has reported, whether its user agent is a phone's."""
    reported = st.session_state.get(KEY, {}).get("narrow")
    if reported is not None:
        return bool(reported)
    if _GUESS not in st.session_state:
        st.session_state[_GUESS] = "Mobi" in st.context.headers.get("User-Agent", "")
    return bool(st.session_state[_GUESS])
