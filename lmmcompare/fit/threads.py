"""BLAS on one thread: a fit's matrices are small, and a second thread is waited for longer than it helps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from threadpoolctl import ThreadpoolController

_limited: ContextVar[bool] = ContextVar("limited", default=False)


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


@contextmanager
def one_thread() -> Iterator[None]:
    """A context in which BLAS has one thread.

    Two gain a fifth on an idle machine and cost tenfold on a busy one, and products of some 20 columns wake them already.
    To enter costs some 20 microseconds, within another one nothing.
    """
    if _limited.get():
        yield
        return
    token = _limited.set(True)
    try:
        with _blas().limit(limits=1, user_api="blas"):
            yield
    finally:
        _limited.reset(token)
