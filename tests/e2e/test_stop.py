"""A fit that would take long is asked about, can be stopped, keeps what was there, and ends soon after its reader has gone."""

from __future__ import annotations

import os
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.conftest import free_port, served

pytestmark = pytest.mark.e2e

QUICK, LONG = "y ~ service + (1 | dept)", "y ~ service + (service | s) + (service | d)"
GRACE = 2.0
"""Seconds after which nobody's work goes on."""


def seconds_used(port: int) -> float:
    """Processor time of the server at this port."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if str(port) in (folder / "cmdline").read_text().split("\0"):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except OSError:
            continue  # it has ended
    raise AssertionError("no such server")


def test_long_work_is_asked_about_stopped_and_left(open_tab, tmp_path):
    port = free_port()
    with served(port, tmp_path / "log.txt") as base:
        tab = open_tab()
        tab.base = base
        page = tab.go(f"/compare?example=insteval&formula={quote(QUICK)}")
        answer = page.inner_text("h1")
        alert = page.locator(".lmm-error")

        page.get_by_label("Formula", exact=True).fill(LONG)
        page.keyboard.press("Enter")
        alert.get_by_text("likely to take about").wait_for()
        tab.still()
        assert page.inner_text("h1") == answer and page.get_by_text(f"could be fitted: {QUICK}").is_visible()

        page.get_by_role("button", name="Fit all models").click()
        page.get_by_role("button", name="Stop", exact=True).last.click()
        alert.get_by_text("You have stopped the fit").wait_for()
        tab.still()
        assert page.inner_text("h1") == answer and page.get_by_text(f"could be fitted: {QUICK}").is_visible()

        page.get_by_role("button", name="Fit all models").click()
        page.get_by_text("Fitting all models").wait_for()
        before = seconds_used(port)
        time.sleep(1)
        assert seconds_used(port) - before > 0.1  # it is at work
        assert tab.trouble() == []
        page.close()
        time.sleep(GRACE)
        before = seconds_used(port)
        time.sleep(1)
        assert seconds_used(port) - before < 0.1
