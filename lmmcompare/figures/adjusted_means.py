"""Adjusted means or simple slopes with their intervals: the models beside each other, or a line for each level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..model_catalogue import Model
from ..text.numbers import decimals_for, number
from . import traces
from .axes import PLAIN, Look
from .axis_layout import Range, drawn_ends, finite_range, padded
from .escaped_text import safe
from .side_panels import place, side_panels
from .theme import MODELS, PAGE, clear, level_colours, model_label
from .traces import Trace

DODGE = 0.14
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x")


def means_by_model(
    frame: pd.DataFrame, titles: Sequence[str], ticks: Sequence[str], *, x_label: str, y_label: str, look: Look = PLAIN
) -> go.Figure:
    """Draw a dot and an interval for each model at each level, in a panel for each value of another predictor.

    Parameters
    ----------
    frame : DataFrame
        ``model, panel, x, at, estimate, lower, upper``; ``panel`` and ``x`` count from 0, ``at`` says where it is. NaN is
        left out.
    titles, ticks : sequence of str
        The panels' names, an empty one for a single panel, and the levels'.
    """
    models, limits = [model for model in MODELS if model in {*frame["model"]}], _limits(frame)
    data: list[Trace] = []
    for k, model in enumerate(models):
        shift, colour = DODGE * (k - (len(models) - 1) / 2), MODELS[model].colour
        marker = {"symbol": MODELS[model].symbol, "size": 10, "color": colour, "line": {"width": 2, "color": colour}}
        for panel in range(len(titles)):
            part = frame[(frame["model"] == model) & (frame["panel"] == panel)]
            data += _with_intervals(part.assign(x=part["x"] + shift), panel, model_label(model), marker, limits=limits)
        data.append(traces.legend_only(model_label(model), marker=marker))
    x = x_label, (-0.5, len(ticks) - 0.5), {float(k): tick for k, tick in enumerate(ticks)}
    alt = f"{y_label} at each {x_label} with 95% intervals, by {', '.join(map(model_label, models))}."
    return side_panels(data, titles, x, (y_label, limits), look, alt)


def interaction_lines(
    frame: pd.DataFrame,
    titles: Sequence[str],
    levels: Sequence[str],
    ticks: Mapping[float, str] | None,
    *,
    x_label: str,
    y_label: str,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw a line for each level across the values of another predictor, in a panel for each model.

    Parameters
    ----------
    frame : DataFrame
        ``panel, level, x, at, estimate, lower, upper``; ``panel`` and ``level`` count from 0, ``at`` says where it is.
    ticks : mapping, optional
        Names of the places of ``x``; none where it is a number.
    """
    colours = list(level_colours(list(map(str, range(len(levels))))).values())
    span, up = float(np.ptp(frame["x"])) or 1.0, _limits(frame)
    data: list[Trace] = []
    for k, level in enumerate(levels):
        marker = {"symbol": SYMBOLS[k % len(SYMBOLS)], "size": 8, "color": colours[k]}
        line = {"color": colours[k], "width": 2, "dash": DASHES[k % len(DASHES)]}
        shift = 0.012 * span * (k - (len(levels) - 1) / 2)
        for panel in range(len(titles)):
            part = frame[(frame["panel"] == panel) & (frame["level"] == k)].sort_values("x")
            data += _with_intervals(part.assign(x=part["x"] + shift), panel, level, marker, line, limits=up)
        data.append(traces.legend_only(level, line=line, marker=marker) | {"mode": "lines+markers"})
    limits = padded(float(frame["x"].min()), float(frame["x"].max()), 0.08)
    alt = f"{y_label} across {x_label}, a line for each of {', '.join(levels)}, by {', '.join(titles)}."
    return side_panels(data, titles, (x_label, limits, ticks), (y_label, up), look, alt)


def effect_regions(
    frames: Mapping[Model, pd.DataFrame],
    regions: Mapping[Model, Sequence[tuple[float, float]]],
    *,
    x_label: str,
    y_label: str,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw an effect along a moderator with its pointwise and simultaneous bands, in a panel for each model.

    Parameters
    ----------
    frames : mapping
        Model to ``x, estimate, lower, upper`` (pointwise) ``, low, high`` (simultaneous).
    regions : mapping
        Model to the ranges of x in which the simultaneous band leaves zero out; a bar at the bottom marks them.
    """
    drawn = [frame[["low", "estimate", "high"]].to_numpy(float).ravel() for frame in frames.values()]
    values = np.concatenate([*drawn, np.zeros(1)])
    limits = finite_range(values, 0.08)
    grey = PAGE.muted
    hover = f"{safe(x_label)} %{{x}}<br>{safe(y_label)} %{{y}}<extra></extra>"
    data: list[Trace] = []
    for k, (model, frame) in enumerate(frames.items()):
        colour, x = MODELS[model].colour, frame["x"].to_numpy(float)
        base: Trace = {"type": "scatter", "mode": "lines", "showlegend": False, "hoverinfo": "skip", **place(k)}
        for low, high, opacity in (("low", "high", 0.13), ("lower", "upper", 0.22)):
            edge = base | {"line": {"width": 0}, "x": x}
            fill = {"fill": "tonexty", "fillcolor": clear(colour, opacity)}
            below, above = (drawn_ends(frame[end].to_numpy(float), limits) for end in (low, high))
            data += [edge | {"y": below}, edge | fill | {"y": above}]
        data.append(base | {"x": x[[0, -1]], "y": np.zeros(2), "line": {"color": grey, "width": 1, "dash": "dot"}})
        line = {"line": {"color": colour, "width": 3}, "hovertemplate": hover, "hoverinfo": "all"}
        data.append(base | line | {"x": x, "y": frame["estimate"].to_numpy(float)})
        for region in regions.get(model, ()):
            ends = {"x": list(region), "y": [limits[0]] * 2, "cliponaxis": False}
            data.append(base | ends | {"line": {"color": colour, "width": 7}})
    data += [
        traces.legend_only(text, marker={"symbol": "square", "size": 12, "color": clear(grey, opacity)})
        for text, opacity in (("95% at one value", 0.55), ("95% for all values at once", 0.25))
    ]
    data.append(traces.legend_only("not 0, for all values at once", line={"color": grey, "width": 7}))
    titles = [model_label(model) for model in frames]
    every = pd.concat([frame["x"] for frame in frames.values()])
    across = x_label, (float(every.min()), float(every.max())), None
    alt = f"{y_label} along {x_label} with pointwise and simultaneous bands, by {', '.join(titles)}."
    return side_panels(data, titles, across, (y_label, limits), look, alt)


def _with_intervals(
    part: pd.DataFrame,
    panel: int,
    name: str,
    marker: dict[str, Any],
    line: dict[str, Any] | None = None,
    *,
    limits: Range,
) -> list[Trace]:
    """The intervals of one series as one trace, and its dots, joined where there is a line; not across a place without a mean."""
    part = part if line is not None else part[part["estimate"].notna()]
    base = {"type": "scatter", "showlegend": False, **place(panel)}
    stems = {"mode": "lines", "x": traces.interleave(part["x"], part["x"]), "hoverinfo": "skip"}
    stems |= {"name": f"{safe(name)}, 95% interval"}
    ends = [drawn_ends(part[end].to_numpy(float), limits) for end in ("lower", "upper")]
    stems |= {"y": traces.interleave(*ends), "line": {"color": marker["color"], "width": 2}}
    places = decimals_for(float((part["upper"] - part["lower"]).min()) / 4) if part["estimate"].notna().any() else 2
    texts = []
    for row in part.itertuples():
        value, low, high = (number(float(v), decimals=places) for v in (row.estimate, row.lower, row.upper))
        texts.append(f"<b>{safe(name)}</b><br>{safe(row.at)}: {value}<br>95% interval {low} to {high}")
    dots: Trace = {"x": part["x"].to_numpy(float), "y": part["estimate"].to_numpy(float), "marker": marker}
    dots |= {"name": safe(name), "mode": "markers" if line is None else "lines+markers"} | (
        {} if line is None else {"line": line}
    )
    return [base | stems, base | dots | {"hovertext": texts, "hovertemplate": "%{hovertext}<extra></extra>"}]


def _limits(frame: pd.DataFrame) -> tuple[float, float]:
    return finite_range(frame[["lower", "estimate", "upper"]].to_numpy(float).ravel())
