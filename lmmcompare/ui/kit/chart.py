"""A figure in the page: drawn by the browser from what the server sends once, by the script and the library in ``static/``."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import plotly.graph_objects as go
import streamlit as st

from ...figures.theme import CONFIG
from .figure_cache import Drawn

CAMERA = "camera saves"
"""Where the session keeps in which format the camera of a figure saves it."""
SCRIPT = Path(__file__).parents[3] / "static" / "chart.js"

# Streamlit sends a component's inline script with every chart, so it is no more than the address of the real one, which it
# serves from ``static/`` with a validator: a browser fetches it, and plotly.js, once. The address is relative to Streamlit's
# own scripts, so it holds behind a proxy and below a path too.
_LOADER = """
const own = document.querySelector('script[src*="static/js/"]').src;
const script = import(new URL("../../app/static/chart.js?v=VERSION", own));
export default async (component) => (await script).default(component);
""".replace("VERSION", sha256(SCRIPT.read_bytes()).hexdigest()[:12])
_component = st.components.v2.component("chart", js=_LOADER, isolate_styles=False)


def preload() -> None:
    """Let the browser fetch script and library while the server still works on the first figure."""
    _component(key="chart library", data=b"")


def chart(figure: go.Figure | Drawn, key: str, picked: Callable[[str], None] | None = None) -> None:
    """A figure that can be enlarged and saved, with its description for screen readers.

    With ``picked``, a click on a mark that belongs to a group calls it with the group's name.
    """
    made = figure if isinstance(figure, Drawn) else Drawn.of(figure)
    more = {"alt": made.alt, "config": _config(key), "clickable": picked is not None}
    data = orjson.dumps({"figure": orjson.Fragment(made.text), **more})
    if picked is None:
        _component(key=key, data=data)
        return

    def clicked() -> None:
        picked(str(st.session_state[key]["pick"]))

    _component(key=key, data=data, on_pick_change=clicked)


def _config(key: str) -> dict[str, Any]:
    """The figure's configuration: its camera saves the format chosen, under the figure's own name."""
    words = [w for w in re.findall("[a-z0-9]+", key.lower()) if w not in ("figure", "wide", "narrow")]
    kind = str(st.session_state.get(CAMERA, "SVG")).lower()
    options = {"format": kind, "filename": "-".join(["lmmcompare", *words]), "scale": 2 if kind == "png" else 1}
    return CONFIG | {"toImageButtonOptions": options}
