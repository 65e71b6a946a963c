"""Residuals against fitted values with a smoother, and against leverage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from . import traces
from .axes import PLAIN, Look
from .axis_layout import axis, padded
from .escaped_text import safe
from .figure import figure
from .qq import QUIET, band_legend, band_traces, points
from .theme import PAGE, SMALL
from .traces import Trace

CURVES, HERE = "95% of simulated curves", "95% at each place"
EVEN = 0.798
"""Mean size of a standard normal number."""
HEIGHT = 380


def residual_plot(
    frame: pd.DataFrame,
    lines: pd.DataFrame,
    *,
    y: str = "standardised",
    y_label: str = "residual, in SDs",
    group_name: str,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw points, the smoother and its bands, and a line at what an even spread would give.

    Parameters
    ----------
    frame : DataFrame
        ``row, group, fitted`` and the column ``y``: ``standardised``, or ``size`` for its absolute value.
    lines : DataFrame
        ``x, y, lower, upper, lower_all, upper_all``; may be empty.
    """
    height = look.height or HEIGHT
    x, values = frame["fitted"].to_numpy(float), frame[y].to_numpy(float)
    few, level = len(frame) <= 300, EVEN if y == "size" else 0.0
    mark = {"color": PAGE.muted, "size": 6.5 if few else 4, "opacity": 0.55 if few else 0.3}
    data: list[Trace] = [
        QUIET
        | {
            "type": traces.scatter_type(len(frame)),
            "mode": "markers",
            "x": traces.rounded(x),
            "y": traces.rounded(values),
            "marker": mark,
            **_rows(frame),
            "hovertemplate": f"{_hover(y_label, group_name)}<extra></extra>",
        }
    ]
    if len(lines):
        at, stroke = lines["x"].to_numpy(float), {"color": look.style.colour, "width": 3}
        curve = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "line": stroke}
        data += [*band_traces(lines, at, look), QUIET | curve | {"x": at, "y": lines["y"].to_numpy(float)}]
        data += [traces.legend_only("smoother", line=stroke), *band_legend(CURVES, HERE, look)]
    low = 0.0 if y == "size" else float(values.min())
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": level, "y1": level, "layer": "below"}
    layout = {
        "margin": {"l": 52, "r": 16, "t": 34, "b": 50},
        "showlegend": True,
        "xaxis": axis("fitted value", padded(float(x.min()), float(x.max()), 0.03)),
        "yaxis": axis(y_label, padded(low, float(values.max()), 0.05)),
        "shapes": [across | {"line": {"color": PAGE.muted, "width": 1.25, "dash": "dot"}}],
    }
    alt = f"{y_label} of {len(frame):,} rows against fitted value, with a smoother and the bands in which it would lie if the model held."
    return figure(data, layout, alt=alt, height=height)


def leverage_plot(
    frame: pd.DataFrame, *, y_label: str = "residual, in SDs", group_name: str, look: Look = PLAIN
) -> go.Figure:
    """Draw standardised residuals against leverages, with lines at the mean leverage and at twice the mean.

    ``frame`` has ``row, group, leverage, standardised, high``.
    """
    height = look.height or HEIGHT
    x, y = frame["leverage"].to_numpy(float), frame["standardised"].to_numpy(float)
    high, mean = frame["high"].to_numpy(bool), float(frame["leverage"].mean())
    own, hover = _rows(frame), f"{_hover('residual', group_name)}<br>leverage %{{x}}"
    data = points(x, y, high, own["hovertext"], look, hover, customdata=own["customdata"])
    limits = padded(min(0.0, float(x.min())), max(float(x.max()), 2.2 * mean), 0.03)
    line = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    stroke = {"color": PAGE.muted, "width": 1.25, "dash": "dot"}
    note = {"yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False}
    beyond = "left" if 2 * mean < 0.7 * limits[1] else "right"  # where there is room for words
    both = ((mean, "mean", "right"), (2 * mean, "twice the mean", beyond))
    layout = {
        "margin": {"l": 52, "r": 16, "t": 36, "b": 50},
        "xaxis": axis("leverage", limits),
        "yaxis": axis(y_label, padded(float(y.min()), float(y.max()), 0.05)),
        "shapes": [line | {"x0": at, "x1": at, "line": stroke} for at, _, _ in both],
        "annotations": [
            note | {"x": at, "text": text, "xanchor": side, "font": {"size": SMALL, "color": PAGE.muted}}
            for at, text, side in both
        ],
    }
    alt = f"Residuals of {len(frame):,} rows against their leverages; {int(high.sum()):,} have twice the mean leverage or more."
    return figure(data, layout, alt=alt, height=height)


def _rows(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """Each point's group and row, for `_hover`."""
    codes, groups = pd.factorize(frame["group"].to_numpy(object))
    names = np.array([safe(group) for group in groups], dtype=object)
    return {"hovertext": names[codes], "customdata": frame["row"].to_numpy(np.int32)}


def _hover(label: str, group_name: str) -> str:
    return f"<b>{safe(group_name)} %{{hovertext}}</b>, row %{{customdata:,}}<br>{safe(label)} %{{y}}"
