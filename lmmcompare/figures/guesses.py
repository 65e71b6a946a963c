"""Where a class guesses that the mixed model's line will fall: one reader's line, and the histogram of all guesses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..arrays import Array
from ..model_catalogue import Model
from ..text.numbers import number
from . import line_frame
from .axes import PLAIN, Axes, Look
from .axis_layout import Range, axis
from .escaped_text import safe
from .figure import figure
from .theme import FONT_SIZE, MODELS, PAGE, model_label
from .traces import Trace

HEIGHT = 340
N_BINS = 24
GUESS = "guess"
ROOM = 1.18
"""The height of the axis over that of the highest bin: names of the lines stand above."""


@dataclass(frozen=True)
class Turns:
    """The slopes that a guess can have: ``steps`` of one ``size`` above the lowest, shown with so many decimals."""

    low: float
    size: float
    steps: int
    decimals: int


def guess_line(
    points: pd.DataFrame,
    middle: tuple[float, float],
    slopes: Mapping[str, float],
    axes: Axes,
    turns: Turns | None = None,
    *,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw the points, and lines of given slopes through their middle: OLS's and the guess.

    Parameters
    ----------
    points : DataFrame
        ``x``, ``y``.
    middle : (float, float)
    slopes : mapping
        Model or "guess" to its slope.
    turns : Turns, optional
        How far a reader can turn the guess in the figure (``static/guess.js``); not at all when left out.
    """
    at, level = middle
    dots: Trace = {
        "type": "scatter",
        "mode": "markers",
        "x": points["x"].to_numpy(float),
        "y": points["y"].to_numpy(float),
        "marker": {"size": 7, "color": PAGE.muted, "opacity": 0.7},
        "hoverinfo": "skip",
        "name": "a row",
    }
    ends = np.array(axes.data_x_range or axes.x_range)
    lines: list[Trace] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": ends,
            "y": level + slope * (ends - at),
            "name": "your guess" if name == GUESS else model_label(name),
            "line": _line(name),
            "hoverinfo": "skip",
        }
        for name, slope in slopes.items()
    ]
    layout = {
        "margin": {"l": 48, "r": 14, "t": 62, "b": 46},
        "xaxis": axis(axes.x_label, axes.x_range, axes.x_ticks) | {"fixedrange": True},
        "yaxis": axis(axes.y_label, axes.y_range) | {"fixedrange": True},
        "showlegend": True,
    }
    words = ", ".join(f"{'your guess' if n == GUESS else model_label(n)} {number(s)}" for n, s in slopes.items())
    alt = f"{safe(axes.y_label)} against {safe(axes.x_label)}, with lines of these slopes: {words}."
    if turns is not None:
        place = {
            "trace": 1 + list(slopes).index(GUESS),
            "start": slopes[GUESS],
            "middle": [at, level],
            "ends": ends.tolist(),
        }
        layout["meta"] = {"alt": alt, "guess": place | asdict(turns)}
    return figure([dots, *lines], layout, alt=alt, height=look.height or HEIGHT)


def histogram(
    guesses: Array, limits: Range, values: Mapping[str, float], *, x_label: str, decimals: int, look: Look = PLAIN
) -> go.Figure:
    """Draw how many guess what, with lines at the models' own values.

    Parameters
    ----------
    guesses : (n,) array
    limits : (float, float)
        The guesses that are taken.
    values : mapping
        Model to its value.
    decimals : int
        Of the values.
    """
    counts, edges = np.histogram(guesses, N_BINS, limits)
    most = max(int(counts.max(initial=0)), 1)
    bars: Trace = {
        "type": "bar",
        "x": (edges[:-1] + edges[1:]) / 2,
        "y": counts,
        "width": 0.92 * (edges[1] - edges[0]),
        "marker": {"color": PAGE.muted},
        "hovertemplate": "%{y} near %{x}<extra></extra>",
        "name": "guesses",
    }
    lines: list[Trace] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [value, value],
            "y": [0, ROOM * most],
            "line": _line(name),
            "hoverinfo": "skip",
            "name": name,
        }
        for name, value in values.items()
    ]
    annotations = [
        {
            "x": value, "y": 1.0, "yref": "paper", "yanchor": "bottom", "showarrow": False, "yshift": 18 * k,
            "text": f"{safe(model_label(name))} <b>{number(value, decimals=decimals)}</b>",
            "font": {"size": FONT_SIZE, "color": MODELS[name].colour},
        }
        for k, (name, value) in enumerate(values.items())
    ]  # fmt: skip
    layout = {
        "margin": {"l": 48, "r": 14, "t": 14 + 20 * len(values), "b": 46},
        "xaxis": axis(x_label, limits) | {"fixedrange": True},
        "yaxis": axis("guesses", (0.0, ROOM * most))
        | {"fixedrange": True, "dtick": max(1, most // 4), "tickformat": "d"},
        "annotations": annotations,
        "showlegend": False,
        "bargap": 0,
    }
    words = ", ".join(f"{model_label(name)} {number(value, decimals=decimals)}" for name, value in values.items())
    middle = f", half of them above {number(float(np.median(guesses)), decimals=decimals)}" if len(guesses) else ""
    alt = f"Histogram of {len(guesses)} guesses of {safe(x_label)}{middle}; {words}."
    height = (
        look.height or line_frame.HEIGHT
    )  # as the figures of the steps before and after, so that the step's buttons stay
    return figure([bars, *lines], layout, alt=alt, height=height)


def _line(name: str) -> Trace:
    if name == GUESS:
        return {"color": PAGE.text, "width": 4, "dash": "dot"}
    style = MODELS[Model(name)]
    return {"color": style.colour, "width": 3, "dash": style.dash}
