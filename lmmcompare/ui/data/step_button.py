"""The button that changes a table by one step."""

from __future__ import annotations

import streamlit as st

from ...data.recipe import Step
from ...errors import DataError
from ..kit.page_elements import explain_error
from ..session.state import Analysis
from . import recipes


def do_button(label: str, analysis: Analysis, step: Step, key: str, primary: bool = False) -> None:
    """A button that changes the table; where it cannot, the reason, and everything that was entered stays."""
    if st.button(label, key=key, type="primary" if primary else "secondary"):
        try:
            with st.spinner("Changing the table…"):
                recipes.apply_step(analysis, step)
        except DataError as error:
            explain_error(error)
        else:
            st.rerun()
