"""Building blocks of all figures: escaped text, lines with gaps, labels without overlap, and the layout."""

from __future__ import annotations

import html
import math
import textwrap
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from .theme import PAGE, SMALL, SVG_LIMIT, template

Trace = dict[str, Any]
Range = tuple[float, float]
NAMED = 60
"""Most groups of which each has a row with its name."""
TWO_LINES = 38
"""Pixels from row to row in which names on two lines do not touch."""
PACKED = {"float64": "f8", "float32": "f4", "int32": "i4", "int8": "i1"}
"""Kinds of numbers that are sent packed, by numpy's name, and plotly's names for them."""


_SIGNS = str.maketrans({sign: f"&#{ord(sign)};" for sign in "{}$"})


def safe(text: object, limit: int = 60) -> str:
    """User text made harmless for plotly: on one line, shortened, and nothing in it read as more than text."""
    return _safe(str(text), limit)


@lru_cache(maxsize=50_000)  # a group's name stands at each of its points
def _safe(text: str, limit: int) -> str:
    return _escape(_shorten(text, limit))


def wrapped(text: object, width: int, limit: int = 200) -> list[str]:
    """User text as escaped lines of at most about ``width`` characters; join them with ``<br>``."""
    return [_escape(line) for line in textwrap.wrap(_shorten(text, limit), width)]


def _escape(text: str) -> str:
    """Escape what plotly reads: HTML tags, ``%{...}`` (in titles and hover), and ``$...$`` (mathematics)."""
    return html.escape(text, quote=False).translate(_SIGNS)


def _shorten(text: object, limit: int) -> str:
    plain = " ".join(str(text).split())
    return plain if len(plain) <= limit else plain[: limit - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


class Columns(dict[str, np.ndarray]):
    """Columns of one length, numbers as floats and all else as objects: where rows are picked often, pandas takes long."""

    @classmethod
    def of(cls, frame: pd.DataFrame | Columns) -> Columns:
        """The columns of a frame; columns are given back as they are."""
        if isinstance(frame, Columns):
            return frame
        return cls(
            {
                str(name): column.to_numpy(float if pd.api.types.is_numeric_dtype(column) else object)
                for name, column in frame.items()
            }
        )

    def where(self, rows: np.ndarray) -> Columns:
        """Some of the rows, by mask or number."""
        return Columns({name: column[rows] for name, column in self.items()})


def each_group(groups: np.ndarray, colours: Mapping[str, str], other: str) -> np.ndarray:
    """Each row's colour by its group; ``other`` where the group has none."""
    return np.array([colours.get(group, other) for group in groups], dtype=object)


def coloured(codes: np.ndarray, colours: Sequence[str]) -> dict[str, Any]:
    """A marker's colours, each row's by its code: as numbers on a scale of just these, which take little to send."""
    kinds = list(dict.fromkeys(colours))
    if len(kinds) <= 1 or len(kinds) > np.iinfo(np.int8).max:
        return {"color": kinds[0] if len(kinds) == 1 else np.array(colours, dtype=object)[codes].tolist()}
    last = len(kinds) - 1
    scale = [[k / last, colour] for k, colour in enumerate(kinds)]
    each = np.array([kinds.index(colour) for colour in colours], dtype=np.int8)
    return {"color": each[codes], "colorscale": scale, "cmin": 0, "cmax": last}


def rounded(values: np.ndarray) -> np.ndarray:
    """Numbers in single precision, where that is enough for the resolution of a screen."""
    far, span = np.abs(values).max(initial=0.0), np.ptp(values) if len(values) else 0.0
    return values.astype(np.float32) if far <= 100 * span else values


def gapped(lines: Columns, columns: Sequence[str]) -> dict[str, np.ndarray]:
    """Lay contiguous lines end to end with one gap (NaN, or "" for text) after each line.

    A line ends where ``model``, ``kind``, ``group`` or ``level`` changes, so one trace draws any number of lines.
    """
    new = np.zeros(max(len(lines["group"]) - 1, 0), dtype=bool)
    for name in ("model", "kind", "group", "level")[: 4 if "level" in lines else 3]:
        new |= (lines[name][1:] != lines[name][:-1]).astype(bool)
    ends = np.flatnonzero(new) + 1
    return {name: np.insert(lines[name], ends, np.nan if lines[name].dtype == float else "") for name in columns}


def line_per_group(lines: Columns, hover: str) -> Trace:
    """One trace of many groups' lines, each telling its group to the reader who points at it or clicks it."""
    return _of_groups(gapped(lines, ["x", "y", "group"]), slice(None), hover)


def lines_by_colour(lines: Columns, tint: np.ndarray, hover: str) -> dict[str, Trace]:
    """`line_per_group` of each colour in order of appearance; ``tint`` gives each row's."""
    ends = gapped(Columns(lines, colour=tint), ["x", "y", "group", "colour"])
    codes, colours = pd.factorize(ends["colour"])
    gap = np.flatnonzero(ends["colour"] == "")
    codes[gap] = codes[gap - 1]  # a gap goes with the line before it
    result = {}
    for k in np.flatnonzero(colours != ""):
        mine = np.flatnonzero(codes == k)
        if mine[-1] in gap:
            mine = mine[:-1]
        result[str(colours[k])] = _of_groups(ends, mine, hover)
    return result


def _of_groups(ends: Mapping[str, np.ndarray], members: slice | np.ndarray, hover: str) -> Trace:
    group = ends["group"][members].tolist()
    return {
        "mode": "lines",
        "x": ends["x"][members],
        "y": ends["y"][members],
        "customdata": group,
        "hovertext": [safe(name) for name in group],
        "hovertemplate": hover,
    }


def tick_names(x: np.ndarray, ticks: Mapping[float, str]) -> np.ndarray:
    """The name of the tick nearest to each (jittered) x."""
    codes = np.array(list(ticks), dtype=float)
    names = np.array([safe(name) for name in ticks.values()], dtype=object)
    return names[np.abs(x[:, None] - codes).argmin(axis=1)]


def interleave(*columns: Sequence[float] | np.ndarray | pd.Series) -> np.ndarray:
    """Columns a, b, ... become a0, b0, ..., NaN, a1, b1, ..., NaN: many short lines in one trace."""
    stacked = np.stack([np.asarray(column, float) for column in columns], axis=1)
    return np.column_stack([stacked, np.full(len(stacked), np.nan)]).ravel()


def gapped_names(groups: Sequence[str] | pd.Series) -> list[str]:
    """The groups of `interleave` of two columns: each at both ends of its line, and none in the gap."""
    return [name for group in groups for name in (group, group, "")]


def scatter_type(rows: int) -> str:
    """SVG while it is quick, WebGL above."""
    return "scatter" if rows <= SVG_LIMIT else "scattergl"


def sizes(n: pd.Series, smallest: float = 5, largest: float = 12) -> np.ndarray:
    """Marker diameters by the square root of ``n``, so that areas compare."""
    root = np.sqrt(n.to_numpy(float))
    top = root.max() if len(root) else 1.0
    return np.clip(largest * root / top, smallest, largest) if np.ptp(root) > 0 else np.full(len(root), 8.0)


def legend_only(name: str, **look: Any) -> Trace:
    """A trace without points that carries one entry of the legend, at full strength whatever is dimmed."""
    entry = {"type": "scatter", "x": [None], "y": [None], "name": safe(name), "showlegend": True}
    return entry | {"mode": "lines" if "line" in look else "markers"} | look


def group_axis(groups: Sequence[object], group_name: str) -> dict[str, Any]:
    """An axis with a row for each group, named where there is room."""
    many, edge = len(groups) > NAMED, max(0.8, len(groups) / 60)  # marks of thin rows are higher than these
    return axis(group_name, (-edge, len(groups) - 1 + edge)) | {
        "tickmode": "array",
        "tickvals": [] if many else list(range(len(groups))),
        "ticktext": [] if many else [safe(group, 20) for group in groups],
        "automargin": True,
        "showline": False,
        "showgrid": False,
    }


def row_axis(
    texts: Sequence[str], limits: Range, *, places: Sequence[float] | None = None, **more: Any
) -> dict[str, Any]:
    """An axis of rows from the top down, each with its text, which may be HTML."""
    return {
        "range": list(limits),
        "tickmode": "array",
        "tickvals": list(range(len(texts))) if places is None else list(places),
        "ticktext": list(texts),
        "tickfont": {"color": PAGE.text, "size": SMALL + 0.5},
        "automargin": True,
        "showgrid": False,
        "showline": False,
        "fixedrange": True,
    } | more


def row_height(texts: Sequence[str], usual: int) -> int:
    """The height of each row in pixels: two names on two lines each, one below the other, need more room than a mark does."""
    crowded = any("<br>" in first and "<br>" in second for first, second in pairwise(texts))
    return max(usual, TWO_LINES) if crowded else usual


def padded(low: float, high: float, share: float = 0.06) -> Range:
    """A range with a little air on both sides; a range of no width, or none at all, gets one."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return (0.0, 1.0)
    span = (high - low) or abs(high) or 1.0
    return (low - share * span, high + share * span)


def spread(wanted: Sequence[float], gaps: Sequence[float], low: float, high: float) -> list[float]:
    """Move positions as little as need be (in squares) so that neighbours keep their distance and all stay inside.

    ``gaps[i]`` is the room that item i takes, centred on it. Too many items for the room share it evenly.
    """
    order = np.argsort(wanted, kind="stable")
    room = sum(gaps)
    half = np.asarray(gaps, float)[order] / 2 * (min(1.0, (high - low) / room) if room > 0 else 1.0)
    # where each would be if all stood side by side: what is left of the positions need only not decrease
    side_by_side = np.cumsum(2 * half) - half
    blocks: list[tuple[float, int]] = []  # mean and number of items that stand side by side
    for rest in np.asarray(wanted, float)[order] - side_by_side:
        mean, n = float(rest), 1
        while blocks and blocks[-1][0] > mean:
            before, m = blocks.pop()
            mean, n = (before * m + mean * n) / (m + n), m + n
        blocks.append((mean, n))
    start = np.repeat([mean for mean, _ in blocks], [n for _, n in blocks])
    placed = np.empty(len(order))
    placed[order] = np.clip(start, low, high - 2 * half.sum()) + side_by_side
    return [float(at) for at in placed]


def axis(title: str, limits: Range | None, ticks: Mapping[float, str] | None = None, **more: Any) -> dict[str, Any]:
    """An axis with a plain title, a fixed range, and numbers with as many digits as the range can show."""
    out: dict[str, Any] = {"title": {"text": safe(title)}, **more}
    if limits is not None:
        span = abs(limits[1] - limits[0]) or 1.0
        out |= {"range": list(limits), "autorange": False}
        if span >= 1e-3 and max(map(abs, limits)) < 1e6:
            decimals = min(8, max(0, 3 - math.floor(math.log10(span))))
            comma = "," if max(map(abs, limits)) >= 1e4 else ""  # four digits may be a year: 1952, not 1,952
            out |= {"tickformat": f"{comma}~r", "hoverformat": f"{comma}.{decimals}~f"}
        elif max(map(abs, limits)) < 1e-3:  # else "5n", of which few know that it is 5e-9
            out |= {"exponentformat": "power"}
    if ticks:
        out |= {"tickmode": "array", "tickvals": list(ticks), "ticktext": [safe(t, 24) for t in ticks.values()]}
    return out


class Figure(go.Figure):  # type: ignore[misc]  # plotly has no types
    """A figure that plotly checks, value by value, only when something looks into it; to send ``_made`` is enough.

    The checks are most of what a figure takes. The tests look into every figure.
    """

    def __init__(self, made: dict[str, Any]) -> None:
        self._made = made

    def __getattr__(self, name: str) -> Any:
        if "_data" in vars(self) or "_made" not in vars(self):
            raise AttributeError(name)
        super().__init__(**self._made)
        return getattr(self, name)

    def to_dict(self) -> dict[str, Any]:
        """Give what plotly.js draws, unchecked as long as nothing has looked into it."""
        parts: dict[str, Any] = super().to_dict() if "_data" in vars(self) else _packed(self._made)
        return parts


def _packed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: part if name == "template" else _packed(part) for name, part in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict | list | np.ndarray):  # else numbers and names
        return [_packed(part) for part in value]
    if isinstance(value, np.ndarray) and value.dtype.name in PACKED and value.ndim == 1:
        return {"dtype": PACKED[value.dtype.name], "bdata": b64encode(value.tobytes()).decode()}
    return value.tolist() if isinstance(value, np.ndarray | np.generic | pd.Series) else value


def figure(
    data: list[Trace], layout: dict[str, Any], *, alt: str, height: int, frames: Sequence[Trace] = ()
) -> go.Figure:
    """Put traces and layout together with what all figures share."""
    shared = {"template": template(), "uirevision": "keep", "meta": {"alt": alt}, "height": height}
    return Figure({"data": data, "layout": shared | layout, "frames": list(frames)})
