"""What the hand does to the picture is answered by the browser: models, the theme, points left out. One visit for all of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e.pictures import click_point

pytestmark = pytest.mark.e2e
PLOT = "document.querySelector('.st-key-lines-figure .js-plotly-plot')"
DRAWN = f"{PLOT}._fullData.filter(t => t.visible === true && t.opacity !== 0)"
MODELS = f"() => [...new Set({DRAWN}.map(t => t.meta?.part).filter(p => /^(each|everyone)/.test(p)))].sort()"
CLICK = """(name) => new Promise(done => {
    const button = [...document.querySelectorAll(".lmm-models button")].find(b => b.textContent.includes(name));
    const before = location.search;
    button.click();
    setTimeout(() => done([button.getAttribute("aria-pressed"), location.search === before]), 0);
})"""
INK = f"() => [{PLOT}._fullLayout.font.color, {DRAWN}.find(t => t.meta?.part === 'everyone ols').line.color]"
HIGHEST = f"""() => {{
    const plot = {PLOT}, trace = plot._fullData.find(t => t.meta?.part === "points"), l = plot._fullLayout;
    const box = plot.getBoundingClientRect(), top = [...trace.y].indexOf(Math.max(...trace.y));
    return {{x: box.x + l.xaxis._offset + l.xaxis.d2p(trace.x[top]), y: box.y + l.yaxis._offset + l.yaxis.d2p(trace.y[top]),
             point: top, row: trace.meta.rows[top]}};
}}"""


def ranges(page: Page) -> list[list[float]]:
    return page.evaluate(f"() => [{PLOT}._fullLayout.xaxis.range, {PLOT}._fullLayout.yaxis.range].map(r => [...r])")


def zoom(page: Page) -> None:
    """Zoom by hand to all but the first day."""
    page.locator(".st-key-lines-figure").hover()
    page.get_by_role("button", name="Zoom").first.click()
    start, end = page.evaluate(
        f"""() => {{
            const box = {PLOT}.getBoundingClientRect(), l = {PLOT}._fullLayout;
            const middle = box.y + l.yaxis._offset + l.yaxis._length / 2;
            return [1, 9.3].map(day => [box.x + l.xaxis._offset + l.xaxis.d2p(day), middle]);
        }}"""
    )
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()
    page.wait_for_function(f"() => {PLOT}._fullLayout.xaxis.range[0] > 0.5")


def test_models_theme_and_points_are_at_hand(visit):
    page = visit.go("/compare?example=sleepstudy")
    page.evaluate(f"() => {{ {PLOT}.dataset.first = 'yes'; }}")
    zoom(page)
    zoomed = ranges(page)

    pressed, same_address = page.evaluate(CLICK, "Subject dummies")
    assert pressed == "true" and same_address  # the server knows nothing yet
    page.wait_for_function(f"() => {DRAWN}.some(t => t.meta?.part === 'each no_pooling')")
    page.wait_for_url("**models=ols%2Cno_pooling%2Crandom_slope*")
    visit.still()
    assert page.evaluate(MODELS) == [
        "each no_pooling", "each random_slope", "everyone ols", "everyone random_slope",
    ]  # fmt: skip

    light = page.evaluate(INK)
    asked = len(visit.sent)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => ({INK})().every((ink, k) => ink !== light[k])", arg=light)
    page.emulate_media(color_scheme="light")
    page.wait_for_function(f"light => ({INK})().every((ink, k) => ink === light[k])", arg=light)
    assert len(visit.sent) == asked > 0

    page.locator(".st-key-lines-figure").hover()
    page.get_by_role("button", name="Leave points out").first.click()
    point = page.evaluate(HIGHEST)
    click_point(page, point)
    page.wait_for_url(f"**excluded={point['row']}&*")
    visit.still()
    assert page.locator(".st-key-left-out").get_by_text("1 point left out").count()
    assert page.evaluate(f"() => {DRAWN}.filter(t => /^before/.test(t.meta?.part)).length") == 2
    assert page.evaluate(f"() => [...{DRAWN}.find(t => t.meta?.out).meta.rows]") == [point["row"]]
    page.get_by_role("button", name="Put it back").press("Enter")
    page.wait_for_function("() => !location.search.includes('excluded=')")
    page.wait_for_function(
        "() => document.activeElement.closest('.st-key-lines-figure')"
    )  # not on the document, as the button goes
    visit.still()
    assert page.evaluate(f"() => {PLOT}.dataset.first") == "yes"  # the same element through all of it
    assert ranges(page) == zoomed  # and the reader's zoom
    assert not visit.trouble()


def test_the_picture_without_a_point_is_drawn_before_the_page_is_asked_and_once(new_visit):
    """Where it cannot be had so, as behind a proxy that lets nothing through but the page's own, it comes with the page."""
    page = new_visit.go("/compare?example=sleepstudy")
    page.locator(".st-key-lines-figure").hover()
    page.get_by_role("button", name="Leave points out").first.click()
    page.wait_for_function(f"() => {PLOT}._fullLayout.dragmode === 'lasso'")
    new_visit.still()
    asked = len(new_visit.sent)
    page.evaluate(f"() => {PLOT}.on('plotly_react', () => {{ window.drawn = (window.drawn ?? 0) + 1; }})")
    point = page.evaluate(HIGHEST)
    with page.expect_response("**/refit") as response:
        click_point(page, point)
    assert response.value.status == 200 and len(new_visit.sent) == asked
    page.wait_for_function(f"() => {DRAWN}.some(t => t.meta?.out)")
    page.wait_for_url(f"**excluded={point['row']}&*")
    new_visit.still()
    assert page.evaluate("window.drawn") == 2  # the models chosen, then the others

    page.route("**/refit", lambda route: route.abort())
    click_point(page, page.evaluate(HIGHEST))
    page.wait_for_function("() => /excluded=[0-9]+(-|%2C)[0-9]+/.test(location.search)")
    new_visit.still()
    assert page.evaluate(f"() => {DRAWN}.find(t => t.meta?.out).meta.rows.length") == 2
    assert not new_visit.trouble()


FOCUSED = "() => (e => e.getAttribute('aria-label') || e.innerText || e.tagName)(document.activeElement)"


def test_the_keyboard_alone_passes_the_figures_buttons_and_leaves_a_point_out_by_the_list(visit):
    """Tab leaves every button of the figure, Enter presses them, what a popover draws late is entered, and a tab keeps the focus."""
    page = visit.go("/compare?example=sleepstudy")

    def press_tab_to(words: str) -> list[str]:
        passed = []
        while len(passed) < 20 and words not in (name := page.evaluate(FOCUSED)):
            passed.append(name)
            page.keyboard.press("Tab")
        assert words in page.evaluate(FOCUSED), passed
        return passed

    tab = page.get_by_role("tab", name="The numbers")
    tab.focus()
    tab.evaluate("tab => tab.removeAttribute('tabindex')")  # as Streamlit does while a run has not come to the tab
    page.wait_for_function("() => document.activeElement === document.body")
    tab.evaluate("tab => tab.setAttribute('tabindex', '0')")
    page.wait_for_function(f"() => ({FOCUSED})() === 'The numbers'")

    page.locator(".st-key-lines-figure .lmm-chart").focus()
    assert "Leave points out: tap one, or draw round several" in press_tab_to("Zoom")
    page.keyboard.press("Enter")
    page.wait_for_function(f"() => {PLOT}._fullLayout.dragmode === 'zoom'")
    press_tab_to("Full screen")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.fullscreenElement")
    visit.still()
    drawn = page.locator(".st-key-lines-figure .main-svg").first.bounding_box()
    assert drawn["x"] + drawn["width"] <= 1440 - 15 and drawn["y"] + drawn["height"] <= 900 - 15  # its margin too
    page.evaluate("document.exitFullscreen()")
    press_tab_to("Leave points out by a list")
    page.keyboard.press("Enter")
    page.wait_for_function(f"() => ({FOCUSED})() === 'Points of a Subject'")
    press_tab_to("that are left out")
    page.keyboard.type("Row 3:")
    page.get_by_role("option", name="Row 3:").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**excluded=3&*")
    visit.still()
    assert page.locator(".st-key-left-out").get_by_text("1 point left out").count()
    assert not visit.trouble()
