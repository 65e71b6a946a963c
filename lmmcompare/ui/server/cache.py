"""What the process works out once and keeps for all its readers: forty who look at one table share one fit.

Streamlit's own `st.cache_resource` does the same; it takes 0.2 ms to find what is there, and a page asks fifteen times.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial, wraps
from inspect import signature
from threading import Condition
from typing import Any, ParamSpec, TypeVar

import cachetools
from cachetools.keys import hashkey

from .budget import SHARED, Store
from .shared_work import TTL, SharedWork
from .waiting import Waiting, go_on, refuse_stopped, stop

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
        What the page says meanwhile, with Stop beside it: the work is done in a thread of its own, without a reader's session,
        and ends when nobody waits for it any more. Nothing where it is soon done.
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

        if spinner:
            stored: Any = _stoppable(function, key, spinner, SharedWork(function, SHARED, entries, ttl))
        else:
            stored = cachetools.cached(Store(SHARED, entries, ttl), key, condition=Condition())(function)
        _KEPT.append(stored)
        result: Callable[Given, Value] = stored
        return result

    return keep


def _stoppable(
    function: Callable[..., Value], key: Callable[..., Hashable], words: str, work: SharedWork[Value]
) -> Any:
    """A function that has its work done by another thread, while its reader sees that, and may stop it."""

    @wraps(function)
    def wait(*args: Any, **more: Any) -> Value:
        given = key(*args, **more)
        this = function.__module__, function.__qualname__, given
        if not work.has(given):
            refuse_stopped(words, this)
        waiting = Waiting(words, f"{function.__name__} {hash(given)}", partial(stop, this), partial(go_on, this))
        try:
            return work.get(given, wait=waiting, make=partial(function, *args, **more))
        finally:
            waiting.close()

    def forget(*args: Any, **more: Any) -> None:
        work.forget(key(*args, **more))

    wait.cache_clear, wait.forget = work.cache_clear, forget  # type: ignore[attr-defined]
    return wait


def register(kept: Any) -> None:
    """Have what is kept elsewhere, with a ``cache_clear`` of its own, forgotten by `forget_everything` too."""
    _KEPT.append(kept)


def forget(function: Callable[Given, Value], *args: Given.args, **more: Given.kwargs) -> None:
    """Make a function anew, when it is next asked for, what it gives for these arguments."""
    keep: Any = function
    if hasattr(keep, "forget"):
        keep.forget(*args, **more)
        return
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
