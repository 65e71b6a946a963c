"""The chart component: sends a figure to the browser, where ``static/chart.js`` draws it with plotly.js."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

import orjson
import plotly.graph_objects as go
import streamlit as st

from ...figures.theme import CONFIG
from ..server import refits
from . import highlighted_group
from .figure_cache import Drawn
from .scripts import component

CAMERA = "camera saves"
"""Key of the session state: the image format in which a figure's camera button saves it."""
_component = component("chart")


class Brush(NamedTuple):
    """Callbacks of a figure in which a reader can leave out points.

    Parameters
    ----------
    leave_out : callable
        Called with the row numbers of all points that are left out, once the browser has drawn the figure without them.
    refit : callable
        Makes the figure without the rows of these numbers, and the group that is highlighted in it. It is called in another
        thread, without a session, and must depend on its argument and ``key`` only.
    """

    leave_out: Callable[[list[int]], None]
    refit: Callable[[list[int]], tuple[Drawn, str | None]]
    key: tuple[Hashable, ...]


def chart(
    figure: go.Figure | Drawn,
    key: str,
    picked: Callable[[str | None], None] | None = None,
    marked: str | None = None,
    brush: Brush | None = None,
) -> None:
    """A figure that can be enlarged and saved, with its description for screen readers.

    Parameters
    ----------
    picked : callable, optional
        Called with the group that a reader marks in the figure, or with None when the mark is removed. By then the
        browser shows the mark in all figures of the page.
    marked : str, optional
        The group that is highlighted in the figure itself, so that the browser need not mark it.
    brush : Brush, optional
        Callbacks for leaving out points (static/leave_out.js); None where that is not possible.
    """
    config, clickable = _config(key), picked is not None

    def data(drawing: Drawn, marked: str | None) -> bytes:
        more = {"alt": drawing.alt, "config": config, "clickable": clickable, "marked": marked, "brush": refit}
        return orjson.dumps({"figure": orjson.Fragment(drawing.text), **more})

    refit = brush and refits.register(lambda rows: data(*brush.refit(rows)), key, repr(config), clickable, *brush.key)
    drawing = figure if isinstance(figure, Drawn) else Drawn.of(figure)
    callbacks: dict[str, Any] = {}
    if picked is not None:
        callbacks["on_pick_change"] = lambda: picked(highlighted_group.marked_group(st.session_state[key]["pick"]))
    if brush is not None:
        callbacks["on_left_out_change"] = lambda: brush.leave_out(
            [int(row) for row in st.session_state[key]["left_out"]]
        )
    _component(key=key, data=data(drawing, marked), height=drawing.height, **callbacks)


def _config(key: str) -> dict[str, Any]:
    """plotly.js's configuration: the camera button saves the chosen format, in a file named after the figure."""
    words = [w for w in re.findall("[a-z0-9]+", key.lower()) if w not in ("figure", "wide", "narrow")]
    kind = str(st.session_state.get(CAMERA, "SVG")).lower()
    options = {"format": kind, "filename": "-".join(["lmmcompare", *words]), "scale": 2 if kind == "png" else 1}
    return CONFIG | {"toImageButtonOptions": options}
