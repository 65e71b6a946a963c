"""Sampling distributions of each model's estimate over simulated studies: histograms in rows, with a line at the true value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..text.numbers import number
from . import traces
from .axis_layout import Range, axis, row_axis
from .escaped_text import safe, wrapped
from .figure import figure
from .model_marks import model_marker
from .theme import MODELS, PAGE, SMALL, clear
from .traces import Trace

ROW = 52
TOP, BOTTOM = 42, 46
ABOVE, BELOW = 0.9, 0.42
"""What the axis shows above the first row and below the last, in rows."""
TALL = 0.72
"""Share of a row that its highest bin takes."""
CLAIM = 0.13
"""How far below a row's base the claimed range lies, in rows."""


def sampling_figure(
    counts: pd.DataFrame,
    summary: pd.DataFrame,
    *,
    truth: float,
    truth_label: str,
    x_label: str,
    x_range: Range,
) -> go.Figure:
    """Draw the sampling distribution of one coefficient under each model.

    Parameters
    ----------
    counts : DataFrame
        ``model, left, right, count``: the bins of each model's estimates, side by side from the left.
    summary : DataFrame
        ``model, label, mean, low, high, claimed_low, claimed_high``, a row per model from the top down: the mean of the
        estimates, the range of their middle 95%, and the range that the model's own standard errors claim for these.
    truth : float
        The true value; NaN where there is none.
    truth_label : str
        What stands above its line.
    x_range : tuple
        Fixed by the caller, so that nothing jumps when more studies come.
    """
    rows, base = list(summary.itertuples()), np.arange(len(summary), dtype=float)
    data: list[Trace] = []
    for row, place in zip(rows, base, strict=True):
        data += _histogram(counts[counts["model"] == row.model], row, place)
    data += [_claims(summary, base), *_truth(truth, len(rows)), _means(rows, base), *_legend()]
    room = ROW * max(len(rows), 1)
    layout = {
        "margin": {"l": 10, "r": 14, "t": TOP, "b": BOTTOM},
        "xaxis": axis(x_label, x_range) | {"nticks": 7, "fixedrange": True},
        "yaxis": _rows([row.label for row in rows]),
        "annotations": _at_top(truth, truth_label, x_range),
        "showlegend": True,
        "legend": {"y": 1 + 18 / room, "traceorder": "normal"},
    }
    words = "; ".join(
        f"{row.label} mean {number(row.mean)}, middle 95% from {number(row.low)} to {number(row.high)}" for row in rows
    )
    alt = f"Histograms of the estimates of {x_label} by model, true value {number(truth)}: {words}."
    return figure(data, layout, alt=alt, height=TOP + BOTTOM + room)


def _histogram(bins: pd.DataFrame, row: Any, place: float) -> list[Trace]:
    """A row's bins as two filled outlines: all, and darker those of the middle 95%."""
    if bins.empty or bins["count"].max() == 0:
        return []
    left, right, counts = (bins[c].to_numpy(float) for c in ("left", "right", "count"))
    used = np.flatnonzero(counts)
    keep = slice(used[0], used[-1] + 1)
    left, right, counts = left[keep], right[keep], counts[keep]
    tops = place - TALL * counts / counts.max()
    middle = (left + right > 2 * row.low - (right - left)) & (left + right < 2 * row.high + (right - left))
    colour = MODELS[row.model].colour
    return [
        _outline(left, right, tops, place, clear(colour, 0.28)),
        _outline(left[middle], right[middle], tops[middle], place, clear(colour, 0.75)),
    ]


def _outline(left: np.ndarray, right: np.ndarray, tops: np.ndarray, place: float, fill: str) -> Trace:
    if not len(left):
        return {"type": "scatter", "x": [], "y": [], "showlegend": False}
    x = np.concatenate([[left[0]], np.stack([left, right], axis=1).ravel(), [right[-1]]])
    y = np.concatenate([[place], np.repeat(tops, 2), [place]])
    look = {"mode": "lines", "line": {"width": 0}, "fill": "toself", "fillcolor": fill, "hoverinfo": "skip"}
    return {"type": "scatter", "x": x, "y": y, "showlegend": False} | look


def _claims(summary: pd.DataFrame, base: np.ndarray) -> Trace:
    """Below each histogram the range that the standard errors claim, as a line with ends."""
    low, high = (summary[c].to_numpy(float) for c in ("claimed_low", "claimed_high"))
    at, ends = base + CLAIM, np.array([-0.08, 0.08])
    x = np.concatenate([traces.interleave(low, high), traces.interleave(low, low), traces.interleave(high, high)])
    y = np.concatenate([traces.interleave(at, at), *[traces.interleave(at + ends[0], at + ends[1])] * 2])
    line = {"color": PAGE.text, "width": 1.75}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip", "showlegend": False}


def _means(rows: list[Any], base: np.ndarray) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row.mean for row in rows],
        "y": base,
        "showlegend": False,
        "hovertext": [
            f"<b>{safe(row.label)}</b><br>mean {number(row.mean, 4)}<br>middle 95%: {number(row.low)} to {number(row.high)}"
            f"<br>claimed: {number(row.claimed_low)} to {number(row.claimed_high)}"
            for row in rows
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": model_marker([row.model for row in rows], 11),
    }


def _legend() -> list[Trace]:
    grey = PAGE.muted
    square = {"symbol": "square", "size": 11}
    return [
        traces.legend_only("estimates, middle 95% darker", marker=square | {"color": grey}),
        traces.legend_only("where 95% should fall by its own SE", line={"color": PAGE.text, "width": 1.75}),
    ]


def _rows(labels: list[str]) -> dict[str, Any]:
    """An axis with a row for each model, the first at the top."""
    texts = ["<br>".join(wrapped(label, 17)) for label in labels]
    return row_axis(texts, (len(labels) - 1 + BELOW, -ABOVE))


def _truth(truth: float, rows: int) -> list[Trace]:
    """The true value through all rows, above the histograms and below the means."""
    if not np.isfinite(truth):
        return []
    line = {"color": PAGE.text, "width": 2}
    ends = {"x": [truth, truth], "y": [-ABOVE, rows - 1 + BELOW]}
    return [{"type": "scatter", "mode": "lines", "line": line, "hoverinfo": "skip", "showlegend": False} | ends]


def _at_top(at: float, text: str, x_range: Range) -> list[dict[str, Any]]:
    if not np.isfinite(at):
        return []
    share = (at - x_range[0]) / (x_range[1] - x_range[0])
    anchor = "left" if share < 0.2 else "right" if share > 0.8 else "center"
    place = {"x": min(max(at, x_range[0]), x_range[1]), "xanchor": anchor, "yref": "paper", "y": 1, "yanchor": "bottom"}
    return [{"text": f"<b>{safe(text)}</b>", "showarrow": False, "font": {"size": SMALL}} | place]
