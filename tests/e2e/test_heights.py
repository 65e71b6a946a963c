"""Each figure is drawn as high as it asks for, no more: what follows it stays near."""

from __future__ import annotations

import json
import re

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

pytestmark = pytest.mark.e2e


def asked_for(visit) -> dict[str, int]:
    """Each figure's height as its JSON says it, by the class of its place on the page; grows as figures are sent."""
    heights: dict[str, int] = {}

    def received(frame: str | bytes) -> None:
        element = ForwardMsg.FromString(bytes(frame)).delta.new_element
        if element.bidi_component.bytes:
            key = element.bidi_component.id.split("-", 2)[-1]
            name = "st-key-" + re.sub("[^a-zA-Z0-9_-]", "-", key.strip())
            heights[name] = json.loads(element.bidi_component.bytes)["figure"]["layout"]["height"]

    visit.page.on("websocket", lambda socket: socket.on("framereceived", received))
    return heights


def drawn(page) -> dict[str, float]:
    """The height on the screen of each figure in sight, by the class of its place."""
    return page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('.lmm-chart')].map(n => [
            [...n.closest('[class*="st-key-"]').classList].find(c => c.startsWith('st-key-')),
            (n.querySelector('.main-svg') || n).getBoundingClientRect().height,
        ]).filter(([, height]) => height))"""
    )


def assert_as_asked(visit, asked: dict[str, int]) -> set[str]:
    heights = drawn(visit.page)
    assert heights
    wrong = {name: (height, asked.get(name)) for name, height in heights.items() if height != asked.get(name)}
    assert not wrong, f"(drawn, asked for): {wrong}"
    return set(heights)


def test_every_tab_of_the_compare_page_holds_something_and_its_figures_are_as_high_as_they_ask_for(visit):
    asked = asked_for(visit)
    page = visit.go("/compare?example=sleepstudy")
    seen = assert_as_asked(visit, asked)
    for name in page.get_by_role("tab").all_inner_texts():
        page.get_by_role("tab", name=name, exact=True).click()
        visit.still()
        assert page.locator('[role="tabpanel"]:visible').inner_text().strip(), name
        seen |= assert_as_asked(visit, asked)
    assert len(seen) >= 12
    assert len({asked[name] for name in seen}) >= 5
    assert not visit.trouble()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("path", ["/compare?example=cv161703", "/shrinkage?example=sleepstudy", "/simulate"])
def test_so_has_a_desk_s_and_a_phone_s(open_tab, path, width):
    visit = open_tab(width=width)
    asked = asked_for(visit)
    visit.go(path)
    assert_as_asked(visit, asked)
    assert visit.too_wide() <= 1
    assert not visit.trouble()
