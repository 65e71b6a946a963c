"""The data page: bring a table, see what its columns are, change it, open the comparison."""

import router

router.require()

import streamlit as st

from lmmcompare.text.labels import literal
from lmmcompare.text.numbers import count
from lmmcompare.ui.data import reupload
from lmmcompare.ui.data.alternatives import alternatives_panel
from lmmcompare.ui.data.changes import change_panel, long_offer, source_notes, steps_panel
from lmmcompare.ui.data.joins import tables_panel
from lmmcompare.ui.data.new_column_form import within_between_offer
from lmmcompare.ui.data.overview import overview_panel
from lmmcompare.ui.data.session_analysis import session_analysis
from lmmcompare.ui.data.tables import column_table, grouping_sentences, in_memory, preview, suggestion_panel
from lmmcompare.ui.data.type_offers import offers
from lmmcompare.ui.data.upload import table_picker
from lmmcompare.ui.kit import page_elements
from lmmcompare.ui.server import table_sources
from lmmcompare.ui.session import state


def page() -> None:
    analysis = session_analysis()
    if analysis is None:
        return
    reupload.remember()
    frame = analysis.frame()
    rows, columns = count(table_sources.n_rows(analysis.table), "row"), count(len(frame.columns), "column")
    table = f"{analysis.title}: {rows}, {columns}"
    if analysis.example:
        page_elements.title(
            "Bring your own data", literal(f"Shown meanwhile is the example {table}. {in_memory(frame)}")
        )
    else:
        page_elements.title(table, in_memory(frame))
    left, right = st.columns(2, gap="large")
    with left:
        table_picker(analysis)
        analysis = state.current()
        source_notes(analysis)
        tables_panel(analysis)
        offers(analysis)
    with right, st.container(key="next"):
        long_offer(analysis)
        suggestion_panel(analysis)
        alternatives_panel(analysis)
        within_between_offer(analysis)
        steps_panel(analysis)
    change_panel(analysis)
    with st.container(key="columns"):
        page_elements.heading("Its columns", grouping_sentences(analysis))
        column_table(analysis)
        overview_panel(analysis)
    with st.container(key="preview"):
        preview(analysis)
    state.write_address()


page()
