"""Figures drawn once for all sessions: forty readers of one comparison are sent the same pictures."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import orjson
import plotly.graph_objects as go
from plotly.io.json import to_json_plotly

from ...figures.marks import Figure
from ..server.cache import cached
from .shell import is_dark


class Drawn(Figure):
    """A finished figure, shared by sessions and never changed: its words, and the JSON that plotly.js draws.

    `st.plotly_chart` copies a figure's parts and writes them as JSON at each run of the page. Of this one it gets the same
    text again.
    """

    def __init__(self, figure: go.Figure) -> None:
        parts = figure.to_dict()
        page = {"layout": {part: parts["layout"][part] for part in ("meta", "height")}}
        self._written = _Written(to_json_plotly(parts), page)
        super().__init__(page)

    def to_dict(self) -> dict[str, Any]:
        """Give what plotly's writers of JSON take for the figure."""
        return self._written


class _Written(dict[str, Any]):
    """A figure as text already, and of its parts those that are read here: Streamlit gives a figure the height it asks for."""

    def __init__(self, text: str, read: dict[str, Any]) -> None:
        super().__init__(read)
        self._text = orjson.Fragment(text)

    def to_plotly_json(self) -> orjson.Fragment:
        """Give the text, which goes into JSON as it is."""
        return self._text


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
    return Drawn(_draw())
