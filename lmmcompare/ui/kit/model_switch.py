"""The buttons that choose the models of a picture: the browser redraws at once, and then sends the choice to the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from ...figures.theme import COLOURS
from ...model_catalogue import Model
from .scripts import component

KEY = "models"
_component = component("models")
_TURN = "turn of the models"
"""Key of the session state: the turn number of the browser's last message."""


def model_buttons(names: Mapping[Model, str], drawn: list[Model], chosen: Callable[[list[Model]], None]) -> None:
    """A button for each model, pressed where it is drawn.

    Parameters
    ----------
    names : mapping
        The buttons' labels, by model.
    drawn : list of Model
        The models drawn.
    chosen : callable
        Called with the models that the reader has chosen; by then the page's pictures show them.
    """
    options = [{"key": m, "name": name, "title": m.pooling, "sign": m.sign, **_colours(m)} for m, name in names.items()]
    data = {"label": "Models drawn", "options": options, "drawn": drawn, "turn": st.session_state.get(_TURN, 0)}

    def store_choice() -> None:
        message = st.session_state[KEY]["drawn"]
        st.session_state[_TURN] = int(message["turn"])
        chosen([m for m in names if m in message["models"]])

    _component(key=KEY, data=data, on_drawn_change=store_choice)


def _colours(model: Model) -> dict[str, str]:
    return dict(zip(("light", "dark"), COLOURS[model], strict=True))
