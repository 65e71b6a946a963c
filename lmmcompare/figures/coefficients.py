"""Every model's estimate of a term with its 95% interval, one panel for each term."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..text.numbers import decimals_for, number
from .axes import PLAIN, Look
from .axis_layout import Range, axis, drawn_ends, finite_range, row_axis
from .escaped_text import safe, wrapped
from .figure import figure
from .model_marks import model_marker
from .theme import MODELS, PAGE, SMALL, model_label
from .traces import Trace

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
    group_name: str,
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
    """
    result: dict[str, dict[str, Row]] = {}
    for row in frame.to_dict("records"):
        result.setdefault(row["term"], {})[row["model"]] = row
    terms, drawn = [term for term in term_labels if term in result], {*frame["model"]}
    models = [model for model in MODELS if model in drawn]
    names = {m: model_label(m, group_name) for m in models}
    titles = [wrapped(term_labels[term], WIDE, 60) for term in terms] if len(terms) > 1 else []
    below = 22 if x_label else 0
    grid = _Grid(len(terms), columns, len(models), max(map(len, titles), default=0), look.height, below)

    rows = ["<br>".join(wrapped(names[m], NAME, 38)) for m in models]
    data: list[Trace] = []
    layout: dict[str, Any] = {"margin": {"l": 10, "r": 14, "t": 4, "b": below}, "annotations": []}
    for i, term in enumerate(terms):
        suffix = str(i + 1) if i else ""
        part = {model: result[term][model] | {"y": y} for y, model in enumerate(models) if model in result[term]}
        known = {model: row for model, row in part.items() if not np.isnan(row["estimate"])}
        limits = _limits(known)
        across, up = grid.domains(i)
        y_axis = row_axis(rows, (len(models) - 0.5, -0.6), showgrid=True) | {
            "domain": up,
            "anchor": f"x{suffix}",
            "showticklabels": i % grid.columns == 0,
        }
        x_axis = axis("", limits) | {
            "domain": across,
            "anchor": f"y{suffix}",
            "nticks": 6,
            "zeroline": True,
            "zerolinecolor": PAGE.muted,
            "zerolinewidth": 1,
            "fixedrange": True,
        }
        layout |= {f"xaxis{suffix}": x_axis, f"yaxis{suffix}": y_axis}
        place = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
        data += [place | trace for trace in _intervals(known, names, term_labels[term], limits)]
        layout["annotations"] += _missing(part, suffix, limits)
        if titles:
            layout["annotations"].append(_title("<br>".join(titles[i]), across[0], up[1]))
    if x_label:
        foot = {"xref": "paper", "x": 0.5, "yref": "paper", "y": 0, "yanchor": "bottom", "yshift": -below}
        layout["annotations"].append({"text": safe(x_label), "showarrow": False} | foot)
    listed = ", ".join(str(term_labels[t]) for t in terms)
    alt = f"Estimates with 95% intervals of {listed} by {', '.join(names.values())}."
    return figure(data, layout, alt=alt, height=grid.height)


class _Grid:
    """Where the panels stand: side by side in columns, each with a title above and ticks below its rows."""

    def __init__(self, panels: int, columns: int, rows: int, title_lines: int, height: int | None, below: int) -> None:
        self.columns = max(1, min(columns, panels or 1))
        self.title = TITLE + LINE * (title_lines - 1) if title_lines else 4
        self.panel = ROW * rows + self.title + TICKS
        self.height = height or max(1, -(-panels // self.columns)) * self.panel + below + 4
        self.total = self.height - below - 4

    def domains(self, i: int) -> tuple[list[float], list[float]]:
        """The shares of the figure that a panel's x and y axes take."""
        row, column = divmod(i, self.columns)
        top = 1 - row * self.panel / self.total
        ends = (0.02 if column else 0), (0.02 if column < self.columns - 1 else 0)
        across = [column / self.columns + ends[0], (column + 1) / self.columns - ends[1]]
        return across, [max(0.0, top - (self.panel - TICKS) / self.total), top - self.title / self.total]


def _limits(known: Mapping[str, Row]) -> Range:
    ends = np.array([row[name] for row in known.values() for name in ("lower", "upper", "estimate")], dtype=float)
    return finite_range(ends, 0.1)


def _intervals(known: Mapping[str, Row], names: Mapping[str, str], term: str, limits: Range) -> list[Trace]:
    """A line for each model's interval, then one trace with all the dots and their values."""
    out: list[Trace] = []
    for model, row in known.items():
        style = MODELS[model]
        out.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": drawn_ends(np.array([row["lower"], row["upper"]], dtype=float), limits).tolist(),
                "y": [row["y"], row["y"]],
                "line": {"color": style.colour, "width": 3},
                "hoverinfo": "skip",
            }
        )
    texts, hovers = [], []
    places = decimals_for(min((row["se"] for row in known.values() if not np.isnan(row["se"])), default=math.inf))
    for model, row in known.items():
        value, low, high, se = (number(row[c], decimals=places) for c in ("estimate", "lower", "upper", "se"))
        texts.append(value)
        name = safe(names[model])
        hovers.append(f"<b>{name}</b><br>{safe(term)} {value}<br>95% interval {low} to {high}<br>SE {se}")
    out.append(
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": np.array([row["estimate"] for row in known.values()], dtype=float),
            "y": np.array([row["y"] for row in known.values()], dtype=float),
            "text": texts,
            "textposition": [_beside_zero(row["estimate"], limits) for row in known.values()],
            "textfont": {"size": SMALL, "color": PAGE.text},
            "hovertext": hovers,
            "hovertemplate": "%{hovertext}<extra></extra>",
            "cliponaxis": False,
            "marker": model_marker([*known], 11, ring=2.5),
        }
    )
    return out


def _beside_zero(value: float, limits: Range) -> str:
    """Where a value's text stands: above its dot, and beside the line at 0 where that would run through it."""
    if abs(value) > 0.09 * (limits[1] - limits[0]):
        return "top center"
    return "top left" if value < 0 else "top right"


def _missing(part: Mapping[str, Row], suffix: str, limits: Range) -> list[dict[str, Any]]:
    """Mark models that have the term without an estimate of it; a model without the term stays blank."""
    font = {"size": SMALL, "color": PAGE.muted}
    return [
        {"text": "cannot be estimated", "font": font, "showarrow": False, "xanchor": "left", "align": "left"}
        | {"xref": f"x{suffix}", "x": limits[0], "xshift": 4, "yref": f"y{suffix}", "y": row["y"]}
        for row in part.values()
        if np.isnan(row["estimate"])
    ]


def _title(text: str, x: float, y: float) -> dict[str, Any]:
    place = {"xref": "paper", "x": x, "xanchor": "left", "yref": "paper", "y": y, "yanchor": "bottom", "yshift": 2}
    return {"text": text, "align": "left", "showarrow": False, "font": {"weight": 600}} | place
