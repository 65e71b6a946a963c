"""BLAS on one thread: a fit's matrices are small, and a second thread is waited for longer than it helps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from threadpoolctl import LibController, ThreadpoolController

_limited: ContextVar[bool] = ContextVar("limited", default=False)


@cache
def _blas() -> list[LibController]:
    return [library for library in ThreadpoolController().lib_controllers if library.user_api == "blas"]


@contextmanager
def one_thread() -> Iterator[None]:
    """A context in which BLAS has one thread.

    Two gain a fifth on an idle machine and cost tenfold on a busy one, and products of some 20 columns wake them already.
    To enter costs a few microseconds, within another one nothing.
    """
    if _limited.get():
        yield
        return
    token, before = _limited.set(True), [(library, library.num_threads) for library in _blas()]
    try:
        for library, _ in before:
            library.set_num_threads(1)
        yield
    finally:
        for library, n in before:
            library.set_num_threads(n)
        _limited.reset(token)
