"""The switch above a picture: the browser shows the models that a reader chooses at once, and tells the server afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from ...figures.theme import COLOURS
from ...model_catalogue import Model
from .scripts import loader

KEY = "models"
_component = st.components.v2.component("models", js=loader("models.js"), isolate_styles=False)
_TURN = "turn of the models"
"""Where the session keeps how often the reader of this page had switched a model when the last choice was told."""


def model_buttons(names: Mapping[str, str], drawn: list[str], chosen: Callable[[list[str]], None]) -> None:
    """A button for each model, pressed where it is drawn.

    Parameters
    ----------
    names : mapping
        What the buttons say, by model.
    drawn : list of str
        The models drawn, as the session or an address says.
    chosen : callable
        Is given those that the reader has chosen; the pictures of the page show them by then.
    """
    options = [{"key": m, "name": name, "sign": Model(m).sign, **_colours(m)} for m, name in names.items()]
    data = {"label": "Models drawn", "options": options, "drawn": drawn, "turn": st.session_state.get(_TURN, 0)}

    def told() -> None:
        words = st.session_state[KEY]["drawn"]
        st.session_state[_TURN] = int(words["turn"])
        chosen([m for m in names if m in words["models"]])

    _component(key=KEY, data=data, on_drawn_change=told)


def _colours(model: str) -> dict[str, str]:
    return dict(zip(("light", "dark"), COLOURS[Model(model)], strict=True))
