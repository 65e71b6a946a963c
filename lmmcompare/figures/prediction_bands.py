"""A predicted line with its two bands: where the line may lie, and where single new rows may."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from . import traces
from .axes import PLAIN, Look
from .axis_layout import axis, padded
from .escaped_text import safe
from .figure import figure
from .theme import PAGE
from .traces import Trace

HEIGHT = 360
QUIET: Trace = {"type": "scatter", "hoverinfo": "skip", "showlegend": False}
"""What a trace says beside its own marks: nothing."""


def prediction_bands(
    frame: pd.DataFrame,
    chosen: pd.Series,
    points: pd.DataFrame,
    *,
    x_label: str,
    y_label: str,
    name: str,
    x_ticks: Mapping[float, str] | None = None,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw the line with both bands (of categories, both intervals of each), the chosen x, and the rows of the group.

    Parameters
    ----------
    frame : DataFrame
        ``x, estimate, lower, upper, expected, low, high``: the line, its limits, where a new row is expected, its limits.
    chosen : Series
        The same at the chosen x.
    points : DataFrame
        ``x, y`` of the group's own rows; may be empty.
    name : str
        Whose line it is.
    x_ticks : mapping, optional
        Code to name, for a categorical x.
    """
    as_marks = bool(x_ticks)
    hover = f"{safe(x_label)} %{{x}}<br>{safe(y_label)} %{{y}}<extra></extra>"
    data = [
        *_bands(frame, look, as_marks=as_marks),
        *_line(frame, look, hover, as_marks=as_marks),
        QUIET | _dots(points),
        *_chosen_row(chosen, look),
    ]
    data += [
        traces.legend_only(text, marker={"symbol": "square", "size": 12, "color": look.fill(band)})
        for band, text in (("confidence", "the line, 95%"), ("prediction", "a new row, 95%"))
    ]
    x = np.append(frame["x"], chosen["x"])  # which may lie beyond the data
    values = np.concatenate([frame["low"], frame["high"], points["y"], chosen[["low", "high"]]])
    air = 0.12 if as_marks else 0.02
    layout = {
        "margin": {"l": 56, "r": 16, "t": 34, "b": 48},
        "showlegend": True,
        "xaxis": axis(x_label, padded(float(np.nanmin(x)), float(np.nanmax(x)), air), x_ticks) | {"fixedrange": True},
        "yaxis": axis(y_label, padded(float(np.nanmin(values)), float(np.nanmax(values)), 0.03)) | {"fixedrange": True},
    }
    alt = f"Predicted {y_label} of {name} against {x_label}: the line, a band for where the line may lie, a wider one for new rows."
    return figure(data, layout, alt=alt, height=look.height or HEIGHT)


def _bands(frame: pd.DataFrame, look: Look, *, as_marks: bool) -> list[Trace]:
    """Where a new row may lie, and before it where the line may: filled, or an interval for each category."""
    x = frame["x"].to_numpy(float)
    result: list[Trace] = []
    for band, low, high in (("prediction", "low", "high"), ("confidence", "lower", "upper")):
        ends = frame[low].to_numpy(float), frame[high].to_numpy(float)
        if as_marks:
            interval = {"x": traces.interleave(x, x), "y": traces.interleave(*ends)}
            result.append(QUIET | interval | {"mode": "lines", "line": {"color": look.fill(band), "width": 14}})
        else:
            fill = {"fill": "tonexty", "fillcolor": look.fill(band)}
            edges = [QUIET | {"mode": "lines", "line": {"width": 0}, "x": x, "y": end} for end in ends]
            result += [edges[0], edges[1] | fill]
    return result


def _line(frame: pd.DataFrame, look: Look, hover: str, *, as_marks: bool) -> list[Trace]:
    """The line; and beside it where a new row is expected, which is another place where residuals are correlated."""
    x, colour = frame["x"].to_numpy(float), look.style.colour
    line: Trace = {"mode": "lines", "line": {"color": colour, "width": 3}}
    if as_marks:
        line = {"mode": "markers", "marker": {"color": colour, "size": 8, "symbol": look.style.symbol}}
    estimate = {"x": x, "y": frame["estimate"].to_numpy(float), "hoverinfo": "all", "hovertemplate": hover}
    result = [QUIET | estimate | line]
    if np.allclose(frame["expected"], frame["estimate"], equal_nan=True):
        return result
    way: Trace = {"line": {"color": colour, "width": 1.5, "dash": "dot"}}
    if as_marks:
        way = {"marker": {"color": colour, "size": 8, "symbol": "line-ew-open"}}
    expected = {"x": x, "y": frame["expected"].to_numpy(float), "mode": line["mode"]}
    return [*result, QUIET | expected | way, traces.legend_only("a new row, expected", **way)]


def _dots(points: pd.DataFrame) -> Trace:
    """The rows of the group."""
    return {
        "mode": "markers",
        "marker": {"size": 6, "color": PAGE.muted},
        "type": traces.scatter_type(len(points)),
        "x": points["x"].to_numpy(float),
        "y": points["y"].to_numpy(float),
    }


def _chosen_row(chosen: pd.Series, look: Look) -> list[Trace]:
    """Both intervals at the chosen x, and where a new row is expected there."""
    stems = [
        QUIET
        | {"x": [chosen["x"]] * 2, "y": [chosen[low], chosen[high]]}
        | {"mode": "lines", "line": {"color": PAGE.text, "width": width}}
        for low, high, width in (("low", "high", 1.5), ("lower", "upper", 5))
    ]
    mark = {
        "size": 11,
        "symbol": look.style.symbol,
        "color": look.style.colour,
        "line": {"color": PAGE.background, "width": 1.5},
    }
    return [*stems, QUIET | {"mode": "markers", "x": [chosen["x"]], "y": [chosen["expected"]], "marker": mark}]
