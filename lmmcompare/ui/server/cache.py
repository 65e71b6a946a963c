"""A cache of function results that all sessions of the process share: forty readers of one table need one fit.

It replaces `st.cache_resource`, which takes 0.2 ms for each look-up of an entry; a page makes fifteen.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial, wraps
from inspect import signature
from threading import Condition
from typing import Any, ParamSpec, TypeVar

import cachetools
from cachetools.keys import hashkey

from ...share import upload_address
from .cache_budget import SHARED, Store
from .shared_work import TTL, SharedWork
from .waiting import Waiting, go_on, refuse_stopped, stop

_CACHES: list[Any] = []
Given = ParamSpec("Given")
Value = TypeVar("Value")


def cached(
    entries: int, *, ttl: float = TTL, spinner: str = ""
) -> Callable[[Callable[Given, Value]], Callable[Given, Value]]:
    """Cache the results of a function by its arguments, within the process's memory budget (least recently used first out).

    Sessions that ask for the same result at once wait for one computation. Arguments whose names begin with an underscore are
    not part of the key. Results are shared between sessions and must not be changed.

    Parameters
    ----------
    entries : int
        The largest number of results of this function in the cache.
    ttl : float
        Seconds until an entry expires.
    spinner : str
        The message shown, beside a Stop button, while the result is computed. With a message the computation runs in a thread
        of its own, without a session, and is cancelled when no session waits for it any more; without one (the default, for
        short computations) it runs in the caller's thread.
    """

    def keep(function: Callable[Given, Value]) -> Callable[Given, Value]:
        names = list(signature(function).parameters)
        ignored = {name for name in names if name.startswith("_")}
        positions = [k for k, name in enumerate(names) if name not in ignored]

        def key(*args: object, **more: object) -> tuple[object, ...]:
            if ignored:
                args = tuple(args[k] for k in positions if k < len(args))
                more = {name: value for name, value in more.items() if name not in ignored}
            return hashkey(*args, **more)

        if spinner:
            stored: Any = _stoppable(function, key, spinner, SharedWork(function, SHARED, entries, ttl))
        else:
            stored = cachetools.cached(Store(SHARED, entries, ttl), key, condition=Condition())(function)
            stored.forget_where = stored.cache.forget_where
        _CACHES.append(stored)
        result: Callable[Given, Value] = stored
        return result

    return keep


def _stoppable(
    function: Callable[..., Value], key: Callable[..., Hashable], message: str, work: SharedWork[Value]
) -> Any:
    """Wrap a function so that it runs in another thread, while the page shows a message and a Stop button.

    The wrapper raises `waiting.Stopped` where this session has stopped the computation before.
    """

    @wraps(function)
    def wait(*args: Any, **more: Any) -> Value:
        arguments = key(*args, **more)
        this = function.__module__, function.__qualname__, arguments
        if not work.has(arguments):
            refuse_stopped(message, this)
        name = f"{function.__name__} {hash(arguments)}"
        waiting = Waiting(message, name, partial(stop, this), partial(go_on, this))
        try:
            return work.get(arguments, wait=waiting, make=partial(function, *args, **more))
        finally:
            waiting.close()

    def forget(*args: Any, **more: Any) -> None:
        work.forget(key(*args, **more))

    wait.cache_clear, wait.forget = work.cache_clear, forget  # type: ignore[attr-defined]  # as functions have them that functools caches
    wait.forget_where = work.forget_where  # type: ignore[attr-defined]
    return wait


def register(cache: Any) -> None:
    """Have `forget_about` look through this cache too, by its method ``forget_where``."""
    _CACHES.append(cache)


def forget(function: Callable[Given, Value], *args: Given.args, **more: Given.kwargs) -> None:
    """Remove the cache entry of a function for these arguments."""
    wrapper: Any = function
    if hasattr(wrapper, "forget"):
        wrapper.forget(*args, **more)
        return
    with wrapper.cache_lock:
        wrapper.cache.pop(wrapper.cache_key(*args, **more), None)


def forget_about(table: str) -> None:
    """Remove the entries of all functions that are about a table, by its id, or one made from it: its files have changed."""
    quoted = upload_address.quoted(table)
    for function in _CACHES:
        function.forget_where(lambda key: _names(key, table) or _names(key, quoted))


def _names(key: Hashable, table: str) -> bool:
    """Whether a key, or a part of it, holds a table's id: alone, or in that of a table made from it."""
    return table in key if isinstance(key, str) else isinstance(key, tuple) and any(_names(part, table) for part in key)
