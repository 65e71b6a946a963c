"""Figures drawn once for all sessions: forty readers of one comparison are sent the same pictures."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.io.json import to_json_plotly

from ..server.cache import cached
from .shell import is_dark


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
        """Write a figure."""
        parts = figure.to_dict()
        return cls(to_json_plotly(parts), parts["layout"]["meta"]["alt"])


def drawn(draw: Callable[[], go.Figure], *key: Hashable) -> Drawn:
    """Give what ``draw`` draws, from the cache where it has been drawn before.

    Parameters
    ----------
    draw : callable
        Makes the figure of nothing but what ``key`` says and whether the reader's theme is dark.
    *key : hashable
        The figure's name, the analysis' key, and what else the figure shows.
    """
    return _drawn(key, is_dark(), _draw=draw)


@cached(1_000)  # of 20 to 400 kB each
def _drawn(key: tuple[Hashable, ...], dark: bool, _draw: Callable[[], go.Figure]) -> Drawn:
    return Drawn.of(_draw())
