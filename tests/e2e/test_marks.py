"""The marked group in a browser: shown in every figure before the server knows of it, by mouse and keyboard, on its page only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e.pictures import click_highest_point

pytestmark = pytest.mark.e2e
WHERE = """() => Object.fromEntries([...document.querySelectorAll(".lmm-chart")].map(chart => [
    chart.closest('[class*="st-key-"]').className.match(/st-key-([a-z-]+)/)[1],
    chart.querySelectorAll("g.lmm-mark").length]))"""
NAME = ".st-key-lines-figure .lmm-name"
HEARD = '[role="status"].lmm-hidden'
MARKED = f"""() => new MutationObserver((_, observer) => {{
    if (!document.querySelector("{NAME}")) return;
    window.addressWhenMarked = location.search;
    observer.disconnect();
}}).observe(document, {{subtree: true, childList: true}})"""
"""Write down the address that the page has when a mark is drawn: the server may answer before a test has asked."""


def test_a_group_is_marked_in_every_figure_before_the_server_knows(open_tab):
    tab = open_tab(height=2000)
    page = tab.go("/compare?example=sleepstudy&tab=why")
    assert not any(page.evaluate(WHERE).values())
    page.evaluate(MARKED)
    group = click_highest_point(page)
    page.wait_for_function(f"() => document.querySelectorAll('{NAME}').length")
    assert "mark=" not in page.evaluate("addressWhenMarked")
    marked = page.evaluate(WHERE)
    assert marked["lines-figure"] == marked["two-slopes-figure"] == 1
    assert page.inner_text(HEARD) == f"Subject {group} is marked in every figure"
    page.evaluate(f"() => {{ document.querySelector('{NAME}').dataset.first = 'yes' }}")
    page.wait_for_url(f"**&mark={group}*")
    tab.still()
    assert page.locator(NAME).get_attribute("data-first") == "yes"  # the picture was not drawn anew
    assert page.get_by_label("Highlight a Subject").input_value() == group
    page.keyboard.press("Escape")
    page.wait_for_function(f"() => !document.querySelectorAll('{NAME}').length")
    page.wait_for_function("() => !location.search.includes('mark=')")
    tab.still()
    assert not any(page.evaluate(WHERE).values())
    assert tab.trouble() == []


def test_the_arrow_keys_go_from_group_to_group_and_enter_marks_one(visit):
    page = visit.go("/compare?example=sleepstudy")
    page.locator(".st-key-lines-figure .lmm-chart").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator(NAME).text_content() == "Subject 309"
    assert page.inner_text(HEARD) == "Subject 309, 2 of 18"
    picture, estimates = (page.locator(f".st-key-{key} .lmm-chart") for key in ("lines-figure", "coefficient-figure"))
    tree = picture.aria_snapshot()  # its numbers with their names, and not the ticks of its axes without theirs
    assert 'row "Days Reaction"' in tree and "columnheader" in tree and "200 250 300" not in tree
    assert re.search(r'row "8\.0\d+ OLS"', estimates.aria_snapshot())  # a model's name, not its place on the axis
    assert "mark=" not in page.url  # looked at, not marked
    page.keyboard.press("Enter")
    page.wait_for_url("**&mark=309*")
    visit.still()
    assert page.locator(NAME).text_content() == "Subject 309"
    page.keyboard.press("Enter")
    page.wait_for_function("() => !location.search.includes('mark=')")
    assert visit.trouble() == []


def test_a_pick_list_and_a_link_mark_and_what_is_saved_shows_it(visit):
    page = visit.go("/compare?example=sleepstudy&mark=335")
    assert page.locator(NAME).text_content() == "Subject 335"
    page.locator(".st-key-lines-figure").hover()
    with page.expect_download() as waiting:
        page.locator(".st-key-lines-figure").get_by_role("button", name="Download plot").click()
    saved = Path(waiting.value.path()).read_text()
    assert saved.startswith("<svg") and "Subject 335</text>" in saved
    page.get_by_label("Highlight a Subject").click()
    page.get_by_role("option", name="351").click()
    visit.still()
    assert page.locator(NAME).text_content() == "Subject 351"
    page.locator(".st-key-menu a", has_text="Stories").evaluate("link => link.click()")
    page.wait_for_url("**/stories*")
    visit.still()
    assert page.locator(".lmm-chart").count() and not page.locator("g.lmm-mark").count()
    assert visit.trouble() == []
