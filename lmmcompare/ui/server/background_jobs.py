"""Background jobs that run in steps and are shared by all sessions that request them.

A page never waits for a job to end: it polls for the latest result. Each poll (`Jobs.renew_lease`) renews the session's lease on the
job. A job without a lease pauses until it is polled again; a long step of it is interrupted, and the job then starts over.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Any

from ...errors import LmmCompareError
from ...work.interruption import Interrupted, Watch, watched
from . import cpu_affinity
from .shared_work import GRACE, LOOK

LEASE = 10.0
"""Seconds for which a poll keeps a job running; browsers slow background tabs to about one poll a second, or fewer."""
KEPT = 60
"""Number of jobs kept, the most recently polled ones."""
FAILED = LmmCompareError(
    "The computation stopped on an error of the program.", "Change a setting, or try it again later."
)
LOG = logging.getLogger(__name__)

Make = Callable[[], Iterator[Any]]


@dataclass(frozen=True)
class JobStatus:
    """A job at one moment.

    Parameters
    ----------
    latest : object
        Its latest result; None before the first one.
    error : LmmCompareError or None
        The error that ended it.
    spent : float
        Seconds of work.
    """

    latest: Any
    error: LmmCompareError | None
    finished: bool
    spent: float


class Job:
    """Work in steps: its latest result, and whether it is finished."""

    def __init__(self, make: Make) -> None:
        self._make: Make | None = make
        self._steps: Iterator[Any] | None = None
        self.latest: Any = None
        self.error: LmmCompareError | None = None
        self.finished = False
        self.spent = 0.0

    def status(self) -> JobStatus:
        """The job as it is now."""
        finished = self.finished  # read first: a finished job does not change any more
        return JobStatus(self.latest, self.error, finished, self.spent)

    def step(self, unwanted: Callable[[], bool]) -> None:
        """Run one step; interrupted, and the job reset to its start, if ``unwanted`` becomes true meanwhile."""
        begin = time.perf_counter()
        try:
            if self._steps is None and self._make is not None:
                self._steps = self._make()
            assert self._steps is not None
            with watched(Watch(unwanted, lambda seconds: None)):
                self.latest = next(self._steps)
        except StopIteration:
            self._end(None)
        except Interrupted:
            self._steps = None
        except LmmCompareError as error:
            self._end(error.alone())
        except Exception:  # of any kind: if the thread died, all its jobs would hang
            LOG.exception("A job failed")
            self._end(FAILED)
        self.spent += time.perf_counter() - begin

    def _end(self, error: LmmCompareError | None) -> None:
        self._make, self._steps, self.error = None, None, error
        self.finished = True


class Jobs:
    """Jobs that share one thread; the one with the least time so far runs next, so that a new one has a result soon.

    Parameters
    ----------
    kept : int
        Number of jobs kept.
    lease : float
        Seconds for which a poll keeps a job running.
    connected : callable
        Whether a reader's session is still connected; if not, its lease ends at once.
    """

    def __init__(
        self, kept: int = KEPT, lease: float = LEASE, connected: Callable[[str], bool] = lambda reader: True
    ) -> None:
        self._kept = kept
        self._lease = lease
        self._connected = connected
        self._jobs: OrderedDict[Any, Job] = OrderedDict()
        self._leases: dict[str, tuple[Any, float]] = {}
        self._changed = Condition()
        self._started = False

    def renew_lease(self, reader: str, key: Any, make: Make) -> Job:
        """Return the job of this key, created if need be, and renew the reader's lease on it, which replaces any other."""
        with self._changed:
            job = self._jobs.setdefault(key, Job(make))
            self._jobs.move_to_end(key)
            self._leases[reader] = key, time.monotonic() + self._lease
            self._evict()
            if not self._started:
                self._started = True
                Thread(target=self._work, name="studies", daemon=True).start()
            self._changed.notify_all()
        return job

    def end_lease(self, reader: str) -> None:
        """End the reader's lease; the job pauses unless others poll it."""
        with self._changed:
            self._leases.pop(reader, None)

    def find(self, key: Any) -> Job | None:
        """The job of this key, or None; does not renew a lease."""
        with self._changed:
            return self._jobs.get(key)

    def wait(self, job: Job, seconds: float) -> None:
        """Block until the job has a result or is finished, but for at most so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: job.latest is not None or job.finished, seconds)

    def _evict(self) -> None:
        """Remove the least recently polled jobs without a lease when there are too many."""
        looked_at = self._leased_keys()
        for key in [k for k in self._jobs if k not in looked_at][: max(0, len(self._jobs) - self._kept)]:
            del self._jobs[key]

    def _leased_keys(self) -> set[Any]:
        now = time.monotonic()
        self._leases = {who: look for who, look in self._leases.items() if look[1] > now and self._connected(who)}
        return {key for key, _ in self._leases.values()}

    def _next(self) -> tuple[Any, Job] | None:
        waiting = ((key, self._jobs[key]) for key in self._leased_keys() if key in self._jobs)
        return min(((k, j) for k, j in waiting if not j.finished), key=lambda pair: pair[1].spent, default=None)

    def _unwanted(self, key: Any) -> Callable[[], bool]:
        """Return a function that tells whether the job has had no lease for a while; it checks only every `LOOK` seconds."""
        look = left = time.monotonic()

        def unwanted() -> bool:
            nonlocal look, left
            now = time.monotonic()
            if now >= look:
                look = now + LOOK
                with self._changed:
                    if key in self._leased_keys():
                        left = look
            return now - left > GRACE

        return unwanted

    def _work(self) -> None:
        cpu_affinity.use_all()
        while True:
            with self._changed:
                while (pair := self._next()) is None:
                    self._changed.wait()
            key, job = pair
            job.step(self._unwanted(key))
            with self._changed:
                self._changed.notify_all()
