"""A fit that would take long is asked about, can be stopped, keeps what was there, and ends soon after its reader has gone."""

from __future__ import annotations

import os
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.effort import first

pytestmark = pytest.mark.e2e

QUICK, LONG = "y ~ service + (1 | dept)", "y ~ service + (service | s) + (service | d)"
CROSSED = "y ~ service + (1 | s) + (1 | d)"
STOP = '[class*="st-key-waiting-stop"] button'
"""The page's own button; in the header there is Streamlit's, which appears first on a busy machine and ends the run without a word."""
SOON = 2.0
"""Seconds of processor time that work may take after its tab was closed; by itself it would take many more.

Processor time, because it is the same on a busy machine.
"""


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


def seconds_of_work(port: int) -> float:
    """The same of a second from now on."""
    before = seconds_used(port)
    time.sleep(1)
    return seconds_used(port) - before


@pytest.fixture
def server(live_app: str) -> int:
    """The port of the running app: whoever tests it in this process has it alone."""
    port = urlsplit(live_app).port
    assert port is not None
    return port


def test_long_work_is_asked_about_stopped_and_left(server, open_tab):
    tab = open_tab(new=True)
    page = tab.go(f"/compare?example=insteval&formula={quote(QUICK)}")
    answer = page.inner_text("h1")
    alert = page.locator('[role="alert"].lmm-error')

    box = page.get_by_label("Formula", exact=True)
    box.fill(LONG)
    box.press("Enter")
    alert.filter(has_text="likely to take about").wait_for()
    tab.still()
    assert page.inner_text("h1") == answer and page.get_by_text(f"could be fitted: {QUICK}").is_visible()

    page.get_by_role("button", name="Fit all models").click()
    page.locator(STOP).click()
    alert.filter(has_text="You have stopped the fit").wait_for()
    tab.still()
    assert page.inner_text("h1") == answer and page.get_by_text(f"could be fitted: {QUICK}").is_visible()

    page.get_by_role("button", name="Fit all models").click()
    page.get_by_text("Fitting all models").wait_for()
    ends_with_its_tab(page, server)


@pytest.mark.parametrize("button", first(["Run 1,000 bootstrap samples", "Compute profile likelihood intervals"], 1))
def test_work_in_steps_ends_with_its_tab(server, open_tab, button):
    tab = open_tab(new=True)
    tab.go(f"/compare?example=insteval&tab=errors&formula={quote(CROSSED)}")
    page = tab.scroll_to_tabs()
    start = page.get_by_role("button", name=button)
    start.scroll_into_view_if_needed()
    start.click()
    page.get_by_role("button", name="Stop", exact=True).last.wait_for()
    ends_with_its_tab(page, server)


def ends_with_its_tab(page, server):
    """Close a tab for which work goes on; the work ends too."""
    end = time.monotonic() + 60
    while seconds_of_work(server) < 0.1:  # of one second, of which others may have most
        assert time.monotonic() < end, "no work goes on"
    before = seconds_used(server)
    page.close()
    while seconds_of_work(server) > 0.1:  # of one second: it has ended where less is used
        assert seconds_used(server) - before < SOON
