"""Controls that belong to one panel: what is chosen in them is kept as an address has it, also while they are not drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from ...share.view_parameters import INFERENCE, NONE
from ...text.labels import literal
from .binding import bind
from .shell import note

T = TypeVar("T")
DETAILS, OF_LINK = "view details", "view details of the link"
"""Where the session keeps what was chosen, as text by parameter, and what a link said of that."""


def details() -> dict[str, str]:
    """What was chosen, by parameter of the address."""
    result: dict[str, str] = st.session_state.setdefault(DETAILS, {})
    return result


def restore(words: Mapping[str, str]) -> None:
    """Choose what a link says, and nothing else but the inference, which is the reader's and of no table."""
    own = {name: text for name, text in details().items() if name in INFERENCE}
    st.session_state[DETAILS], st.session_state[OF_LINK] = own | dict(words), dict(words)


def drop(*names: str) -> None:
    """Go back to what these controls open with."""
    for name in names:
        details().pop(name, None)


def control(
    name: str,
    key: str,
    first: T,
    read: Callable[[str], T | None],
    text: Callable[[T], str] = str,
    *,
    then: Callable[[], object] | None = None,
) -> dict[str, Any]:
    """Set a control to what was chosen in it, and give the arguments with which it keeps what is chosen next.

    Parameters
    ----------
    name : str
        The parameter of the address.
    key : str
        The control's.
    first : object
        What it opens with, of which nothing is kept.
    read : callable
        The value that a text stands for; None where it can be none here: a link's is said, and left out.
    text : callable, optional
        The text of a value.
    then : callable, optional
        What else is done when the reader has picked something.
    """
    words, of_link = details(), st.session_state.get(OF_LINK, {})
    result = read(words[name]) if name in words else None
    value = first if result is None else result
    if value == first:
        drop(name)
    if name in of_link and read(of_link[name]) is None:
        note(f"The link asks for “{literal(of_link[name][:60])}” here, which there is not.")

    def choose(now: T | None) -> None:
        of_link.pop(name, None)
        drop(name)
        if now is not None and now != first:
            details()[name] = text(now)
        if then is not None:
            then()

    return bind(key, value, choose)


def one_of(
    name: str,
    key: str,
    options: Iterable[T],
    first: T,
    text: Callable[[T], str] = str,
    *,
    then: Callable[[], object] | None = None,
) -> dict[str, Any]:
    """`control`, for one that picks one of several."""
    return control(name, key, first, {text(option): option for option in options}.get, text, then=then)


def some_of(name: str, key: str, options: list[str], first: list[str]) -> dict[str, Any]:
    """`control`, for one that picks some of several."""

    def read(text: str) -> list[str] | None:
        asked = [] if text == NONE else text.split(",")
        return [option for option in options if option in asked] if {*asked} <= {*options} else None

    return control(name, key, [o for o in options if o in first], read, lambda some: ",".join(some) or NONE)


def switch(name: str, key: str, *, then: Callable[[], object] | None = None) -> dict[str, Any]:
    """`control`, for one that is off at first."""
    return control(name, key, False, {"0": False, "1": True}.get, lambda on: str(int(on)), then=then)


def number(name: str, key: str, first: float, low: float, high: float) -> dict[str, Any]:
    """`control`, for one with a number between bounds, whole where the first is."""

    def read(text: str) -> float | None:
        try:
            value = type(first)(text)
        except ValueError:
            return None
        return value if low <= value <= high else None

    return control(name, key, first, read, "{:.12g}".format)


def day(name: str, key: str, first: date) -> dict[str, Any]:
    """`control`, for one with a day."""

    def read(text: str) -> date | None:
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None

    return control(name, key, first, read, date.isoformat)


def unknown_columns(prefix: str, names: Iterable[str]) -> list[str]:
    """The columns that a link speaks of behind this prefix and that are not among these; nothing of such is kept."""
    known = {prefix + name for name in names}
    drop(*(name for name in [*details()] if name.startswith(prefix) and name not in known))
    of_link = st.session_state.get(OF_LINK, {})
    return [name.removeprefix(prefix) for name in of_link if name.startswith(prefix) and name not in known]
