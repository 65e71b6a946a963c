"""Figures drawn once for all sessions: forty readers of one comparison are sent the same pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go

from ..figures.marks import Figure
from .cached import cached
from .shell import is_dark


class Drawn(Figure):
    """A finished figure, shared by sessions and never changed.

    `st.plotly_chart` asks for a figure's parts at each run of the page. A figure copies them each time, which is most of
    what showing it takes; this one hands out the same parts again.
    """

    def __init__(self, figure: go.Figure) -> None:
        self._parts: dict[str, Any] = figure.to_dict()
        super().__init__({"layout": {"meta": self._parts["layout"]["meta"]}})

    def to_dict(self) -> dict[str, Any]:
        """Give the parts that plotly.js draws."""
        return self._parts


def drawn(draw: Callable[[], go.Figure], *key: object) -> Drawn:
    """Give what ``draw`` draws, from the cache where it has been drawn before.

    Parameters
    ----------
    draw : callable
        Makes the figure of nothing but what ``key`` says and whether the reader's theme is dark.
    *key : object
        The analysis' key and what else the figure shows; what `repr` writes of it tells one figure from another.
    """
    return _drawn(key=f"{draw.__qualname__} {key!r} {is_dark()}", _draw=draw)


@cached(1_000)  # of 20 to 400 kB each
def _drawn(key: str, _draw: Callable[[], go.Figure]) -> Drawn:
    return Drawn(_draw())
