"""The tables that whoever runs the server offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from ...errors import LmmCompareError
from ...share import link
from ..kit.page_elements import explain_error
from ..server import comparison_cache, table_sources
from ..session import state
from ..session.state import Analysis

if TYPE_CHECKING:  # slow to import, see `ui.server.table_sources`
    from ...engines.server_tables import ServerTable


def server_table_picker(analysis: Analysis, tables: dict[str, ServerTable]) -> None:
    """Their list, and the choice of one."""
    display = link.place_of(analysis.table) if link.kind_of(analysis.table) == link.FOLDER else None
    rows = [
        (t.name, t.size or None, ", ".join(table_sources.server_table_columns(f"{link.FOLDER}:{t.name}")))
        for t in tables.values()
    ]
    st.dataframe(
        pd.DataFrame(rows, columns=["Table", "Size", "Columns"]),
        hide_index=True,
        placeholder="",
        height="content" if len(rows) < 8 else 300,
        column_config={"Size": st.column_config.NumberColumn(format="bytes")},
    )
    names = list(tables)
    # A box for each table that is shown: one box, told what is shown, would forget what has just been chosen in it.
    chosen = st.selectbox(
        "Table on this server",
        names,
        index=names.index(display) if display in tables else None,
        key=f"pick offered beside {display}",
        placeholder="choose one",
    )
    if chosen is None or chosen == display:
        return
    table = f"{link.FOLDER}:{chosen}"
    try:
        with st.empty().container():
            table_sources.find(table)
    except LmmCompareError as error:
        explain_error(error)
        return
    state.open_analysis(Analysis(table, comparison_cache.suggested_formula(table)))
    state.write_address()
    st.rerun()
