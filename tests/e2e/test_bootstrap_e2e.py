"""The bootstrap in a browser: it runs in steps, shows what it has, stops when asked, and the page answers meanwhile."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.e2e


def opened(visit, path):
    """The compare page with the intervals' tab open."""
    page = visit.go(path)
    page.get_by_role("tab", name="Errors and intervals").click()
    return visit.still()


def panel(page):
    return page.locator('[role="tabpanel"]:visible')


def test_a_bootstrap_runs_to_its_end_and_joins_the_intervals(visit):
    page = opened(visit, "/compare?example=sleepstudy")
    assert panel(page).get_by_role("columnheader", name="Bootstrap").count() == 0
    panel(page).get_by_role("button", name="Run 1,000 bootstrap samples").click()
    panel(page).get_by_text("1,000 samples of outcomes simulated from the fit").wait_for()
    visit.still()
    assert panel(page).get_by_role("columnheader", name="Bootstrap").count() == 1
    assert "a histogram of 1,000 bootstrap draws" in page.content()  # as a screen reader hears it
    before = page.inner_text("body")
    page.wait_for_timeout(1_500)
    assert page.inner_text("body") == before  # nothing goes on ticking
    assert visit.trouble() == []


def test_a_long_bootstrap_can_be_stopped(visit):
    page = opened(visit, "/compare?example=pastes")
    panel(page).get_by_role("button", name="Run 1,000 bootstrap samples").click()
    progress = panel(page).get_by_test_id("stProgress")
    progress.get_by_text(re.compile(r"[1-9]\d* of 1,000 samples")).wait_for()
    panel(page).get_by_role("columnheader", name="Bootstrap").wait_for()  # first results at once
    stop = panel(page).get_by_role("button", name="Stop")
    stop.click()
    stop.wait_for(state="detached")
    visit.still()
    said = panel(page).get_by_text(re.compile("samples of outcomes simulated from the fit")).inner_text()
    assert 0 < int(said.split()[0]) < 1000
    assert panel(page).get_by_role("button", name="Run 1,000 bootstrap samples").is_enabled()
    assert visit.trouble() == []
