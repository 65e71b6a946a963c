"""The menu: links to the pages, whose addresses hold the session's state, so that they work on a restarted server too."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ..simulate import link as simulation
from .kit import visibility
from .server import comparison_cache
from .session import state
from .simulate import current_settings
from .study import state as study_state

OF_ANALYSIS = ("data", "compare", "shrinkage", "lecture")
OF_SIMULATION = ("simulate", "study")
PICTURED = "compare"
DRAWN = "menu is drawn"
"""Set once the links stand in the sidebar: from then on no page takes them away, be it for half a second."""


def address_of(page: str) -> dict[str, str]:
    """The parameters of the link to a page: the state that the page would show."""
    if page in OF_ANALYSIS:
        return state.own_address()
    settings = st.session_state.get(current_settings.CURRENT)
    if page not in OF_SIMULATION or settings is None:
        return {}
    options = st.session_state.get(study_state.ASKED)
    own = options.to_address() if page == "study" and options is not None else {}
    return {"simulated": simulation.encode(settings), **own}


def addresses(pages: Sequence[st.Page]) -> list[dict[str, str]]:
    """The parameters of the links to all pages."""
    return [address_of(page.url_path) for page in pages]


def follows_picture(page: st.Page) -> bool:
    """Whether a session opens with a picture that is at hand: the run after it draws the links, as a browser takes long for them all.

    No table is loaded to find out: that may take long, and the links are to be there meanwhile.
    """
    if page.url_path != PICTURED or visibility.is_picture_painted() or DRAWN in st.session_state:
        return False
    named = state.named_analysis()
    return named is not None and comparison_cache.is_fitted(*named.key)


def place() -> DeltaGenerator:
    """Create the placeholder of the links at the top of the sidebar."""
    with st.sidebar, st.container(key="menu"):
        return st.empty()


def draw(place: DeltaGenerator, pages: Sequence[st.Page], result: Sequence[dict[str, str]]) -> None:
    """Draw the links with these parameters, replacing those drawn before."""
    st.session_state[DRAWN] = True
    with place, st.container(gap="xsmall"):
        for page, address in zip(pages, result, strict=True):
            st.page_link(page, query_params=address or None, width="stretch")
