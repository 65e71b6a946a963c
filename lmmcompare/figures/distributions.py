"""Small bar charts side by side, one for each column of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from . import traces
from .axes import PLAIN, Look
from .escaped_text import safe
from .figure import figure
from .theme import FONT_SIZE, PAGE, SMALL

WIDE, NARROW = 4, 2
FEWEST = 3
"""Bars that have room: a single one is no block."""
ROOM = {True: 24, False: 27}
"""Characters that fit side by side below the bars of a panel: on a phone, and on a small screen that is none."""
PANEL_HEIGHT, GAP = 72, 64
TOP, BOTTOM, SIDE = 44, 26, 12


@dataclass(frozen=True)
class _Place:
    """Where a panel stands, in shares of the figure, and how its bars are labelled."""

    number: str
    """The number of its axes, as plotly counts them: "" for the first."""
    left: float
    width: float
    top: float
    bottom: float
    ends: bool
    """Whether only the first and the last bar are labelled, within the panel's own width: neighbours' labels do not meet then."""
    longest: int
    """Characters of a label."""


def small_bars(frame: pd.DataFrame, *, look: Look = PLAIN) -> go.Figure:
    """Draw each panel's bars on axes of its own, from zero to its tallest.

    Parameters
    ----------
    frame : DataFrame
        ``panel, note, label, count, tick``, a row for each bar in order: the panel's title and what stands below it, what the
        bar stands for, its rows, and the name below it or "".
    """
    parts = list(frame.groupby("panel", sort=False))
    columns = min(NARROW if look.narrow else WIDE, max(len(parts), 1))
    rows = max(1, -(-len(parts) // columns))
    room = rows * (PANEL_HEIGHT + GAP) - GAP
    data: list[traces.Trace] = []
    layout: dict[str, Any] = {"margin": {"l": SIDE, "r": SIDE, "t": TOP, "b": BOTTOM}, "bargap": 0.08}
    notes: list[dict[str, Any]] = []
    for i, (name, part) in enumerate(parts):
        top, ends = 1 - (i // columns) * (PANEL_HEIGHT + GAP) / room, len(part) > FEWEST
        place = _Place(
            number=str(i + 1) if i else "",
            left=(i % columns) / columns,
            width=1 / columns - 0.04,
            top=top,
            bottom=max(0.0, top - PANEL_HEIGHT / room),
            ends=ends,
            longest=ROOM[look.narrow] // (2 if ends else FEWEST) - 1,
        )
        layout |= _axes(part, place)
        data.append(_bars(str(name), part, place.number))
        notes += _texts(str(name), part, place, look)
    layout["annotations"] = notes
    named_panels = ", ".join(str(name) for name, _ in parts[:12])
    alt = f"{len(parts)} small bar charts of how many rows have which values: {named_panels}."
    return figure(data, layout, alt=alt, height=TOP + BOTTOM + room)


def _axes(part: pd.DataFrame, place: _Place) -> dict[str, Any]:
    named = [] if place.ends else _labelled(part)
    return {
        f"xaxis{place.number}": {
            "domain": [place.left, place.left + place.width],
            "anchor": f"y{place.number}",
            "range": [-0.6, max(len(part), FEWEST) - 0.4],
            "tickmode": "array",
            "tickvals": named,
            "ticktext": [safe(text, place.longest) for text in part["tick"].iloc[named]],
            "tickangle": 0,
            "showgrid": False,
            "fixedrange": True,
        },
        f"yaxis{place.number}": {
            "domain": [place.bottom, min(1.0, place.top)],
            "anchor": f"x{place.number}",
            "range": [0, max(float(part["count"].max()), 1.0) * 1.03],
            "visible": False,
            "fixedrange": True,
        },
    }


def _bars(name: str, part: pd.DataFrame, number: str) -> traces.Trace:
    return {
        "type": "bar",
        "x": np.arange(len(part)),
        "y": part["count"].to_numpy(float),
        "xaxis": f"x{number}",
        "yaxis": f"y{number}",
        "marker": {"color": PAGE.muted},
        "hovertext": [safe(label) for label in part["label"]],
        "hovertemplate": f"<b>{safe(name)}</b> %{{hovertext}}<br>%{{y:,}}<extra></extra>",
    }


def _texts(name: str, part: pd.DataFrame, place: _Place, look: Look) -> list[dict[str, Any]]:
    """A panel's title, the labels of its ends, and its note."""
    note = str(part["note"].iloc[0])
    small = {"size": SMALL, "color": PAGE.muted}
    at = {"xref": "paper", "x": place.left, "xanchor": "left", "yref": "paper", "y": place.top, "showarrow": False}
    title = at | {
        "text": f"<b>{safe(name, 18 if look.narrow else 26)}</b>",
        "yanchor": "bottom",
        "yshift": 14 if note else 2,
        "font": {"size": FONT_SIZE, "color": PAGE.text},
    }
    labels = [
        at
        | {
            "text": safe(part["tick"].iloc[k], place.longest),
            "x": place.left + place.width if k else place.left,
            "xanchor": "right" if k else "left",
            "y": place.bottom,
            "yanchor": "top",
            "yshift": -2,
            "font": small,
        }
        for k in (_labelled(part) if place.ends else ())
    ]
    short = safe(note, 26 if look.narrow else 36)
    below = [at | {"text": short, "yanchor": "bottom", "yshift": 0, "font": small}] if note else []
    return [title, *labels, *below]


def _labelled(part: pd.DataFrame) -> list[int]:
    """The bars that have a label."""
    return np.flatnonzero(part["tick"].to_numpy(object) != "").tolist()
