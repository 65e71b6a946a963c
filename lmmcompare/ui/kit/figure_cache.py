"""A cache of finished figures that all sessions share."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from plotly.io.json import to_json_plotly

from ..server.cache import cached

ARRAYS = ("x", "customdata", "hovertext")
"""Arrays of a trace that several traces of a figure may share."""


@dataclass(frozen=True)
class Drawn:
    """A finished figure as JSON for plotly.js, with its text alternative.

    Parameters
    ----------
    text : str
        The JSON.
    alt : str
        Its description for screen readers.
    height : int
        In pixels, for text of the usual size.
    """

    text: str
    alt: str
    height: int

    @classmethod
    def of(cls, figure: go.Figure) -> Drawn:
        """Serialise a figure; an array that several traces share is written once (unpacked by static/figure.js)."""
        parts = figure.to_dict()
        layout = parts["layout"]
        return cls(to_json_plotly(parts | {"data": _shared(parts["data"])}), layout["meta"]["alt"], layout["height"])


def _shared(traces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Replace each array that an earlier trace has too by that trace's number: group lines of five models share one x."""
    first: dict[Hashable, int] = {}

    def part(k: int, name: str, value: Any) -> Any:
        if name not in ARRAYS or value is None:
            return value
        key = name, value["bdata"] if isinstance(value, dict) else tuple(value)
        of = first.setdefault(key, k)
        return value if of == k else {"of": of}

    return [{name: part(k, name, value) for name, value in trace.items()} for k, trace in enumerate(traces)]


def cached_figure(draw: Callable[[], go.Figure], *key: Hashable) -> Drawn:
    """Return the figure that ``draw`` makes, from the cache if it has been drawn before.

    Parameters
    ----------
    draw : callable
        Makes the figure, which must depend on ``key`` only, in the colours of a light page; the browser replaces them on a
        dark one.
    *key : hashable
        The figure's name, the analysis' key, and what else the figure shows.
    """
    return _cached_figure(key, _draw=draw)


@cached(1_000)  # entries of 20 to 400 kB each
def _cached_figure(key: tuple[Hashable, ...], _draw: Callable[[], go.Figure]) -> Drawn:
    return Drawn.of(_draw())
