"""Edits of controls that the reader has made and the page has not applied yet.

The server sets these controls too, so a changed value is not always an edit: after the server has set a control, say because a
preset was picked, the browser sends the control's previous value until it has drawn the new one. When the page runs, a value
that differs from the one the control was drawn with is an edit, unless it is that previous value and arrives together with
another change. Edits are applied by runs of the whole page only: runs of a fragment, twice a second while a study goes on,
receive the values of all controls too and leave them pending, or ask for a run of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import streamlit as st

EDITS = "pending edits"
CONTROLS = "controls of pending edits"
ToEdits = Callable[[Any], dict[str, Any]]


@dataclass(slots=True)
class _Control:
    """A control: its page, the value it was drawn with, its value before that, and the edits that a value stands for."""

    page: str
    drawn: Any
    before: Any
    to_edits: ToEdits


def bind_edit(page: str, key: str, value: object, to_edits: ToEdits) -> dict[str, Any]:
    """Set a control to the state's value, as `kit.binding.bind` does, and return the keyword arguments of its widget.

    Parameters
    ----------
    page : str
        The page whose `pop_edits` returns the control's edits.
    key : str
        The widget's key in the session state.
    value : object
        The value to draw the control with.
    to_edits : callable
        Maps a value of the control to the edits that it stands for, by name.
    """
    _controls()[key] = _Control(page, value, st.session_state.get(key, value), to_edits)
    st.session_state[key] = value
    return {"key": key}


def add_edit(page: str, name: str, value: Any) -> None:
    """Record an edit that a button stands for; to be called in its callback."""
    st.session_state.setdefault(EDITS, {}).setdefault(page, {})[name] = value


def pop_edits(page: str) -> dict[str, Any]:
    """Return the pending edits of a page by name, and forget them; to be called when the page runs."""
    changes = list(_changed_controls())
    alone = len(changes) == 1 and not st.session_state.get(EDITS)
    for control, value in changes:
        if (
            alone or value != control.before
        ):  # a reader may choose the previous value, but changes one control at a time
            for name, edit in control.to_edits(value).items():
                add_edit(control.page, name, edit)
        control.drawn = value
    result: dict[str, Any] = st.session_state.get(EDITS, {}).pop(page, {})
    return result


def has_edits() -> bool:
    """Whether there are edits that a run of the page would apply."""
    return bool(st.session_state.get(EDITS)) or any(_changed_controls())


def discard_outdated() -> None:
    """Ignore values that are only out of date; to be called where a run that no control caused may rerun the page."""
    for control, value in _changed_controls():
        if value == control.before:
            control.drawn = value


def _changed_controls() -> Iterator[tuple[_Control, Any]]:
    """Yield each control whose value differs from the one it was drawn with, and that value."""
    for key, control in _controls().items():
        value = st.session_state.get(key, control.drawn)
        if value != control.drawn:
            yield control, value


def _controls() -> dict[str, _Control]:
    result: dict[str, _Control] = st.session_state.setdefault(CONTROLS, {})
    return result
