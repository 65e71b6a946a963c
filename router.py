"""The app's pages and their navigation. Imports nothing of the package, so that it loads at once."""

from base64 import b64encode
from copy import copy
from functools import cache
from pathlib import Path
from threading import Event, Lock

import streamlit as st

FOLDER = Path(__file__).parent / "pages"
ROUTED = "routed"
LOADING, LOADED = Lock(), Event()
"""The lock held while the libraries are loaded, and the event set afterwards."""


@cache
def icon() -> str:
    """The app's icon as a data URL; given a file's name, Streamlit would read the file in every run."""
    svg = Path(__file__).parent / "lmmcompare" / "ui" / "icon.svg"
    return f"data:image/svg+xml;base64,{b64encode(svg.read_bytes()).decode()}"


def navigation() -> st.Page:
    """Register the pages; returns the one that the address names. `lmmcompare.ui.session.menu` draws the links to them."""
    # copies, as Streamlit marks the page to run in the object
    return st.navigation([copy(page) for page in pages()], position="hidden")


@cache
def pages() -> list[st.Page]:
    """The app's pages; cached, as `st.Page` looks up its file on the disk."""
    return [
        st.Page(FOLDER / "start.py", title="Start", default=True),
        st.Page(FOLDER / "stories.py", title="Stories", url_path="stories"),
        st.Page(FOLDER / "data.py", title="Data", url_path="data"),
        st.Page(FOLDER / "simulate.py", title="Simulate", url_path="simulate"),
        st.Page(FOLDER / "study.py", title="Study", url_path="study"),
        st.Page(FOLDER / "compare.py", title="Compare", url_path="compare"),
        st.Page(FOLDER / "shrinkage.py", title="Shrinkage", url_path="shrinkage"),
        st.Page(FOLDER / "lecture.py", title="Lecture", url_path="lecture"),
    ]  # fmt: skip


def require() -> None:
    """Start again through app.py when Streamlit has run a page by itself.

    A fresh server takes a folder called ``pages`` for the older kind of multipage app until `st.navigation` has been
    called once, and so runs the first deep link's page without app.py.
    """
    if not st.session_state.get(ROUTED):
        navigation()
        st.rerun()
