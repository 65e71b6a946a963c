"""The true lines of simulated groups, thin and black, below the fitted lines."""

from __future__ import annotations

from ..model_catalogue import Model
from . import traces
from .theme import MODELS
from .traces import Columns, Trace


def true_traces(lines: Columns, hover: str, highlight: str | None, opacity: float) -> tuple[list[Trace], list[Trace]]:
    """All groups' true lines in one trace; and apart the highlighted group's, to lie above the rest."""

    def trace(part: Columns, width: float, strength: float) -> Trace:
        line = {"color": MODELS[Model.TRUTH].colour, "width": width}
        return traces.line_per_group(part, hover) | {"opacity": strength, "line": line, "showlegend": False}

    chosen = lines["group"] == highlight
    below = [] if chosen.all() else [trace(lines.where(~chosen), 1.0, opacity)]
    return below, [trace(lines.where(chosen), 2.5, 1.0)] if chosen.any() else []
