"""The menu: links to the pages, whose addresses hold the session's state, so that they work on a restarted server too.

A browser takes long for Streamlit's links, so a session begins with plain ones, which the style sheet hides once those are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ..share import link
from ..simulate import link as simulation
from .kit import page_elements, visibility
from .server import comparison_cache
from .session import state
from .simulate import current_settings
from .study import state as study_state

OF_ANALYSIS = ("data", "compare", "shrinkage", "lecture")
OF_SIMULATION = ("simulate", "study")
PICTURED = "compare"
WITHOUT = "lecture"
"""The page that has no menu."""
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


def place(here: st.Page, pages: Sequence[st.Page]) -> DeltaGenerator:
    """Create the placeholder of the links at the top of the sidebar; below it the plain links with which a session begins."""
    with st.sidebar:
        with st.container(key="menu"):
            result = st.empty()
        if DRAWN in st.session_state:
            st.empty()  # in their place, so that what follows keeps its own
        else:
            _plain_links(here, pages)
    return result


def _plain_links(here: st.Page, pages: Sequence[st.Page]) -> None:
    links, frame = (
        "",
        {"embed": "true"} if st.context.is_embedded else {},
    )  # Streamlit's own links keep it by themselves
    for page in pages:
        address = (address_of(page.url_path) or _asked_of(page.url_path)) | frame
        target = f"./{page.url_path}" + (f"?{urlencode(address)}" if address else "")
        current = ' aria-current="page"' if page.url_path == here.url_path else ""
        links += f'<a href="{escape(target)}"{current}>{escape(page.title)}</a>'
    page_elements.html(f'<nav class="lmm-menu">{links}</nav>')


def _asked_of(page: str) -> dict[str, str]:
    """The part of the address opened that holds a page's state, before the session has any."""
    names = link.OF_ANALYSIS if page in OF_ANALYSIS else current_settings.KINDS if page in OF_SIMULATION else ()
    return {name: st.query_params[name] for name in names if name in st.query_params}


def draw(place: DeltaGenerator, pages: Sequence[st.Page], result: Sequence[dict[str, str]]) -> None:
    """Draw the links with these parameters, replacing those drawn before."""
    st.session_state[DRAWN] = True
    with place, st.container(gap="xsmall"):
        for page, address in zip(pages, result, strict=True):
            st.page_link(page, query_params=address or None, width="stretch")
