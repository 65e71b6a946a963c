"""BLAS on one thread: a fit's matrices are small, and a second thread is waited for longer than it helps."""

from __future__ import annotations

from functools import cache
from threading import Lock

from threadpoolctl import LibController, ThreadpoolController


class OneThread:
    """A context in which BLAS has one thread, as long as any computation of the process is within it.

    The number is the process's: of computations side by side, the first to enter lowers it and the last to leave restores it.
    Two threads gain a fifth on an idle machine and cost tenfold on a busy one, products of some 20 columns wake them already, and
    they add in another order. To enter costs a few microseconds, within another one less.
    """

    def __init__(self) -> None:
        self._lock, self._within = Lock(), 0
        self._before: list[tuple[LibController, int]] = []

    def __enter__(self) -> None:
        with self._lock:
            if not self._within:
                self._before = [(library, library.num_threads) for library in _blas()]
                for library, _ in self._before:
                    _set(library, 1)
            self._within += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._within -= 1
            if not self._within:
                for library, n in self._before:
                    _set(library, n)


ONE_THREAD = OneThread()


@cache
def _blas() -> list[LibController]:
    return [library for library in ThreadpoolController().lib_controllers if library.user_api == "blas"]


def _set(library: LibController, n_threads: int) -> None:
    """Set the number of threads, whichever thread asks.

    threadpoolctl heeds one thread alone, the first that has set OpenBLAS's number, as long as it lives: on a
    server all other readers' fits would have as many threads as there are processors.
    """
    release = getattr(library, "clear_controlling_thread", lambda **_: None)  # OpenBLAS's, since 3.7
    release(force=True)
    library.set_num_threads(n_threads)
    release(force=True)
