"""The page shown when the analysis' table is missing: what is kept of the analysis, and the ways to go on."""

from __future__ import annotations

import streamlit as st

from ...errors import LmmCompareError
from ...share.upload_address import Upload
from ...text.english import listed
from ...text.labels import literal
from ..kit import page_elements
from ..session import missing_table, state
from ..session.state import Analysis
from . import reupload
from .upload import table_picker


def page(analysis: Analysis, error: LmmCompareError) -> None:
    """Name the missing table and what is kept of the analysis; offer to upload it again or to go on without it."""
    asked = missing_table.upload_of(analysis)
    joined = missing_table.joined(asked)
    page_elements.title("The table of this page is not here", literal(_what_stays(analysis, asked)))
    page_elements.explain_error(error)
    with st.container(horizontal=True):
        if asked is None:
            st.button("Try again", icon=":material/refresh:")
        if joined:
            leave_out = missing_table.leave_out_joined
            st.button("Go on without the joined tables", on_click=leave_out, args=(analysis,))
        first = state.opening(state.FIRST)
        st.button("Open the first example instead", on_click=state.open_analysis, args=(first,))
    table_picker(analysis)
    if asked is not None:
        reupload.remember([asked.name, *(step.table for step in joined)], analysis.table)


def _what_stays(analysis: Analysis, asked: Upload | None) -> str:
    keep = [f"the formula {analysis.formula}"] if analysis.formula else []
    if asked is not None and asked.steps.steps:
        keep.append("what was changed in the table")
    keep.append("what you chose to see")
    text = listed(keep)
    return f"{text[0].upper()}{text[1:]}: kept, and applied to the table once it is here again."
