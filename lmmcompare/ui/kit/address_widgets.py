"""Controls of one panel whose values are kept as parameters of the address, also while they are not drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from ...share.view_parameters import INFERENCE, NONE
from ...text.labels import literal
from .binding import bind
from .page_elements import note

T = TypeVar("T")
DETAILS, OF_LINK = "view details", "view details of the link"
"""Keys of the session state: the values chosen, as text by parameter, and those that the last link set."""


def details() -> dict[str, str]:
    """The values chosen, as text by parameter of the address."""
    result: dict[str, str] = st.session_state.setdefault(DETAILS, {})
    return result


def restore(words: Mapping[str, str]) -> None:
    """Set the values that a link has, and reset all others except the inference, which does not depend on the table."""
    own = {name: text for name, text in details().items() if name in INFERENCE}
    st.session_state[DETAILS], st.session_state[OF_LINK] = own | dict(words), dict(words)


def drop(*names: str) -> None:
    """Reset these controls to their default values."""
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
    """Set a control to its stored value, and return its keyword arguments ``key`` and ``on_change``.

    If a link has a value that ``read`` does not accept, a note says so and the default is used.

    Parameters
    ----------
    name : str
        The parameter of the address.
    first : object
        The default value, which is not stored.
    read : callable
        Converts a text to a value; None where the text is not valid here.
    text : callable, optional
        Converts a value to text.
    then : callable, optional
        Called after the reader has changed the control.
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
    """`control`, for a choice of one of several options."""
    return control(name, key, first, {text(option): option for option in options}.get, text, then=then)


def some_of(name: str, key: str, options: Sequence[str], first: Sequence[str]) -> dict[str, Any]:
    """`control`, for a choice of any number of options."""

    def read(text: str) -> list[str] | None:
        chosen = [] if text == NONE else text.split(",")
        return [option for option in options if option in chosen] if {*chosen} <= {*options} else None

    return control(name, key, [o for o in options if o in first], read, lambda some: ",".join(some) or NONE)


def switch(name: str, key: str, *, then: Callable[[], object] | None = None) -> dict[str, Any]:
    """`control`, for a switch that is off by default."""
    return control(name, key, False, {"0": False, "1": True}.get, lambda on: str(int(on)), then=then)


def number(name: str, key: str, first: float, low: float, high: float) -> dict[str, Any]:
    """`control`, for a number between bounds; an integer if the default is one."""

    def read(text: str) -> float | None:
        try:
            value = type(first)(text)
        except ValueError:
            return None
        return value if low <= value <= high else None

    return control(name, key, first, read, "{:.12g}".format)


def day(name: str, key: str, first: date) -> dict[str, Any]:
    """`control`, for a date."""

    def read(text: str) -> date | None:
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None

    return control(name, key, first, read, date.isoformat)


def unknown_columns(prefix: str, names: Iterable[str]) -> list[str]:
    """Drop the parameters ``prefix + column`` of columns not in ``names``; returns those columns that the last link had."""
    known = {prefix + name for name in names}
    drop(*(name for name in [*details()] if name.startswith(prefix) and name not in known))
    of_link = st.session_state.get(OF_LINK, {})
    return [name.removeprefix(prefix) for name in of_link if name.startswith(prefix) and name not in known]
