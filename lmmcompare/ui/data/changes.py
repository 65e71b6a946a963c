"""Changing the table that is looked at: every change shows its effect in numbers first, and can be taken back."""

from __future__ import annotations

import streamlit as st

from ... import examples
from ...data.recipe import Step
from ...data.steps import Drop, Rename, ToLong
from ...errors import LmmCompareError
from ...share import link
from ...text.labels import literal
from ..kit.page_elements import explain_error, heading, note
from ..server import comparison_cache, table_sources
from ..server.uploads import ChangedTable
from ..session.state import Analysis
from . import recipes
from .column_types import types_tab
from .joins import join_tab
from .new_column_form import new_column_tab
from .row_filter import rows_tab
from .step_button import do_button
from .wide_to_long import long_tab


def steps_panel(analysis: Analysis) -> None:
    """What was done to the table, a line each, with the way back."""
    table = table_sources.find(analysis.table)
    if not isinstance(table, ChangedTable):
        return
    heading("What was changed")
    for position, sentence in enumerate(table.sentences):
        with st.container(horizontal=True, vertical_alignment="center", key=f"step-{position}"):
            with st.container(width="stretch"):
                note(f"{position + 1}. {literal(sentence)}")
            if st.button("Take back", key=f"take back {position}", type="tertiary", icon=":material/undo:"):
                try:
                    recipes.undo_step(analysis, table, position)
                except LmmCompareError as error:
                    explain_error(error)
                else:
                    st.rerun()


def source_notes(analysis: Analysis) -> None:
    """Where the table comes from, and what was found when it was read."""
    table, origin = table_sources.find(analysis.table), analysis.table
    result = table.notes
    if isinstance(table, ChangedTable):
        result, origin = table.reading_notes, table.origin
    if link.kind_of(origin) == link.EXAMPLE:
        example = examples.get(origin)
        result = (f"{example.summary} Source: {example.citation}", *result)
    for text in result:
        note(literal(text))


def long_offer(analysis: Analysis) -> None:
    """A table with several measurements a row: what one row per measurement would be, and a button that makes it."""
    families = None if table_sources.is_sample(analysis.table) else recipes.families(analysis.table)
    if families is None:
        return
    step = ToLong(families)
    there = families.id in analysis.frame()
    groups = (
        "so that the rows of one “{}” are a group."
        if there
        else "and a column “{}” that says which rows belong together."
    )
    what = f"{literal(families.words)} A mixed model needs a row for each, {groups.format(literal(families.id))}"
    first = not analysis.formula or there  # one row per subject, named by its id
    if first:
        heading("Several measurements in a row", what)
    else:
        note(f"**Several measurements in a row?** {what}")
    do_button("One row per measurement", analysis, step, "long offer", primary=first)


@st.fragment
def change_panel(analysis: Analysis) -> None:
    """Wide to long, new columns, types, rows and names, each in a tab; not for rows that stand for more of them."""
    if table_sources.is_sample(analysis.table):
        return
    with st.expander("Change the table", key="change", on_change="rerun", icon=":material/edit:") as panel:
        if panel.open:
            try:
                _tabs(analysis)
            except LmmCompareError as error:  # the table may have been given up meanwhile
                explain_error(error)


def _tabs(analysis: Analysis) -> None:
    names = ["One row per measurement", "New column", "Column types", "Rows used", "Names", "Join"]
    long, new, types, rows, renamed, join = st.tabs(names, key="change tabs")
    with long:
        _tab(long_tab(analysis), analysis, "One row per measurement", "do long")
    with new:
        _tab(new_column_tab(analysis), analysis, "Add the column", "do new")
    with types:
        _tab(types_tab(analysis), analysis, "Change the type", "do type")
    with rows:
        _tab(rows_tab(analysis), analysis, "Keep these rows", "do rows")
    with renamed:
        _names(analysis)
    with join:
        _tab(join_tab(analysis), analysis, "Join the table", "do join")


def _tab(step: Step | None, analysis: Analysis, label: str, key: str) -> None:
    if step is not None:
        do_button(label, analysis, step, key)


def _names(analysis: Analysis) -> None:
    names = [str(name) for name in comparison_cache.frame(analysis.table).columns]
    column = st.selectbox("Column to rename", names, index=None, placeholder="choose one", key="rename column")
    if column is not None:
        new = st.text_input("Its new name", max_chars=200, key="rename to").strip()
        if new:
            do_button("Rename", analysis, Rename(column, new), "do rename")
    left_out = st.multiselect("Columns to leave out", names, placeholder="none", key="leave out")
    if left_out:
        do_button("Leave out", analysis, Drop(tuple(left_out)), "do leave out")
