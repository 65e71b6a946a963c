"""On a slow line people click before the last click is answered: the page goes on, and shows what was asked last."""

from __future__ import annotations

import time
from collections import deque

import pytest

pytestmark = pytest.mark.e2e
DRAWN = "() => document.querySelector('.st-key-lines-figure .js-plotly-plot')?._fullData?.length ?? 0"
"""How many traces the picture has."""
CAN_BE_CLICKED = """() => [...document.querySelectorAll("label")].some(label => label.innerText.includes("Confidence bands"))
    && document.querySelectorAll("[role=tab]").length > 2"""
"""Whether what is clicked is there: Playwright would wait for it, and meanwhile nothing would come along the line."""
OPENED = """() => {
    window.opened = [];
    const open = all => all.map(({ target }) => target).filter(tab => tab.ariaSelected === "true");
    const look = all => window.opened.push(...open(all).map(tab => tab.innerText));
    new MutationObserver(look).observe(document.body, { subtree: true, attributeFilter: ["aria-selected"] });
}"""
"""Remembers which tabs are opened from now on."""
DELAY = 0.7
"""Seconds that the server's answers take on their way."""


def test_the_picture_goes_back_and_forth_and_tabs_are_passed_before_they_are_answered(new_visit):
    visit, page, line = new_visit, new_visit.page, deque()

    def slow(route) -> None:
        server = route.connect_to_server()
        server.on_message(lambda message: line.append((time.monotonic() + DELAY, route, message)))
        route.on_message(server.send)

    def wait(seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            while line and line[0][0] <= time.monotonic():
                _, route, message = line.popleft()
                route.send(message)
            page.wait_for_timeout(20)

    def switch(then: float) -> None:
        page.locator("label", has_text="Confidence bands").click(force=True)
        wait(then)

    def until(condition: str) -> None:
        end = time.monotonic() + 60
        while not page.evaluate(condition):
            assert time.monotonic() < end, f"the page never came to {condition}"
            wait(0.1)

    def switch_and_see(drawn: int | None) -> int:
        """Switch, and wait until the picture has so many traces, or others than before, and the run has ended."""
        before = page.evaluate(DRAWN)
        switch(0)
        until(f"({DRAWN})() === {drawn}" if drawn else f"({DRAWN})() !== {before}")
        wait(DELAY / 2)
        return page.evaluate(DRAWN)

    page.route_web_socket("**/_stcore/stream", slow)
    page.goto(visit.base + "/compare?example=sleepstudy", wait_until="commit")
    until(f"({DRAWN})()")
    until(CAN_BE_CLICKED)
    wait(3 * DELAY)
    first = page.evaluate(DRAWN)
    second = switch_and_see(None)
    for traces in (first, second, first):  # the browser has the pictures of both
        assert switch_and_see(traces) == traces
    switch(DELAY / 4)  # with the end of this it would let go of the picture
    switch(4 * DELAY)  # which is asked for again before that
    until(f"({DRAWN})() === {first}")
    assert "Connection error" not in page.inner_text("body")
    switch(0)
    until(f"({DRAWN})() !== {first}")
    wait(2 * DELAY)
    page.evaluate(OPENED)
    passed = ["Why they differ", "Which model?"]
    for name in passed:  # the answer to the first comes when the second is open
        page.get_by_role("tab", name=name).evaluate("tab => tab.click()")
        wait(DELAY / 2)
    until("() => location.search.includes('tab=which')")
    wait(3 * DELAY)
    assert page.evaluate("window.opened") == passed
    assert not visit.trouble()
