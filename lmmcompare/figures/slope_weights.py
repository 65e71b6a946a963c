"""The weight that each model's slope puts on the comparison within groups."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from ..text.numbers import number, percent
from .axes import PLAIN, Look
from .axis_layout import row_axis
from .escaped_text import safe, wrapped
from .figure import figure
from .theme import MODELS, PAGE, SMALL, model_label, text_on
from .traces import Trace

ROW = 36
BOTTOM = 30
INSIDE = 0.22
ROOM, NARROW = 20, 14
"""Characters of a line above an end of the track, and where both heads take several lines."""


def weight_bars(
    frame: pd.DataFrame,
    *,
    within_label: str,
    between_label: str,
    group_name: str,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw, for each model, a bar of its weight on the within-group slope; the rest of the track is the between slope.

    Parameters
    ----------
    frame : DataFrame
        ``model``, ``weight_within`` (may lie outside 0 to 1), ``estimate``; drawn in the frame's order, top down.
    within_label, between_label : str
        What stands above the two ends of the track, such as "within an ID 0.41" and "between IDs 1.57".
    """
    height = look.height
    frame = frame[frame["weight_within"].notna()]
    models = [str(model) for model in frame["model"]]
    names = [model_label(m, group_name) for m in models]
    weights = frame["weight_within"].to_numpy(float)
    low = min([0.0, *(w - 0.05 for w in weights if w < 0)])
    high = max([1.0, *(w + 0.05 for w in weights if w > 1)])
    narrow = low < 0 or high > 1 or len(between_label) > ROOM  # no end of a line may reach the other head
    heads = [wrapped(text, NARROW if narrow else ROOM) for text in (within_label, between_label)]
    top = 16 * max(len(lines) for lines in heads) + 8
    height = height or top + BOTTOM + ROW * max(1, len(models))
    places = list(range(len(models)))
    bar = {"type": "bar", "orientation": "h", "y": places, "width": 0.62}
    data: list[Trace] = [
        bar | {"x": [1.0] * len(models), "marker": {"color": PAGE.track}, "hoverinfo": "skip"},
        bar
        | {
            "x": weights,
            "marker": {"color": [MODELS[m].colour for m in models], "cornerradius": 2},
            "hovertext": [_hover(n, w, e) for n, w, e in zip(names, weights, frame["estimate"], strict=True)],
            "hovertemplate": "%{hovertext}<extra></extra>",
        },
    ]
    layout = {
        "barmode": "overlay",
        "bargap": 0,
        "margin": {"l": 10, "r": 20, "t": top, "b": BOTTOM},
        "xaxis": {
            "range": [low, high + 1e-3],
            "tickvals": [0, 0.5, 1],
            "tickformat": ".0%",
            "showgrid": False,
            "showline": False,
            "fixedrange": True,
        },
        "yaxis": row_axis([safe(name, 28) for name in names], (len(models) - 0.5, -0.5)),
        "annotations": [
            _share(place, weight, model, high) for place, weight, model in zip(places, weights, models, strict=True)
        ]
        + [_head("<br>".join(lines), end, low < 0 or high > 1) for end, lines in enumerate(heads)],
    }
    parts = ", ".join(f"{name} {percent(w)}" for name, w in zip(names, weights, strict=True))
    alt = f"Weight of each model's slope on the within-group slope ({within_label}; {between_label}): {parts}."
    return figure(data, layout, alt=alt, height=height)


def _hover(name: str, weight: float, estimate: float) -> str:
    """Both weights, and the estimate that they make."""
    lines = [f"<b>{safe(name)}</b> {number(estimate)}", f"{percent(weight)} within"]
    return "<br>".join([*lines, f"{percent(1 - weight)} between"])


def _share(place: int, weight: float, model: str, high: float) -> dict[str, Any]:
    """The percentage, inside the bar's end where there is room for it and beside it otherwise."""
    inside = INSIDE * high <= weight
    ink = text_on(MODELS[model].colour) if inside else PAGE.text
    return {
        "text": percent(weight),
        "x": max(weight, 0.0),
        "xanchor": "right" if inside else "left",
        "xshift": -5 if inside else 5,
        "y": place,
        "showarrow": False,
        "font": {"color": ink, "weight": 600},
    }


def _head(text: str, end: int, wide: bool) -> dict[str, Any]:
    """What an end of the track stands for; at the figure's own ends where bars reach beyond the track."""
    side = "right" if end else "left"
    font = {"size": SMALL, "color": PAGE.muted if end else PAGE.text, "weight": 600}
    across = {"x": end, "xref": "paper" if wide else "x", "xanchor": side, "align": side}
    return {"text": text, "showarrow": False, "font": font, "yref": "paper", "y": 1, "yanchor": "bottom"} | across
