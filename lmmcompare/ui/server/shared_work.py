"""Long computations that several sessions wait for together; one that no session waits for any more is cancelled.

A computation runs in a thread of its own, and its result is cached. The script run of each waiting session draws its progress a
few times a second, which is where Streamlit ends the run when the tab is closed or another run is requested. A session that
returns within `GRACE` seconds, as a rerun does, joins the same computation.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from threading import Condition, Thread
from typing import Generic, TypeVar

from ...errors import LmmCompareError
from ...work.interruption import Watch, watched
from .cache_budget import SHARED, Budget, Store

TTL = 7_200.0
"""Seconds until a cached result expires."""
LOOK = 0.2
"""Seconds between two calls of ``wait``."""
GRACE = 1.0
"""Seconds for which a computation goes on when no session waits for it."""

LOG = logging.getLogger(__name__)

Value = TypeVar("Value")


class TooLong(Exception):
    """Raised for work that is likely to take longer than the caller allows, before it is begun.

    Parameters
    ----------
    seconds : float
        The estimated duration.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(eq=False)
class _Work(Generic[Value]):
    """One computation: how many sessions wait for it, and its result or error."""

    max_seconds: float
    begun: float = field(default_factory=time.monotonic)
    readers: int = 0
    left: float = field(default_factory=time.monotonic)
    ended: bool = False
    values: list[Value] = field(default_factory=list)
    error: BaseException | None = None

    def is_unwanted(self) -> bool:
        """Whether no session has waited for longer than `GRACE`."""
        return not self.readers and time.monotonic() - self.left > GRACE

    def limit_duration(self, seconds: float) -> None:
        if seconds > self.max_seconds:
            raise TooLong(seconds)


class SharedWork(Generic[Value]):
    """Results of a function, each computed once for all sessions and cached within a budget (least recently used out first).

    Parameters
    ----------
    make : callable
        The function, of hashable arguments; it is cancelled where it calls `work.interruption.check`.
    entries : int
        The largest number of results in the cache.
    ttl : float
        Seconds until a result expires.
    """

    def __init__(
        self, make: Callable[..., Value], budget: Budget = SHARED, entries: int = 1_000_000, ttl: float = TTL
    ) -> None:
        self._make = make
        self._results: Store[Value] = Store(budget, entries, ttl)
        self._going: dict[Hashable, _Work[Value]] = {}
        self._changed = Condition()

    def get(
        self,
        *given: Hashable,
        wait: Callable[[float], None],
        most: float = float("inf"),
        make: Callable[[], Value] | None = None,
    ) -> Value:
        """Return the result for these arguments, computed if need be; any error of the function is raised here.

        Parameters
        ----------
        given : hashable
            The arguments, which are the key.
        wait : callable
            Called with the seconds so far, a few times a second; may raise, as Streamlit does to end a run.
        most : float
            The largest estimated duration, in seconds.
        make : callable, optional
            Computes the result in place of the function, where that needs more than the key.

        Raises
        ------
        TooLong
            Before the work proper, when it is likely to take longer than agreed.
        """
        with self._changed:
            with suppress(KeyError):  # not asked for first: entries of other caches may push it out between
                return self._results[given]
            work = self._going.get(given)
            if work is None or work.ended or work.is_unwanted() or most > work.max_seconds:
                work = self._going[given] = _Work(most)
                Thread(
                    target=self._run, args=(given, work, make or partial(self._make, *given)), name="work", daemon=True
                ).start()
            work.readers += 1
        try:
            while not self._is_over(work):
                wait(time.monotonic() - work.begun)
        finally:
            with self._changed:
                work.readers, work.left = work.readers - 1, time.monotonic()
        if work.error is not None:
            raise work.error
        return work.values[0]

    def has(self, *given: Hashable) -> bool:
        """Whether the result for these arguments is in the cache."""
        with self._changed:
            return given in self._results

    def was_evicted(self, *given: Hashable) -> bool:
        """Whether the result for these arguments has been evicted to make room."""
        with self._changed:
            return self._results.was_evicted(given)

    def forget(self, *given: Hashable) -> None:
        """Remove the result for these arguments, and do not store one that is being computed."""
        with self._changed:
            self._results.pop(given, None)
            self._going.pop(given, None)

    def forget_where(self, matches: Callable[[Hashable], bool]) -> None:
        """Remove the results whose arguments match, and do not store those that are being computed."""
        with self._changed:
            self._results.forget_where(matches)
            for given in [given for given in self._going if matches(given)]:
                del self._going[given]

    def cache_clear(self) -> None:
        """Remove all results, and do not store any that is being computed."""
        with self._changed:
            self._results.clear()
            self._going.clear()

    def _is_over(self, work: _Work[Value]) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: work.ended, LOOK)

    def _run(self, given: tuple[Hashable, ...], work: _Work[Value], make: Callable[[], Value]) -> None:
        try:
            with watched(Watch(work.is_unwanted, work.limit_duration)):
                work.values.append(make())
        except LmmCompareError as error:  # sessions keep it while they show it
            work.error = error.alone()
        except BaseException as error:  # raised in the threads that wait
            work.error = error
        with self._changed:
            try:
                if self._going.get(given) is work:  # else it was forgotten meanwhile
                    del self._going[given]
                    if work.values:
                        self._results[given] = work.values[0]
            except Exception:  # as where memory is short: it is given all the same, and nobody waits for ever
                LOG.exception("A result could not be kept")
            work.ended = True
            self._changed.notify_all()
