"""Figures drawn once for all sessions: forty readers of one comparison are sent the same pictures."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from plotly.io.json import to_json_plotly

from ..server.cache import cached

ARRAYS = ("x", "customdata", "hovertext")
"""What several traces of a figure may have in common."""


@dataclass(frozen=True)
class Drawn:
    """A finished figure: the JSON that plotly.js draws, and its words.

    Parameters
    ----------
    text : str
    alt : str
        What a screen reader says of it.
    """

    text: str
    alt: str

    @classmethod
    def of(cls, figure: go.Figure) -> Drawn:
        """Write a figure; what traces share is written once (static/figure.js)."""
        parts = figure.to_dict()
        return cls(to_json_plotly(parts | {"data": _shared(parts["data"])}), parts["layout"]["meta"]["alt"])


def _shared(traces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The traces, those arrays of an earlier one's that they have too as its number: group lines of five models have one x."""
    first: dict[Hashable, int] = {}

    def part(k: int, name: str, value: Any) -> Any:
        if name not in ARRAYS or value is None:
            return value
        key = name, value["bdata"] if isinstance(value, dict) else tuple(value)
        of = first.setdefault(key, k)
        return value if of == k else {"of": of}

    return [{name: part(k, name, value) for name, value in trace.items()} for k, trace in enumerate(traces)]


def drawn(draw: Callable[[], go.Figure], *key: Hashable) -> Drawn:
    """Give what ``draw`` draws, from the cache where it has been drawn before.

    Parameters
    ----------
    draw : callable
        Makes the figure of nothing but what ``key`` says, in the colours of a light page: a browser knows those of a dark one.
    *key : hashable
        The figure's name, the analysis' key, and what else the figure shows.
    """
    return _drawn(key, _draw=draw)


@cached(1_000)  # of 20 to 400 kB each
def _drawn(key: tuple[Hashable, ...], _draw: Callable[[], go.Figure]) -> Drawn:
    return Drawn.of(_draw())
