"""The one way in which a control and the state that an address holds are bound.

The state is the only truth. A control is set from it before it is drawn, in every run, and what a reader picks changes the state,
from which the page writes its address. So it makes no difference whether a value comes from a click, a link or another control.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")


def bind(key: str, value: T, change: Callable[[T], object]) -> dict[str, Any]:
    """Set a control to what the state says, and give the arguments with which it changes the state.

    Parameters
    ----------
    key : str
        The control's.
    value : object
        What it is drawn with.
    change : callable
        Takes what the reader picks.
    """
    st.session_state[key] = value  # in every run: a browser may never draw the first of two that follow each other soon
    return {"key": key, "on_change": lambda: change(st.session_state[key])}
