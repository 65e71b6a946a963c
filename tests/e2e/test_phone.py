"""On a phone, held in one hand: what a finger changes and what shows the change are in sight together."""

from __future__ import annotations

import pytest

from tests.e2e.pictures import HIGHEST
from tests.e2e.test_layout import LOOK, TEXT_SIZE
from tests.effort import first

pytestmark = pytest.mark.e2e

# (width, height, pixels of the page's text); 260 x 563 is 390 x 844 at 150% zoom
PHONES = [(390, 844, 15), (320, 640, 15), (390, 844, 24), (320, 640, 24), (260, 563, 15)]
FOCUSED = """() => {
    const node = document.activeElement, pinned = document.querySelector('[data-testid="stLayoutWrapper"]:has(> .st-key-pinned)');
    const [{ top, bottom }, over] = [node, pinned].map(n => n.getBoundingClientRect());
    return { of: node.getAttribute('aria-label') || node.innerText, top, bottom, over: over.bottom,
        ours: !!node.closest('[data-testid="stMainBlockContainer"]') && !pinned.contains(node) };
}"""
SIMULATE, STUDY = "/simulate?preset=slopes", "/study?preset=slopes&studies=1000"
TIGHTEST_FIRST = [
    (SIMULATE, PHONES[4]),
    (STUDY, PHONES[3]),
    (STUDY, PHONES[1]),
    *((SIMULATE, size) for size in PHONES[:4]),
]


@pytest.mark.parametrize("case", first(TIGHTEST_FIRST, 2), ids=str)
def test_the_picture_and_its_numbers_stay_in_sight_of_every_slider(phone, case):
    path, (width, height, text) = case
    page = phone.go(path)
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(TEXT_SIZE, text)
    phone.still()
    assert phone.too_wide() <= 1
    for slider in page.get_by_role("slider").all():
        if not slider.is_visible():
            continue
        slider.scroll_into_view_if_needed()
        over, at = page.locator(".st-key-pinned").bounding_box(), slider.bounding_box()
        for seen in (page.locator(".st-key-pinned h1"), page.locator(".st-key-pinned .lmm-chart")):
            box = seen.bounding_box()
            assert box["y"] >= 0 and box["y"] + box["height"] <= over["y"] + over["height"] + 1
        assert over["y"] + over["height"] <= at["y"] <= height - at["height"]
        assert over["height"] < 0.6 * height  # more than a slider with its name has room beneath
    before = page.url  # not the headline: how often an interval holds the true slope does not depend on the slope
    page.locator(".st-key-simulate-slope").get_by_role("slider").press("ArrowLeft")
    page.wait_for_function("before => location.href !== before", arg=before)
    phone.still()
    seen = set()
    for key in ["Tab"] * 45 + ["Shift+Tab"] * 45:
        page.keyboard.press(key)
        at = page.evaluate(FOCUSED)
        if at["ours"]:
            seen.add(at["of"])
            is_taller = at["bottom"] - at["top"] > height - at["over"]  # than the room that is left, as a table may be
            assert at["bottom"] > at["over"] and (is_taller or at["top"] >= at["over"] - 1), at
    assert len(seen) > 15


@pytest.mark.parametrize(
    "size", first([PHONES[3], (844, 390, 15), PHONES[0]], 2), ids=str
)  # the second is held on its side
def test_the_lecturer_has_the_way_on_in_sight_at_every_step(phone, size):
    width, height, text = size
    page = phone.go("/lecture?example=cv161703&step=1")
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(TEXT_SIZE, text)
    bar, answer = page.locator(".st-key-lecture-steps"), page.get_by_role("button", name="Show the answer")
    for step in range(1, 7):
        phone.still()
        assert phone.too_wide() <= 1
        assert page.locator(".lmm-where").get_attribute("aria-label").startswith(f"Step {step} of ")
        for control in (bar, bar.get_by_role("button", name="Back"), bar.get_by_role("button", name="Next")):
            box = control.bounding_box()
            assert box["y"] >= 0 and box["y"] + box["height"] <= height
        assert answer.count() == (step == 5)
        if step == 5:
            assert page.get_by_text("Nobody has guessed yet").bounding_box()["y"] < bar.bounding_box()["y"]
            answer.scroll_into_view_if_needed()
            answer.tap()
            phone.still()
        code = page.get_by_alt_text("QR code", exact=False)
        assert width > 640 or not code.is_visible()
        bar.get_by_role("button", name="Next").tap()
    if width <= 640:
        page.get_by_text("Let others follow").tap()
    page.get_by_alt_text("QR code", exact=False).wait_for()


@pytest.mark.parametrize(
    "path", ["/shrinkage?example=sleepstudy", "/data?example=drug", "/compare?example=sleepstudy&tab=groups"]
)
def test_nothing_that_a_phone_shows_all_the_time_lies_on_words(phone, path):
    page = phone.go(path)
    if "tab=" in path:
        phone.scroll_to_tabs()
    places = page.locator('[data-testid="stDataFrame"], [role="tabpanel"] .lmm-chart').all()
    assert places
    for place in places:
        place.scroll_into_view_if_needed()
        phone.still()
        assert not page.evaluate(LOOK)["overlaps"], path


def test_a_finger_that_scrolls_over_the_picture_marks_nothing_and_a_tap_marks(phone):
    page = phone.go("/simulate?preset=slopes")
    at, touch = page.evaluate(HIGHEST), page.context.new_cdp_session(page)

    def finger(kind, *points):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})
        page.wait_for_timeout(20)

    finger("touchStart", (at["x"], at["y"]))
    for k in range(8):
        finger("touchMove", (at["x"], at["y"] - 5 * k))
    finger("touchEnd")
    phone.still()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") > 0
    assert page.locator(".lmm-name").count() == 0 and "mark=" not in page.url
    page.touchscreen.tap(at["x"], at["y"])
    page.wait_for_url(f"**mark={at['group']}*")


def test_on_a_phone_held_on_its_side_the_menu_waits_and_the_picture_begins(phone):
    phone.page.set_viewport_size({"width": 844, "height": 390})
    for path, figure in (("/simulate", ".st-key-simulated-picture"), ("/compare?example=sleepstudy", ".st-key-answer")):
        page = phone.go(path)
        unfold = page.get_by_test_id("stExpandSidebarButton")
        unfold.wait_for()
        assert page.locator(f"{figure} .lmm-chart").first.bounding_box()["y"] < 300
    unfold.tap()
    unfold.wait_for(state="detached")  # and the menu stays as its reader has it
    assert page.locator(".st-key-menu").bounding_box()["x"] >= 0
