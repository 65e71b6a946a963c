"""A process keeps to the core that it is given, and its studies use all; asked in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SCRIPT = """
import os, sys, threading
from lmmcompare.ui.server import cpu_affinity

def said(use_all):
    found = []
    def ask():
        if use_all:
            cpu_affinity.use_all()
        found.append(sorted(os.sched_getaffinity(0)))
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return found[0]

for core in sys.argv[1:]:  # each in a child, for a process is kept to a core once
    print("next", flush=True)
    if (child := os.fork()) == 0:
        os.dup2(1, 2)
        os.environ.pop("LMMCOMPARE_CORE", None)
        if core != "none":
            os.environ["LMMCOMPARE_CORE"] = core
        cpu_affinity.keep_to_one()
        print(said(False), said(True), said(False), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""
ALL = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
pytestmark = pytest.mark.skipif(not ALL, reason="this system does not say which cores a process may use")


NO_CORES = ["first", "4095", "-1", "1e99", "9" * 30]
NOTHING = ["none", "", " "]


@pytest.fixture(scope="module")
def found() -> dict[str, list[str]]:
    """What a process says that is given each core: its log, then the cores of three threads of it."""
    given = [str(ALL[-1]), *NO_CORES, *NOTHING]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *given], capture_output=True, text=True, timeout=60, check=True
    )
    return dict(zip(given, (part.splitlines() for part in done.stdout.split("next\n")[1:]), strict=True))


def test_new_threads_keep_to_the_core_and_studies_use_all(found):
    core = ALL[-1]
    assert found[str(core)] == [f"[{core}] {ALL} [{core}]"]


@pytest.mark.parametrize("core", NO_CORES)
def test_a_core_that_is_not_there_is_said_and_nothing_changes(found, core):
    *log, shown = found[core]
    assert shown == f"{ALL} {ALL} {ALL}"
    assert f"LMMCOMPARE_CORE={core} is no core of this machine" in "\n".join(log)


@pytest.mark.parametrize("core", NOTHING)
def test_nothing_asked_nothing_done(found, core):
    assert found[core] == [f"{ALL} {ALL} {ALL}"]
