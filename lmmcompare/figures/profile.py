"""The profile log-likelihood of a parameter, with its confidence interval."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..model_catalogue import Model
from ..text.numbers import number
from .axes import PLAIN, Look
from .axis_layout import axis, padded
from .figure import figure
from .theme import MODELS, PAGE, SMALL
from .traces import Trace

HEIGHT = 260
REJECTED = 3.841458820694124 / 2
"""The drop from which a 95% likelihood ratio test rejects a value: half the quantile of chi-square with 1 df."""


def profile_curve(
    curve: pd.DataFrame,
    *,
    estimate: float,
    lower: float,
    upper: float,
    x_label: str,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw the drop along the parameter, and the interval at the height where values begin to be rejected.

    Parameters
    ----------
    curve : DataFrame
        ``value, drop``, by value.
    """
    height = look.height or HEIGHT
    colour, muted = MODELS[Model.STRUCTURED].colour, PAGE.muted
    part = curve[curve["drop"] <= 2.2 * REJECTED]
    x, y = part["value"].to_numpy(float), part["drop"].to_numpy(float)
    line: Trace = {"type": "scatter", "mode": "lines"}
    mark = {"size": 11, "symbol": MODELS[Model.STRUCTURED].symbol, "color": colour}
    data: list[Trace] = [
        line
        | {
            "x": x,
            "y": y,
            "line": {"color": PAGE.text, "width": 2},
            "hovertext": [f"{number(a, 3)}: log-likelihood {number(b, 2)} lower" for a, b in zip(x, y, strict=True)],
            "hovertemplate": "%{hovertext}<extra></extra>",
        },
        line
        | {
            "x": [lower, upper],
            "y": [REJECTED, REJECTED],
            "line": {"color": colour, "width": 5},
            "hovertext": [f"95% interval: {number(lower, 3)} to {number(upper, 3)}"] * 2,
            "hovertemplate": "%{hovertext}<extra></extra>",
        },
        {"type": "scatter", "mode": "markers", "x": [estimate], "y": [0.0], "marker": mark, "hoverinfo": "skip"},
    ]
    ends = np.concatenate([x, [lower, upper]])
    layout: dict[str, Any] = {
        "margin": {"l": 56, "r": 16, "t": 12, "b": 50},
        "xaxis": axis(x_label, padded(float(ends.min()), float(ends.max()), 0.05), fixedrange=True),
        "yaxis": {"title": {"text": "drop in log-likelihood"}, "range": [2.3 * REJECTED, -0.4], "fixedrange": True},
        "annotations": [
            {
                "x": estimate,
                "y": REJECTED,
                "yanchor": "top",
                "yshift": -6,
                "text": "95% interval",
                "showarrow": False,
                "font": {"size": SMALL, "color": muted},
            }
        ],
    }
    alt = (
        f"Drop in log-likelihood along {x_label}, least at {number(estimate, 3)}; a 95% likelihood ratio test does not reject "
        f"{number(lower, 3)} to {number(upper, 3)}."
    )
    return figure(data, layout, alt=alt, height=height)
