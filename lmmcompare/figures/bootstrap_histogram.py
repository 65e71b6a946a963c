"""Bootstrap draws of one parameter as a histogram, with the intervals that different methods give below it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..arrays import Array
from ..text.numbers import number
from . import traces
from .axes import PLAIN, Look
from .axis_layout import axis, padded, row_axis
from .escaped_text import safe
from .figure import figure
from .theme import PAGE, SMALL
from .traces import Trace

ROW = 26
HISTOGRAM = 150
TOP, BOTTOM = 10, 48


def interval_figure(
    intervals: pd.DataFrame, counts: pd.DataFrame, *, estimate: float, x_label: str, look: Look = PLAIN
) -> go.Figure:
    """Draw a line for each method's interval and, above them, the draws of a bootstrap.

    Parameters
    ----------
    intervals : DataFrame
        ``label, lower, upper``, from the top down.
    counts : DataFrame
        ``left, right, count`` of each bin of the draws; empty where there are none.
    """
    colour, bars = look.style.colour, len(counts) > 0
    rows = np.arange(len(intervals), dtype=float)
    lower, upper = (intervals[c].to_numpy(float) for c in ("lower", "upper"))
    data = _intervals(intervals, rows, colour) + ([_histogram(counts, PAGE.muted)] if bars else [])
    known = np.concatenate([lower, upper, [estimate], *([counts["left"], counts["right"]] if bars else [])])
    known = known[np.isfinite(known)]
    display = padded(float(known.min()), float(known.max()), 0.03)
    height = look.height or TOP + BOTTOM + ROW * len(rows) + (HISTOGRAM if bars else 0)
    split = ROW * len(rows) / (height - TOP - BOTTOM)
    across = {"x0": estimate, "x1": estimate, "y0": 0, "y1": 1, "yref": "paper", "layer": "below"}
    line = {"type": "line", "line": {"color": PAGE.text, "width": 1.5, "dash": "dot"}} | across
    layout = {
        "margin": {"l": 10, "r": 16, "t": TOP, "b": BOTTOM},
        "shapes": [line],
        "bargap": 0,
        "xaxis": axis(x_label, display) | {"nticks": 6, "fixedrange": True},
        "yaxis": row_axis([safe(text) for text in intervals["label"]], (len(rows) - 0.4, -0.6))
        | {"domain": [0, split if bars else 1], "tickfont": {"color": PAGE.text, "size": SMALL}},
        "yaxis2": {"domain": [split, 1], "visible": False, "fixedrange": True},
    }
    words = "; ".join(f"{r.label} {number(r.lower)} to {number(r.upper)}" for r in intervals.itertuples())
    alt = f"95% intervals of {x_label}, estimate {number(estimate)}: {words}." + (
        f" Above them a histogram of {int(counts['count'].sum()):,} bootstrap draws." if bars else ""
    )
    return figure(data, layout, alt=alt, height=height)


def _intervals(intervals: pd.DataFrame, rows: Array, colour: str) -> list[Trace]:
    """A line for each interval, with a mark at both ends."""
    lower, upper = (intervals[c].to_numpy(float) for c in ("lower", "upper"))
    hover = [f"{safe(r.label)}: {number(r.lower)} to {number(r.upper)}" for r in intervals.itertuples()]
    lines: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": traces.interleave(lower, upper),
        "y": traces.interleave(rows, rows),
        "line": {"color": colour, "width": 5},
        "hoverinfo": "skip",
    }
    ends: Trace = {
        "type": "scatter",
        "mode": "markers",
        "x": np.concatenate([lower, upper]),
        "y": np.concatenate([rows, rows]),
        "marker": {"size": 12, "symbol": "line-ns-open", "color": colour, "line": {"width": 2.5}},
        "cliponaxis": False,
        "hovertext": hover * 2,
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    return [lines, ends]


def _histogram(counts: pd.DataFrame, colour: str) -> Trace:
    left, right = (counts[c].to_numpy(float) for c in ("left", "right"))
    return {
        "type": "bar",
        "x": (left + right) / 2,
        "y": counts["count"].to_numpy(float),
        "width": right - left,
        "yaxis": "y2",
        "marker": {"color": colour, "opacity": 0.55, "line": {"width": 0}},
        "hoverinfo": "skip",
    }
