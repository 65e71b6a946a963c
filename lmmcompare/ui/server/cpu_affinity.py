"""Binds each of several server processes on a machine to a core of its own, named by LMMCOMPARE_CORE.

The threads of a Python process take turns at the interpreter lock. Spread over two cores they pass it from one to the other,
and two processes slow each other down: with 450 people at once, responses took twice as long. Threads that compute for long
are not bound (`use_all`).
"""

from __future__ import annotations

import logging
import os
from functools import cache

VARIABLE = "LMMCOMPARE_CORE"
LOG = logging.getLogger(__name__)


def keep_to_one() -> None:
    """Keep the server's loop, and every thread that it starts from now on, to the core that the variable names, if any.

    Does nothing where the system has no such call; logs a warning where there is no such core.
    """
    core = os.environ.get(VARIABLE, "").strip()
    if not core or not hasattr(os, "sched_setaffinity"):
        return
    _initial_cores()
    try:
        os.sched_setaffinity(os.getpid(), {int(core)})
    except (ValueError, OverflowError, OSError) as error:
        LOG.warning("%s=%s is no core of this machine: %s", VARIABLE, core, error)


def use_all() -> None:
    """Let this thread, and those that it starts, run on every core that the process had before it kept to one."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, _initial_cores())


@cache
def _initial_cores() -> set[int]:
    """The cores that the process had at the first call; to be called before `keep_to_one` changes them."""
    return os.sched_getaffinity(os.getpid())
