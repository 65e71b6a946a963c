"""Models that a reader switches are drawn in the same frame, without plotly; and whatever plotly draws afterwards is right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.e2e
PLOT = "document.querySelector('.st-key-lines-figure .js-plotly-plot')"
SEEN = f"""() => {{
    const plot = {PLOT}, top = plot.getBoundingClientRect().top;
    const traces = [...plot.querySelectorAll('.scatterlayer g.trace')].filter(n => Number(getComputedStyle(n).opacity) > 0);
    const line = node => path => [part(node), style(path).stroke, style(path).strokeDasharray].join();
    const part = node => node.__data__[0].trace.meta?.part, style = node => getComputedStyle(node);
    const points = [...plot.querySelectorAll('.points path.point')].map(style);
    const labels = [...plot.querySelectorAll('g.annotation')].filter(n => style(n).display !== 'none');
    return {{
        drawn: [...new Set(traces.map(part))].filter(p => p && p !== "levels").sort(),
        lines: [...new Set(traces.flatMap(n => [...n.querySelectorAll('.lines path')].map(line(n))))].sort(),
        colours: new Set(points.map(s => s.fill + s.fillOpacity)).size,
        labels: labels.map(n => [n.textContent, Math.round(n.getBoundingClientRect().top - top)]).sort(),
        alt: plot.closest('.lmm-chart').getAttribute('aria-label'),
    }};
}}"""
FOUND = f"() => [...new Set({PLOT}._fullData.filter(t => t.visible === true && t.opacity !== 0).map(t => t.meta?.part))].sort()"
HEARD = f"() => [...new Set({PLOT}._fullData.filter(t => t.hoverinfo !== 'skip' || t.hovertemplate).map(t => t.meta?.part))].sort()"
LEGEND = f"() => [...{PLOT}.querySelectorAll('.legendtext')].map(n => n.textContent)"
CLICK = f"""async name => {{
    const button = [...document.querySelectorAll(".lmm-models button")].find(b => b.textContent.includes(name));
    const before = location.search;
    button.click();
    await new Promise(done => setTimeout(done));
    return [location.search === before, ({SEEN})()];
}}"""
ALL_DRAWN = f"() => {PLOT}?._fullData.every(t => t.visible === true)"


def opened(visit: Any, address: str) -> Page:
    page = visit.go(address)
    page.wait_for_function(ALL_DRAWN)  # those of models that are not chosen too, unseen
    return page


def test_a_switch_is_seen_at_once_and_stays_whatever_is_drawn_afterwards(visit):
    page = opened(visit, "/compare?example=sleepstudy")
    before = page.evaluate(SEEN)
    same_address, seen = page.evaluate(CLICK, "Random intercept")
    assert same_address  # the server knows nothing yet
    assert {*seen["drawn"]} - {*before["drawn"]} == {
        f"{part} random_intercept" for part in ("each", "first", "everyone")
    }
    assert seen["colours"] == 1 < before["colours"]  # points step back where lines have their models' colours
    assert len(seen["labels"]) == 3 and len({top for _, top in seen["labels"]}) == 3
    assert "Random intercept" in seen["alt"] and "Random intercept" not in before["alt"]
    page.wait_for_function(f"() => ({LEGEND})().length === 2")
    visit.still()
    assert page.evaluate(FOUND) == page.evaluate(HEARD) == seen["drawn"]

    def drawn_anew() -> None:
        visit.still()
        now = page.evaluate(SEEN)
        assert {key: now[key] for key in ("drawn", "lines", "colours", "alt")} == {
            key: seen[key] for key in ("drawn", "lines", "colours", "alt")
        }
        assert [text for text, _ in now["labels"]] == [text for text, _ in seen["labels"]]
        assert page.evaluate(FOUND) == page.evaluate(HEARD) == seen["drawn"]

    page.evaluate(f"() => Plotly.relayout({PLOT}, {{'xaxis.range': [1, 9.5]}})")  # a zoom
    drawn_anew()
    page.evaluate(f"() => Plotly.relayout({PLOT}, {{'xaxis.range': [-0.5, 9.5]}})")
    page.set_viewport_size({"width": 1100, "height": 900})
    drawn_anew()
    page.locator(".st-key-lines-figure").hover()
    with page.expect_download() as waiting:
        page.locator(".st-key-lines-figure").get_by_role("button", name="Download plot").click()
    saved = Path(waiting.value.path()).read_text()
    assert "Random intercept" in saved and "mixed model" not in saved
    page.get_by_text("Confidence bands").click()  # a new figure
    page.wait_for_function(f"() => ({FOUND})().includes('band ols')")
    page.wait_for_function(ALL_DRAWN)
    page.get_by_text("Confidence bands").click()
    page.wait_for_function(f"() => !({FOUND})().includes('band ols')")
    page.wait_for_function(ALL_DRAWN)
    drawn_anew()

    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"lines => ({SEEN})().lines.join() !== lines", arg=",".join(seen["lines"]))
    visit.still()
    dark = page.evaluate(SEEN)
    assert (dark["drawn"], dark["colours"]) == (seen["drawn"], 1)
    page.emulate_media(color_scheme="light")
    page.wait_for_function(f"lines => ({SEEN})().lines.join() === lines", arg=",".join(seen["lines"]))
    drawn_anew()

    page.evaluate(CLICK, "Random intercept")
    visit.still()
    assert {key: page.evaluate(SEEN)[key] for key in ("drawn", "lines", "colours")} == {
        key: before[key] for key in ("drawn", "lines", "colours")
    }
    page.wait_for_function(f"() => ({LEGEND})().length === 0")  # drawn once the browser is idle
    assert not visit.trouble()


def test_a_label_that_was_out_of_sight_is_drawn_and_a_mark_stays(visit):
    page = opened(visit, "/compare?example=sleepstudy&mark=308")
    page.evaluate(CLICK, "Random intercept")
    visit.still()
    assert page.locator(".st-key-lines-figure .lmm-name").text_content() == "Subject 308"
    ols = f"{PLOT}.layout.annotations.find(a => a.text.startsWith('OLS')).y"
    high = page.evaluate(ols)
    page.evaluate(CLICK, "Random intercept")
    visit.still()
    low = page.evaluate(ols)
    assert low < high
    page.evaluate(CLICK, "Random intercept")
    visit.still()
    page.evaluate(f"top => Plotly.relayout({PLOT}, {{'yaxis.range': [200, top]}})", (low + high) / 2)
    visit.still()
    assert not any(text.startswith("OLS") for text, _ in page.evaluate(SEEN)["labels"])
    page.evaluate(CLICK, "Random intercept")
    page.wait_for_function(f"() => ({SEEN})().labels.some(([text]) => text.startsWith('OLS'))")
    assert page.locator(".st-key-lines-figure .lmm-name").text_content() == "Subject 308"
    assert not visit.trouble()
