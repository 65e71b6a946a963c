"""Panels with a common outcome axis: side by side on a wide page, stacked on a phone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from .axes import Look
from .axis_layout import Range, axis
from .escaped_text import safe, wrapped
from .figure import figure
from .theme import SMALL
from .traces import Trace

HEIGHT, LOW = 340, 220
"""Of panels beside each other, and of each of those below each other."""
LEGEND, FOOT, BETWEEN = 58, 52, 56
GAP = 0.025
PHONE = 286
"""The width that a phone has for a legend."""
BESIDE, LETTER = 520, 6.3
"""The width that panels beside each other have at least, and of a letter of their ticks."""
SLANT, AIR = 30, 10
"""Degrees by which ticks are turned that have no room beside each other, and pixels between level ticks and the title."""
SHARED_TITLE = "shared title"
"""What the browser knows the common title by, to put it where the ticks end: it alone sees whether they are turned."""


def place(k: int) -> dict[str, str]:
    """The axes of the k-th panel, as a trace names them."""
    return {"xaxis": f"x{_suffix(k)}", "yaxis": f"y{_suffix(k)}"}


def side_panels(
    data: list[Trace],
    titles: Sequence[str],
    x: tuple[str, Range, Mapping[float, str] | None],
    y: tuple[str, Range],
    look: Look,
    alt: str,
) -> go.Figure:
    """Put traces, each with its `place`, into panels under their titles.

    Parameters
    ----------
    titles : sequence of str
        A panel each; one panel may have an empty title.
    x : (label, range, ticks)
        ``ticks`` are places and their names, None for numbers.
    y : (label, range)
    alt : str
        What the figure shows, for who cannot see it.
    """
    n = len(titles)
    rows = n if look.narrow else 1
    legend = _legend_room(data) if look.narrow else LEGEND
    turned = _turned_room(n * list((x[2] or {}).values())) if rows == 1 else 0
    foot = FOOT + turned
    height = look.height or (HEIGHT + turned if rows == 1 else legend + foot + rows * (LOW + BETWEEN))
    inside = height - legend - foot
    layout: dict[str, Any] = {"annotations": []}
    for k, title in enumerate(titles):
        last = rows == 1 or k == n - 1
        across = (0.0, 1.0) if rows > 1 else ((k + GAP * (k > 0)) / n, (k + 1 - GAP * (k < n - 1)) / n)
        up = (0.0, 1.0) if rows == 1 else _row(k, rows, BETWEEN / inside)
        label = x[0] if last and (rows > 1 or n == 1) else ""
        layout[f"xaxis{_suffix(k)}"] = axis(label, x[1], x[2]) | {
            "domain": list(across),
            "anchor": f"y{_suffix(k)}",
            "fixedrange": True,
            "autotickangles": [0, SLANT],
        }
        layout[f"yaxis{_suffix(k)}"] = axis(y[0] if k == 0 or rows > 1 else "", y[1]) | {
            "domain": list(up),
            "anchor": f"x{_suffix(k)}",
            "showticklabels": k == 0 or rows > 1,
            "fixedrange": True,
        }
        if title:
            text = "<br>".join(wrapped(title, 40 if rows > 1 else max(10, 84 // n), 60))
            at = {
                "x": sum(across) / 2,
                "xref": "paper",
                "xanchor": "center",
                "y": up[1],
                "yref": "paper",
                "yanchor": "bottom",
            }
            layout["annotations"].append(
                {"text": text, "showarrow": False, "yshift": 3, "font": {"weight": 600, "size": SMALL}} | at
            )
    if rows == 1 and n > 1:
        below = {"x": 0.5, "xref": "paper", "y": 0, "yref": "paper", "yanchor": "top", "yshift": -26 - turned}
        layout["annotations"].append({"text": safe(x[0]), "name": SHARED_TITLE, "showarrow": False} | below)
    layout |= {
        "margin": {"l": 56, "r": 16, "t": legend, "b": foot},
        "showlegend": True,
        "legend": {"y": 1, "yref": "container", "yanchor": "top"},
    }
    return figure(data, layout, alt=alt, height=height)


def _legend_room(data: Sequence[Trace]) -> int:
    """The height of a legend on a phone and of a title below it; plotly.js gives all entries the width of the widest."""
    names = [str(trace.get("name", "")) for trace in data if trace.get("showlegend", True)]
    across = max(1, int(PHONE // (46 + 6.5 * max(map(len, names), default=0))))
    return max(LEGEND, 36 + 19 * -(-len(names) // across))


def _turned_room(ticks: Sequence[str]) -> int:
    """How much lower the title stands for ticks that may be turned; 0 where all of them have room beside each other."""
    if LETTER * sum(len(tick) + 2 for tick in ticks) <= BESIDE:
        return 0
    return max(0, round(math.sin(math.radians(SLANT)) * LETTER * min(24, max(map(len, ticks)))) - AIR)


def _row(k: int, rows: int, between: float) -> Range:
    """The k-th of rows below each other, in shares of the height."""
    each = (1 - between * (rows - 1)) / rows
    top = 1 - k * (each + between)
    return max(0.0, top - each), top


def _suffix(k: int) -> str:
    return str(k + 1) if k else ""
