"""The app's pages and their navigation. Imports nothing of the package, so that it loads at once."""

from base64 import b64encode
from copy import copy
from functools import cache
from pathlib import Path
from threading import Event, Lock

import streamlit as st

FOLDER = Path(__file__).parent / "pages"
NAMES = ("start", "stories", "data", "simulate", "study", "compare", "shrinkage", "lecture")
"""The pages in the order of the menu, by their file and the last part of their address."""
ROOT = NAMES[0]
"""The page at the app's root."""
ROUTED = "routed"
LOADING, LOADED = Lock(), Event()
"""The lock held while the libraries are loaded, and the event set afterwards."""


@cache
def icon() -> str:
    """The app's icon as a data URL; given a file's name, Streamlit would read the file in every run."""
    svg = Path(__file__).parent / "lmmcompare" / "ui" / "icon.svg"
    return f"data:image/svg+xml;base64,{b64encode(svg.read_bytes()).decode()}"


def navigation() -> st.Page:
    """Register the pages; returns the one that the address names. `lmmcompare.ui.menu` draws the links to them."""
    # copies, as Streamlit marks the page to run in the object
    return st.navigation([copy(page) for page in pages()], position="hidden")


@cache
def pages() -> list[st.Page]:
    """The app's pages; cached, as `st.Page` looks up its file on the disk."""
    return [
        st.Page(FOLDER / f"{name}.py", title=name.capitalize(), url_path=name, default=name == ROOT) for name in NAMES
    ]


def require() -> None:
    """Start again through app.py when Streamlit has run a page by itself.

    A fresh server takes a folder called ``pages`` for the older kind of multipage app until `st.navigation` has been
    called once, and so runs the first deep link's page without app.py.
    """
    if not st.session_state.get(ROUTED):
        navigation()
        st.rerun()
