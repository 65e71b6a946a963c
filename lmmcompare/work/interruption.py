"""How long work learns that nobody waits for it any more, and says beforehand what it will cost.

numpy cannot be stopped from outside. So whoever starts a fit in a thread of its own watches it, and the fit asks, once for
each evaluation of its criterion, whether it is to go on. Where nobody watches, asking costs the look at one variable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


class Interrupted(BaseException):
    """Work that ended because it was not wanted any more; no failure, so that no handler of errors takes it for one."""


@dataclass(frozen=True)
class Watch:
    """What the one who started some work wants of it.

    Parameters
    ----------
    unwanted : callable
        Says whether to end; asked often, so to be quick.
    foresee : callable
        Is told how many seconds the work ahead is likely to take, and may raise to have it left.
    """

    unwanted: Callable[[], bool]
    foresee: Callable[[float], None]


_WATCH: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Have all work of this thread within the block ask this watch."""
    token = _WATCH.set(watch)
    try:
        yield
    finally:
        _WATCH.reset(token)


def check() -> None:
    """End here if the work is not wanted any more.

    Raises
    ------
    Interrupted
    """
    watch = _WATCH.get()
    if watch is not None and watch.unwanted():
        raise Interrupted


def foresee(seconds: Callable[[], float]) -> None:
    """Say what the work ahead is likely to cost, which is worked out only where somebody watches."""
    watch = _WATCH.get()
    if watch is not None:
        watch.foresee(seconds())
