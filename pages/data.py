"""The data page: bring a table, see what its columns are, change it, open the comparison."""

import router

router.require()

import streamlit as st

from lmmcompare.errors import LmmCompareError
from lmmcompare.ui import shell, sources, state
from lmmcompare.ui.bringing import bring
from lmmcompare.ui.changing import change_panel, long_offer, source_notes, steps_panel
from lmmcompare.ui.tables import column_table, grouping_sentences, in_memory, preview, suggestion_panel


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
    rows = sources.n_rows(analysis.table)
    shell.title(f"{analysis.title}: {rows:,} rows, {len(frame.columns):,} columns", in_memory(frame))
    left, right = st.columns(2, gap="large")
    with left:
        bring(analysis)
        analysis = state.current()
        source_notes(analysis)
    with right, st.container(key="next"):
        long_offer(analysis)
        suggestion_panel(analysis)
        steps_panel(analysis)
    change_panel(analysis)
    with st.container(key="columns"):
        shell.heading("Its columns", grouping_sentences(analysis))
        column_table(analysis)
    with st.container(key="preview"):
        preview(analysis)
    state.write_address()


page()
