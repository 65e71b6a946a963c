"""The standard error of one coefficient by model, against that of OLS."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..model_catalogue import Model
from ..text.numbers import multiple, number
from .axes import PLAIN, Look
from .axis_layout import axis, row_axis, row_height
from .escaped_text import safe, wrapped
from .figure import figure
from .model_marks import model_marker
from .theme import MODELS, PAGE, SMALL
from .traces import Trace

ROW = 32
NAME = 19
"""Letters of a model's name on one line."""
TOP, BOTTOM = 8, 46


def error_bars(frame: pd.DataFrame, *, term_label: str, look: Look = PLAIN) -> go.Figure:
    """Draw each model's standard error as a line from 0, with the value and its ratio to OLS's beside it.

    Parameters
    ----------
    frame : DataFrame
        ``model``, ``label``, ``se``, ``ratio`` (to OLS's), ``df``; drawn in the frame's order, top down. A standard
        error that is NaN is said to be missing.
    """
    height = look.height
    count = len(frame)
    models = [str(model) for model in frame["model"]]
    se = frame["se"].to_numpy(float)
    known = se[np.isfinite(se)]
    rows = np.arange(count)
    data: list[Trace] = []
    for model, place, value in zip(models, rows, se, strict=True):
        line = {
            "color": MODELS[model].colour,
            "width": 3,
            "dash": "solid" if model != Model.NO_POOLING else "dot",
        }
        stem = {"x": [0.0, value], "y": [place, place], "line": line, "hoverinfo": "skip"}
        data.append({"type": "scatter", "mode": "lines"} | stem)
    data.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": se,
            "y": rows,
            "hovertext": [_hover(row) for row in frame.itertuples()],
            "hovertemplate": "%{hovertext}<extra></extra>",
            "cliponaxis": False,
            "marker": model_marker(models, 12, ring=2.5),
        }
    )
    reference = se[models.index(Model.OLS)] if Model.OLS in models else np.nan
    shapes = []
    if np.isfinite(reference):
        line = {"color": MODELS[Model.OLS].colour, "width": 1, "dash": "dot"}
        across = {"x0": reference, "x1": reference, "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
        shapes.append({"type": "line", "line": line} | across)
    others = frame.loc[frame["model"] != Model.OLS, "ratio"]
    digits = 3 if others.between(0.8, 1.25).any() else 2  # two digits hardly tell those near OLS's from it
    limits = (0.0, 1.06 * float(known.max()) if len(known) and known.max() > 0 else 1.0)
    notes = [_value_note(row, place, digits) for place, row in enumerate(frame.itertuples())]
    names = ["<br>".join(wrapped(label, NAME, 38)) for label in frame["label"]]
    layout = {
        "margin": {
            "l": 10,
            "r": 16 + 7 * max((len(note["text"]) for note in notes), default=0),
            "t": TOP,
            "b": BOTTOM,
        },
        "xaxis": axis(f"standard error of {term_label}", limits) | {"nticks": 5, "fixedrange": True},
        "yaxis": row_axis(names, (count - 0.5, -0.5), showline=True),
        "shapes": shapes,
        "annotations": notes,
    }
    parts = "; ".join(f"{row.label} {_value(row, digits)}" for row in frame.itertuples())
    alt = f"Standard errors of {term_label} by model: {parts}."
    room = row_height(names, ROW) * max(count, 1)
    return figure(data, layout, alt=alt, height=height or TOP + BOTTOM + room)


def _value(row: Any, digits: int) -> str:
    """The standard error and how it compares: "0.29, 0.12 × OLS"."""
    if not np.isfinite(row.se):
        return "cannot be estimated"
    se = number(row.se, digits)
    if row.model == Model.OLS or not np.isfinite(row.ratio):
        return se
    return f"{se}, {multiple(row.ratio)} \N{MULTIPLICATION SIGN} OLS"


def _hover(row: Any) -> str:
    words = f"<b>{safe(row.label)}</b><br>SE {number(row.se)}"
    if row.model != Model.OLS and np.isfinite(row.ratio):
        words += f"<br>{multiple(row.ratio)} \N{MULTIPLICATION SIGN} OLS"
    return f"{words}<br>{number(row.df)} degrees of freedom" if np.isfinite(row.df) else words


def _value_note(row: Any, place: int, digits: int) -> dict[str, Any]:
    """A row's value in a column of its own, where no bar can reach it."""
    font = {"size": SMALL + 0.5, "color": PAGE.text if np.isfinite(row.se) else PAGE.muted}
    where = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 10, "yref": "y", "y": place, "align": "left"}
    return {"text": _value(row, digits), "showarrow": False, "font": font} | where
