"""An address whose last part names no page of the app: Streamlit opens the first page, which says so and leads on."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from urllib.parse import unquote, urlsplit

import streamlit as st

from ...share import link
from ...text.labels import literal
from ..kit.page_elements import paragraph

UNKNOWN = "page that there is not"


def remember(here: str, names: Sequence[str]) -> None:
    """Keep the name that the address had until the reader goes to another page; the browser may be told another address at once.

    Parameters
    ----------
    here : str
        The page that runs; empty for the first one.
    names : sequence of str
        The pages' names in addresses.
    """
    if here:
        st.session_state.pop(UNKNOWN, None)
        return
    asked = unquote(urlsplit(st.context.url or "").path.rpartition("/")[2])
    root = str(st.get_option("server.baseUrlPath") or "").strip("/").rpartition("/")[2]
    if asked and asked not in (*names, root):
        st.session_state[UNKNOWN] = asked


def explain(names: Sequence[str]) -> None:
    """Say that there is no such page, and offer the one that is likely meant, with what the address holds besides."""
    asked = st.session_state.get(UNKNOWN)
    if asked is None:
        return
    address = st.query_params.to_dict()
    near = get_close_matches(asked.lower(), names, 1) or ["compare"] * bool(link.named_kinds(address))
    paragraph(f"**There is no page “{literal(asked[:60])}”.** This is Start; the menu leads to all pages.")
    for name in near:
        st.page_link(
            f"pages/{name}.py",
            label=f"Open {name.capitalize()} with what the link holds" if address else f"Open {name.capitalize()}",
            icon=":material/arrow_forward:",
            query_params=address or None,
        )
