"""What the reader wants of controls that the server sets as well, told apart from old values that only look like it.

When the page runs, a control that says something else than it was drawn with is a wish. Runs of a fragment, as happen every
half second while a study goes on, bring what all controls say too, but grant nothing: a click asks for a run of the page
itself, whatever run has brought its value first. A control that the server has just set, say after a preset was picked, goes
on saying what it said before until the browser has drawn it: that is old, should it come along with another control's click.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import streamlit as st

WISHES = "wishes"
CONTROLS = "wishes controls"
Means = Callable[[Any], dict[str, Any]]


@dataclass(slots=True)
class _Control:
    """A control: its page, what it was drawn with, what it said before that, and what wishes its values mean, by name."""

    page: str
    drawn: Any
    before: Any
    means: Means


def bind_edit(page: str, key: str, value: object, means: Means) -> dict[str, Any]:
    """Set a control to what the state says, as `kit.binding` does, and give the arguments with which its wishes are taken.

    Parameters
    ----------
    page : str
        Who takes its wishes.
    key : str
        The control's.
    value : object
    means : callable
        What is wished, by name, where the control says this.
    """
    _controls()[key] = _Control(page, value, st.session_state.get(key, value), means)
    st.session_state[key] = value
    return {"key": key}


def wish(page: str, name: str, value: Any) -> None:
    """Note what a button wants, in its callback."""
    st.session_state.setdefault(WISHES, {}).setdefault(page, {})[name] = value


def take(page: str) -> dict[str, Any]:
    """The wishes of a page, by name, when it runs; each is given once."""
    news = list(_news())
    alone = len(news) == 1 and not st.session_state.get(WISHES)
    for control, words in news:
        if alone or words != control.before:  # a click may go back to what was before, but is one click
            for name, value in control.means(words).items():
                wish(control.page, name, value)
        control.drawn = words
    result: dict[str, Any] = st.session_state.get(WISHES, {}).pop(page, {})
    return result


def drop_old() -> None:
    """To be called where a fragment that runs by itself asks for a run of the page: that is nobody's click."""
    for control, words in _news():
        if words == control.before:
            control.drawn = words


def _news() -> Iterator[tuple[_Control, Any]]:
    """The controls that say something else than they were drawn with, and what."""
    for key, control in _controls().items():
        words = st.session_state.get(key, control.drawn)
        if words != control.drawn:
            yield control, words


def _controls() -> dict[str, _Control]:
    result: dict[str, _Control] = st.session_state.setdefault(CONTROLS, {})
    return result
