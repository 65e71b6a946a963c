"""Shrinkage: arrows from each group's own estimate to the partially pooled one, and the sorted conditional modes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..text.labels import group_phrase
from ..text.numbers import number
from . import traces
from .arrows import arrows, centre, population, pull, share_line, strength
from .axes import PLAIN, Look
from .axis_layout import MOST_NAMED, Range, axis, group_axis, padded
from .escaped_text import safe
from .figure import figure
from .theme import PAGE
from .traces import Trace

ROW = 20
PLANE = 460
"""Height of the plane."""
TOP, BOTTOM = 34, 50


def shrinkage_arrows(
    frame: pd.DataFrame,
    *,
    term: str,
    x_label: str = "",
    group_name: str,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw an arrow for each group from its own estimate of ``term`` to the partially pooled one.

    Groups are sorted by ``own``; those without an own estimate come last, at the top, sorted by ``pooled``.

    Parameters
    ----------
    frame : DataFrame
        ``group``, ``term``, ``n``, ``own`` (NaN where the group alone cannot say), ``pooled``, ``population``,
        ``share`` (of its distance from the population that the group keeps, 0 to 1).
    """
    part = frame[frame["term"] == term].sort_values(["own", "pooled"], na_position="last")
    rows = np.arange(len(part), dtype=float)
    values = part[["own", "pooled", "population"]].to_numpy(float)
    limits = _limits(values)
    y_axis, height = _group_axis(part["group"].to_list(), group_name, look.height)
    hover = [f"{pull(row, term, group_name)}{share_line(row)}" for row in part.itertuples()]
    ends = (part["own"].to_numpy(float), rows), (part["pooled"].to_numpy(float), rows)
    data = [population(part["population"].to_numpy(float), rows)]
    data += arrows(*ends, (limits[1] - limits[0], np.inf), part, hover, look)
    layout = _layout(axis(x_label or term, limits), y_axis)
    alt = (
        f"For each of {len(part)} groups ({group_name}), an arrow from its own estimate of {x_label or term} to the "
        "mixed model's (partially pooled), with the average of all as a dashed line."
    )
    return figure(data, layout, alt=alt, height=height)


def shrinkage_plane(
    frame: pd.DataFrame,
    *,
    x_term: str,
    y_term: str,
    ellipse: pd.DataFrame | None = None,
    x_label: str = "",
    y_label: str = "",
    group_name: str,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw the same arrows in the plane of two terms, with the outline of the fitted covariance (``x``, ``y``)."""
    highlight = look.highlight
    x = frame[frame["term"] == x_term].set_index("group")
    y = frame[frame["term"] == y_term].set_index("group").reindex(x.index)
    part = x.reset_index()
    both = [
        f"{pull(a, x_label or x_term, group_name)}<br>{pull(b, y_label or y_term, '')}{share_line(a)}"
        for a, b in zip(part.itertuples(), y.reset_index().itertuples(), strict=True)
    ]
    own = np.where(x["own"].notna() & y["own"].notna(), x["own"], np.nan), y["own"].to_numpy(float)
    pooled = x["pooled"].to_numpy(float), y["pooled"].to_numpy(float)
    outline = ellipse if ellipse is not None else pd.DataFrame({"x": [], "y": []})
    data: list[Trace] = []
    if len(outline):
        line = {"color": look.style.colour, "width": 1.25}
        data.append(
            {"type": "scatter", "mode": "lines", "x": outline["x"].to_numpy(float), "y": outline["y"].to_numpy(float)}
            | {"line": line, "opacity": 0.7, "hoverinfo": "skip", "name": "fitted spread of groups"}
        )
    x_values = np.concatenate([own[0], pooled[0], outline["x"].to_numpy(float)])
    y_values = np.concatenate([own[1], pooled[1], outline["y"].to_numpy(float)])
    x_limits, y_limits = _limits(x_values), _limits(y_values)
    spans = (x_limits[1] - x_limits[0], y_limits[1] - y_limits[0])
    data += arrows(own, pooled, spans, part, both, look)
    data.append(centre(x["population"], y["population"]))
    layout = _layout(axis(x_label or x_term, x_limits), axis(y_label or y_term, y_limits))
    if highlight in x.index:
        at = part["group"].to_list().index(highlight)
        beyond = -16 if own[1][at] > pooled[1][at] else 16  # clear of the arrow
        place = {"x": pooled[0][at], "y": pooled[1][at], "yshift": beyond, "showarrow": False}
        layout["annotations"] = [{"text": f"<b>{safe(group_phrase(group_name, highlight))}</b>"} | place]
    alt = (
        f"For each of {len(part)} groups ({group_name}), an arrow in the plane of {x_label or x_term} and "
        f"{y_label or y_term} from its own estimate to the mixed model's (partially pooled)."
    )
    return figure(data, layout, alt=alt, height=look.height or PLANE)


def caterpillar(
    frame: pd.DataFrame,
    *,
    term: str,
    x_label: str = "",
    group_name: str,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw the conditional modes of ``term``, sorted, with their intervals and a line at zero.

    ``frame`` has ``group``, ``term``, ``estimate``, ``se``, ``lower``, ``upper``.
    """
    part = frame[frame["term"] == term].sort_values("estimate")
    rows = np.arange(len(part), dtype=float)
    y_axis, height = _group_axis(part["group"].to_list(), group_name, look.height)
    hover = [
        f"<b>{safe(group_phrase(group_name, group))}</b><br>{number(mode)}, 95% interval {number(low)} to {number(high)}"
        for group, mode, low, high in part[["group", "estimate", "lower", "upper"]].to_numpy(object)
    ]
    display = strength(part["group"], look.highlight)
    kind = traces.scatter_type(3 * len(part))
    colour = look.style.colour
    data: list[Trace] = [
        {
            "type": kind,
            "mode": "lines",
            "x": traces.interleave(part["lower"], part["upper"]),
            "y": traces.interleave(rows, rows),
            "customdata": traces.gapped_names(part["group"]),
            "line": {"color": colour, "width": 2 if len(part) <= MOST_NAMED else 1},
            "opacity": 0.3 if isinstance(display, list) else 0.6,
            "hoverinfo": "skip",
        },
        {
            "type": kind,
            "mode": "markers",
            "x": part["estimate"].to_numpy(float),
            "y": rows,
            "customdata": part["group"].to_list(),
            "hovertext": hover,
            "hovertemplate": "%{hovertext}<extra></extra>",
            "marker": {"color": colour, "size": 7 if len(part) <= MOST_NAMED else 3.5, "opacity": display}
            | {"symbol": look.style.symbol},
        },
    ]
    limits = _limits(np.append(part[["lower", "upper"]].to_numpy(float), 0.0))
    layout = _layout(axis(x_label or term, limits), y_axis)
    layout["showlegend"] = False
    layout["margin"]["t"] = 10
    layout["xaxis"] |= {"zeroline": True, "zerolinecolor": PAGE.muted, "zerolinewidth": 1.5}
    alt = f"Random effects ({x_label or term}) of {len(part)} groups ({group_name}), sorted, with 95% intervals."
    return figure(data, layout, alt=alt, height=height)


def _group_axis(groups: Sequence[str], group_name: str, height: int | None) -> tuple[dict[str, Any], int]:
    """An axis with a name for each group, or with none where there are too many; and the height that suits it."""
    many = len(groups) > MOST_NAMED
    out = group_axis(groups, group_name) | {"showgrid": not many}
    return out, height or (560 if many else max(200, TOP + BOTTOM + ROW * len(groups)))


def _limits(values: np.ndarray) -> Range:
    known = values[np.isfinite(values)]
    return padded(known.min(), known.max()) if len(known) else (0.0, 1.0)


def _layout(x_axis: dict[str, Any], y_axis: dict[str, Any]) -> dict[str, Any]:
    margin = {"l": 56, "r": 16, "t": TOP, "b": BOTTOM}
    return {"xaxis": x_axis, "yaxis": y_axis, "margin": margin, "showlegend": True}
