"""A process keeps to the core that it is given, and its studies use all; asked in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SCRIPT = """
import os, threading
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

cpu_affinity.keep_to_one()
print(said(False), said(True), said(False))
"""
ALL = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
pytestmark = pytest.mark.skipif(not ALL, reason="this system does not say which cores a process may use")


def run(core: str | None) -> tuple[str, str]:
    own = {name: value for name, value in os.environ.items() if name != "LMMCOMPARE_CORE"}
    own |= {} if core is None else {"LMMCOMPARE_CORE": core}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=own, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.strip(), done.stderr


def test_new_threads_keep_to_the_core_and_studies_use_all():
    core = ALL[-1]
    assert run(str(core)) == (f"[{core}] {ALL} [{core}]", "")


@pytest.mark.parametrize("core", ["first", "4095", "-1", "1e99", "9" * 30])
def test_a_core_that_is_not_there_is_said_and_nothing_changes(core):
    shown, log = run(core)
    assert shown == f"{ALL} {ALL} {ALL}"
    assert f"LMMCOMPARE_CORE={core} is no core of this machine" in log


@pytest.mark.parametrize("core", [None, "", " "])
def test_nothing_asked_nothing_done(core):
    assert run(core) == (f"{ALL} {ALL} {ALL}", "")
