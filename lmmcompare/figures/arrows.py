"""The arrows of shrinkage, from each group's own estimate to the partially pooled one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..model_catalogue import Model
from ..text.labels import group_phrase
from ..text.numbers import number, percent
from . import traces
from .axes import Look
from .axis_layout import Range
from .escaped_text import safe
from .theme import MODELS, PAGE
from .traces import Trace

CROWD = 120
OWN, POPULATION = MODELS[Model.NO_POOLING], MODELS["population"]


def arrows(
    own: tuple[np.ndarray, np.ndarray],
    pooled: tuple[np.ndarray, np.ndarray],
    spans: Range,
    part: pd.DataFrame,
    hover: Sequence[str],
    look: Look,
) -> list[Trace]:
    """Shafts and heads as one trace with gaps (a highlighted one apart), then the groups' own estimates and the model's.

    A head's angle is that of its shaft on the screen, and it stops at the rim of the model's mark. Short arrows and a
    crowd of them go without heads. ``spans`` are the widths of the two axes' ranges.
    """
    crowd = len(part) > CROWD
    size = traces.sizes(part["n"]) * (0.45 if crowd else 1.0)
    display = strength(part["group"], look.highlight)
    long = np.hypot((pooled[0] - own[0]) / spans[0], (pooled[1] - own[1]) / spans[1]) > 0.035

    kind = traces.scatter_type(len(part))  # one for all: WebGL is drawn below SVG
    chosen = (part["group"] == look.highlight).to_numpy(bool)
    faded = 0.35 if chosen.any() else 0.5 if crowd else 0.9
    lines = []
    for keep, opacity in ((~chosen, faded), (chosen, 1.0))[: 1 + chosen.any()]:
        heads = None if crowd else (np.where(long[keep], 8.0, 0.0), size[keep] / 2 + 1)
        shaft = _shafts([at[keep] for at in own], [at[keep] for at in pooled], heads, PAGE.muted)
        names = traces.gapped_names(part["group"][keep])
        lines.append(shaft | {"type": kind, "customdata": names, "opacity": opacity})
    shared: Trace = {
        "type": kind,
        "mode": "markers",
        "customdata": part["group"].to_list(),
        "hovertext": list(hover),
        "hovertemplate": "%{hovertext}<extra></extra>",
        "showlegend": False,
    }
    edge = {"color": PAGE.background, "width": 0 if crowd else 0.75}
    marks, legend = [], []
    for (x, y), style, name, share in ((own, OWN, "own estimate", 0.9), (pooled, look.style, "partially pooled", 1.1)):
        of_style = {"symbol": style.symbol, "color": style.colour}
        marker = {"size": size * share, "opacity": display, "line": edge} | of_style
        marks.append(shared | {"x": x, "y": y, "marker": marker})
        legend.append(traces.legend_only(name, marker=of_style | {"size": 8}))
    return [*lines, *marks, *legend]


def _shafts(
    own: Sequence[np.ndarray], pooled: Sequence[np.ndarray], heads: tuple[np.ndarray, np.ndarray] | None, ink: str
) -> Trace:
    """Lines with gaps between them; with heads of these sizes, which stop so far before the ends."""
    line: Trace = {
        "mode": "lines",
        "x": traces.interleave(own[0], pooled[0]),
        "y": traces.interleave(own[1], pooled[1]),
        "line": {"color": ink, "width": 0.75 if heads is None else 1.5},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    if heads is None:
        return line
    tips = {"symbol": "arrow", "angleref": "previous", "color": ink, "opacity": 1, "line": {"width": 0}}
    none = np.zeros(len(own[0]))
    tips["size"], tips["standoff"] = (np.column_stack([none, of, none]).ravel() for of in heads)
    return line | {"mode": "lines+markers", "marker": tips}


def population(values: np.ndarray, rows: np.ndarray) -> Trace:
    """The population value: one dashed line, or a tick for each group where it differs between groups."""
    colour = POPULATION.colour
    if not len(values) or np.ptp(values) > 1e-9 * max(1.0, float(np.abs(values).max())):
        look = {"symbol": "line-ns-open", "size": 12, "line": {"width": 1.5, "color": colour}, "color": colour}
        where: Trace = {"mode": "markers", "x": values, "y": rows, "marker": look}
    else:
        line = {"color": colour, "width": 2, "dash": POPULATION.dash}
        where = {"mode": "lines", "x": [values[0]] * 2, "y": [-0.8, len(rows) - 0.2], "line": line}
    return {"type": "scatter", "name": "population", "hoverinfo": "skip"} | where


def centre(x: pd.Series, y: pd.Series) -> Trace:
    """The population values of two terms, as crosses in their plane."""
    ends = pd.DataFrame({"x": x, "y": y}).drop_duplicates()
    look = {"symbol": "cross-thin-open", "size": 13, "color": POPULATION.colour, "line": {"width": 2.5}}
    text = [f"<b>population</b><br>{number(a)}, {number(b)}" for a, b in zip(ends["x"], ends["y"], strict=True)]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "population",
        "x": ends["x"].to_numpy(float),
        "y": ends["y"].to_numpy(float),
        "hovertext": text,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": look,
    }


def pull(row: Any, term: str, group_name: str) -> str:
    """The hover text of an arrow; without the group's name where that is shown already."""
    words = (
        f"<b>{safe(group_phrase(group_name, row.group))}</b>, n = {number(row.n, decimals=0)}<br>" if group_name else ""
    )
    if not np.isfinite(row.own):
        return f"{words}{safe(term)}: no estimate of its own \N{RIGHTWARDS ARROW} {number(row.pooled)}"
    return f"{words}{safe(term)}: {number(row.own)} \N{RIGHTWARDS ARROW} {number(row.pooled)}"


def share_line(row: Any) -> str:
    """How much of its distance from the population a group keeps, on a line of its own; nothing where that is unknown."""
    return f"<br>keeps {percent(row.share)} of its distance from the common line" if np.isfinite(row.share) else ""


def strength(groups: pd.Series, highlight: str | None) -> list[float] | float:
    """Opacities that dim every group but the highlighted one."""
    if highlight is None or not (groups == highlight).any():
        return 1.0
    return [1.0 if group == highlight else 0.2 for group in groups]
