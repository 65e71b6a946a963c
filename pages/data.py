"""The data page: bring a table or choose an example, see what its columns are, open the comparison."""

import router

router.require()

import streamlit as st

from lmmcompare.errors import LmmCompareError
from lmmcompare.ui import shell, state
from lmmcompare.ui.tables import column_table, example_box, grouping_sentences, preview, suggestion_panel, upload_box


def page() -> None:
    analysis = state.current()
    for text in state.notices():
        shell.note(f"**Note.** {text}")
    try:
        frame = analysis.frame()
    except LmmCompareError as error:
        shell.explain_error(error)
        state.open_analysis(state.opening("cv161703"))
        analysis = state.current()
        frame = analysis.frame()
    shell.title(f"{analysis.title}: {len(frame):,} rows, {len(frame.columns):,} columns")
    left, right = st.columns(2, gap="large")
    with left:
        upload_box()
    with right:
        example_box(analysis)
    analysis = state.current()
    suggestion_panel(analysis)
    with st.container(key="columns"):
        shell.heading("Its columns", grouping_sentences(analysis))
        column_table(analysis)
    with st.container(key="preview"):
        preview(analysis)
    state.write_address()


page()
