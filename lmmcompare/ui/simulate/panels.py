"""Panels of a simulated table: true values beside estimates, and a link back to its settings."""

from __future__ import annotations

import streamlit as st

from ...comparison.comparison import Comparison
from ...panels.simulation_truth import truth
from ...simulate import link
from ...simulate.settings import Settings
from ...tables.inference import Inferred, default_inference
from ..kit.panel import body, show
from ..session.state import Analysis


def truth_table_alone(analysis: Analysis, comparison: Comparison, settings: Settings) -> None:
    """True values beside what each model found, where the page says the rest."""
    body(truth(comparison, settings, default_inference(comparison)), analysis.key)


def simulated_panel(analysis: Analysis, comparison: Comparison, settings: Settings, display: Inferred) -> None:
    """True values beside what each model found, on a page that shows the comparison, with the way back to the settings."""
    show(truth(comparison, settings, display), analysis.key)
    st.page_link(
        "pages/simulate.py",
        label="Change the simulation",
        icon=":material/tune:",
        query_params={"simulated": link.encode(settings)},
    )
