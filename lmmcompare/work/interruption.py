"""Cooperative cancellation of long computations, and announcement of their expected duration before they start.

A thread in numpy cannot be stopped from outside. So whoever starts a fit in a thread sets a `Watch`, and the fit calls `check`
once for each evaluation of its criterion. Without a watch the call only reads one variable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


class Interrupted(BaseException):
    """Raised to end a cancelled computation; no subclass of Exception, so that handlers of errors do not catch it."""


@dataclass(frozen=True)
class Watch:
    """Callbacks of whoever started a computation.

    Parameters
    ----------
    is_unwanted : callable
        Returns whether the computation is to end; called often, so it must be fast.
    on_duration : callable
        Called with the expected duration of the work ahead in seconds; may raise to prevent it.
    """

    is_unwanted: Callable[[], bool]
    on_duration: Callable[[float], None]


_WATCH: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Context manager in which computations of this thread use this watch."""
    token = _WATCH.set(watch)
    try:
        yield
    finally:
        _WATCH.reset(token)


def check() -> None:
    """End the computation if it has been cancelled.

    Raises
    ------
    Interrupted
        When this thread has a watch whose ``is_unwanted`` returns True.
    """
    watch = _WATCH.get()
    if watch is not None and watch.is_unwanted():
        raise Interrupted


def announce_duration(seconds: Callable[[], float]) -> None:
    """Announce the expected duration of the work ahead, which is computed only where a watch is set."""
    watch = _WATCH.get()
    if watch is not None:
        watch.on_duration(seconds())
