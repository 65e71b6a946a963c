"""Two-way binding between a widget and the state that the page's address holds.

The state is the single source of truth. In every run a widget is set from it before it is drawn, and the widget's callback
changes the state, from which the page writes its address. So a click, a link and another control have the same effect.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")


def bind(key: str, value: T, change: Callable[[T], object]) -> dict[str, Any]:
    """Set a widget to the state's value, and return its keyword arguments ``key`` and ``on_change``.

    Parameters
    ----------
    change : callable
        Called with the new value when the reader changes the widget.
    """
    st.session_state[key] = value  # in every run: a browser may skip the first of two runs in quick succession
    return {"key": key, "on_change": lambda: change(st.session_state[key])}
