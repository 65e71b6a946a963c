"""What the process works out once and keeps for all its readers: forty who look at one table share one fit.

Streamlit's own `st.cache_resource` does the same; it takes 0.2 ms to find what is there, and a page asks fifteen times.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from threading import Condition
from typing import Any, ParamSpec, TypeVar

import cachetools
import streamlit as st
from cachetools.keys import hashkey

from .budget import SHARED, Store

TTL = 7_200.0
"""Seconds that it is kept for whoever asks next."""

_KEPT: list[Any] = []
Given = ParamSpec("Given")
Value = TypeVar("Value")


def cached(
    entries: int, *, ttl: float = TTL, spinner: str = ""
) -> Callable[[Callable[Given, Value]], Callable[Given, Value]]:
    """Keep what a function gives, for each arguments' values, within the process's budget: the longest unused is given up first.

    Of readers who ask for the same thing at once, one makes it and the others wait. What an argument whose name begins with
    an underscore says is taken to follow from the others. What is given is shared, and so not to be changed.

    Parameters
    ----------
    entries : int
        Most results of this function that are kept.
    ttl : float
        Seconds until a result is forgotten.
    spinner : str
        What the page says meanwhile; nothing where it is soon done.
    """

    def keep(function: Callable[Given, Value]) -> Callable[Given, Value]:
        names = list(signature(function).parameters)
        follow = {name for name in names if name.startswith("_")}
        words = [k for k, name in enumerate(names) if name not in follow]

        def key(*args: object, **more: object) -> tuple[object, ...]:
            if follow:
                args = tuple(args[k] for k in words if k < len(args))
                more = {name: value for name, value in more.items() if name not in follow}
            return hashkey(*args, **more)

        @wraps(function)
        def make(*args: Given.args, **more: Given.kwargs) -> Value:
            if not spinner:
                return function(*args, **more)
            with st.spinner(spinner):
                return function(*args, **more)

        stored = cachetools.cached(Store(SHARED, entries, ttl), key, condition=Condition())(make)
        _KEPT.append(stored)
        return stored

    return keep


def register(kept: Any) -> None:
    """Have what is kept elsewhere, with a ``cache_clear`` of its own, forgotten by `forget_everything` too."""
    _KEPT.append(kept)


def forget(function: Callable[Given, Value], *args: Given.args, **more: Given.kwargs) -> None:
    """Make a function anew, when it is next asked for, what it gives for these arguments."""
    keep: Any = function
    with keep.cache_lock:
        keep.cache.pop(keep.cache_key(*args, **more), None)


def forget_everything() -> None:
    """Make anew all that any function gives, as when a table is no longer what it was."""
    for function in _KEPT:
        forget_all(function)


def forget_all(function: Callable[..., Any]) -> None:
    """Make anew all that a function gives."""
    keep: Any = function
    keep.cache_clear()
