"""The bootstrap in a browser: it runs to its end by itself, and then nothing goes on."""

from __future__ import annotations

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
    texts = [page.inner_text("body")]
    for _ in range(5):  # on a busy machine a figure's table for readers of the screen comes late
        page.wait_for_timeout(1_500)
        texts.append(page.inner_text("body"))
        if texts[-1] == texts[-2]:
            break
    assert texts[-1] == texts[-2]  # nothing goes on ticking
    assert visit.trouble() == []
