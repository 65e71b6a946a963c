"""The comparison that a page shows: the requested one, or, below an error message, the last that could be fitted."""

from __future__ import annotations

import streamlit as st

from ...comparison.comparison import Comparison
from ...errors import LmmCompareError
from ...share.excluded_rows import parts_of
from ...text.labels import literal
from ..data.session_analysis import session_analysis
from ..kit import page_elements
from ..server import comparison_cache
from ..session import fit_request, state, views
from ..session.fit_request import NotFitted
from ..session.state import Analysis
from .model_form import model_controls


def fitted_or_last(*, controls: bool = True) -> tuple[Analysis, Comparison] | None:
    """The session's comparison, after drawing the model's controls; None if there is none, after drawing the reason.

    Without ``controls`` these are left to a later run if the comparison is in the cache; while it is being fitted, they are
    drawn, so that the reader can change it.
    """
    analysis = session_analysis()
    if analysis is None:
        return None
    if not analysis.formula:
        page_elements.title("Nothing to compare yet", "This table's outcome and grouping column have not been chosen.")
        st.page_link(
            "pages/data.py",
            label="Choose them on the Data page",
            icon=":material/arrow_forward:",
            query_params=state.own_address(),
        )
        return None
    good: Analysis | None = st.session_state.get(state.LAST_GOOD)
    if good is not None and good.table != analysis.table:
        good = None
    try:
        below = None
        if controls or not comparison_cache.is_fitted(*analysis.key):
            below = model_controls(analysis, good.formula if good else "")
        comparison = fit_request.fit(analysis)
    except LmmCompareError as error:
        last = _fitted(good)
        if good is None or last is None:
            waits = isinstance(error, NotFitted)
            page_elements.title("These models have not been fitted" if waits else "This comparison cannot be fitted")
            _explain(error, analysis)
            _say_typed()
            _offer_own(analysis)
            state.write_address()
            return None
        if not _say_typed():  # else it is that of a formula which is no longer in the box
            _explain(error, analysis)
            if below is not None:  # the page may be scrolled, or lie beneath the sidebar
                with below:
                    page_elements.warn(f"**{literal(error.problem)}** {literal(error.in_app)}")
        page_elements.note(f"Below is the last comparison that could be fitted: {literal(good.formula)}")
        return good, last
    _say_typed(f" Below is still {analysis.formula}")
    st.session_state[state.LAST_GOOD] = analysis
    for words in views.link_notices(comparison):
        page_elements.plain_note(words)
        state.add_notice(words)
    return analysis, comparison


def _fitted(good: Analysis | None) -> Comparison | None:
    """The comparison that was shown before; None without one. An address may name one that cannot be fitted, or takes long."""
    try:
        return None if good is None else fit_request.fit(good)
    except LmmCompareError:
        return None


def _explain(error: LmmCompareError, analysis: Analysis) -> None:
    page_elements.explain_error(error)
    if isinstance(error, NotFitted):
        fit_request.offer(analysis)


def _say_typed(display: str = "") -> bool:
    """Show the error of a formula typed in the sidebar, which may be out of sight; whether there is one."""
    refused = state.refused_formula()
    if refused:
        words = literal(f"{refused.error.text_in_app}{display}")
        page_elements.paragraph(f"**The formula as typed cannot be used.** {words}")
    return refused is not None


def _offer_own(analysis: Analysis) -> None:
    """Buttons for a link whose formula does not suit its table: restore left-out rows, or use the suggested formula."""
    whole, rows = parts_of(analysis.table)
    if rows:
        st.button(
            "Put the points back that are left out",
            icon=":material/undo:",
            type="primary",
            on_click=state.change,
            kwargs={"table": whole},
        )
    formula = state.own_formula(analysis.table)
    if formula and formula != analysis.formula:
        st.button(
            "Open this table with its suggested comparison",
            icon=":material/arrow_forward:",
            type="primary",
            on_click=state.open_analysis,
            args=(Analysis(analysis.table, formula, analysis.reml),),
        )
        page_elements.note(literal(formula))
