"""Long work that several readers may wait for: each may leave, and when nobody is left it ends.

It runs in a thread of its own, and what it gives is kept. A reader's run of the page waits for it, and says so a few times a
second; there Streamlit ends the run when the reader has gone, has closed the tab, or wants something else. Who comes back within
a moment, as a page that runs anew does, finds the same work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial
from threading import Condition, Thread
from typing import Generic, TypeVar

from ...work.interruption import Watch, watched
from .budget import SHARED, Budget, Store

TTL = 7_200.0
"""Seconds that it is kept for whoever asks next."""
LOOK = 0.2
"""Seconds between two looks of a reader who waits."""
GRACE = 1.0
"""Seconds that work goes on when nobody waits."""

Value = TypeVar("Value")


class TooLong(Exception):
    """Work that is likely to take longer than was agreed to, and so was not begun.

    Parameters
    ----------
    seconds : float
        What it is likely to take.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(eq=False)
class _Work(Generic[Value]):
    """One piece of work: who waits for it, and its end."""

    most: float
    begun: float = field(default_factory=time.monotonic)
    readers: int = 0
    left: float = field(default_factory=time.monotonic)
    ended: bool = False
    values: list[Value] = field(default_factory=list)
    error: BaseException | None = None

    def unwanted(self) -> bool:
        """Whether nobody has waited for a while."""
        return not self.readers and time.monotonic() - self.left > GRACE

    def foresee(self, seconds: float) -> None:
        if seconds > self.most:
            raise TooLong(seconds)


class SharedWork(Generic[Value]):
    """What a function gives, made once for all who ask, and kept within a budget: the longest unused is given up first.

    Parameters
    ----------
    make : callable
        The work, of hashable arguments; it may be ended where it asks `work.interruption.check`.
    budget : Budget
    entries : int
        Most results of this work that are kept.
    ttl : float
        Seconds until a result is forgotten.
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
        """What it gives for these arguments; meanwhile ``wait`` is told a few times a second since when it goes on.

        Parameters
        ----------
        given : hashable
        wait : callable
            Told the seconds; may raise, as Streamlit does where a run of a page is to end, and the reader has left.
        most : float
            Seconds that were agreed to.
        make : callable, optional
            What does the work, where that takes more than these arguments say.

        Raises
        ------
        TooLong
            Before the work proper, when it is likely to take longer than agreed.
        """
        with self._changed:
            if given in self._results:
                return self._results[given]
            work = self._going.get(given)
            if work is None or work.ended or work.unwanted() or most > work.most:
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
        """Whether it is there already."""
        with self._changed:
            return given in self._results

    def gave_way(self, *given: Hashable) -> bool:
        """Whether it was there, and gave way to what others asked for."""
        with self._changed:
            return self._results.gave_way(given)

    def forget(self, *given: Hashable) -> None:
        """Make this anew when it is next asked for."""
        with self._changed:
            self._results.pop(given, None)
            self._going.pop(given, None)

    def cache_clear(self) -> None:
        """Make anew whatever is asked for from now on."""
        with self._changed:
            self._results.clear()
            self._going.clear()

    def _is_over(self, work: _Work[Value]) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: work.ended, LOOK)

    def _run(self, given: tuple[Hashable, ...], work: _Work[Value], make: Callable[[], Value]) -> None:
        try:
            with watched(Watch(work.unwanted, work.foresee)):
                work.values.append(make())
        except BaseException as error:  # the readers' threads raise it; this one has nobody to tell
            work.error = error
        with self._changed:
            if self._going.get(given) is work:  # else it was forgotten meanwhile
                del self._going[given]
                if work.values:
                    self._results[given] = work.values[0]
            work.ended = True
            self._changed.notify_all()
