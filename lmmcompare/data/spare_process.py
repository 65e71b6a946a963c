"""A process that is started before it is needed, so that nobody waits for its libraries."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from subprocess import Popen
from threading import Lock, Timer
from time import monotonic

DELAY = 1.0
"""Seconds until the next one is started: whoever asked for it, or took the last, has the processor first."""
IDLE = 900.0
"""Seconds after which one that nobody has asked for again is ended."""


class Spare:
    """At most one process at a time that waits for its work; who takes it has it alone, and it is never given back.

    Parameters
    ----------
    start : callable
        Starts a process that waits for its standard input and ends with it.
    """

    def __init__(self, start: Callable[[], Popen[bytes]]) -> None:
        self._start = start
        self._lock = Lock()
        self._process: Popen[bytes] | None = None
        self._next: Timer | None = None  # to start one, or to end the one that waits
        self._wanted_until = 0.0
        atexit.register(self.end)

    def prepare(self) -> None:
        """Have one ready soon, and again after each that is taken, until nobody has asked for ``IDLE`` seconds."""
        with self._lock:
            self._wanted_until = monotonic() + IDLE
            if self._next is None:
                self._plan(DELAY)

    def take(self) -> Popen[bytes] | None:
        """The one that is ready; None where there is none."""
        with self._lock:
            process, self._process = self._process, None
            if process is not None:
                self._plan(DELAY)
        if process is not None and process.poll() is not None:  # it has died waiting
            with process:  # closes its pipes
                return None
        return process

    def end(self) -> None:
        """End the one that waits, and start no other until somebody asks."""
        with self._lock:
            self._wanted_until = 0.0
            if self._next is not None:
                self._next.cancel()
                self._next = None
            self._end_process()

    def _plan(self, seconds: float) -> None:
        if self._next is not None:
            self._next.cancel()
        self._next = Timer(seconds, self._look_after)
        self._next.daemon = True
        self._next.start()

    def _look_after(self) -> None:
        """Start one, or end it where nobody has asked for so long."""
        with self._lock:
            left = self._wanted_until - monotonic()
            if left > 0:
                self._process = self._process or self._start()
                self._plan(left)
            else:
                self._next = None
                self._end_process()

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with process:  # closes its pipes and waits
                process.kill()
