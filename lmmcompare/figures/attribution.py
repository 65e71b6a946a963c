"""Contributions of each group's rows, and of each group's mean, to the difference between two models' estimates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..text.english import all_of
from ..text.labels import group_phrase
from ..text.numbers import number, percent
from .axes import PLAIN, Look
from .axis_layout import axis, padded, row_axis
from .escaped_text import safe
from .figure import figure
from .theme import PAGE, SMALL, TONES
from .traces import Trace

MOST = 20
"""Groups that have a bar each."""
ROW = 22
TOP, BOTTOM = 34, 50


def attribution_bars(
    frame: pd.DataFrame,
    *,
    term_label: str,
    group_name: str,
    gap: float,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw a bar for each group, made of its part within and its part between, and a mark at their sum.

    The `MOST` groups with the largest totals, either sign, have a bar each, and so has the highlighted one; the others have
    one bar together, at the bottom.

    Parameters
    ----------
    frame : DataFrame
        ``group``, ``n``, ``within``, ``between``, ``total``, ``share`` (of the gap; NaN where there is none).
    gap : float
        What the totals add up to.
    """
    height, highlight = look.height, look.highlight
    rows = _rows(frame, highlight)
    marked = bool((rows["own"] & (rows["group"] == highlight)).any())
    opacity = [
        1.0 if not marked or (own and g == highlight) else 0.35
        for g, own in zip(rows["group"], rows["own"], strict=True)
    ]
    names = _names(rows, len(frame))
    data = _bars(rows, names, opacity, group_name)
    height = height or TOP + BOTTOM + ROW * max(len(rows), 3)
    words = f"adds to the gap in {term_label}"
    if frame["share"].isna().all():
        words = f"pulls on {term_label}, which cancel out: no gap"
    texts = [f"<b>{n}</b>" if marked and strength == 1 else n for n, strength in zip(names, opacity, strict=True)]
    font = {"color": PAGE.text, "size": SMALL}
    layout = {
        "barmode": "relative",
        "margin": {"l": 10, "r": 16, "t": TOP, "b": BOTTOM},
        "showlegend": True,
        "xaxis": axis(words, _limits(rows))
        | {"nticks": 6, "zeroline": True, "zerolinecolor": PAGE.muted, "zerolinewidth": 1, "fixedrange": True},
        "yaxis": row_axis(texts, (len(rows) - 0.4, -0.6), tickfont=font),
    }
    alt = (
        f"What each of {len(frame)} groups ({group_name}) adds to the gap of {number(gap)} between the models in "
        f"{term_label}, split into a part within groups and a part between them; the {int(rows['own'].sum())} largest are shown."
    )
    return figure(data, layout, alt=alt, height=height)


def _names(rows: pd.DataFrame, n_groups: int) -> list[str]:
    """The name of each bar: a group's, or that of all others."""
    rest = n_groups - int(rows["own"].sum())
    others = all_of(rest, "others") if rest > 1 else "the other one"
    return [safe(row.group, 20) if row.own else others for row in rows.itertuples()]


def _bars(rows: pd.DataFrame, names: Sequence[str], opacity: Sequence[float], group_name: str) -> list[Trace]:
    """The two parts of each bar, the one between groups striped, and a mark at their sum."""
    shared: Trace = {
        "y": list(range(len(rows))),
        "customdata": [group if own else None for group, own in zip(rows["group"], rows["own"], strict=True)],
        "hovertext": [_hover(row, name, group_name) for row, name in zip(rows.itertuples(), names, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    between = TONES["between"]
    stripes = {"shape": "/", "fgcolor": TONES["stripes"], "bgcolor": between, "size": 6, "solidity": 0.25}
    looks: dict[str, tuple[str, dict[str, Any]]] = {
        "within": (TONES["within"], {"shape": ""}),
        "between": (between, stripes),
    }
    bars: list[Trace] = [
        {"type": "bar", "orientation": "h", "width": 0.66, "x": rows[part].to_numpy(float), "name": part}
        | {"marker": {"color": tone, "pattern": pattern, "opacity": opacity, "line": {"width": 0}}}
        | shared
        for part, (tone, pattern) in looks.items()
    ]
    ink = PAGE.text
    marker = {
        "symbol": "line-ns-open",
        "size": 15,
        "color": ink,
        "opacity": opacity,
        "line": {"width": 2.5, "color": ink},
    }
    marks: Trace = {"type": "scatter", "mode": "markers", "x": rows["total"].to_numpy(float), "name": "sum"}
    return [*bars, marks | {"cliponaxis": False, "marker": marker} | shared]


def _rows(frame: pd.DataFrame, highlight: str | None) -> pd.DataFrame:
    """The groups with a bar of their own, largest total first, and the sum of the others; ``own`` tells them apart."""
    ordered = frame.assign(own=True).sort_values("total", key=lambda t: t.abs(), ascending=False, kind="stable")
    keep = (np.arange(len(ordered)) < MOST) | (ordered["group"] == highlight).to_numpy(bool)
    display = ordered[keep].sort_values("total", ascending=False, kind="stable")
    others = ordered[~keep]
    if others.empty:
        return display.reset_index(drop=True)
    sums = others[["n", "within", "between", "total", "share"]].sum(skipna=False)
    return pd.concat([display, pd.DataFrame([{"group": "", "own": False, **sums}])], ignore_index=True)


def _limits(rows: pd.DataFrame) -> tuple[float, float]:
    """Wide enough for both parts stacked on either side of zero."""
    parts = rows[["within", "between"]].to_numpy(float)
    low, high = (
        float(np.minimum(parts, 0).sum(axis=1).min(initial=0)),
        float(np.maximum(parts, 0).sum(axis=1).max(initial=0)),
    )
    return padded(low, high)


def _hover(row: Any, name: str, group_name: str) -> str:
    title = safe(group_phrase(group_name, row.group)) if row.own else name
    words = f"<b>{title}</b>, {number(row.n, decimals=0)} rows<br>within {number(row.within)}<br>between {number(row.between)}"
    share = f", {percent(row.share)} of the gap" if np.isfinite(row.share) else ""
    return f"{words}<br>together {number(row.total)}{share}"
