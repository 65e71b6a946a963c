"""What browser tests do with the picture of the compare page."""

from __future__ import annotations

from playwright.sync_api import Page

HIGHEST = """() => {
    const plot = document.querySelector(".st-key-lines-figure .js-plotly-plot");
    const trace = plot._fullData.find(t => t.mode === "markers"), box = plot.getBoundingClientRect(), l = plot._fullLayout;
    let top = 0;
    trace.y.forEach((y, i) => { if (y > trace.y[top]) top = i; });
    return {x: box.x + l.xaxis._offset + l.xaxis.d2p(trace.x[top]), y: box.y + l.yaxis._offset + l.yaxis.d2p(trace.y[top]),
            group: String(trace.customdata[top])};
}"""


def click_highest_point(page: Page) -> str:
    """Click the highest point of the picture; gives the group that it belongs to."""
    point = page.evaluate(HIGHEST)
    page.mouse.move(point["x"], point["y"])
    page.wait_for_timeout(300)  # for plotly to see what is below it
    page.mouse.click(point["x"], point["y"])
    return str(point["group"])
