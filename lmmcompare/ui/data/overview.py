"""A look before fitting, on the Data page: worked out when a reader opens it, and not before."""

from __future__ import annotations

import streamlit as st

from ...data.distributions import Distribution, distributions, group_sizes
from ...data.measurements import Measurements, measurements
from ...formula import edit
from ...panels.data_overview import columns_panel, measured_panel, outcome_panel, repeated_rows_sentence
from ..kit.page_elements import note
from ..kit.panel import show
from ..server import comparison_cache, table_sources
from ..server.cache import cached
from ..session.state import Analysis


@st.fragment
def overview_panel(analysis: Analysis) -> None:
    """Every column's bars, who was measured when, the outcome by group."""
    with st.expander("A look before fitting", key="look", on_change="rerun", icon=":material/visibility:") as panel:
        if not panel.open:
            return
        if table_sources.is_sample(analysis.table):
            note(f"Of the sample’s {len(analysis.frame()):,} rows, which stand for all others.")
        bars, result = _numbers(analysis.table, analysis.formula)
        show(columns_panel(bars, comparison_cache.columns(analysis.table), _repeated(analysis.table)), analysis.key)
        show(measured_panel(result), analysis.key)
        show(outcome_panel(result), analysis.key)


@cached(50)
def _repeated(table: str) -> str:
    return repeated_rows_sentence(comparison_cache.frame(table))


@cached(50)
def _numbers(table: str, formula: str) -> tuple[list[Distribution], Measurements | None]:
    frame = comparison_cache.frame(table)
    bars = distributions(frame, comparison_cache.columns(table))
    if not formula:
        return bars, None
    spec = Analysis(table, formula).spec
    outcome, names = edit.outcome_column(spec), set(map(str, frame.columns))
    group = next((r.group[0] for r in spec.random if len(r.group) == 1 and r.group[0] in names), "")
    if not group or outcome not in names:
        return bars, None
    predictors = [name for name in edit.predictor_columns(spec) if name in names]
    return [group_sizes(frame, group), *bars], measurements(frame, outcome, group, predictors)
