"""The analysis that a page shows, below notes on the parts of the address that could not be used."""

from __future__ import annotations

import streamlit as st

from ...errors import LmmCompareError
from ...share import link
from ..kit import page_elements
from ..server import table_sources
from ..session import state
from ..session.state import Analysis
from . import missing_table_page

STATE = "state of the files looked at"


def session_analysis() -> Analysis | None:
    """The session's analysis; None if its table cannot be loaded, in which case the page of the missing table is drawn."""
    analysis = state.current()
    try:
        analysis.frame()
    except LmmCompareError as error:
        missing_table_page.page(analysis, error)
        return None
    _notice_change(analysis)
    for words in state.notices():
        if isinstance(words, LmmCompareError):
            page_elements.explain_error(words)
        else:
            page_elements.plain_note(words)
    return analysis


def _notice_change(analysis: Analysis) -> None:
    """Add a notice if the files of a table that the server offers have changed since this session last opened it."""
    if link.kind_of(analysis.table) != link.FOLDER:
        return
    now = table_sources.server_table_state(analysis.table)
    table, before = st.session_state.get(STATE, ("", now))
    st.session_state[STATE] = analysis.table, now
    if table == analysis.table and before != now:
        state.add_notice(f"“{analysis.title}” has changed on the server, and is opened anew: all is of the new rows.")
