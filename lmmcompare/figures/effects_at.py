"""An effect at each value of another predictor, by every model: estimates with intervals, a band of rows for each value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..model_catalogue import Model
from ..text.numbers import number
from . import traces
from .axes import PLAIN, Look
from .axis_layout import Range, axis, drawn_ends, finite_range, row_axis
from .escaped_text import safe
from .figure import figure
from .theme import MODELS, PAGE, SMALL, model_label
from .traces import Trace

ROW, GAP = 15, 14
"""Height of a model's row, and the room between two values' rows."""
FOOT, LEGEND_LINE = 48, 20


def effects_forest(
    frame: pd.DataFrame,
    places: Sequence[str],
    *,
    asked: str,
    x_label: str,
    decimals: int,
    group_name: str,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw a dot and an interval for each model at each value; the formula's model's numbers are written at the right.

    Parameters
    ----------
    frame : DataFrame
        ``model, at, estimate, lower, upper``; ``at`` counts the values from 0, NaN is left out.
    asked : str
        The model whose numbers are written.
    """
    known = frame[np.isfinite(frame["estimate"])]
    models = [model for model in MODELS if model in {*known["model"]}]
    band, legend = ROW * len(models) + GAP, LEGEND_LINE * len(models)
    limits = finite_range(known[["lower", "estimate", "upper"]].to_numpy(float).ravel(), 0.04)
    data: list[Trace] = []
    for k, model in enumerate(models):
        part = known[known["model"] == model]
        y = part["at"].to_numpy(float) * band + GAP / 2 + ROW * (k + 0.5)
        data += _intervals(part, y, model, places, decimals, model_label(model, group_name), limits)
    middles = [k * band + band / 2 for k in range(len(places))]
    numbers = known[known["model"] == asked]
    missing = sorted({*range(len(places))} - {*known["at"]})
    notes = [
        *_estimates(numbers, middles, decimals, MODELS[asked].colour),
        *_not_estimable([middles[k] for k in missing]),
    ]
    right = 16 + 8 * max((len(str(n["text"])) - 7 for n in notes), default=0)
    layout = {
        "margin": {"l": 10, "r": right, "t": legend + 6, "b": FOOT},
        "xaxis": axis(x_label, limits)
        | {"nticks": 6, "zeroline": True, "zerolinecolor": PAGE.muted, "zerolinewidth": 1, "fixedrange": True},
        "yaxis": row_axis([safe(name, 18) for name in places], (len(places) * band, 0), places=middles),
        "annotations": notes,
        "shapes": _separators(len(places), band),
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "font": {"size": SMALL}},
    }
    words = ", ".join(
        f"{safe(places[row.at])} {number(row.estimate, decimals=decimals)}" for row in numbers.itertuples()
    )
    names = ", ".join(model_label(m, group_name) for m in models)
    alt = f"{x_label} with 95% intervals by {names}; {model_label(asked)}: {words}."
    height = look.height or int(len(places) * band + legend + 6 + FOOT)
    return figure(data, layout, alt=alt, height=height)


def _intervals(
    part: pd.DataFrame, y: np.ndarray, model: str, places: Sequence[str], decimals: int, name: str, limits: Range
) -> list[Trace]:
    """One model's intervals, its estimates, and its entry of the legend."""
    style = MODELS[model]
    colour = style.colour
    marker = {
        "symbol": style.symbol.removesuffix("-open"),
        "size": 9,
        "color": PAGE.background if model == Model.OLS_ROBUST else colour,
        "line": {"width": 2, "color": colour},
    }
    hover = [
        f"<b>{safe(name)}</b><br>{safe(places[row.at])}: {number(row.estimate, decimals=decimals)}<br>"
        f"95% interval {number(row.lower, decimals=decimals)} to {number(row.upper, decimals=decimals)}"
        for row in part.itertuples()
    ]
    base: Trace = {"type": "scatter", "showlegend": False}
    lines = {
        "mode": "lines",
        "name": f"{safe(name)}, 95% interval",
        "x": traces.interleave(*(drawn_ends(part[end].to_numpy(float), limits) for end in ("lower", "upper"))),
        "y": traces.interleave(y, y),
        "line": {"color": colour, "width": 2.5},
        "hoverinfo": "skip",
    }
    dots = {
        "mode": "markers",
        "name": safe(name),
        "x": part["estimate"].to_numpy(float),
        "y": y,
        "marker": marker,
        "hovertext": hover,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "cliponaxis": False,
    }
    return [base | lines, base | dots, traces.legend_only(name, marker=marker)]


def _estimates(part: pd.DataFrame, middles: Sequence[float], decimals: int, colour: str) -> list[dict[str, object]]:
    """The estimates in numbers, at the right of the bands."""
    look = {"xref": "paper", "xanchor": "left", "showarrow": False, "font": {"color": colour}}
    return [
        {"text": f"<b>{number(row.estimate, decimals=decimals)}</b>", "x": 1.02, "y": middles[row.at]} | look
        for row in part.itertuples()
    ]


def _not_estimable(middles: Sequence[float]) -> list[dict[str, object]]:
    look = {"showarrow": False, "font": {"size": SMALL, "color": PAGE.muted}}
    return [{"text": "not estimable", "x": 0.5, "xref": "paper", "y": y} | look for y in middles]


def _separators(count: int, band: int) -> list[dict[str, object]]:
    """Lines between the values' bands."""
    look = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "layer": "below"}
    line = {"color": PAGE.shade, "width": 1}
    return [look | {"y0": k * band, "y1": k * band, "line": line} for k in range(1, count)]
