"""Remarks on the answer's coefficient and on the formula, with the formula that a reader may have meant a click away."""

from __future__ import annotations

import streamlit as st

from ...assess.formula_notes import remarks
from ...comparison.comparison import Comparison
from ...explain.coefficient_remarks import coefficient_remarks
from ...text.labels import literal
from ..kit.page_elements import note, plain
from ..session import state


def remarks_panel(comparison: Comparison, term: str) -> None:
    """Draw the remarks on this coefficient and on the session's formula, if there are any."""
    for sentence in coefficient_remarks(comparison, term):
        note(f"**Note.** {sentence}")
    for k, remark in enumerate(remarks(comparison)):
        with st.container(key=f"remark-{k}", gap=None):
            note(f"**Note.** {literal(remark.sentence)}")
            if remark.formula:
                st.button(
                    plain(remark.action),
                    key=f"take up {k}",
                    type="tertiary",
                    icon=":material/arrow_forward:",
                    on_click=state.change,
                    kwargs={"formula": remark.formula},
                )
