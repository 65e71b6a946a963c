"""What to compare, where no comparison can be guessed: outcome, predictors and grouping column, chosen by hand."""

from __future__ import annotations

import streamlit as st

from ...data.alternatives import as_formula
from ...errors import DataError
from ...text.labels import literal
from ..kit.page_elements import explain_error, heading, note
from ..server import comparison_cache, table_sources
from ..session import state
from ..session.state import Analysis


def choice_form(analysis: Analysis) -> None:
    """Ask for what is lacking; what was guessed is chosen already."""
    guess = comparison_cache.suggestion(analysis.table)
    lacking = [name for name, found in (("outcome", guess.outcome), ("group", guess.group)) if found is None]
    heading("Choose what to compare", literal(" ".join(guess.reasons[name] for name in lacking)))
    names = [str(column) for column in analysis.frame().columns]
    infos = comparison_cache.columns(analysis.table)
    numeric = [info.name for info in infos if info.is_number or info.is_truth]
    has_words = len(numeric) < len(names)
    if guess.outcome is None and has_words and not table_sources.is_sample(analysis.table):
        note("Words become numbers, or true and false, under “Change the table” below, in “Column types”.")
    with st.form("choose"):
        outcome = st.selectbox("Outcome (numeric)", numeric, _place(guess.outcome, numeric), placeholder="choose one")
        predictors = st.multiselect("Predictors", names, [*guess.predictors], placeholder="none")
        group = st.selectbox("Grouping column", names, _place(guess.group, names), placeholder="choose one")
        if not st.form_submit_button("Compare"):
            return
    if outcome is None or group is None or outcome == group:
        remedy = "Choose a column of numbers for the outcome, and another one whose values are the groups."
        explain_error(DataError("A comparison needs an outcome and a grouping column.", remedy))
        return
    others = tuple(name for name in predictors if name not in (outcome, group))
    state.open_analysis(Analysis(analysis.table, as_formula(outcome, others, (group,))))
    st.switch_page("pages/compare.py")


def _place(name: str | None, names: list[str]) -> int | None:
    return names.index(name) if name in names else None
