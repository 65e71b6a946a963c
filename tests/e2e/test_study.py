"""The Study page in a browser: it opens with an answer, gets sharper, can be stopped, and nothing jumps."""

from __future__ import annotations

import re
import time
from urllib.parse import parse_qs

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from lmmcompare.simulate import link
from lmmcompare.simulate.presets import preset
from tests.conftest import LIMIT

pytestmark = pytest.mark.e2e


def done(page) -> int:
    """Studies that the headline speaks of; 0 while there is none."""
    found = re.search(r"([\d,]+) studies", page.locator("h1").first.inner_text() if page.locator("h1").count() else "")
    return int(found[1].replace(",", "")) if found else 0


def until(true) -> None:
    end = time.monotonic() + LIMIT
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def axes(page) -> list:
    """The two figures' axes and heights; while one is drawn anew, Streamlit has it there twice."""
    found = page.evaluate(
        """() => [...document.querySelectorAll('.st-key-study-picture .js-plotly-plot')].filter(p => p._fullLayout).map(
            p => [p._fullLayout.xaxis.range, p._fullLayout.yaxis.range, p._fullLayout.height])"""
    )
    return [axes for i, axes in enumerate(found) if axes not in found[:i]]


def pictures(page) -> int:
    return len(axes(page))


def test_it_streams_and_stops_and_goes_on(visit):
    page = visit.page
    page.goto(visit.base + "/study?preset=slopes&studies=100000")
    until(lambda: done(page) > 0 and pictures(page) == 2)
    first, at_first = done(page), axes(page)
    assert first < 100_000
    until(lambda: done(page) > first)
    page.locator(".st-key-progress-study").get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Go on").wait_for()
    visit.still()
    stopped = done(page)
    time.sleep(2)  # longer than from one look to the next
    assert done(page) == stopped < 100_000
    until(lambda: axes(page) == at_first)  # the last snapshot may be being drawn
    page.get_by_role("button", name="Go on").click()
    until(lambda: done(page) > stopped)
    thousand = page.get_by_role("radio", name="1,000", exact=True)
    for _ in range(3):  # a button drawn anew between the press and the release of a mouse has not been clicked
        thousand.click()
        page.wait_for_timeout(2000)
        if thousand.is_checked():
            break
    until(lambda: done(page) == 1_000)
    page.locator(".st-key-progress-study").get_by_role("button").wait_for(state="detached")
    visit.still()
    assert page.url.endswith("studies=1000")
    assert re.search(r"1,000 studies in [\d.]+ s", page.inner_text("body"))
    assert not visit.trouble()


def between_fragments(route) -> None:
    """A browser of the worst timing: a fragment's run brings the values of each click first, and again right after the click.

    What the server sets upon the click, as for a preset, the second of them does not know yet.
    """
    server, fragment = route.connect_to_server(), ""
    held: list[bytes] = []
    late: list[bytes] = []

    def by_fragment(message: bytes) -> bytes:
        back = BackMsg.FromString(message)
        back.rerun_script.fragment_id, back.rerun_script.is_auto_rerun = fragment, True
        return back.SerializeToString()

    def sent(message: bytes) -> None:
        back = BackMsg.FromString(message)
        if back.WhichOneof("type") != "rerun_script" or back.rerun_script.fragment_id or not fragment:
            server.send(message)
        else:
            held.append(message)
            server.send(by_fragment(message))

    def received(message: bytes) -> None:
        nonlocal fragment
        forward = ForwardMsg.FromString(message)
        kind = forward.WhichOneof("type")
        if kind == "auto_rerun":
            fragment = forward.auto_rerun.fragment_id
        elif kind == "script_finished" and held:
            late.append(held.pop(0))
            server.send(late[-1])
        elif kind == "new_session" and late:
            server.send(by_fragment(late.pop(0)))  # waits for the end of the run
        route.send(message)

    route.on_message(sent)
    server.on_message(received)


def test_no_click_is_lost_and_none_undone_while_it_streams(new_visit):
    visit, page = new_visit, new_visit.page
    page.route_web_socket("**/_stcore/stream", between_fragments)
    page.goto(visit.base + "/study?preset=unequal&studies=100000")

    def asked(name: str) -> str:
        return parse_qs(page.evaluate("location.search.slice(1)")).get(name, [""])[0]

    def settings():
        return link.decode(asked("simulated"))

    def becomes(true) -> None:
        """What is so after the click; the next one comes when the page is drawn, for a menu or a text closes with that."""
        until(true)
        page.wait_for_function("document.querySelector('.st-key-progress-study button')")
        page.wait_for_timeout(400)

    clash = preset("clash").settings  # 100,000 of these take half a minute: time enough for the next click
    becomes(lambda: 0 < done(page) < 100_000)
    page.get_by_role("combobox", name="Start from").click()
    page.get_by_role("option", name=preset("clash").title).click()
    becomes(lambda: settings() == clash)
    page.get_by_role("button", name="Group dummies").click()
    becomes(lambda: "no_pooling" in asked("without").split(","))
    page.get_by_role("radio", name="Intercept", exact=True).click()
    becomes(lambda: asked("term") == "Intercept")
    page.get_by_role("slider", name="SD of a residual").press("ArrowRight")
    becomes(lambda: settings().sigma > clash.sigma)
    page.get_by_role("radio", name="1,000", exact=True).click()
    until(lambda: asked("studies") == "1000")
    assert settings() == clash.change(sigma=settings().sigma)
    assert "no_pooling" in asked("without").split(",") and asked("term") == "Intercept"
    assert not visit.trouble()


def test_from_simulate_with_one_click_and_back(visit):
    page = visit.go("/simulate?preset=drug")
    page.get_by_text("Repeat this 10,000 times").click()
    until(lambda: "true slope of 1 in" in page.locator("h1").first.inner_text())
    until(lambda: done(page) == 10_000)
    visit.still()
    page.get_by_text("Look at the first of these data sets").click()
    page.wait_for_url("**/simulate?*")
    visit.still()
    assert "The true slope is 1." in page.inner_text("body")
    assert not visit.trouble()


def test_a_curve_and_the_number_of_groups(visit):
    """Another tab is drawn without the page around it, keeps its address, and its controls reach the page."""

    def runs_since(begun: int) -> list[str]:
        """The fragments that have been asked for; empty for the page."""
        messages = map(BackMsg.FromString, visit.sent[begun:])
        return [m.rerun_script.fragment_id for m in messages if m.WhichOneof("type") == "rerun_script"]

    page = visit.go("/study?preset=drug&studies=1000")
    begun = len(visit.sent)
    page.get_by_role("tab", name="Along one setting").click()
    until(lambda: "1,000 studies at each of 4 values" in page.inner_text("body"))
    asked = runs_since(begun)
    visit.still()
    assert asked and all(asked) and "panel=curve" in page.url
    curve = page.locator(".js-plotly-plot").last
    assert "Share of 5% tests that reject" in curve.inner_text()
    page.get_by_role("textbox", name="Values").fill("5, 10")
    page.get_by_role("textbox", name="Values").press("Enter")
    until(lambda: "1,000 studies at each of 2 values" in page.inner_text("body"))
    assert "values=5%2C+10" in page.url
    page.get_by_role("tab", name="How many groups?").click()
    until(lambda: re.search(r"\d groups give a power of 80%", page.inner_text("body")))
    page.go_back()
    page.get_by_role("textbox", name="Values").wait_for()
    assert not visit.trouble()


def test_the_way_to_the_number_of_groups_ends_at_it(visit):
    page = visit.go("/compare?example=cv161703&tab=errors")
    visit.scroll_to_tabs()
    page.get_by_role("link", name="How many groups?").click()
    until(lambda: re.search(r"\d groups give a power of 80%", page.inner_text("body")))
    visit.still()
    answer = page.get_by_role("heading", name="give a power of 80%").bounding_box()
    assert 0 <= answer["y"] < page.viewport_size["height"]
