"""A predicted line with its two bands: where the line may lie, and where single new rows may."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lmmcompare.figures import traces
from lmmcompare.figures.axes import PLAIN, Look
from lmmcompare.figures.theme import page
from lmmcompare.figures.traces import Trace

HEIGHT = 360


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
    look : Look
    """
    dark = look.dark
    colour, ink = look.style.colour(dark), page(dark).text
    x = frame["x"].to_numpy(float)
    quiet: Trace = {"type": "scatter", "hoverinfo": "skip", "showlegend": False}
    data: list[Trace] = []
    for band, low, high in (("prediction", "low", "high"), ("confidence", "lower", "upper")):
        ends = frame[low].to_numpy(float), frame[high].to_numpy(float)
        if x_ticks:
            line = {"color": look.fill(band), "width": 14}
            data.append(
                quiet | {"mode": "lines", "x": traces.interleave(x, x), "y": traces.interleave(*ends), "line": line}
            )
        else:
            fill = {"fill": "tonexty", "fillcolor": look.fill(band)}
            edges = [quiet | {"mode": "lines", "line": {"width": 0}, "x": x, "y": end} for end in ends]
            data += [edges[0], edges[1] | fill]
    hover = f"{traces.safe(x_label)} %{{x}}<br>{traces.safe(y_label)} %{{y}}<extra></extra>"
    display = {"mode": "markers", "marker": {"color": colour, "size": 8, "symbol": look.style.symbol}}
    data.append(
        quiet
        | {"x": x, "y": frame["estimate"].to_numpy(float), "hoverinfo": "all", "hovertemplate": hover}
        | (display if x_ticks else {"mode": "lines", "line": {"color": colour, "width": 3}})
    )
    beside = not np.allclose(frame["expected"], frame["estimate"], equal_nan=True)
    if beside:  # residuals are correlated, so a new row is not expected on the line
        way: Trace = (
            {"marker": {"color": colour, "size": 8, "symbol": "line-ew-open"}}
            if x_ticks
            else {"line": {"color": colour, "width": 1.5, "dash": "dot"}}
        )
        mode = "markers" if x_ticks else "lines"
        data.append(quiet | {"x": x, "y": frame["expected"].to_numpy(float), "mode": mode} | way)
        data.append(traces.legend_only("a new row, expected", **way))
    dots = {
        "mode": "markers",
        "marker": {"size": 6, "color": page(dark).muted},
        "type": traces.scatter_type(len(points)),
    }
    data.append(quiet | dots | {"x": points["x"].to_numpy(float), "y": points["y"].to_numpy(float)})
    for low, high, width in (("low", "high", 1.5), ("lower", "upper", 5)):
        stem = {"x": [chosen["x"]] * 2, "y": [chosen[low], chosen[high]]}
        data.append(quiet | stem | {"mode": "lines", "line": {"color": ink, "width": width}})
    mark = {
        "size": 11,
        "symbol": look.style.symbol,
        "color": colour,
        "line": {"color": page(dark).background, "width": 1.5},
    }
    data.append(quiet | {"mode": "markers", "x": [chosen["x"]], "y": [chosen["expected"]], "marker": mark})
    data += [
        traces.legend_only(text, marker={"symbol": "square", "size": 12, "color": look.fill(band)})
        for band, text in (("confidence", "the line, 95%"), ("prediction", "a new row, 95%"))
    ]
    values = pd.concat([frame["low"], frame["high"], points["y"]])
    air = 0.12 if x_ticks else 0.02
    layout = {
        "margin": {"l": 56, "r": 16, "t": 34, "b": 48},
        "showlegend": True,
        "xaxis": traces.axis(x_label, traces.padded(float(x.min()), float(x.max()), air), x_ticks)
        | {"fixedrange": True},
        "yaxis": traces.axis(y_label, traces.padded(float(values.min()), float(values.max()), 0.03))
        | {"fixedrange": True},
    }
    alt = f"Predicted {y_label} of {name} against {x_label}: the line, a band for where the line may lie, a wider one for new rows."
    return traces.figure(data, layout, dark=dark, alt=alt, height=look.height or HEIGHT)
