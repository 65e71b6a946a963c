"""The layout of axes: their ranges, the digits of their numbers, rows with names, and labels that do not overlap."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from .escaped_text import safe
from .theme import PAGE, SMALL

Range = tuple[float, float]
MOST_NAMED = 60
"""Most groups of which each has a row with its name."""
TWO_LINES = 38
"""Pixels from row to row in which names on two lines do not touch."""


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


def group_axis(groups: Sequence[object], group_name: str) -> dict[str, Any]:
    """An axis with a row for each group, named where there is room."""
    many, edge = len(groups) > MOST_NAMED, max(0.8, len(groups) / 60)  # marks of thin rows are higher than these
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


def drawn_ends(ends: np.ndarray, limits: Range) -> np.ndarray:
    """Ends of intervals as they are drawn: what has no end leaves the picture on that side."""
    span = limits[1] - limits[0]
    return np.where(np.isinf(ends), np.clip(ends, limits[0] - span, limits[1] + span), ends)


def finite_range(ends: np.ndarray, share: float = 0.06) -> Range:
    """A `padded` range of the ends that there are."""
    ends = ends[np.isfinite(ends)]
    return padded(float(ends.min(initial=np.inf)), float(ends.max(initial=-np.inf)), share)


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
