"""The two slopes: the line within groups, the line through the groups' means, and the OLS line between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..model_catalogue import Model
from ..text.labels import group_phrase
from ..text.numbers import number
from . import traces
from .axes import PLAIN, Axes, Look
from .axis_layout import axis
from .escaped_text import safe
from .figure import figure
from .theme import MODELS, PAGE, group_colours
from .traces import Columns, Trace, each_group

FAINT, DIMMED = 0.4, 0.12
MANY = 60
HEIGHT = 440


def two_slopes(
    points: pd.DataFrame,
    means: pd.DataFrame,
    lines: Mapping[str, pd.DataFrame],
    axes: Axes,
    *,
    labels: Mapping[str, str],
    centred: bool = False,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw each group's cloud with its line, the means with the line between them, and OLS.

    Parameters
    ----------
    points : DataFrame
        ``group``, ``x``, ``y``; with ``centred``, deviations from the group's means.
    means : DataFrame
        ``group``, ``x``, ``y``, ``n``; may be empty.
    lines : mapping
        ``within``: ``group``, ``x``, ``y``, two rows a line; with ``centred``, the two rows of the one line that all
        groups share. ``between`` and ``ols``: ``x``, ``y``, two rows; empty where there is no such line.
    labels : mapping
        ``within``, ``between`` and ``ols`` to their texts in the legend, such as "within 0.41".
    centred : bool
        Deviations from group means: the line within groups is all that is left, so means, between and OLS are not drawn.
    """
    order, group_name = axes.group_order, axes.group_name
    colours = group_colours(order)
    name = look.highlight if look.highlight in colours else None
    at = f"{safe(axes.x_label)} %{{x}}<br>{safe(axes.y_label)} %{{y}}"
    data: list[Trace] = _clouds(points, colours, name, f"<b>{safe(group_name)} %{{hovertext}}</b><br>{at}")
    middle = colours[order[len(order) // 2]] if len(order) else PAGE.muted
    looks: dict[str, dict[str, Any]] = {"within": {"color": middle, "width": 2.5}}
    if centred:
        looks["within"] = {"color": MODELS[Model.NO_POOLING].colour, "width": 3.5}
        data.append(_line(lines["within"], looks["within"], labels.get("within", "within")))
    else:
        data += _within(lines["within"], colours, name, group_name, labels.get("within", "within"))
        for key in ("ols", "between"):
            if len(lines[key]):
                looks[key] = _line_style(key)
                data.append(_line(lines[key], looks[key], labels.get(key, key)))
        if len(means):
            data.append(_means(means, colours, name, axes))
    for key in ("within", "between", "ols"):
        if key in looks and labels.get(key):
            data.append(traces.legend_only(labels[key], line=looks[key]))
    # WebGL traces lie above all SVG ones whatever their order, so a figure is all of one kind
    kind = traces.scatter_type(max(len(points), len(lines["within"])))
    data = [{"type": kind} | trace for trace in data]
    zero = {"zeroline": centred, "zerolinecolor": PAGE.muted, "zerolinewidth": 1}
    off = " \N{MINUS SIGN} group mean" if centred else ""
    layout = {
        "xaxis": axis(axes.x_label + off, axes.x_range) | zero,
        "yaxis": axis(axes.y_label + off, axes.y_range) | zero,
        "margin": {"l": 56, "r": 16, "t": 34, "b": 50},
        "showlegend": True,
    }
    words = ", ".join(labels[key] for key in looks if labels.get(key))
    alt = (
        f"{axes.y_label} against {axes.x_label} for {len(colours)} groups ({group_name})"
        f"{', as deviations from group means' if centred else ', with the group means ringed'}; lines: {words}."
    )
    return figure(data, layout, alt=alt, height=look.height or HEIGHT)


def _line_style(key: str) -> dict[str, Any]:
    """OLS as everywhere; the line between groups is no model's, and wears the page's ink in dashes."""
    if key == Model.OLS:
        return {"color": MODELS[Model.OLS].colour, "width": 3, "dash": MODELS[Model.OLS].dash}
    return {"color": PAGE.text, "width": 2.5, "dash": "dash"}


def _line(line: pd.DataFrame, style: dict[str, Any], label: str) -> Trace:
    return {
        "mode": "lines",
        "x": line["x"].to_numpy(float),
        "y": line["y"].to_numpy(float),
        "line": style,
        "hovertemplate": f"<b>{safe(label)}</b><extra></extra>",
        "showlegend": False,
    }


def _clouds(points: pd.DataFrame, colours: Mapping[str, str], name: str | None, hover: str) -> list[Trace]:
    """Every row, faint; the highlighted group's rows at full strength on top."""
    mine = (points["group"] == name).to_numpy(bool)
    size = 7.0 if len(points) <= 300 else 5.5 if len(points) <= 1_500 else 4.0
    parts = [(points[~mine], DIMMED if name else FAINT, size)]
    parts += [(points[mine], 1.0, size + 1)] if name else []
    return [
        {
            "mode": "markers",
            "x": part["x"].to_numpy(float),
            "y": part["y"].to_numpy(float),
            "customdata": part["group"].to_list(),
            "hovertext": [safe(group) for group in part["group"]],
            "hovertemplate": f"{hover}<extra></extra>",
            "marker": {
                "color": [colours.get(group, PAGE.muted) for group in part["group"]],
                "size": diameter,
                "opacity": opacity,
            },
            "showlegend": False,
        }
        for part, opacity, diameter in parts
    ]


def _within(
    lines: pd.DataFrame, colours: Mapping[str, str], name: str | None, group_name: str, label: str
) -> list[Trace]:
    """Each group's short line, a trace for each colour; the highlighted group's thick and last."""
    ends = Columns.of(lines.assign(model="", kind=""))
    tint = each_group(ends["group"], colours, PAGE.muted)
    mine = ends["group"] == name
    width = 1.0 if len({*ends["group"]}) > MANY else 2.25

    hover = f"<b>{safe(group_name)} %{{hovertext}}</b><br>{safe(label)}<extra></extra>"

    def look(colour: str, wide: float, opacity: float) -> Trace:
        return {"line": {"color": colour, "width": wide}, "opacity": opacity, "showlegend": False}

    rest = traces.lines_by_colour(ends.where(~mine), tint[~mine], hover)
    out = [trace | look(colour, width, 0.25 if name else 0.9) for colour, trace in rest.items()]
    if mine.any():
        out.append(traces.line_per_group(ends.where(mine), hover) | look(str(tint[mine][0]), 4.5, 1.0))
    return out


def _means(means: pd.DataFrame, colours: Mapping[str, str], name: str | None, axes: Axes) -> Trace:
    """The groups' means, ringed, their areas by the number of rows; faded, but not away, around a highlighted one."""
    crowd = len(means) > MANY
    mine = (means["group"] == name).to_numpy(bool)
    size = traces.sizes(means["n"], *((4.0, 8.0) if crowd else (8.0, 15.0)))
    hover = [
        f"<b>{safe(group_phrase(axes.group_name, row.group))}</b>, mean of {number(row.n, decimals=0)}<br>"
        f"{safe(axes.x_label)} {number(row.x)}<br>{safe(axes.y_label)} {number(row.y)}"
        for row in means.itertuples()
    ]
    return {
        "mode": "markers",
        "x": means["x"].to_numpy(float),
        "y": means["y"].to_numpy(float),
        "customdata": means["group"].to_list(),
        "hovertext": hover,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "color": [colours.get(group, PAGE.muted) for group in means["group"]],
            "size": np.where(mine, size + 3, size),
            "opacity": np.where(mine, 1.0, 0.35).tolist() if name else 1,
            "line": {"color": PAGE.text, "width": 1 if crowd else 1.75},
        },
        "showlegend": False,
    }
