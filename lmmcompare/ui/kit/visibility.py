"""Order in which a page is drawn: its picture first, then the rest, and what lies below the fold only when scrolled near.

A component in the browser reports to the server when the picture has been painted and whether the container below the fold is
near the viewport. Its state ``near`` is absent until the first report, then true or false.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from . import viewport
from .scripts import component

KEY = "fold"
_OUTDATED = "below the fold is outdated"

_component = component("fold")


def is_near() -> bool:
    """Whether what lies below the fold is near the viewport; False until the browser has reported."""
    return bool(_near())


def is_picture_painted() -> bool:
    """Whether the browser has painted the page's picture, so that the rest can be sent without delaying it."""
    return _near() is not None


def is_picture_only() -> bool:
    """Whether this run draws the picture alone, and another run follows once the browser has painted it."""
    return KEY in st.session_state and not is_picture_painted()


def _near() -> bool | None:
    """The state that the browser has reported; None until it has."""
    result: bool | None = st.session_state.get(KEY, {}).get("near")
    return result


def watch(panel: str, scrolled: Callable[[], None] | None = None) -> None:
    """Rerun the calling page or fragment when its picture has been painted, and when the container ``panel`` is scrolled near.

    Parameters
    ----------
    panel : str
        Key of the container. The component itself is invisible.
    scrolled : callable, optional
        Called before such a run.
    """
    _component(
        data={"panel": panel, "near": _near(), "breakpoint": viewport.BREAKPOINT}, key=KEY, on_near_change=scrolled
    )


def rerun_when_outdated(panel: str, fragment: str) -> None:
    """Watch a container that has been drawn; rerun the fragment of this key when it is scrolled near after `mark_outdated`."""
    st.session_state[_OUTDATED] = False
    _keep_watch(panel, fragment)


@st.fragment
def _keep_watch(panel: str, fragment: str) -> None:
    def catch_up() -> None:
        if is_near() and st.session_state[_OUTDATED]:
            st.rerun(fragment)

    watch(panel, catch_up)


def mark_outdated() -> None:
    """Have what lies below the fold drawn anew when it is next scrolled near."""
    st.session_state[_OUTDATED] = True
