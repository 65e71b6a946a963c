"""One group's rows with their weights in its mean and its trend; and what they are worth along a correlation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..model_catalogue import Model
from ..text.numbers import number, percent
from . import traces
from .axes import PLAIN, Look
from .axis_layout import axis, padded
from .escaped_text import safe
from .figure import figure
from .theme import MODELS, PAGE, SMALL
from .traces import Trace

HEIGHT = 380
CURVES = {"cs": ("any two alike (cs)", "solid"), "ar1": ("falling with time (ar1)", "dash")}
MOST = 5.0
"""The axis of effective rows ends at so many times the rows, or at the data's own point."""


def row_weights_plot(frame: pd.DataFrame, *, x_label: str, structure: str, look: Look = PLAIN) -> go.Figure:
    """Draw each row's weight as a stem, in the mean above and in the trend below, over what independent rows have.

    Parameters
    ----------
    frame : DataFrame
        ``time, mean, trend, trend_independent``; the trend may be NaN, and is then left out.
    """
    x, has_trend = frame["time"].to_numpy(float), bool(frame["trend"].notna().all())
    even = np.full(len(x), 1 / len(x))
    data = _weights(x, frame["mean"].to_numpy(float), even, "", structure, percent)
    limits = padded(float(x.min()), float(x.max()), 0.06)
    values = np.append(frame["mean"].to_numpy(float), [0.0, 1 / len(x)])
    upper: dict[str, Any] = {"domain": [0.56, 1.0]} if has_trend else {}
    layout: dict[str, Any] = {
        "margin": {"l": 64, "r": 16, "t": 34, "b": 50},
        "showlegend": True,
        "xaxis": axis(x_label, limits, fixedrange=True) | ({"anchor": "y2"} if has_trend else {}),
        "yaxis": axis("in the mean", padded(float(values.min()), float(values.max()), 0.1), fixedrange=True)
        | {"tickformat": ".0%"}
        | upper,
    }
    if has_trend:
        own, plain = (frame[name].to_numpy(float) for name in ("trend", "trend_independent"))
        data += [trace | {"showlegend": False} for trace in _weights(x, own, plain, "2", structure, number)]
        both = np.concatenate([own, plain, [0.0]])
        layout["yaxis2"] = axis("in the trend", padded(float(both.min()), float(both.max()), 0.1), fixedrange=True) | {
            "domain": [0.0, 0.44],
            "anchor": "x",
        }
    alt = (
        f"Weights of {len(x)} rows in the group's mean under {structure}, from {percent(float(frame['mean'].min()))} to "
        f"{percent(float(frame['mean'].max()))}, beside {percent(1 / len(x))} each where rows are independent"
        + ("; below, their weights in the trend." if has_trend else ".")
    )
    return figure(data, layout, alt=alt, height=look.height or (HEIGHT if has_trend else 240))


def _weights(x: np.ndarray, own: np.ndarray, plain: np.ndarray, y_axis: str, structure: str, text: Any) -> list[Trace]:
    """Stems of the structure's weights, and circles where independent rows have theirs."""
    colour, blue = MODELS[Model.STRUCTURED].colour, MODELS[Model.OLS].colour
    at: Trace = {"type": "scatter", "yaxis": f"y{y_axis}"}
    stem = at | {"mode": "lines", "x": traces.interleave(x, x), "y": traces.interleave(np.zeros(len(x)), own)}
    dots = at | {"mode": "markers", "x": x, "showlegend": True, "hovertemplate": "%{hovertext}<extra></extra>"}
    return [
        stem | {"line": {"color": colour, "width": 2}, "hoverinfo": "skip", "showlegend": False},
        dots
        | {
            "y": plain,
            "name": "independent rows",
            "marker": {"color": blue, "size": 8, "symbol": "circle-open"},
            "hovertext": [f"independent: {text(float(w))}" for w in plain],
        },
        dots
        | {
            "y": own,
            "name": safe(structure),
            "marker": {"color": colour, "size": 9, "symbol": MODELS[Model.STRUCTURED].symbol},
            "hovertext": [f"{safe(structure)}: {text(float(w))}" for w in own],
        },
    ]


def effective_rows_curve(
    curve: pd.DataFrame, *, rows: int, kind: str, rho: float, worth: float, look: Look = PLAIN
) -> go.Figure:
    """Draw what a group's rows are worth, in independent ones, along the correlation under two structures.

    Parameters
    ----------
    curve : DataFrame
        ``structure, rho, effective_rows`` of structures "cs" and "ar1".
    rows : int
        Rows of the group.
    kind : {"cs", "ar1"}
        The structure of the data's point.
    rho, worth : float
        The data's point.
    """
    top = 1.15 * max(MOST * rows, worth)
    data = [*_curves(curve[curve["effective_rows"] <= top], kind), _data_point(rho, worth)]
    dashed = {"type": "line", "line": {"color": PAGE.muted, "width": 1, "dash": "dot"}, "layer": "below"}
    low = min(0.8, 0.9 * float(curve["effective_rows"].min()))
    ticks = [t for t in (0.5, 1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300) if low <= t <= top]
    layout: dict[str, Any] = {
        "margin": {"l": 56, "r": 18, "t": 34, "b": 50},
        "showlegend": True,
        "xaxis": axis("correlation ρ", (-1.03, 1.03), fixedrange=True),
        "yaxis": {
            "type": "log",
            "title": {"text": "worth in independent rows"},
            "range": [float(np.log10(low)), float(np.log10(top))],
            "tickvals": ticks,
            "ticktext": [f"{t:g}" for t in ticks],
            "fixedrange": True,
        },
        "shapes": [
            dashed | {"xref": "paper", "x0": 0, "x1": 1, "y0": rows, "y1": rows},
            dashed | {"yref": "paper", "x0": 0, "x1": 0, "y0": 0, "y1": 1},
        ],
        "annotations": [
            {
                "x": 1,
                "xref": "paper",
                "xanchor": "right",
                "y": float(np.log10(rows)),
                "yanchor": "bottom",
                "text": f"independent: {rows}",
                "showarrow": False,
                "font": {"size": SMALL, "color": PAGE.muted},
            }
        ],
    }
    alt = (
        f"What {rows} rows of one group are worth for its mean, in independent rows, along the correlation from negative to positive, when "
        f"any two are alike and when correlation falls with time; these data at {number(rho, 2)}: {number(worth, 3)}."
    )
    return figure(data, layout, alt=alt, height=look.height or HEIGHT)


def _curves(curve: pd.DataFrame, kind: str) -> list[Trace]:
    """A curve for each structure, that of the data's in its colour."""
    result: list[Trace] = []
    for structure, (label, dash) in CURVES.items():
        part = curve[curve["structure"] == structure]
        at, value = part["rho"].to_numpy(float), part["effective_rows"].to_numpy(float)
        colour = MODELS[Model.STRUCTURED].colour if structure == kind else PAGE.muted
        result.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": at,
                "y": value,
                "line": {"color": colour, "width": 2.5, "dash": dash},
                "name": label,
                "hovertext": [f"ρ {number(r, 2)}: worth {number(w, 3)} rows" for r, w in zip(at, value, strict=True)],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    return result


def _data_point(rho: float, worth: float) -> Trace:
    style = MODELS[Model.STRUCTURED]
    edge = {"color": PAGE.background, "width": 1.5}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [rho],
        "y": [worth],
        "marker": {"size": 13, "symbol": style.symbol, "color": style.colour, "line": edge},
        "name": "these data",
        "hovertext": [f"these data: ρ {number(rho, 2)}, worth {number(worth, 3)} rows"],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
