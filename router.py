"""The app's pages and the way to them. Imports nothing of ours: it must be there before anything slow."""

from base64 import b64encode
from copy import copy
from functools import cache
from pathlib import Path
from threading import Event, Lock

import streamlit as st

FOLDER = Path(__file__).parent / "pages"
ROUTED = "routed"
LOADING, LOADED = Lock(), Event()
"""Held while the libraries are loaded; set once they are."""


@cache
def icon() -> str:
    """The app's icon as an address that holds it; of a file's name Streamlit reads the file at every run."""
    svg = Path(__file__).parent / "lmmcompare" / "ui" / "icon.svg"
    return f"data:image/svg+xml;base64,{b64encode(svg.read_bytes()).decode()}"


def navigation() -> st.Page:
    """The pages; gives the one that the address names. `lmmcompare.ui.session.menu` draws the links to them."""
    # a session marks its own as the one to run
    return st.navigation([copy(page) for page in pages()], position="hidden")


@cache
def pages() -> list[st.Page]:
    """Each looks its file up on the disk, once."""
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
