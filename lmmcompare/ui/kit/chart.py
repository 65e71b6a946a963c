"""A figure in the page: drawn by the browser from what the server sends once, by the script and the library in ``static/``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import orjson
import plotly.graph_objects as go
import streamlit as st

from ...figures.theme import CONFIG
from . import highlighted_group
from .figure_cache import Drawn
from .scripts import loader

CAMERA = "camera saves"
"""Where the session keeps in which format the camera of a figure saves it."""
_component = st.components.v2.component("chart", js=loader("chart.js"), isolate_styles=False)


class Brush(NamedTuple):
    """What is done about points that a reader leaves out.

    Parameters
    ----------
    leave_out : callable
        With the numbers of their rows, of all that are left out.
    painted : callable
        Once the browser has painted the figure that answers.
    """

    leave_out: Callable[[list[int]], None]
    painted: Callable[[], None]


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
    figure : Figure or Drawn
    key : str
    picked : callable, optional
        What is done with the group that a reader marks in the figure, or with None where the mark is taken back. The
        browser has shown it by then, in every figure that has one.
    marked : str, optional
        The group that stands out in what was drawn, so that the browser need not mark it.
    brush : Brush, optional
        What is done about the rows whose points a reader leaves out (static/leave_out.js).
    """
    made = figure if isinstance(figure, Drawn) else Drawn.of(figure)
    more = {
        "alt": made.alt,
        "config": _config(key),
        "clickable": picked is not None,
        "marked": marked,
        "brush": brush is not None,
    }
    data = orjson.dumps({"figure": orjson.Fragment(made.text), **more})
    told: dict[str, Any] = {}
    if picked is not None:
        told["on_pick_change"] = lambda: picked(highlighted_group.marked_group(st.session_state[key]["pick"]))
    if brush is not None:
        told["on_left_out_change"] = lambda: brush.leave_out([int(row) for row in st.session_state[key]["left_out"]])
        told["on_painted_change"] = brush.painted
    _component(key=key, data=data, **told)


def _config(key: str) -> dict[str, Any]:
    """The figure's configuration: its camera saves the format chosen, under the figure's own name."""
    words = [w for w in re.findall("[a-z0-9]+", key.lower()) if w not in ("figure", "wide", "narrow")]
    kind = str(st.session_state.get(CAMERA, "SVG")).lower()
    options = {"format": kind, "filename": "-".join(["lmmcompare", *words]), "scale": 2 if kind == "png" else 1}
    return CONFIG | {"toImageButtonOptions": options}
