"""Estimates by model with their intervals, the chosen inference's: of one coefficient, and of all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..comparison.comparison import Comparison
from ..figures.coefficients import coefficient_plot
from ..tables.coefficients import term_label, withheld
from ..tables.inference import Inferred
from ..text.labels import literal, noun
from .bounded_degrees import interval_notes
from .panel import FigureBlock, Page, Panel


def coefficient(comparison: Comparison, term: str, inferred: Inferred) -> Panel | None:
    """One coefficient by every model that has it; None where none has one."""
    if not comparison.terms:
        return None
    label = term_label(comparison, term)

    def draw(page: Page) -> go.Figure:
        frame = estimated(comparison, inferred)
        frame = frame[frame["term"] == term]
        return coefficient_plot(
            frame,
            term_labels={term: label},
            group_name=noun(comparison.group),
            x_label="estimate with 95% interval",
            look=page.look(),
        )

    title = f"{label}, by model" if term != comparison.constant else "The mean, by model"
    lead = literal(interval_notes(comparison, inferred.within(), term))
    return Panel("coefficient", title, lead, (FigureBlock("coefficient", draw, (term, inferred.key)),))


def estimated(comparison: Comparison, inferred: Inferred) -> pd.DataFrame:
    """The estimated coefficients, without those that are something else than their name says (`withheld`)."""
    frame, told = inferred.within(), withheld(comparison)
    shown = np.array([key not in told for key in zip(frame["model"], frame["term"], strict=True)], dtype=bool)
    return frame[np.isfinite(frame["estimate"]) & shown]


def all_coefficients(comparison: Comparison, inferred: Inferred) -> Panel:
    """Every coefficient, a small picture each."""

    def draw(page: Page) -> go.Figure:
        frame = estimated(comparison, inferred)
        labels = {t: term_label(comparison, t) for t in comparison.terms}
        return coefficient_plot(
            frame,
            term_labels=labels,
            group_name=noun(comparison.group),
            columns=1 if page.narrow else 2,
            look=page.look(),
        )

    figure = FigureBlock("all-coefficients", draw, (inferred.key,), by_width=True)
    lead = literal(f"Estimates with 95% intervals. {interval_notes(comparison, inferred.within())}".strip())
    return Panel("all-coefficients", "Every coefficient, by model", lead, (figure,))
