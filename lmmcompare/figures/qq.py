"""Quantile-quantile plots: ordered values against those expected under the model, with simulation bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from . import traces
from .axes import PLAIN, Look
from .axis_layout import axis, padded, spread
from .escaped_text import safe
from .figure import figure
from .theme import PAGE, SMALL
from .traces import Trace

WIDE, NARROW = "95% of simulated pictures", "95% at each place"
NAMED = 2
QUIET: Trace = {"showlegend": False}
HEIGHT = 400


def quantile_plot(
    frame: pd.DataFrame,
    *,
    x_label: str = "expected",
    y_label: str = "observed",
    name: str = "values",
    look: Look = PLAIN,
) -> go.Figure:
    """Draw the points, the diagonal, and the two bands; points outside the wide one stand out, those too far out are named.

    Parameters
    ----------
    frame : DataFrame
        ``label, expected, observed, lower, upper, lower_all, upper_all, outside``, by size; may be empty.
    name : str
        Of what the quantiles are, for screen readers.
    """
    height = look.height or HEIGHT
    margin = {"l": 56, "r": 16, "t": 34, "b": 50}
    if frame.empty:
        return figure([], {"margin": margin}, alt=f"No {name} to draw.", height=height)
    x, y = frame["expected"].to_numpy(float), frame["observed"].to_numpy(float)
    out = frame["outside"].to_numpy(bool)
    ends = [float(x.min()), float(x.max())]
    line = {"color": PAGE.muted, "width": 1.25}
    data = band_traces(frame, x, look)
    data.append(QUIET | {"type": "scatter", "mode": "lines", "x": ends, "y": ends, "line": line, "hoverinfo": "skip"})
    labels = [safe(label) for label in frame["label"].tolist()]
    data += points(x, y, out, labels, look, hover="<b>%{hovertext}</b><br>%{y}, expected %{x}")
    data += band_legend(WIDE, NARROW, look)
    notes = _named(frame)
    values = np.append(frame[["observed", "lower_all", "upper_all"]].to_numpy(float), [name["y"] for name in notes])
    layout = {
        "margin": margin,
        "showlegend": True,
        "xaxis": axis(x_label, padded(ends[0], ends[1], 0.04)),
        "yaxis": axis(y_label, padded(float(values.min()), float(values.max()), 0.05)),
        "annotations": notes,
    }
    alt = (
        f"Quantiles of {len(frame):,} {name} against those that the model expects, with bands; {int(out.sum()):,} points lie "
        "outside the wide band."
    )
    return figure(data, layout, alt=alt, height=height)


def band_traces(frame: pd.DataFrame, x: np.ndarray, look: Look) -> list[Trace]:
    """The simultaneous band with the pointwise one in it."""
    data: list[Trace] = []
    edge = QUIET | {
        "type": "scatter",
        "mode": "lines",
        "line": {"width": 0},
        "hoverinfo": "skip",
        "x": traces.rounded(x),
    }
    for tone, low, high in (("prediction", "lower_all", "upper_all"), ("confidence", "lower", "upper")):
        below, above = (traces.rounded(frame[name].to_numpy(float)) for name in (low, high))
        data.append(edge | {"y": below})
        data.append(edge | {"y": above, "fill": "tonexty", "fillcolor": look.fill(tone)})
    return data


def band_legend(wide: str, narrow: str, look: Look) -> list[Trace]:
    """Entries of the legend for the two bands."""
    return [
        traces.legend_only(text, marker={"symbol": "square", "size": 12, "color": look.fill(tone)})
        for tone, text in (("confidence", narrow), ("prediction", wide))
    ]


def points(
    x: np.ndarray,
    y: np.ndarray,
    stray: np.ndarray,
    text: Sequence[str] | np.ndarray,
    look: Look,
    hover: str = "%{hovertext}",
    **more: Sequence[object] | np.ndarray,
) -> list[Trace]:
    """Points in the model's colour, and those that stray in ink with another symbol, so that no colour need be told.

    Parameters
    ----------
    stray : (n,) bool array
    text : (n,) sequence of str
        Each point's, which the template ``hover`` calls ``%{hovertext}``.
    **more
        Further entries for each point, such as ``customdata``.
    """
    few, data = len(x) <= 300, []
    usual = {
        "color": look.style.colour,
        "size": 6.5 if few else 4,
        "opacity": 0.9 if few else 0.5,
    }
    straying = {"color": PAGE.text, "size": 8 if few else 5, "symbol": "diamond"}
    for of, mark in ((~stray, usual), (stray, straying)):
        if of.any():
            each = {key: np.asarray(values)[of] for key, values in ({"hovertext": text} | more).items()}
            form = {"type": traces.scatter_type(len(x)), "mode": "markers", "marker": mark}
            at = {"x": traces.rounded(x)[of], "y": traces.rounded(y)[of]}
            data.append(QUIET | form | at | each | {"hovertemplate": f"{hover}<extra></extra>"})
    return data


def _named(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The outermost points that lie too far out, named where the curve is not: the lowest below, the highest above."""
    notes: list[dict[str, Any]] = []
    span = float(np.ptp(frame[["observed", "lower_all", "upper_all"]].to_numpy(float)))
    font = {"size": SMALL, "color": PAGE.text}
    for part, anchor, side in ((frame.head(NAMED), "left", -1), (frame.tail(NAMED), "right", 1)):
        rows = part[part["outside"] & (side * (part["observed"] - part["expected"]) > 0)]
        heights = spread(rows["observed"].to_list(), [0.07 * span] * len(rows), -np.inf, np.inf)
        for row, y in zip(rows.itertuples(), heights, strict=True):
            text = {"text": safe(str(row.label).split(", ")[-1], 22), "showarrow": False, "font": font}
            notes.append(text | {"x": row.expected, "y": y, "xanchor": anchor, "xshift": -9 * side, "yshift": 5 * side})
    return notes
