"""Autocorrelation of residuals within groups against the time between rows, with a band for independent residuals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..text.numbers import number
from . import traces
from .axes import PLAIN, Look
from .axis_layout import axis, padded
from .escaped_text import safe
from .figure import figure
from .qq import QUIET
from .theme import MODELS, PAGE, model_label
from .traces import Trace

HEIGHT = 320
APART = 0.1
"""How far apart two models' marks of one lag stand, in lags."""


def autocorrelation_plot(
    frame: pd.DataFrame, *, kind: str, x_label: str, group_name: str, look: Look = PLAIN
) -> go.Figure:
    """Draw each model's values as stems from what independent rows have, with the 95% band by the number of pairs.

    Parameters
    ----------
    frame : DataFrame
        ``model, lag, pairs, value, lower, upper``.
    kind : {"lags", "variogram"}
        Correlations, about 0, or half mean squared differences, about 1.
    x_label : str
        What the lags are counted in.
    group_name : str
        The grouping factor's, for the models' names.
    """
    height = look.height or HEIGHT
    level = 0.0 if kind == "lags" else 1.0
    models = list(dict.fromkeys(frame["model"]))
    first = frame[frame["model"] == models[0]]
    lags = first["lag"].to_numpy(float)
    step = float(np.diff(lags).min()) if len(lags) > 1 else 1.0
    ends = (float(lags.min()) - 0.6 * step, float(lags.max()) + 0.6 * step)
    data = _band(first, ends)
    for k, model in enumerate(models):
        shift = (k - (len(models) - 1) / 2) * 2 * APART * step * (kind == "lags")
        data += _stems(frame[frame["model"] == model], model, shift, level, group_name)
    shade = {"symbol": "square", "size": 12, "color": PAGE.track}
    data.append(traces.legend_only("95% if nothing is left", marker=shade))
    values = frame[["value", "lower", "upper"]].to_numpy(float)
    low, high = padded(min(float(values.min()), level), max(float(values.max()), level), 0.08)
    y_label = "correlation" if kind == "lags" else "half the squared difference"
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": level, "y1": level, "layer": "below"}
    layout: dict[str, Any] = {
        "margin": {"l": 56, "r": 16, "t": 34, "b": 50},
        "showlegend": True,
        "xaxis": axis(x_label, ends) | {"fixedrange": True, "zeroline": False},
        "yaxis": axis(y_label, (low, high)) | {"fixedrange": True, "zeroline": False},
        "shapes": [line | {"line": {"color": PAGE.muted, "width": 1}}],
    }
    outside = int(((frame["value"] < frame["lower"]) | (frame["value"] > frame["upper"])).sum())
    what = "Correlation" if kind == "lags" else "Half the mean squared difference"
    begin = ", ".join(
        f"{model_label(m, group_name)} {number(float(frame.loc[frame['model'] == m, 'value'].iloc[0]), 2)}"
        for m in models
    )
    alt = (
        f"{what} of residuals of one group by {x_label}, at {len(lags)} distances; at the first: {begin}. {outside} of {len(frame)} "
        "values lie outside the 95% band."
    )
    return figure(data, layout, alt=alt, height=height)


def _band(part: pd.DataFrame, ends: tuple[float, float]) -> list[Trace]:
    """The band, level beyond the first and the last lag."""
    x = np.array([ends[0], *part["lag"], ends[1]])
    below, above = (np.array([c.iloc[0], *c, c.iloc[-1]]) for c in (part["lower"], part["upper"]))
    edge = QUIET | {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "x": x}
    return [edge | {"y": below}, edge | {"y": above, "fill": "tonexty", "fillcolor": PAGE.track}]


def _stems(part: pd.DataFrame, model: str, shift: float, level: float, group_name: str) -> list[Trace]:
    """One model's stems and marks."""
    colour = MODELS[model].colour
    x, y = part["lag"].to_numpy(float) + shift, part["value"].to_numpy(float)
    hover = [
        f"<b>{safe(model_label(model, group_name))}</b><br>{number(r.value, 2)}, of {r.pairs:,} pairs {safe(far)} apart"
        f"<br>95% would lie in {number(r.lower, 2)} to {number(r.upper, 2)}"
        for r, far in zip(part.itertuples(), map("{:.3g}".format, part["lag"]), strict=True)
    ]
    stem = {"x": traces.interleave(x, x), "y": traces.interleave(np.full(len(y), level), y)}
    mark = {"symbol": MODELS[model].symbol, "size": 9, "color": colour}
    line = QUIET | {"type": "scatter", "mode": "lines", "line": {"color": colour, "width": 1.5}, "hoverinfo": "skip"}
    dots = {"type": "scatter", "mode": "markers", "x": x, "y": y, "marker": mark, "showlegend": True}
    name = {
        "name": safe(model_label(model, group_name)),
        "hovertext": hover,
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    return [line | stem, dots | name]
