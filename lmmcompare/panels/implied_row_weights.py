"""The weights that a residual structure gives to the rows of one group, and their effective number."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from ..assess.implied_row_weights import RowWeights
from ..comparison.comparison import Comparison
from ..explain.implied_row_weights import weights_note, weights_sentence
from ..figures.implied_row_weights import effective_rows_curve, row_weights_plot
from ..text.labels import group_phrase, noun
from .panel import FigureBlock, Note, Page, Panel


def row_weights(comparison: Comparison, result: RowWeights | None) -> Panel | None:
    """One group's rows with the weights that the structure gives them; None without a structure."""
    if result is None or comparison.structured is None:
        return None
    fit = comparison.structured
    structure = str(fit.correlation or f"variance by {fit.variance}")

    def draw(page: Page) -> go.Figure:
        label = (
            f"{result.clock}, of {group_phrase(comparison.group, result.group)}" if result.clock else "row of the group"
        )
        return row_weights_plot(result.frame, x_label=label, structure=structure, look=page.look())

    title = f"What the structure does to the rows of one {noun(comparison.group)}"
    figure = FigureBlock("row-weights", draw, (result.group, result.clock))
    note = Note(weights_note(comparison, result))
    return Panel("row-weights", title, weights_sentence(comparison, result), (figure, note))


def effective_rows(comparison: Comparison, result: RowWeights | None) -> Panel | None:
    """What the group's rows are worth along the correlation; None where the structure has not one correlation."""
    if result is None or not np.isfinite(result.rho):
        return None
    kind = "cs" if result.kind == "cs" else "ar1"

    def draw(page: Page) -> go.Figure:
        return effective_rows_curve(
            result.curve(), rows=result.size, kind=kind, rho=result.rho, worth=result.effective_rows, look=page.look()
        )

    lead = (
        "Rows that resemble each other are worth fewer independent ones for their mean, rows that offset each other more; where the "
        "correlation falls with time, less is lost than where any two rows are equally alike."
    )
    title = f"What {result.size} rows of one {noun(comparison.group)} are worth for their mean"
    return Panel("effective-rows", title, lead, (FigureBlock("effective-rows", draw, (result.group,)),))
