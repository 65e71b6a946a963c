"""On a slow line people click before the last click is answered: the page goes on, and shows what was asked last."""

from __future__ import annotations

import time
from collections import deque

import pytest

pytestmark = pytest.mark.e2e
DELAY = 1.0
"""Seconds that the server's answers take on their way."""


def test_the_dial_goes_back_and_forth_before_it_is_answered(visit):
    page, line = visit.page, deque()

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

    def turn(stop: str, then: float) -> None:
        page.get_by_role("radio", name=stop, exact=True).click(force=True)
        wait(then)

    def until(shown: str) -> None:
        end = time.monotonic() + 60
        while shown not in page.inner_text("body"):
            assert time.monotonic() < end, f"the page does not say {shown}"
            wait(0.1)

    page.route_web_socket("**/_stcore/stream", slow)
    page.goto(visit.base + "/compare?example=sleepstudy&tab=why", wait_until="commit")
    until("Or set it to a ratio of")
    wait(3 * DELAY)
    for stop in ("0.23", "0.034", "0.23", "0.034"):  # the browser has the pictures of both
        turn(stop, 3 * DELAY)
    turn("5.5", DELAY / 4)  # with the end of this it would let go of the picture
    turn("0.23", 4 * DELAY)  # which is asked for again before that
    until("variance between Subjects ÷ within: 0.23")
    assert "Connection error" not in page.inner_text("body")
    turn("0.034", 0)
    until("variance between Subjects ÷ within: 0.034")
    assert not visit.trouble()
