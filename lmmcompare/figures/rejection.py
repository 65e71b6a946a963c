"""Each model's rejection rate and coverage with Monte Carlo error bars, against their nominal values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..text.numbers import rate
from .axes import PLAIN, Look
from .axis_layout import Range, axis, row_axis, row_height
from .escaped_text import safe, wrapped
from .figure import figure
from .model_marks import model_marker
from .theme import MODELS, PAGE, SMALL
from .traces import Trace, monte_carlo_words

ROW = 30
TOP, BOTTOM = 60, 26
GAP, NARROW_GAP = 0.28, 0.36
"""Between panels, for the values in figures: 45 px on the smallest phone."""
VALUES = 56


@dataclass(frozen=True)
class Panel:
    """A share of all studies, a panel of its own.

    Parameters
    ----------
    measure : str
        The frame's column; its Monte Carlo standard error is in the column that ends in ``_mcse``.
    nominal : float
        What a right model has; NaN where there is no such thing.
    limits : tuple
        Of the axis, fixed by the caller so that nothing jumps when more studies come.
    """

    measure: str
    title: str
    nominal: float
    limits: Range


def share_figure(frame: pd.DataFrame, panels: Sequence[Panel], *, look: Look = PLAIN) -> go.Figure:
    """Draw shares as dots with 95% Monte Carlo intervals, a row per model, panels side by side.

    Parameters
    ----------
    frame : DataFrame
        ``model, label`` and each panel's measure with its ``_mcse``, from the top down.
    """
    rows, base = list(frame.itertuples()), np.arange(len(frame), dtype=float)
    gap = NARROW_GAP if look.narrow else GAP
    wide = (1 - gap * (len(panels) - 1)) / max(len(panels), 1)
    labels = ["<br>".join(wrapped(row.label, 17)) for row in rows]
    room = row_height(labels, ROW) * max(len(rows), 1)
    data: list[Trace] = []
    layout: dict[str, Any] = {"margin": {"l": 10, "r": VALUES, "t": TOP, "b": BOTTOM}, "shapes": [], "annotations": []}
    for i, panel in enumerate(panels):
        suffix = str(i + 1) if i else ""
        start = i * (wide + gap)
        share = frame[panel.measure].to_numpy(float)
        reach = 1.96 * frame[f"{panel.measure}_mcse"].to_numpy(float)
        place = {"xaxis": f"x{suffix}", "yaxis": "y"}
        data += [place | trace for trace in _dots(rows, share, reach, base, panel)]
        layout[f"xaxis{suffix}"] = axis("", panel.limits) | {
            "domain": [start, start + wide],
            "anchor": "y",
            "fixedrange": True,
            "tickangle": 0,
            **_ticks(panel.limits, look.narrow),
        }
        layout["shapes"] += _nominal(panel, suffix)
        title = {"xref": "paper", "x": start, "xanchor": "left", "yref": "paper", "y": 1, "yanchor": "bottom"}
        layout["annotations"] += _values(share, start + wide)
        layout["annotations"].append(
            {"text": panel.title, "align": "left", "showarrow": False, "yshift": 6, "font": {"size": SMALL + 0.5}}
            | title
        )
    layout["yaxis"] = row_axis(labels, (len(rows) - 0.4, -0.6))
    return figure(data, layout, alt=_described(frame, panels), height=look.height or TOP + BOTTOM + room)


def _values(share: np.ndarray, end: float) -> list[dict[str, Any]]:
    """The shares in figures, in a column of their own."""
    where = {"xref": "paper", "x": end, "xanchor": "left", "xshift": 6, "showarrow": False}
    font = {"size": SMALL + 0.5, "color": PAGE.text}
    short = [rate(value).replace("over ", ">").replace("under ", "&lt;") for value in share]
    return [{"text": text, "y": at, "font": font} | where for at, text in enumerate(short)]


def _ticks(limits: Range, narrow: bool) -> dict[str, Any]:
    """Round shares inside an axis, and 0% or 100% at its end; no other ends, where a neighbour's would touch them.

    On a ``narrow`` page an axis is 70 px long, and has room for another tick at least 0.6 of that away.
    """
    low, high = limits
    step = next(s for s in (0.02, 0.05, 0.1, 0.2, 0.5) if (high - low) / s <= 2.01 or s == 0.5)
    ticks = np.arange(np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9) + 1) * step
    inside = 0.08 * (high - low)
    keep = [abs(round(float(t), 6)) for t in ticks if round(t, 6) in (0, 1) or low + inside < t < high - inside]
    if narrow:
        keep = [t for t in keep if t == keep[-1] or keep[-1] - t > 0.6 * (high - low)]
    return {"tickmode": "array", "tickvals": keep, "ticktext": [f"{t:.0%}" for t in keep]}


def _dots(rows: list[Any], share: np.ndarray, reach: np.ndarray, base: np.ndarray, panel: Panel) -> list[Trace]:
    """The intervals, then the dots."""
    bars: list[Trace] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": np.clip([value - error, value + error], 0, 1),
            "y": [at, at],
            "line": {"color": MODELS[row.model].colour, "width": 3},
            "hoverinfo": "skip",
        }
        for row, value, error, at in zip(rows, share, reach, base, strict=True)
        if np.isfinite(value + error)
    ]
    dots: Trace = {
        "type": "scatter",
        "mode": "markers",
        "x": share,
        "y": base,
        "cliponaxis": False,
        "hovertext": [
            f"<b>{safe(row.label)}</b><br>{safe(panel.title.replace('<br>', ' '))}: {rate(value)}"
            f"<br>{monte_carlo_words(rate(max(value - error, 0)), rate(min(value + error, 1)))}"
            for row, value, error in zip(rows, share, reach, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": model_marker([row.model for row in rows], 10),
    }
    return [*bars, dots]


def _nominal(panel: Panel, suffix: str) -> list[dict[str, Any]]:
    if not np.isfinite(panel.nominal):
        return []
    line = {"color": PAGE.text, "width": 1.5, "dash": "dot"}
    across = {"x0": panel.nominal, "x1": panel.nominal, "y0": 0, "y1": 1, "yref": "paper", "layer": "below"}
    return [{"type": "line", "xref": f"x{suffix}", "line": line} | across]


def _described(frame: pd.DataFrame, panels: Sequence[Panel]) -> str:
    parts = []
    for panel in panels:
        listed = "; ".join(f"{row['label']} {rate(float(row[panel.measure]))}" for _, row in frame.iterrows())
        against = f" against {rate(panel.nominal)}" if np.isfinite(panel.nominal) else ""
        parts.append(f"{panel.title.replace('<br>', ' ')}{against}: {listed}.")
    return " ".join(parts)
