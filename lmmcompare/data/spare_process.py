"""A process that is started before it is needed, so that nobody waits for its libraries."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from subprocess import Popen
from threading import Condition, Thread
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
        self._changed = Condition()  # whoever has it may look at and change all that follows
        self._process: Popen[bytes] | None = None
        self._keeper: Thread | None = None
        self._due = self._wanted_until = 0.0
        atexit.register(self.end)

    def prepare(self) -> None:
        """Have one ready soon, and again after each that is taken, until nobody has asked for ``IDLE`` seconds."""
        with self._changed:
            self._wanted_until = monotonic() + IDLE
            if self._keeper is None:
                self._due = monotonic() + DELAY
                self._keeper = Thread(target=self._keep, daemon=True)
                self._keeper.start()

    def take(self) -> Popen[bytes] | None:
        """The one that is ready; None where there is none."""
        with self._changed:
            process, self._process = self._process, None
            if process is not None:
                self._due = monotonic() + DELAY
                self._changed.notify()
        if process is not None and process.poll() is not None:  # it has died waiting
            with process:  # closes its pipes
                return None
        return process

    def end(self) -> None:
        """End the one that waits, and start no other until somebody asks."""
        with self._changed:
            self._wanted_until = 0.0
            self._changed.notify()
            self._end_process()

    def _keep(self) -> None:
        """Start one whenever there is none, and end it where nobody has asked for so long."""
        with self._changed:
            try:
                while (now := monotonic()) < self._wanted_until:
                    until = self._due if self._process is None else self._wanted_until
                    if now < until:
                        self._changed.wait(until - now)
                    else:
                        self._process = self._start()
            finally:
                self._keeper = None
                self._end_process()

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with process:  # closes its pipes and waits
                process.kill()
