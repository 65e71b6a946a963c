"""The true lines of groups that were simulated: thin and black, under whatever was fitted."""

from __future__ import annotations

import pandas as pd

from lmmcompare.figures import marks
from lmmcompare.figures.marks import Trace
from lmmcompare.figures.theme import MODELS


def true_traces(
    lines: pd.DataFrame, hover: str, highlight: str | None, opacity: float, dark: bool
) -> tuple[list[Trace], list[Trace]]:
    """All groups' true lines in one trace; and apart the highlighted group's, to lie above the rest."""

    def trace(part: pd.DataFrame, width: float, strength: float) -> Trace:
        line = {"color": MODELS["truth"].colour(dark), "width": width}
        return marks.line_per_group(part, hover) | {"opacity": strength, "line": line, "showlegend": False}

    chosen = lines["group"] == highlight
    below = [] if chosen.all() else [trace(lines[~chosen], 1.0, opacity)]
    return below, [trace(lines[chosen], 2.5, 1.0)] if chosen.any() else []
