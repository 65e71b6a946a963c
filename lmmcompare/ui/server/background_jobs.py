"""Work that goes on while people look at what there is of it: in steps, in the background, shared by all who ask for it.

A page never waits for a job to end. It says that it is looking, takes the latest that there is, and looks again; a job
that nobody has looked at for a while stands still until somebody does. A step that would go on for long when nobody looks
any more is cut short; the job begins anew when somebody does.
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
"""Seconds that a look lasts; a browser lets tabs in the background look about once a second, or less."""
KEPT = 60
"""Jobs that are kept, those looked at last."""
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
        What it has found so far; None for nothing yet.
    error : LmmCompareError or None
        What ended it.
    finished : bool
    spent : float
        Seconds of work.
    """

    latest: Any
    error: LmmCompareError | None
    finished: bool
    spent: float


class Job:
    """Work in steps: what it has found so far, and whether it is at its end."""

    def __init__(self, make: Make) -> None:
        self._make: Make | None = make
        self._steps: Iterator[Any] | None = None
        self.latest: Any = None
        self.error: LmmCompareError | None = None
        self.finished = False
        self.spent = 0.0

    def status(self) -> JobStatus:
        """The job as it is now."""
        finished = self.finished  # first: what is finished changes no more
        return JobStatus(self.latest, self.error, finished, self.spent)

    def step(self, unwanted: Callable[[], bool]) -> None:
        """Go one step on, unless it turns out to be unwanted."""
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
            self._end(error)
        except Exception:  # whatever it is: a thread that dies would leave every reader of its jobs waiting
            LOG.exception("A job failed")
            self._end(FAILED)
        self.spent += time.perf_counter() - begin

    def _end(self, error: LmmCompareError | None) -> None:
        self._make, self._steps, self.error = None, None, error
        self.finished = True


class Jobs:
    """Jobs of one thread; the one that has had least time goes first, so that a new one has something to show at once.

    Parameters
    ----------
    kept : int
    lease : float
        Seconds.
    connected : callable
        Whether a reader is still there; who has gone looks no more, however long the look was to last.
    """

    def __init__(
        self, kept: int = KEPT, lease: float = LEASE, connected: Callable[[str], bool] = lambda reader: True
    ) -> None:
        self._kept = kept
        self._lease = lease
        self._connected = connected
        self._jobs: OrderedDict[Any, Job] = OrderedDict()
        self._looks: dict[str, tuple[Any, float]] = {}
        self._changed = Condition()
        self._started = False

    def look(self, reader: str, key: Any, make: Make) -> Job:
        """The job of this key, begun if need be, and looked at from now on; what the reader looked at before is left."""
        with self._changed:
            job = self._jobs.setdefault(key, Job(make))
            self._jobs.move_to_end(key)
            self._looks[reader] = key, time.monotonic() + self._lease
            self._give_up()
            if not self._started:
                self._started = True
                Thread(target=self._work, name="studies", daemon=True).start()
            self._changed.notify_all()
        return job

    def leave(self, reader: str) -> None:
        """Look no longer; the job stands still unless others look."""
        with self._changed:
            self._looks.pop(reader, None)

    def find(self, key: Any) -> Job | None:
        """The job of this key, whether anybody looks or not."""
        with self._changed:
            return self._jobs.get(key)

    def wait(self, job: Job, seconds: float) -> None:
        """Until the job has something to show, but no longer than this."""
        with self._changed:
            self._changed.wait_for(lambda: job.latest is not None or job.finished, seconds)

    def _give_up(self) -> None:
        """Forget what nobody has looked at for longest, when there is too much of it."""
        looked_at = self._looked_at()
        for key in [k for k in self._jobs if k not in looked_at][: max(0, len(self._jobs) - self._kept)]:
            del self._jobs[key]

    def _looked_at(self) -> set[Any]:
        now = time.monotonic()
        self._looks = {who: look for who, look in self._looks.items() if look[1] > now and self._connected(who)}
        return {key for key, _ in self._looks.values()}

    def _next(self) -> tuple[Any, Job] | None:
        waiting = ((key, self._jobs[key]) for key in self._looked_at() if key in self._jobs)
        return min(((k, j) for k, j in waiting if not j.finished), key=lambda pair: pair[1].spent, default=None)

    def _unwanted(self, key: Any) -> Callable[[], bool]:
        """Whether nobody has looked at this for a while; asked often, and so found out now and then."""
        look = left = time.monotonic()

        def unwanted() -> bool:
            nonlocal look, left
            now = time.monotonic()
            if now >= look:
                look = now + LOOK
                with self._changed:
                    if key in self._looked_at():
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
