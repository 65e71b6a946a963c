"""Least squares in full, and every dummy with all of them as a file."""

from __future__ import annotations

import streamlit as st

from ...comparison.comparison import Comparison
from ...export.tables import csv
from ...panels.lm_summary import dummies, least_squares
from ..kit.panel import body, show
from ..session.state import Analysis


def least_squares_panel(analysis: Analysis, comparison: Comparison) -> None:
    """R squared, F and residuals of the models without random effects; their sums of squares on request."""
    show(least_squares(comparison), analysis.key)


def dummies_panel(analysis: Analysis, comparison: Comparison) -> None:
    """Every coefficient of the model with dummies of group, and all of them as a file."""
    body(dummies(comparison), analysis.key)
    st.download_button(
        "Save as CSV, every digit",
        lambda: csv(comparison.no_pooling.treatment_contrasts().rename_axis("term").reset_index()),
        "dummies.csv",
        "text/csv",
        on_click="ignore",
        key="save the dummies",
    )
