"""The distribution of random effects found without assuming a normal one: mass points over the normal density."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..text.numbers import number, percent
from . import traces
from .axes import PLAIN, Look
from .axis_layout import axis, padded
from .figure import figure
from .theme import PAGE
from .traces import Trace

HEIGHT = 300


def masses_figure(points: pd.DataFrame, normal: pd.DataFrame, *, x_label: str, look: Look = PLAIN) -> go.Figure:
    """Draw each mass point as a stem over the normal density, both scaled to the same height.

    Parameters
    ----------
    points : DataFrame
        ``value, mass``.
    normal : DataFrame
        ``value, density``, along the axis; empty where the normal fit has no variance.
    """
    height = look.height or HEIGHT
    ink = PAGE.text
    value, mass = points["value"].to_numpy(float), points["mass"].to_numpy(float)
    top = float(mass.max())
    data: list[Trace] = []
    if len(normal):
        density = normal["density"].to_numpy(float)
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": normal["value"].to_numpy(float),
                "y": density / density.max() * top,
                "line": {"color": look.style.colour, "width": 2, "dash": "dash"},
                "name": f"normal, as in {look.style.label}",
                "hoverinfo": "skip",
            }
        )
    data.append(
        {
            "type": "scatter",
            "mode": "lines",
            "x": traces.interleave(value, value),
            "y": traces.interleave(np.zeros_like(mass), mass),
            "line": {"color": ink, "width": 4},
            "hoverinfo": "skip",
            "showlegend": False,
        }
    )
    data.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": value,
            "y": mass,
            "marker": {"color": ink, "size": 9, "symbol": "diamond"},
            "name": "mass points",
            "cliponaxis": False,
            "hovertext": [f"{percent(m)} at {number(v)}" for v, m in zip(value, mass, strict=True)],
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
    )
    ends = np.concatenate([value, normal["value"].to_numpy(float)])
    layout = {
        "margin": {"l": 64, "r": 16, "t": 34, "b": 48},
        "showlegend": True,
        "xaxis": axis(x_label, padded(float(ends.min()), float(ends.max()), 0.04)) | {"fixedrange": True},
        "yaxis": {
            "title": {"text": "share of groups"},
            "tickformat": ".0%",
            "range": [0, 1.12 * top],
            "fixedrange": True,
        },
    }
    alt = (
        f"{len(points)} values that groups take (mass points) of {x_label} as upright lines, the largest {percent(top)} at "
        f"{number(float(value[mass.argmax()]))}, over the normal density of the mixed model."
    )
    return figure(data, layout, alt=alt, height=height)
