"""The times of measurement as a grid of groups by times; and each group's outcome over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..model_catalogue import Model
from . import traces
from .axes import PLAIN, Axes, Look
from .axis_layout import axis, group_axis
from .escaped_text import safe
from .figure import figure
from .theme import MODELS, PAGE, group_colours
from .traces import Columns, Trace

MOST_HEIGHT = 620
TICKS = 8
LINE, NARROW_LINE = 110, 36
"""Characters that stand side by side below the grid."""


def measured_grid(
    cells: pd.DataFrame, groups: Sequence[str], times: Sequence[str], axes: Axes, *, look: Look = PLAIN
) -> go.Figure:
    """Draw a square where a group has the outcome at a time, a cross where it has rows but no outcome, nothing where it has no row.

    ``cells`` has ``row, column, measured``; ``axes`` gives the names and ranges.
    """
    height = look.height or int(min(MOST_HEIGHT, 110 + 14 * max(len(groups), 3)))
    size = float(np.clip((height - 100) / max(len(groups), 1) - 1.5, 2, 11))
    kinds = (
        ("outcome measured", cells[cells["measured"].astype(bool)], "square", PAGE.muted),
        ("row without the outcome", cells[~cells["measured"].astype(bool)], "x", MODELS[Model.NO_POOLING].colour),
    )
    names, data = np.array([safe(group) for group in groups], object), list[Trace]()
    for name, part, symbol, colour in kinds:
        if not len(part):
            continue
        rows, columns = part["row"].to_numpy(int), part["column"].to_numpy(int)
        mark = {"symbol": symbol, "size": size, "color": colour}
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": columns,
                "y": rows,
                "name": name,
                "showlegend": False,
                "marker": mark,
                "hovertext": names[rows].tolist(),
                "customdata": [safe(times[k]) for k in columns],
                "hovertemplate": f"<b>{safe(axes.group_name)} %{{hovertext}}</b><br>{safe(axes.x_label)} "
                f"%{{customdata}}<br>{name}<extra></extra>",
            }
        )
        data.append(traces.legend_only(name, marker=mark | {"size": 9}))
    most = TICKS // 2 if look.narrow else TICKS
    if len(times) > most:  # else each is named, aslant where the names are long
        most = max(2, min(most, (NARROW_LINE if look.narrow else LINE) // (max(map(len, times)) + 2)))
    step = -(-len(times) // most)
    ticks: Mapping[float, str] = {float(k): times[k] for k in range(0, len(times), step)}
    layout = {
        "margin": {"l": 70, "r": 16, "t": 34, "b": 50},
        "showlegend": True,
        "xaxis": axis(axes.x_label, axes.x_range, ticks, automargin=True) | {"showgrid": False},
        "yaxis": group_axis(groups, axes.y_label) | {"autorange": False, "range": list(axes.y_range)},
    }
    alt = f"{len(groups)} groups by {len(times)} times of {axes.x_label}: {len(cells):,} cells with rows, "
    alt += f"{int((~cells['measured'].astype(bool)).sum()):,} of them without the outcome."
    return figure(data, layout, alt=alt, height=height)


def spaghetti(points: pd.DataFrame, axes: Axes, *, look: Look = PLAIN) -> go.Figure:
    """Draw each group's outcome as a thin line with dots, or as dots alone where x is no time (``axes.joined``).

    ``points`` has ``group, x, y``, sorted by group and x; a group's colour follows its place in ``axes.group_order``.
    """
    colours = group_colours(axes.group_order)
    lines = Columns.of(points.assign(model="", kind=""))
    tint = traces.each_group(lines["group"], colours, PAGE.muted)
    hover = (
        f"<b>{safe(axes.group_name)} %{{hovertext}}</b><br>{safe(axes.x_label)} %{{x}}<br>"
        f"{safe(axes.y_label)} %{{y}}<extra></extra>"
    )
    many = len(axes.group_order) > 40
    data = [
        trace
        | {
            "type": "scatter",
            "mode": "lines+markers" if axes.joined else "markers",
            "line": {"color": colour, "width": 1},
            "marker": {"color": colour, "size": 3 if many else 5},
            "opacity": 0.5 if many else 0.8,
        }
        for colour, trace in traces.lines_by_colour(lines, tint, hover).items()
    ]
    layout = {
        "margin": {"l": 58, "r": 16, "t": 16, "b": 50},
        "xaxis": axis(axes.x_label, axes.x_range, axes.x_ticks),
        "yaxis": axis(axes.y_label, axes.y_range),
    }
    alt = f"{axes.y_label} against {axes.x_label}: {len(points):,} rows of {len(axes.group_order):,} groups"
    alt += ", each group's joined by a line." if axes.joined else "."
    return figure(data, layout, alt=alt, height=look.height or 400)
