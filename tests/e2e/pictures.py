"""What browser tests do with the pages' figures."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import Page
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.conftest import Visit

HIGHEST = """() => {
    const plot = document.querySelector(".st-key-lines-figure .js-plotly-plot");
    const trace = plot._fullData.find(t => t.mode === "markers"), box = plot.getBoundingClientRect(), l = plot._fullLayout;
    let top = 0;
    trace.y.forEach((y, i) => { if (y > trace.y[top]) top = i; });
    return {x: box.x + l.xaxis._offset + l.xaxis.d2p(trace.x[top]), y: box.y + l.yaxis._offset + l.yaxis.d2p(trace.y[top]),
            point: top, group: String(trace.customdata[top])};
}"""
IS_SEEN = """point => document.querySelector(".st-key-lines-figure .js-plotly-plot")._hoverdata?.some(
    seen => seen.pointNumber === point)"""


def click_highest_point(page: Page) -> str:
    """Click the highest point of the picture; gives the group that it belongs to."""
    page.wait_for_selector(".st-key-lines-figure .js-plotly-plot .scatterlayer .trace")
    point = page.evaluate(HIGHEST)
    click_point(page, point)
    return str(point["group"])


def click_point(page: Page, point: dict[str, Any]) -> None:
    """Click a point of the picture, by its place ``x`` and ``y`` and its number ``point``, once plotly has seen the pointer there."""
    page.mouse.move(point["x"], point["y"])
    page.wait_for_function(IS_SEEN, arg=point["point"], polling=50)
    page.mouse.click(point["x"], point["y"])


# The height on the screen of each figure in sight, by the class of its place on the page.
DRAWN = """() => Object.fromEntries([...document.querySelectorAll('.lmm-chart')].map(n => [
    [...n.closest('[class*="st-key-"]').classList].find(c => c.startsWith('st-key-')),
    (n.querySelector('.main-svg') || n).getBoundingClientRect().height,
]).filter(([, height]) => height))"""


def as_high_as_asked(visit: Visit) -> dict[str, int]:
    """Each figure in sight is drawn as high as its JSON says, so that what follows stays near; the heights by the figure's place."""
    asked: dict[str, int] = {}
    for frame in visit.received:
        element = ForwardMsg.FromString(frame).delta.new_element
        if element.bidi_component.bytes:
            key = element.bidi_component.id.split("-", 2)[-1]
            name = "st-key-" + re.sub("[^a-zA-Z0-9_-]", "-", key.strip())
            asked[name] = json.loads(element.bidi_component.bytes)["figure"]["layout"]["height"]
    drawn: dict[str, float] = visit.page.evaluate(DRAWN)
    wrong = {name: (height, asked.get(name)) for name, height in drawn.items() if height != asked.get(name)}
    assert not wrong, f"(drawn, asked for): {wrong}"
    return {name: asked[name] for name in drawn}
