"""The dial's layout: where its panels stand, the axis of the variance ratio, and the slider along it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..model_catalogue import Model
from ..text.numbers import number
from .dial_traces import LIMIT
from .theme import MODELS, PAGE, SMALL

TOP = 34
SLIDER = 54
"""Pixels of the slider with its words."""
START = 0.58
"""Where the right column starts."""


def panels(stacked: bool, height: int) -> tuple[dict[str, Any], float]:
    """The panels' places: lines, coefficient, drop and weight as axes 1 to 4; and where the slider's top is.

    Where they are stacked the slider stands right below the lines that it moves, as not all of them may be in sight.
    """
    left, right = (50, 14) if stacked else (56, 20)
    below = 34 if stacked else 50
    room = height - TOP - below

    def rows(*ends: float) -> list[list[float]]:
        """Pixel distances from the top, as domains."""
        return [[1 - low / room, 1 - high / room] for high, low in zip(ends[::2], ends[1::2], strict=True)]

    if stacked:
        start = 0.0
        lines = 0.39 * room
        strip = lines + 50
        handle = strip + 46
        curve = handle + SLIDER + 24
        free = room - curve - 22
        first, weight, second, third = rows(
            0, lines, strip, handle, curve, curve + 0.58 * free, curve + 0.58 * free + 22, room
        )
    else:
        start = START
        bottom = room - 30
        free = bottom - 46 - 26 - 24
        first, weight, second, third = rows(0, room, 0, 46, 72, 72 + 0.6 * free, 96 + 0.6 * free, bottom)
        handle = bottom + 28
    across = {"1": [0.0, 1.0 if stacked else 0.5], "2": [start, 1.0], "3": [start, 1.0], "4": [start, 1.0]}
    layout: dict[str, Any] = {"margin": {"l": left, "r": right, "t": TOP, "b": below}, "barmode": "overlay"}
    for key, domain in zip("1234", (first, second, third, weight), strict=True):
        suffix = "" if key == "1" else key
        layout[f"xaxis{suffix}"] = {"domain": across[key], "anchor": f"y{suffix}", "fixedrange": True}
        layout[f"yaxis{suffix}"] = {
            "domain": np.clip(domain, 0, 1).tolist(),
            "anchor": f"x{suffix}",
            "fixedrange": True,
        }
    layout |= {"showlegend": True, "legend": {"x": 0, "y": 1}}
    return layout, 1 - handle / room


def slider(steps: Sequence[str], chosen: int, short: str, top: float, stacked: bool) -> dict[str, Any]:
    """A slider as long as the axis of the ratio; that axis has the ticks, so its own are not shown."""
    how = {"mode": "immediate", "frame": {"duration": 0, "redraw": False}, "transition": {"duration": 0}}
    start = 0.0 if stacked else START
    within = "variance within" if len(short) < 6 else "within"  # the column is narrow
    prefix = f"variance between {short} \N{DIVISION SIGN} {within}: "
    return {
        "active": chosen,
        "steps": [{"label": label, "method": "animate", "args": [[str(i)], how]} for i, label in enumerate(steps)],
        "x": start,
        "len": 1 - start,
        "y": max(top, -2.0),
        "yanchor": "top",
        "pad": {"l": 0, "r": 0, "t": 0, "b": 0},
        "currentvalue": {
            "prefix": prefix,
            "xanchor": "left",
            "offset": 10,
            "font": {"size": SMALL + 0.5, "color": PAGE.text},
        },
        "font": {"size": 1, "color": "rgba(0,0,0,0)"},
        "ticklen": 0,
        "minorticklen": 0,
        "bgcolor": MODELS[Model.RANDOM_INTERCEPT].colour,
        "activebgcolor": PAGE.text,
        "bordercolor": PAGE.background,
        "borderwidth": 1.5,
        "transition": {"duration": 0},
    }


def title(text: str, axis: str) -> dict[str, Any]:
    """A panel's name above it, on the left."""
    place = {
        "xref": f"x{axis} domain",
        "x": 0,
        "xanchor": "left",
        "yref": f"y{axis} domain",
        "y": 1,
        "yanchor": "bottom",
    }
    return {"text": text, "showarrow": False, "font": {"weight": 600}} | place


def limit(drop: pd.Series, worst: float) -> dict[str, Any]:
    """What the dotted line at this drop means, just below it, at the end where the curve leaves room."""
    near, third = drop.between(LIMIT, LIMIT + 0.3 * worst), len(drop) // 3
    right = near.iloc[:third].sum() > near.iloc[-third:].sum()
    place = {
        "xref": "x3 domain",
        "x": 0.99 if right else 0.01,
        "xanchor": "right" if right else "left",
        "yref": "y3",
        "y": LIMIT,
        "yanchor": "top",
        "yshift": -1,
    }
    font = {"size": SMALL, "color": PAGE.muted}
    return {"text": "above: 95% interval", "showarrow": False, "font": font} | place


def note(text: str) -> dict[str, Any]:
    """A remark in the corner of the panel of lines."""
    place = {"xref": "x domain", "x": 0.01, "xanchor": "left", "yref": "y domain", "y": 0.99, "yanchor": "top"}
    font = {"size": SMALL, "color": PAGE.muted}
    return {"text": text, "showarrow": False, "font": font, "bgcolor": PAGE.background, "opacity": 0.9} | place


def ratio_axis(places: np.ndarray) -> dict[str, Any]:
    """The log axis of the ratio: powers of ten, few enough for a phone, with 0 and infinity at the ends."""
    low, high = np.log10(places[[0, -1]])
    air = 0.03 * (high - low)
    stride = max(1, math.ceil((high - low) / 5))
    powers = [p for p in range(math.ceil(low), math.floor(high) + 1) if p % stride == 0]
    powers = [p for p in powers if min(p - low, high - p) > 0.12 * (high - low)]
    texts = ["0", *(number(10.0**p, 1) for p in powers), "\N{INFINITY}"]
    values = [float(places[0]), *(10.0**p for p in powers), float(places[-1])]
    ticks = {"tickmode": "array", "tickvals": values, "ticktext": texts}
    return {"type": "log", "range": [low - air, high + air]} | ticks
