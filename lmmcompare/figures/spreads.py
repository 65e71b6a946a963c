"""Each group's residual SD, with a band for equal SDs in all groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..text.labels import group_phrase
from ..text.numbers import number
from . import traces
from .axes import PLAIN, Look
from .axis_layout import MOST_NAMED, axis, group_axis, padded
from .escaped_text import safe, wrapped
from .figure import figure
from .qq import QUIET, points
from .theme import PAGE
from .traces import Trace

ROW = 18
TOP, BOTTOM, LINE = 34, 50, 17
TITLE = 36
"""Characters of a line of the axis title below the rows: beside the names of groups a small figure has room for no more."""


def group_spreads(
    frame: pd.DataFrame,
    *,
    sigma: float,
    label: str = "residual SD",
    group_name: str,
    name: str = "groups",
    by_sd: bool = True,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw each group's SD over its range: a row for each of few groups, a funnel by the groups' sizes for many.

    Parameters
    ----------
    frame : DataFrame
        ``group, n, df, sd, lower, upper, outside``; groups without an SD are left out.
    sigma : float
        The model's SD, the same for all.
    name : str
        What those are called that have an SD each.
    by_sd : bool
        Whether few of them are ordered by their SDs, instead of as they come.
    """
    height = look.height
    part = frame[frame["sd"].notna()]
    part = part.sort_values("sd") if by_sd else part.iloc[::-1]  # the first one on top
    many, out = len(part) > MOST_NAMED, part["outside"].to_numpy(bool)
    hover = [
        f"<b>{safe(group_phrase(group_name, r.group))}</b><br>SD {number(r.sd)}, {r.n:,} rows<br>95% would lie in "
        f"{number(r.lower)} to {number(r.upper)}"
        for r in part.itertuples()
    ]
    sd, places = part["sd"].to_numpy(float), np.arange(len(part), dtype=float)
    stroke = {"color": PAGE.muted, "width": 1.25, "dash": "dot"}
    known = part[["sd", "lower", "upper"]].to_numpy(float)
    known = known[np.isfinite(known)]
    limits = padded(float(known.min()), float(known.max())) if len(known) else None
    line = {"type": "line", "layer": "below", "line": stroke}
    title = wrapped(label, TITLE)
    bottom = BOTTOM if many else BOTTOM + LINE * (len(title) - 1)
    if many:
        df = part["df"].to_numpy(float)
        data = _funnel(part, look) + points(df, sd, out, hover, look, customdata=part["group"].to_list())
        shape = line | {"xref": "paper", "x0": 0, "x1": 1, "y0": sigma, "y1": sigma}
        axes = {
            "xaxis": axis("rows of the group, less what its effects take", padded(df.min(), df.max(), 0.03)),
            "yaxis": axis(label, limits),
        }
    else:
        data = _ranges(part, places, look) + points(sd, places, out, hover, look, customdata=part["group"].to_list())
        shape = line | {"yref": "paper", "y0": 0, "y1": 1, "x0": sigma, "x1": sigma}
        titled = {"title": {"text": "<br>".join(title)}}
        axes = {
            "xaxis": axis(label, limits) | titled,
            "yaxis": group_axis(part["group"].to_list(), group_name),
        }
    shade = {"symbol": "square", "size": 12, "color": look.fill("confidence")}
    data.append(traces.legend_only(f"95% if all {name} were alike", marker=shade))
    layout = {"margin": {"l": 56, "r": 16, "t": TOP, "b": bottom}, "showlegend": True, "shapes": [shape], **axes}
    lie = "lies" if out.sum() == 1 else "lie"
    alt = (
        f"Residual SD of {len(part):,} {name} ({group_name}); {int(out.sum()):,} {lie} outside the range of equal SDs."
    )
    height = height or (400 if many else TOP + bottom + ROW * max(len(part), 6))
    return figure(data, layout, alt=alt, height=height)


def _ranges(part: pd.DataFrame, places: np.ndarray, look: Look) -> list[Trace]:
    """A bar for each group."""
    x, y = traces.interleave(part["lower"], part["upper"]), traces.interleave(places, places)
    bar = {"color": look.fill("confidence"), "width": 9}
    return [QUIET | {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": bar, "hoverinfo": "skip"}]


def _funnel(part: pd.DataFrame, look: Look) -> list[Trace]:
    """The ranges side by side, wide for small groups and narrow for large ones."""
    sizes = part.drop_duplicates("df").sort_values("df")
    edge = QUIET | {
        "type": "scatter",
        "mode": "lines",
        "x": sizes["df"].to_numpy(float),
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
    fill = {"fill": "tonexty", "fillcolor": look.fill("confidence")}
    return [edge | {"y": sizes["lower"].to_numpy(float)}, edge | {"y": sizes["upper"].to_numpy(float)} | fill]
