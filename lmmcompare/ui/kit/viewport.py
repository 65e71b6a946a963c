"""Whether the window is as narrow as a phone: the browser knows, and tells the server what to draw for."""

from __future__ import annotations

import streamlit as st

KEY, _GUESS = "viewport", "viewport by its browser"
BREAKPOINT = 640
"""Pixels of the widest window that is laid out as a phone's, here and in the style sheet."""

_JS = f"""
const query = matchMedia("(max-width: {BREAKPOINT}px)");
export default function ({{ data, setStateValue }}) {{
  // called again whenever `data` changes; says nothing, which would run the page again, where the server is right
  const tell = () => {{ if (query.matches !== data.narrow) setStateValue("narrow", query.matches); }};
  query.onchange = tell;
  tell();
}}
"""
_component = st.components.v2.component("viewport", js=_JS)


def watch() -> None:
    """Run the page again when the window becomes narrow or wide; once per page, outside of fragments, never to be seen."""
    _component(data={"narrow": narrow()}, key=KEY)


def narrow() -> bool:
    """Whether the window is a phone's; until it has spoken, whether its browser is."""
    words = st.session_state.get(KEY, {}).get("narrow")
    if words is not None:
        return bool(words)
    if _GUESS not in st.session_state:
        st.session_state[_GUESS] = "Mobi" in st.context.headers.get("User-Agent", "")
    return bool(st.session_state[_GUESS])
