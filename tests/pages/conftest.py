"""A page of the app without a browser, opened through app.py as a person would."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from html import unescape
from re import sub
from typing import Any, NamedTuple

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from lmmcompare.data.read import read
from lmmcompare.share import link
from lmmcompare.ui.server import table_sources
from lmmcompare.ui.server.background_jobs import LEASE
from lmmcompare.ui.session.job_progress import jobs_of
from tests.effort import first

DESIGNS = first(("pshp2", "chapter7", "dyestuff2", "sleepstudy", "oats", "gapminder", "insteval"), 6)
"""An example of each kind: large, without predictors, singular, with slopes, nested with interactions, with log(), large and crossed."""


def texts(at: AppTest) -> str:
    """Every text of our own on the page, without tags; not the menu with which a session begins."""
    bodies = [part.proto.body for part in at.get("html") if not part.proto.body.startswith(("<style>", "<nav"))]
    return unescape(" ".join(sub(r"<[^>]+>", " ", body) for body in bodies))


def errors(at: AppTest) -> list[str]:
    """The sentences of what went wrong, and never a traceback."""
    assert not at.exception, [e.message for e in at.exception]
    return [unescape(sub(r"<[^>]+>", "", h.proto.body)) for h in at.get("html") if 'role="alert"' in h.proto.body]


def said(at: AppTest) -> str:
    """Every text of our own on the page, on one line."""
    return sub(r"\s+", " ", texts(at))


def opened(open_page: Callable[..., AppTest], tab: str, **address: str) -> AppTest:
    """The compare page with this tab open."""
    return turn_to(open_page("compare", **address), tab)


def turn_to(at: AppTest, tab: str) -> AppTest:
    """The same page with another tab open."""
    at.session_state[f"depth {len(at.tabs)}"] = tab if tab in [t.label for t in at.tabs] else at.tabs[-3].label
    at.run()
    assert not errors(at), tab
    return at


def run_until(at: AppTest, true: Callable[[], bool], seconds: float = 60) -> AppTest:
    """Run the page again until this is so; with pauses, for a run takes the processor from what it waits for."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not so after {seconds} s"
        time.sleep(0.3)
        at.run()
    return at


def run_when_done(at: AppTest, place: str, seconds: float = 60) -> AppTest:
    """Run the page again once the job that it follows in this place has ended, and now and then before, to renew its lease."""
    begin = renewed = time.monotonic()
    while not at.session_state[f"job {place}"][1].finished:
        assert time.monotonic() < begin + seconds, f"{place} has not ended after {seconds} s"
        time.sleep(0.05)
        if time.monotonic() > renewed + LEASE / 2:
            at.run()
            renewed = time.monotonic()
    return at.run()


def at_rest(value: Callable[[], Any], seconds: float = 60) -> Any:
    """The value once it stays the same: a step is under way when work is stopped, and takes long on a busy machine."""
    end = time.monotonic() + seconds
    before, now = None, value()
    while now != before:
        assert time.monotonic() < end, f"it still changes after {seconds} s"
        time.sleep(0.5)
        before, now = now, value()
    return now


class Chart(NamedTuple):
    """A figure on the page: its key, and what the browser is sent of it."""

    key: str
    spec: dict[str, Any]
    config: dict[str, Any]
    alt: str


def charts(at: AppTest) -> list[Chart]:
    """The figures on the page, in order."""
    protos = [element.proto for element in at.get("bidi_component") if element.proto.component_name == "chart"]
    sent = [(proto.id.split("-", 2)[-1], json.loads(proto.bytes)) for proto in protos if proto.bytes]
    return [Chart(key, content["figure"], content["config"], content["alt"]) for key, content in sent]


def figures(at: AppTest) -> set[str]:
    """The keys of the figures on the page."""
    return {chart.key for chart in charts(at)}


@pytest.fixture(autouse=True)
def nothing_goes_on() -> Iterator[None]:
    """Jobs that a test began end with it, rather than when nobody has looked at them for ten seconds."""
    yield
    for place in ("study", "curve", "groups", "bootstrap", "profile", "influence"):
        jobs = jobs_of(place)
        for reader in list(jobs._leases):
            jobs.end_lease(reader)


@pytest.fixture
def open_page(app_test: Callable[..., AppTest]) -> Callable[..., AppTest]:
    """``open_page("compare", example="drug")``: a page with this address, run."""

    def open_one(name: str = "", **address: str) -> AppTest:
        at = app_test()
        for key, value in address.items():
            at.query_params[key] = value
        return (at.switch_page(f"pages/{name}.py") if name else at).run()

    return open_one


@pytest.fixture
def upload() -> Callable[..., str]:
    """``upload(frame)`` or ``upload(b"...")``: keep a table on the server as an upload would; its id for the address."""

    def keep(content: pd.DataFrame | bytes, name: str = "mine.csv") -> str:
        if isinstance(content, pd.DataFrame):
            content = content.to_csv(index=False).encode()
        return link.place_of(table_sources.keep(read(content, name)))

    return keep
