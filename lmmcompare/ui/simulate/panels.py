"""What a simulated table shows of itself: true values beside estimates, and the way back to its controls."""

from __future__ import annotations

import streamlit as st

from ...comparison.compare import Comparison
from ...simulate import link
from ...simulate.settings import Settings
from ...tables.simulation_truth import TRUTH_CAPTION, truth_table
from ...tables.table import to_html
from ..kit.shell import heading, html


def truth_panel(comparison: Comparison, settings: Settings) -> None:
    """True values beside what each model found."""
    html(to_html(truth_table(comparison, settings), TRUTH_CAPTION))


def simulated_panel(comparison: Comparison, settings: Settings) -> None:
    """The same on a page of its own comparison, with the way back."""
    heading("Truth beside the estimates", "These data were simulated, so the true values are known.")
    truth_panel(comparison, settings)
    st.page_link(
        "pages/simulate.py",
        label="Change the simulation",
        icon=":material/tune:",
        query_params={"simulated": link.encode(settings)},
    )
