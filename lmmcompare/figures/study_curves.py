"""A measure against one setting of the simulation: a line for each model, with Monte Carlo error bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..model_catalogue import Model
from ..text.numbers import MINUS, number, rate
from . import traces
from .axes import PLAIN, Look
from .axis_layout import Range, axis, padded, spread
from .escaped_text import safe, wrapped
from .figure import figure
from .theme import MODELS, PAGE, SMALL
from .traces import Trace

TOP, BOTTOM, HEIGHT = 14, 50, 400
LINE_HEIGHT = 17
WRAP = 16


@dataclass(frozen=True)
class Along:
    """The setting that the x axis goes along.

    Parameters
    ----------
    values : sequence of float
        All places on the axis, so that it stays as it is while points come in.
    log : bool
        Whether the axis is logarithmic.
    now : float
        Where the settings of the page stand; NaN for nowhere.
    """

    label: str
    values: Sequence[float]
    log: bool = False
    now: float = math.nan


@dataclass(frozen=True)
class Measure:
    """What is measured of each model.

    Parameters
    ----------
    range : (float, float)
        Of the y axis.
    share : bool
        Whether it is a share of all studies, in per cent.
    nominal : float
        What a right model has; NaN for no line.
    """

    label: str
    range: Range
    share: bool = True
    nominal: float = math.nan
    nominal_label: str = ""


def curve_figure(frame: pd.DataFrame, along: Along, measure: Measure, *, look: Look = PLAIN) -> go.Figure:
    """Draw each model's curve, named at its right end.

    Parameters
    ----------
    frame : DataFrame
        ``model, label, x, value, mcse``; points that are not there yet, or NaN, leave the line short.
    """
    shares, y_range, height = measure.share, measure.range, look.height or HEIGHT
    known = frame[np.isfinite(frame["value"].to_numpy(float))].sort_values("x", kind="stable")
    models = [model for model in MODELS if (known["model"] == model).any()]
    names = {model: str(known.loc[known["model"] == model, "label"].iloc[0]) for model in models}
    data: list[Trace] = []
    for model in models:
        data += _curve(known[known["model"] == model], model, names[model], along.label, shares)
    ends = _names(known, models, names, y_range, height - TOP - BOTTOM)
    longest = max((len(line) for end in ends for line in end["text"].split("<br>")), default=0)
    ticks = {float(v): f"{v:,.6g}".replace("-", MINUS) for v in sorted(along.values)}
    layout = {
        "margin": {"l": 56, "r": 22 + 7 * longest, "t": TOP, "b": BOTTOM},
        "xaxis": _x_axis(along.label, ticks, along.log),
        "yaxis": axis(measure.label, y_range)
        | {"nticks": 6, "fixedrange": True}
        | ({"tickformat": ".0%"} if shares else {}),
        "shapes": _lines(measure.nominal, along.now),
        "annotations": ends + _nominal_label(measure),
    }
    words = "; ".join(
        f"{names[m]} from {_value(part['value'].iloc[0], shares)} to {_value(part['value'].iloc[-1], shares)}"
        for m in models
        for part in [known[known["model"] == m]]
    )
    low, high = (number(v) for v in (min(along.values), max(along.values)))
    alt = f"{measure.label} against {along.label} from {low} to {high}: {words or 'nothing yet'}."
    return figure(data, layout, alt=alt, height=height)


def _value(value: float, shares: bool) -> str:
    return rate(value) if shares else number(value)


def _curve(part: pd.DataFrame, model: str, name: str, x_label: str, shares: bool) -> list[Trace]:
    """Error bars below, then the line with its marks."""
    style = MODELS[model]
    colour, x = style.colour, part["x"].to_numpy(float)
    value, reach = part["value"].to_numpy(float), 1.96 * np.nan_to_num(part["mcse"].to_numpy(float))
    low, high = value - reach, value + reach
    if shares:
        low, high = np.clip(low, 0, 1), np.clip(high, 0, 1)
    hollow, paper = model == Model.OLS_ROBUST, PAGE.background
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": f"{safe(name)}, 95% Monte Carlo interval",
            "x": traces.interleave(x, x),
            "y": traces.interleave(low, high),
            "line": {"color": colour, "width": 2},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": safe(name),
            "x": x,
            "y": value,
            "cliponaxis": False,
            "line": {"color": colour, "width": 2, "dash": "dot" if hollow else style.dash},
            "marker": {
                "symbol": style.symbol.removesuffix("-open"),
                "size": 9,
                "opacity": 1,
                "color": paper if hollow else colour,
                "line": {"color": colour if hollow else paper, "width": 1.5},
            },
            "hovertext": [
                f"<b>{safe(name)}</b><br>{safe(x_label)} {number(a, 4)}<br>{_value(v, shares)}, "
                f"{traces.monte_carlo_words(_value(b, shares), _value(c, shares))}"
                for a, v, b, c in zip(x, value, low, high, strict=True)
            ],
            "hovertemplate": "%{hovertext}<extra></extra>",
        },
    ]


def _names(
    known: pd.DataFrame, models: list[str], names: dict[str, str], y_range: Range, room: float
) -> list[dict[str, Any]]:
    """Each model's name in its colour beyond the axis, as near to the end of its line as there is room."""
    texts = ["<br>".join(wrapped(names[model], WRAP)) for model in models]
    last = [float(known.loc[known["model"] == model, "value"].iloc[-1]) for model in models]
    span = y_range[1] - y_range[0]
    wanted = [min(max(v, y_range[0]), y_range[1]) for v in last]
    gaps = [LINE_HEIGHT * (1 + text.count("<br>")) / room * span for text in texts]
    air = TOP / room * span
    placed = spread(wanted, gaps, y_range[0] - air, y_range[1] + air)
    # by the paper: plotly leaves out what lies beyond an axis
    where = {"xref": "paper", "x": 1, "xanchor": "left", "yref": "paper", "yanchor": "middle", "xshift": 12}
    where |= {"showarrow": False, "align": "left"}
    return [
        {"text": text, "y": (y - y_range[0]) / span, "font": {"size": SMALL + 0.5, "color": MODELS[model].colour}}
        | where
        for text, y, model in zip(texts, placed, models, strict=True)
    ]


def _x_axis(title: str, ticks: dict[float, str], log: bool) -> dict[str, Any]:
    low, high = min(ticks), max(ticks)
    limits = padded(math.log10(low), math.log10(high), 0.04) if log else padded(low, high, 0.04)
    kind = {"type": "log"} if log else {}
    near, last, texts = 0.05 * (limits[1] - limits[0]), -math.inf, []
    for value, text in ticks.items():  # in order; a text that would touch the one before is left out
        place = math.log10(value) if log else value
        texts.append(text if place - last >= near else "")
        last = place if texts[-1] else last
    return {
        "title": {"text": safe(title)},
        "range": list(limits),
        "autorange": False,
        "tickmode": "array",
        "tickvals": list(ticks),
        "ticktext": texts,
        "fixedrange": True,
    } | kind


def _lines(nominal: float, now: float) -> list[dict[str, Any]]:
    """What is promised, across; where the page's settings stand, upright."""
    shapes: list[dict[str, Any]] = []
    if np.isfinite(nominal):
        line = {"color": PAGE.text, "width": 1.5, "dash": "dot"}
        place = {"xref": "paper", "x0": 0, "x1": 1, "y0": nominal, "y1": nominal, "layer": "below"}
        shapes.append({"type": "line", "line": line} | place)
    if np.isfinite(now):
        line = {"color": PAGE.axis, "width": 6}
        place = {"yref": "paper", "y0": 0, "y1": 1, "x0": now, "x1": now, "layer": "below", "opacity": 0.5}
        shapes.append({"type": "line", "line": line} | place)
    return shapes


def _nominal_label(measure: Measure) -> list[dict[str, Any]]:
    if not (np.isfinite(measure.nominal) and measure.nominal_label):
        return []
    place = {
        "xref": "paper",
        "x": 0.01,
        "xanchor": "left",
        "y": measure.nominal,
        "yanchor": "bottom",
        "showarrow": False,
    }
    return [{"text": safe(measure.nominal_label), "font": {"size": SMALL, "color": PAGE.muted}} | place]
