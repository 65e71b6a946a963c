"""What the traces of several figures are made of: lines with gaps, colours, sizes, entries of the legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from .escaped_text import safe
from .theme import SVG_LIMIT

Trace = dict[str, Any]


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


def monte_carlo_words(low: str, high: str) -> str:
    """A 95% Monte Carlo interval; none where all studies were alike, which says little of how seldom they are not."""
    return "all studies alike" if low == high else f"95% Monte Carlo interval {low} to {high}"


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
