"""The comparison that a page shows: the one asked for, or the last that could be fitted, with what is wrong said."""

from __future__ import annotations

import streamlit as st

from ..compare import Comparison
from ..errors import LmmCompareError
from ..labels import literal
from . import shell, state, store
from .controls import model_controls
from .state import Analysis

LAST_GOOD = "last analysis that could be fitted"


def fitted_or_last() -> tuple[Analysis, Comparison] | None:
    """The session's comparison, with its controls drawn; None when the page has nothing to show, and has said why."""
    analysis = state.current()
    for text in state.notices():
        shell.note(f"**Note.** {literal(text)}")
    if not analysis.formula:
        shell.title("Nothing to compare yet", "This table's outcome and grouping column have not been chosen.")
        st.page_link("pages/data.py", label="Choose them on the Data page", icon=":material/arrow_forward:")
        return None
    try:
        model_controls(analysis)
        comparison = _fit(analysis)
    except LmmCompareError as error:
        shell.explain_error(error)
        good: Analysis | None = st.session_state.get(LAST_GOOD)
        if good is None or good.table != analysis.table:
            state.write_address()
            return None
        shell.note(f"Below is the last comparison that could be fitted: {literal(good.formula)}")
        return good, _fit(good)
    st.session_state[LAST_GOOD] = analysis
    return analysis, comparison


def _fit(analysis: Analysis) -> Comparison:
    return store.comparison(*analysis.key)
