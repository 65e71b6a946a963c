"""A link is copied with one click and opens the same in another browser; the same page on a slide."""

from __future__ import annotations

import pytest

from tests.conftest import EMPTY
from tests.e2e.axe import objections

pytestmark = pytest.mark.e2e

NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', {value: undefined})"  # as over http to another machine


def seen(page):
    """Title, formula, marked group, open tab and models drawn."""
    # while a figure is drawn anew, Streamlit has it there twice; a page in the background draws nothing and has no frames
    page.bring_to_front()
    once = "() => document.querySelectorAll('.st-key-lines-figure .js-plotly-plot').length === 1"
    page.wait_for_function(once, polling=100)
    return (
        page.inner_text("h1"),
        page.get_by_label("Formula", exact=True).input_value(),
        [t for t in page.locator(".st-key-lines-figure .lmm-name").all_text_contents() if "308" in t],
        page.locator('[data-testid="stTab"][aria-selected="true"]').all_inner_texts(),
        page.locator('[aria-pressed="true"]').all_inner_texts(),
    )


def test_a_link_is_copied_with_one_click_and_opens_the_same(new_visit, open_tab):
    visit = new_visit
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reading = visit.page.context.new_page()
    reading.goto(visit.base + EMPTY)
    visit.page.bring_to_front()
    page = visit.go("/compare?example=sleepstudy&formula=Reaction~Days%2B(1|Subject)&mark=308&tab=predict")
    page.get_by_role("button", name="Regression per Subject").first.click()
    visit.still()
    page.get_by_role("button", name="Share").click()
    visit.still()

    def copied() -> str:
        """What is in the clipboard after a click, and was not there before."""
        page.bring_to_front()
        page.get_by_role("button", name="Copy link").click()
        page.get_by_text("Copied.").wait_for()
        reading.bring_to_front()  # of two tabs of a window only one is drawn
        text = reading.evaluate("navigator.clipboard.readText()")
        reading.evaluate("navigator.clipboard.writeText('')")
        return text

    link = copied()
    assert link.startswith(f"{visit.base}/compare?example=sleepstudy&")
    page.evaluate(NO_CLIPBOARD)
    assert copied() == link
    reading.close()
    page.bring_to_front()
    page.keyboard.press("Escape")
    visit.still()
    here = seen(page)
    other = open_tab()
    there = seen(other.go(link.removeprefix(visit.base)))
    assert there == here and there[2]
    assert not visit.trouble() + other.trouble()


def test_the_popover_is_reached_by_keyboard_and_can_be_read_by_all(visit):
    page = visit.go("/compare?example=cv161703")
    page.get_by_role("button", name="Share").focus()
    page.keyboard.press("Enter")
    visit.still()
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.innerText") == "Copy link"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Copy HTML").wait_for()
    for theme, part in (("light", "For slides"), ("dark", "QR code")):
        page.emulate_media(color_scheme=theme)
        page.get_by_role("tab", name=part).click()
        visit.still()
        assert objections(page) == []
    assert not visit.trouble()


def test_on_a_slide_there_is_the_page_alone(visit):
    page = visit.go("/compare?example=cv161703&embed=true")
    assert "1.18 more Y per unit of X" in page.inner_text("h1")
    assert page.locator(".st-key-question").bounding_box()["y"] < 80  # the question first, then its answer
    assert page.locator("h1").bounding_box()["x"] < 200  # no sidebar
    assert page.get_by_role("button", name="Share").count() == 0
    assert "embed=true" in page.url and "formula=" in page.url  # the app's own parameters have not driven it out
    assert not visit.trouble()
