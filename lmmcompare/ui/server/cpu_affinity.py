"""Where several processes share a machine, each keeps to a core of its own: LMMCOMPARE_CORE says which.

The threads of a Python process take turns at its interpreter. Spread over two cores they hand it from one to the other, and two
processes are in each other's way: 450 people at once waited twice as long. What computes for long goes where there is room.
"""

from __future__ import annotations

import logging
import os
from functools import cache

VARIABLE = "LMMCOMPARE_CORE"
LOG = logging.getLogger(__name__)


def keep_to_one() -> None:
    """Keep the server's loop, and every thread that it starts from now on, to the core that the variable names, if any.

    Nothing happens on a system that does not know of cores, and where there is no such core; the log says so.
    """
    core = os.environ.get(VARIABLE, "").strip()
    if not core or not hasattr(os, "sched_setaffinity"):
        return
    _given()
    try:
        os.sched_setaffinity(os.getpid(), {int(core)})
    except (ValueError, OverflowError, OSError) as error:
        LOG.warning("%s=%s is no core of this machine: %s", VARIABLE, core, error)


def use_all() -> None:
    """Let this thread, and those that it starts, run on every core that the process had before it kept to one."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, _given())


@cache
def _given() -> set[int]:
    """The cores of the process when this is first asked."""
    return os.sched_getaffinity(os.getpid())
