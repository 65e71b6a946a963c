"""The explanation in a browser: the dial moves while one drags, stories open."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.e2e

DRAWN = """key => {
    const plot = document.querySelector(`.st-key-${key} .js-plotly-plot`);
    return plot._fullData.filter(t => t.mode === "lines" && t.x && t.x.length > 2).map(t => Array.from(t.y).slice(0, 6));
}"""


def test_dragging_the_dial_moves_the_lines_before_the_server_knows(visit, open_tab):
    visit.go("/compare?example=cv161703&tab=why")
    page = visit.scroll_to_tabs()
    dial = page.locator(".st-key-dial-wide")
    handle = dial.get_by_role("slider")
    handle.scroll_into_view_if_needed()
    visit.still()
    before = page.evaluate(f"() => JSON.stringify(({DRAWN})('dial-wide'))")
    box = handle.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + box["height"] / 2, steps=4)
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2, steps=4)
    page.wait_for_function(f"before => JSON.stringify(({DRAWN})('dial-wide')) !== before", arg=before)
    dial.get_by_text("1.18").first.wait_for()  # at the left end the coefficient is OLS's
    page.mouse.up()
    page.wait_for_url("**&dial=0*")
    visit.still()
    lines = page.evaluate(f"() => JSON.stringify(({DRAWN})('dial-wide'))")
    assert lines != before and handle.input_value() == "0"
    handle.press("ArrowRight")
    page.wait_for_url("**&dial=1*")
    handle.press("Home")
    page.wait_for_url("**&dial=0*")
    other = open_tab()
    shared = other.go(page.url.removeprefix(visit.base))
    assert shared.evaluate(f"() => JSON.stringify(({DRAWN})('dial-wide'))") == lines
    assert visit.trouble() + other.trouble() == []


SEEN = """step => {
    const place = document.querySelector('[class*="st-key-dial-"]'), input = place.querySelector(".lmm-dial input");
    if (step !== null) { input.value = step; input.dispatchEvent(new Event("input")); }
    const numbers = text => text.match(/-?[0-9.]+/g).map(Number), ends = all => [...all.slice(0, 2), ...all.slice(-2)];
    const all = (selector, read) => [...place.querySelectorAll(selector)].map(read);
    return {
        lines: all("path.js-line", path => ends(numbers(path.getAttribute("d")))).flat(),
        marks: all(".points path.point", path => numbers(path.getAttribute("transform"))).flat(),
        bar: all(".bars .point path", path => Math.max(...numbers(path.getAttribute("d").match(/H[^V]*/)?.[0] ?? "0"))),
        words: all(".textpoint text", text => text.textContent),
    };
}"""


@pytest.mark.parametrize(("example", "width"), [("sleepstudy", 1440), ("cv161703", 390)])
def test_a_step_of_the_dial_is_painted_at_once_as_plotly_draws_it_afterwards(open_tab, example, width):
    tab = open_tab(width)
    tab.go(f"/compare?example={example}&tab=why")
    page = tab.scroll_to_tabs()
    page.locator(".lmm-dial input").scroll_into_view_if_needed()
    tab.still()
    before = page.evaluate(SEEN, None)
    for step in (0, 7, 31, 60):
        painted = page.evaluate(SEEN, step)  # nothing else has run when it is read
        assert painted != before
        tab.still()
        drawn = page.evaluate(SEEN, None)
        assert painted["words"] == drawn["words"]
        for part in ("lines", "marks", "bar"):
            assert painted[part] == pytest.approx(drawn[part], abs=0.02), part  # plotly writes two decimals of a pixel
        before = drawn
    assert not tab.trouble()


@pytest.mark.parametrize(("width", "name", "runs"), [(1440, "wide", 2), (390, "narrow", 4)])
def test_the_dial_is_there_once_for_the_width_of_the_window(open_tab, width, name, runs):
    tab = open_tab(width, height=2600)  # the tabs are in sight, of which the browser speaks too
    page = tab.go("/compare?example=cv161703&tab=why")
    dials, reporter = page.locator('[class*="st-key-dial-"]'), page.locator(".st-key-viewport")
    assert len(tab.sent) == runs  # a wide window says nothing more: it is what the server takes for granted

    def one_dial(name: str) -> bool:
        page.wait_for_selector(f".st-key-dial-{name} .js-plotly-plot")
        tab.still()
        return dials.count() == 1

    assert one_dial(name)
    for size, shown in (
        (1440 + 390 - width, {"wide": "narrow", "narrow": "wide"}[name]),
        (width, name),
        (width + 5, name),
    ):
        page.set_viewport_size({"width": size, "height": 2600})
        assert one_dial(shown)
    assert len(tab.sent) == runs + 2  # not for five pixels
    page.locator(".st-key-menu a", has_text="Start").evaluate("link => link.click()")
    dials.wait_for(state="detached")
    tab.still()
    assert reporter.count() == 1 and reporter.is_hidden()
    page.go_back()
    # one for each page, one of a reader near the tabs, on a phone once the panels above them are there
    assert one_dial(name) and len(tab.sent) == runs + 5 + (name == "narrow")
    assert tab.trouble() == []


def test_a_story_is_read_and_leads_to_its_experiment(open_tab):
    visit = open_tab(width=390, height=1200)
    page = visit.go("/stories?story=dragons")
    answer = page.locator(".st-key-story-answer").inner_text()
    assert "0.21" in answer and "12.41" in answer and "Mundlak" in answer
    assert visit.too_wide() <= 1
    page.get_by_role("link", name="Open this comparison, with every control").click()
    page.wait_for_url("**/compare**")
    visit.still()
    assert "9.00" in page.locator("h1").inner_text()
    assert visit.trouble() == []
