"""The change of one coefficient when each group is left out, one group at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..text.labels import group_phrase
from ..text.numbers import number
from . import traces
from .axes import PLAIN, Look
from .axis_layout import MOST_NAMED, axis, group_axis, padded, spread
from .escaped_text import safe, wrapped
from .figure import figure
from .qq import QUIET, points
from .spreads import BOTTOM, LINE, ROW, TITLE
from .theme import PAGE, SMALL
from .traces import Trace

NAMED = 3
TOP = 12


def influence_dots(
    frame: pd.DataFrame,
    *,
    term: str,
    term_label: str = "",
    x_label: str = "change without it, in SEs",
    group_name: str,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw by how many standard errors a coefficient moves when each group is left out, sorted, with the usual range shaded.

    Parameters
    ----------
    frame : DataFrame
        ``group, n, term, estimate, without, change, large, cooks``; groups without which the model cannot be fitted are
        left out.
    """
    height = look.height
    part = frame[(frame["term"] == term) & frame["change"].notna()].sort_values("change")
    label, many = term_label or term, len(part) > MOST_NAMED
    x, places = part["change"].to_numpy(float), np.arange(len(part), dtype=float)
    usual = 2 / np.sqrt(max(len(frame[frame["term"] == term]), 1))
    title = wrapped(x_label, TITLE)
    bottom = BOTTOM + LINE * (len(title) - 1)
    large, kind = part["large"].to_numpy(bool), traces.scatter_type(3 * len(part))
    hover = [
        f"<b>{safe(group_phrase(group_name, r.group))}</b>, {r.n:,} rows<br>{safe(label)} without it {number(r.without)}, "
        f"with it {number(r.estimate)}<br>{number(r.change, 2)} standard errors; Cook’s distance {number(r.cooks, 2)}"
        for r in part.itertuples()
    ]
    stems: Trace = {
        "type": kind,
        "mode": "lines",
        "x": traces.interleave(np.zeros(len(x)), x),
        "y": traces.interleave(places, places),
        "line": {"color": PAGE.axis, "width": 1},
        "hoverinfo": "skip",
    }
    data = [QUIET | stems, *points(x, places, large, hover, look, customdata=part["group"].to_list())]
    reach = max(float(np.abs(x).max()) if len(x) else 0.0, 1.3 * usual)
    layout = {
        "margin": {"l": 56, "r": 16, "t": TOP, "b": bottom},
        "xaxis": axis(x_label, padded(-reach, reach, 0.14))
        | {
            "title": {"text": "<br>".join(title)},
            "zeroline": True,
            "zerolinecolor": PAGE.muted,
            "zerolinewidth": 1.5,
        },
        "yaxis": group_axis(part["group"].to_list(), group_name),
        "shapes": [
            {
                "type": "rect",
                "x0": -usual,
                "x1": usual,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "layer": "below",
                "line": {"width": 0},
                "fillcolor": PAGE.shade,
            }
        ],
        "annotations": _named(part, places) if many else [],
    }
    alt = (
        f"Change of {label} when each of {len(part):,} groups ({group_name}) is left out, in standard errors, sorted; "
        f"{int(large.sum()):,} move it by more than {number(usual, 2)}."
    )
    return figure(data, layout, alt=alt, height=height or (560 if many else TOP + bottom + ROW * max(len(part), 6)))


def _named(part: pd.DataFrame, places: np.ndarray) -> list[dict[str, Any]]:
    """The groups that move it most to either side, named beside their points: the axis has no room for names."""
    font, notes = {"size": SMALL, "color": PAGE.text}, []
    for rows, side in ((slice(0, NAMED), -1), (slice(-NAMED, None), 1)):
        chosen = part.iloc[rows]
        wanted = places[rows].tolist()
        heights = spread(wanted, [len(part) / 34] * len(chosen), -0.8, len(part) - 0.2)
        for row, y in zip(chosen.itertuples(), heights, strict=True):
            if row.change * side > 0:
                where = {"x": row.change, "y": y, "xanchor": "left" if side > 0 else "right", "xshift": 8 * side}
                notes.append(where | {"text": safe(row.group, 16), "showarrow": False, "font": font})
    return notes
