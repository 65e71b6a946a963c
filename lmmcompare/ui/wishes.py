"""What the reader wants of controls that the server sets as well, told apart from old values that only look like it.

With each run of a fragment, as happens every half second while a study goes on, the browser sends the values of all
controls of the page. Those that the server has just changed, say after a preset was picked, may be old ones. So callbacks
only note wishes; a run of the page grants them, and the run of a fragment forgets them.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

WISHES = "wishes"


def wish(page: str, name: str, value: Any) -> None:
    """Note what a control says, in its callback; not for what it was drawn with."""
    st.session_state.setdefault(WISHES, {}).setdefault(page, {})[name] = value


def take(page: str) -> dict[str, Any]:
    """The wishes of a page, by name of the control; each is given once."""
    found: dict[str, Any] = st.session_state.get(WISHES, {}).pop(page, {})
    return found


def forget(page: str = "", *names: str) -> None:
    """To be called where a fragment runs by itself. A page's wishes of these names, which the server sets to nothing else, stay.

    The browser may send a click's value with the fragment's run first, and only then ask for the page's.
    """
    found = st.session_state.pop(WISHES, {}).get(page, {})
    for name in found.keys() & {*names}:
        wish(page, name, found[name])
