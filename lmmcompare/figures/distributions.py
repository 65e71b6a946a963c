"""Small bar charts side by side, one for each column of a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lmmcompare.figures import traces
from lmmcompare.figures.axes import PLAIN, Look
from lmmcompare.figures.theme import FONT_SIZE, SMALL, page

WIDE, NARROW = 4, 2
FEWEST = 3
"""Bars that have room: a single one is no block."""
ROOM = {True: 24, False: 27}
"""Characters that fit side by side below the bars of a panel: on a phone, and on a small screen that is none."""
PANEL_HEIGHT, GAP = 72, 64
TOP, BOTTOM, SIDE = 44, 26, 12


def small_bars(frame: pd.DataFrame, *, look: Look = PLAIN) -> go.Figure:
    """Draw each panel's bars on axes of its own, from zero to its tallest.

    Parameters
    ----------
    frame : DataFrame
        ``panel, note, label, count, tick``, a row for each bar in order: the panel's title and what stands below it, what the
        bar stands for, its rows, and the name below it or "".
    look : Look
    """
    parts = list(frame.groupby("panel", sort=False))
    columns = min(NARROW if look.narrow else WIDE, max(len(parts), 1))
    rows = max(1, -(-len(parts) // columns))
    room = rows * (PANEL_HEIGHT + GAP) - GAP
    data: list[traces.Trace] = []
    layout: dict[str, Any] = {"margin": {"l": SIDE, "r": SIDE, "t": TOP, "b": BOTTOM}, "bargap": 0.08}
    notes: list[dict[str, Any]] = []
    for i, (name, part) in enumerate(parts):
        number = str(i + 1) if i else ""
        left, width = (i % columns) / columns, 1 / columns - 0.04
        top = 1 - (i // columns) * (PANEL_HEIGHT + GAP) / room
        n = len(part)
        named = np.flatnonzero(part["tick"].to_numpy(object) != "")
        ends = n > FEWEST  # named at its ends only, within its own width: neighbours' numbers do not meet
        longest = ROOM[look.narrow] // (2 if ends else FEWEST) - 1
        layout[f"xaxis{number}"] = {
            "domain": [left, left + width],
            "anchor": f"y{number}",
            "range": [-0.6, max(n, FEWEST) - 0.4],
            "tickmode": "array",
            "tickvals": [] if ends else named.tolist(),
            "ticktext": [traces.safe(text, longest) for text in part["tick"].iloc[[] if ends else named]],
            "tickangle": 0,
            "showgrid": False,
            "fixedrange": True,
        }
        layout[f"yaxis{number}"] = {
            "domain": [max(0.0, top - PANEL_HEIGHT / room), min(1.0, top)],
            "anchor": f"x{number}",
            "range": [0, max(float(part["count"].max()), 1.0) * 1.03],
            "visible": False,
            "fixedrange": True,
        }
        data.append(
            {
                "type": "bar",
                "x": np.arange(n),
                "y": part["count"].to_numpy(float),
                "xaxis": f"x{number}",
                "yaxis": f"y{number}",
                "marker": {"color": page(look.dark).muted},
                "hovertext": [traces.safe(label) for label in part["label"]],
                "hovertemplate": f"<b>{traces.safe(name)}</b> %{{hovertext}}<br>%{{y:,}}<extra></extra>",
            }
        )
        place = {"xref": "paper", "x": left, "xanchor": "left", "yref": "paper", "y": top, "showarrow": False}
        note = str(part["note"].iloc[0])
        ink = page(look.dark)
        notes.append(
            place
            | {
                "text": f"<b>{traces.safe(name, 18 if look.narrow else 26)}</b>",
                "yanchor": "bottom",
                "yshift": 14 if note else 2,
                "font": {"size": FONT_SIZE, "color": ink.text},
            }
        )
        for k in named if ends else ():
            at = left if k == 0 else left + width
            end = {"x": at, "xanchor": "right" if k else "left", "y": max(0.0, top - PANEL_HEIGHT / room)}
            text = traces.safe(part["tick"].iloc[k], longest)
            below = {"yanchor": "top", "yshift": -2, "font": {"size": SMALL, "color": ink.muted}}
            notes.append(place | end | below | {"text": text})
        if note:
            small = {"size": SMALL, "color": ink.muted}
            short = traces.safe(note, 26 if look.narrow else 36)
            notes.append(place | {"text": short, "yanchor": "bottom", "yshift": 0, "font": small})
    layout["annotations"] = notes
    named_panels = ", ".join(str(name) for name, _ in parts[:12])
    alt = f"{len(parts)} small bar charts of how many rows have which values: {named_panels}."
    return traces.figure(data, layout, dark=look.dark, alt=alt, height=TOP + BOTTOM + room)
