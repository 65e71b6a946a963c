"""The standard error of a mean as a function of the correlation within groups, with the data's own value marked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..text.numbers import multiple, number
from . import traces
from .axes import PLAIN, Look
from .axis_layout import axis, padded
from .figure import figure
from .theme import PAGE, SMALL
from .traces import Trace

HEIGHT = 320


def dependence_curve(
    curve: pd.DataFrame,
    interval: pd.DataFrame,
    point: pd.Series,
    *,
    group_name: str,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw the mean's standard error, relative to independent rows, along the correlation of rows of one group.

    Parameters
    ----------
    curve, interval : DataFrame
        ``rho, ratio, effective_rows``: all correlations that there can be, and those within the data's interval.
    point : Series
        The same, of the data's own correlation.
    """
    height = look.height or HEIGHT
    ink, muted = PAGE.text, PAGE.muted
    low, most = float(curve["rho"].iloc[0]), float(curve["ratio"].max())
    top = 1.12 * max(most, 1.0)
    x_range = padded(low, 1.0, 0.05)
    mark = {"size": 13, "symbol": "diamond", "color": ink, "line": {"color": PAGE.background, "width": 1.5}}
    line: Trace = {"type": "scatter", "mode": "lines", "showlegend": False}
    data: list[Trace] = [
        line | _points(curve) | {"line": {"color": muted, "width": 2}},
        line | _points(interval) | {"line": {"color": ink, "width": 7}, "opacity": 0.45, "hoverinfo": "skip"},
        line | _points(pd.DataFrame([point])) | {"mode": "markers", "marker": mark},
        traces.legend_only("these data", marker={"symbol": "diamond", "size": 11, "color": ink}),
        traces.legend_only("95% interval", line={"color": ink, "width": 7}) | {"opacity": 0.45},
    ]
    dashed = {"type": "line", "line": {"color": muted, "width": 1, "dash": "dot"}, "layer": "below"}
    layout: dict[str, Any] = {
        "margin": {"l": 56, "r": 18, "t": 34, "b": 50},
        "showlegend": True,
        "xaxis": axis(f"correlation ρ of two rows of one {group_name}", x_range)
        | {"fixedrange": True, "zeroline": False},
        "yaxis": axis("SE of the mean ÷ that of independent rows", (0.0, top)) | {"fixedrange": True, "nticks": 7},
        "shapes": [
            dashed | {"x0": x_range[0], "x1": x_range[1], "y0": 1, "y1": 1},
            dashed | {"x0": 0, "x1": 0, "y0": 0, "y1": top},
        ],
        "annotations": _rows(curve, ink, muted),
    }
    alt = (
        f"Standard error of the mean relative to independent rows against the correlation of rows of one {group_name}, from "
        f"{multiple(float(curve['ratio'].iloc[0]))} at {number(low)} over 1 at 0 to {number(most)} at 1; these data at a correlation of "
        f"{number(float(point['rho']))}: {multiple(float(point['ratio']))}."
    )
    return figure(data, layout, alt=alt, height=height)


def _points(frame: pd.DataFrame) -> Trace:
    """A trace's places, each telling its numbers to the reader who points at it."""
    columns = [frame[name].to_numpy(float) for name in ("rho", "ratio", "effective_rows")]
    hover = [
        f"ρ {number(r, 2)}<br>standard error × {multiple(s)}<br>{_worth(n)}" for r, s, n in zip(*columns, strict=True)
    ]
    return {"x": columns[0], "y": columns[1], "hovertext": hover, "hovertemplate": "%{hovertext}<extra></extra>"}


def _worth(rows: float) -> str:
    if not np.isfinite(rows):
        return "known exactly"
    decimals = 0 if rows >= 10 or abs(rows - round(rows)) < 0.005 else 1
    return f"worth {number(rows, decimals=decimals)} independent rows"


def _rows(curve: pd.DataFrame, ink: str, muted: str) -> list[dict[str, Any]]:
    """What all rows are worth at a correlation of 1, and where rows are independent."""
    last = curve.iloc[-1]
    text = {"showarrow": False, "font": {"size": SMALL, "color": ink}, "x": 1, "xanchor": "right"}
    above = {"y": float(last["ratio"]), "yanchor": "bottom", "yshift": 3, "text": _worth(float(last["effective_rows"]))}
    below = {
        "y": 1,
        "yanchor": "top",
        "yshift": -2,
        "text": "independent rows",
        "font": {"size": SMALL, "color": muted},
    }
    return [text | above, text | below]
