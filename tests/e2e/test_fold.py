"""What lies below the fold in a browser: not computed again for whoever stays above, there for whoever scrolls to it."""

from __future__ import annotations

import time

import pytest

from tests.conftest import LIMIT
from tests.e2e.pictures import click_highest_point

pytestmark = pytest.mark.e2e
GAP = "() => JSON.stringify(document.querySelector('.st-key-gap-figure .js-plotly-plot').data)"
DIAL = ".st-key-dial-wide .js-plotly-plot"


def test_the_tabs_follow_the_reader(open_tab):
    tab = open_tab(height=400)
    page = tab.go("/compare?example=cv161703&tab=why")
    dial, method = page.locator(DIAL), page.locator(".st-key-pick-method")

    def says(near: bool) -> None:
        """Wait until the browser has told where its reader is."""
        end = time.monotonic() + LIMIT
        while f'"near":{str(near).lower()}'.encode() not in tab.sent[-1]:
            assert time.monotonic() < end, f"near: {near} was never said"
            page.wait_for_timeout(50)
        tab.still()

    assert dial.count() == 0  # what is above comes first
    method.get_by_text("ML", exact=True).click()
    tab.still()
    assert dial.count() == 0

    page.get_by_role("tablist").last.scroll_into_view_if_needed()
    dial.wait_for()
    says(True)
    method.get_by_text("REML", exact=True).click()
    tab.still()
    assert dial.count() == 1  # whoever looks at it sees it change

    page.get_by_role("heading", level=1).scroll_into_view_if_needed()
    says(False)
    told = len(tab.sent)
    without_mark = page.evaluate(GAP)
    page.wait_for_url(f"**&mark={click_highest_point(page)}*")
    tab.still()
    assert len(tab.sent) == told + 1 and page.evaluate(GAP) == without_mark
    page.get_by_role("tablist").last.scroll_into_view_if_needed()
    page.wait_for_function(f"before => ({GAP})() !== before", arg=without_mark)  # drawn anew, with the mark
    assert tab.trouble() == []


def test_on_a_phone_tabs_that_the_whole_page_moves_out_of_reach_wait(open_tab):
    tab = open_tab(width=390, height=900)
    page = tab.go("/compare?example=cv161703&tab=why")
    page.locator(".st-key-weights-figure .js-plotly-plot").wait_for()  # it stands between the picture and the tabs
    tab.still()
    top = page.get_by_role("tablist").last.bounding_box()["y"]
    assert top > 1.5 * 900  # else this page shows nothing of it
    assert page.locator(DIAL.replace("wide", "narrow")).count() == page.locator(DIAL).count() == 0
    page.get_by_role("tablist").last.scroll_into_view_if_needed()
    page.locator(".st-key-dial-wide, .st-key-dial-narrow").locator(".js-plotly-plot").wait_for()
    assert tab.trouble() == []


def test_what_is_folded_beside_the_page_is_there_once_it_is_opened(open_tab):
    tab = open_tab()
    page = tab.go("/compare?example=sleepstudy")
    tab.still()
    page.locator(".st-key-more-of-the-model summary").click()
    weights = page.locator(".st-key-pick-weights")
    weights.wait_for()
    tab.still()
    page.locator(".st-key-pick-method").get_by_text("ML", exact=True).click()
    page.wait_for_url("**method=ml*")
    tab.still()
    assert weights.is_visible()  # it stays open
    assert tab.trouble() == []
