"""Every model's estimate of a term with its 95% interval, one panel for each term."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lmmcompare.figures import traces
from lmmcompare.figures.axes import PLAIN, Look
from lmmcompare.figures.theme import MODELS, SMALL, model_label, page
from lmmcompare.figures.traces import Range, Trace
from lmmcompare.model_catalogue import Model
from lmmcompare.text.numbers import decimals_for, number

Row = dict[str, Any]
"""A model's numbers for one term."""
ROW = 34
TITLE, LINE = 28, 16
TICKS = 30
NAME = 19
"""Letters of a model's name on one line."""
WIDE = 30
"""Letters of a term's name on one line, which a phone has room for."""


def coefficient_plot(
    frame: pd.DataFrame,
    *,
    term_labels: Mapping[str, str],
    group_name: str = "",
    columns: int = 1,
    x_label: str = "",
    look: Look = PLAIN,
) -> go.Figure:
    """Draw a dot, its value and its interval for each model and term.

    Parameters
    ----------
    frame : DataFrame
        ``model``, ``term``, ``estimate``, ``se``, ``lower``, ``upper``. An estimate that is NaN is marked as missing.
    term_labels : mapping
        The terms to draw, in order, and their names; a single term gets no title of its own.
    columns : int
        Panels side by side; each has its own x axis, which follows the intervals, for coefficients differ in scale.
    look : Look
    """
    dark = look.dark
    result: dict[str, dict[str, Row]] = {}
    for row in frame.to_dict("records"):
        result.setdefault(row["term"], {})[row["model"]] = row
    terms, drawn = [term for term in term_labels if term in result], {*frame["model"]}
    models = [model for model in MODELS if model in drawn]
    names = {m: model_label(m, group_name) for m in models}
    columns = max(1, min(columns, len(terms) or 1))
    n_rows = max(1, -(-len(terms) // columns))
    titles = [traces.wrapped(term_labels[term], WIDE, 60) for term in terms] if len(terms) > 1 else []
    title = TITLE + LINE * (max(map(len, titles)) - 1) if titles else 4
    panel = ROW * len(models) + title + TICKS
    below = 22 if x_label else 0
    height = look.height or n_rows * panel + below + 4
    total = height - below - 4

    rows = ["<br>".join(traces.wrapped(names[m], NAME, 38)) for m in models]
    data: list[Trace] = []
    layout: dict[str, Any] = {"margin": {"l": 10, "r": 14, "t": 4, "b": below}, "annotations": []}
    for i, term in enumerate(terms):
        column = i % columns
        suffix = str(i + 1) if i else ""
        part = {model: result[term][model] | {"y": y} for y, model in enumerate(models) if model in result[term]}
        known = {model: row for model, row in part.items() if not np.isnan(row["estimate"])}
        limits = _limits(known)
        top = 1 - i // columns * panel / total
        y_axis = traces.row_axis(rows, (len(models) - 0.5, -0.6), dark, showgrid=True) | {
            "domain": [max(0.0, top - (panel - TICKS) / total), top - title / total],
            "anchor": f"x{suffix}",
            "showticklabels": column == 0,
        }
        start = column / columns
        x_axis = traces.axis("", limits) | {
            "domain": [start + (0.02 if column else 0), (column + 1) / columns - (0.02 if column < columns - 1 else 0)],
            "anchor": f"y{suffix}",
            "nticks": 6,
            "zeroline": True,
            "zerolinecolor": page(dark).muted,
            "zerolinewidth": 1,
            "fixedrange": True,
        }
        layout |= {f"xaxis{suffix}": x_axis, f"yaxis{suffix}": y_axis}
        place = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
        data += [place | trace for trace in _intervals(known, names, term_labels[term], limits, dark)]
        layout["annotations"] += _missing(part, suffix, limits, dark)
        if titles:
            layout["annotations"].append(
                _title("<br>".join(titles[i]), start + (0.02 if column else 0), top - title / total)
            )
    if x_label:
        foot = {"xref": "paper", "x": 0.5, "yref": "paper", "y": 0, "yanchor": "bottom", "yshift": -below}
        layout["annotations"].append({"text": traces.safe(x_label), "showarrow": False} | foot)
    listed = ", ".join(str(term_labels[t]) for t in terms)
    alt = f"Estimates with 95% intervals of {listed} by {', '.join(names.values())}."
    return traces.figure(data, layout, dark=dark, alt=alt, height=height)


def _limits(known: Mapping[str, Row]) -> Range:
    ends = np.array([row[name] for row in known.values() for name in ("lower", "upper", "estimate")], dtype=float)
    ends = ends[~np.isnan(ends)]
    return traces.padded(ends.min(), ends.max(), 0.1) if len(ends) else (0.0, 1.0)


def _intervals(known: Mapping[str, Row], names: Mapping[str, str], term: str, limits: Range, dark: bool) -> list[Trace]:
    """A line for each model's interval, then one trace with all the dots and their values."""
    out: list[Trace] = []
    for model, row in known.items():
        style = MODELS[model]
        out.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": [row["lower"], row["upper"]],
                "y": [row["y"], row["y"]],
                "line": {"color": style.colour(dark), "width": 3},
                "hoverinfo": "skip",
            }
        )
    texts, hovers = [], []
    places = decimals_for(min((row["se"] for row in known.values() if not np.isnan(row["se"])), default=math.inf))
    for model, row in known.items():
        value, low, high, se = (number(row[c], decimals=places) for c in ("estimate", "lower", "upper", "se"))
        texts.append(value)
        name = traces.safe(names[model])
        hovers.append(f"<b>{name}</b><br>{traces.safe(term)} {value}<br>95% interval {low} to {high}<br>SE {se}")
    hollow = [model == Model.OLS_ROBUST for model in known]
    colours = [MODELS[model].colour(dark) for model in known]
    out.append(
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": np.array([row["estimate"] for row in known.values()], dtype=float),
            "y": np.array([row["y"] for row in known.values()], dtype=float),
            "text": texts,
            "textposition": [_beside_zero(row["estimate"], limits) for row in known.values()],
            "textfont": {"size": SMALL, "color": page(dark).text},
            "hovertext": hovers,
            "hovertemplate": "%{hovertext}<extra></extra>",
            "cliponaxis": False,
            "marker": {
                "symbol": [MODELS[m].symbol.removesuffix("-open") for m in known],
                "size": 11,
                "color": [page(dark).background if h else c for h, c in zip(hollow, colours, strict=True)],
                "line": {
                    "color": [c if h else page(dark).background for h, c in zip(hollow, colours, strict=True)],
                    "width": [2.5 if h else 1.5 for h in hollow],
                },
                "opacity": 1,
            },
        }
    )
    return out


def _beside_zero(value: float, limits: Range) -> str:
    """Where a value's text stands: above its dot, and beside the line at 0 where that would run through it."""
    if abs(value) > 0.09 * (limits[1] - limits[0]):
        return "top center"
    return "top left" if value < 0 else "top right"


def _missing(part: Mapping[str, Row], suffix: str, limits: Range, dark: bool) -> list[dict[str, Any]]:
    """Mark models that have the term without an estimate of it; a model without the term stays blank."""
    font = {"size": SMALL, "color": page(dark).muted}
    return [
        {"text": "cannot be estimated", "font": font, "showarrow": False, "xanchor": "left", "align": "left"}
        | {"xref": f"x{suffix}", "x": limits[0], "xshift": 4, "yref": f"y{suffix}", "y": row["y"]}
        for row in part.values()
        if np.isnan(row["estimate"])
    ]


def _title(text: str, x: float, y: float) -> dict[str, Any]:
    place = {"xref": "paper", "x": x, "xanchor": "left", "yref": "paper", "y": y, "yanchor": "bottom", "yshift": 2}
    return {"text": text, "align": "left", "showarrow": False, "font": {"weight": 600}} | place
