"""Two processes of the app behind the deployed proxy, used without a browser."""

from __future__ import annotations

import asyncio
import gzip
import random
import re
import urllib.error
import urllib.request
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from typing import Any

import pytest

from benchmarks.person import CHANGES, Person
from benchmarks.servers import Servers, servers

SECRET = "aLinkThatOnlyItsReadersKnow"


@pytest.fixture(scope="module")
def deployed() -> Iterator[Servers]:
    with servers(2) as running:
        yield running


def run(visit: Coroutine[Any, Any, Any]) -> Any:
    """Run it in a thread of its own: playwright keeps a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, visit).result()


def ask(address: str, **headers: str) -> tuple[int, Message, bytes]:
    """Status, headers and body of an answer, a refusal too."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def test_many_may_come_at_once_before_the_libraries_are_loaded(deployed: Servers) -> None:
    people = [Person(deployed.address, "/compare?example=dyestuff", random.Random(k)) for k in range(12)]

    async def visit() -> None:
        await asyncio.gather(*(person.arrive() for person in people))
        await asyncio.gather(*(person.leave() for person in people))

    run(visit())
    assert [error for person in people for error in person.errors] == []


def test_a_session_goes_on_behind_the_proxy(deployed: Servers) -> None:
    async def visit() -> Person:
        person = Person(deployed.address, "/compare?example=dyestuff", random.Random(1))
        await person.arrive()
        for _ in range(5):
            await person.change()
        await person.leave()
        return person

    person = run(visit())
    assert sum(kind in CHANGES for kind, *_ in person.changes) == 5 and not person.errors


def test_a_visitor_is_led_back_to_the_same_process(deployed: Servers) -> None:
    _, headers, _ = ask(f"{deployed.address}/_stcore/health")
    [cookie] = [line.split(";")[0] for line in headers.get_all("Set-Cookie") if line.startswith("LMMCOMPARE=")]
    for _ in range(4):
        ask(f"{deployed.address}/_stcore/health", Cookie=cookie)
    used = set(re.findall(r" ms (app\d) GET /_stcore/health$", deployed.log.read_text(), re.MULTILINE)[-4:])
    assert used == {cookie.partition("=")[2]}


def test_scripts_are_compressed_and_links_of_8_kb_get_through(deployed: Servers) -> None:
    _, _, page = ask(f"{deployed.address}/compare?simulated={'s' * 8_000}")
    script = re.search(rb'src="\./(static/js/index[^"]+)"', page)
    assert script is not None
    status, headers, body = ask(f"{deployed.address}/{script[1].decode()}", **{"Accept-Encoding": "gzip"})
    assert status == 200 and headers["Content-Encoding"] == "gzip" and len(gzip.decompress(body)) > 2 * len(body)


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/_stcore/metrics?x", "//_stcore/metrics", "/_stcore/agent/interact"]
)
def test_what_is_not_for_visitors_is_refused(deployed: Servers, path: str) -> None:
    assert ask(deployed.address + path)[0] == 404


def test_no_log_holds_a_link(deployed: Servers) -> None:
    for path in (f"/compare?stored={SECRET}", f"/_stcore/upload_file/{SECRET}/file", f"/media/{SECRET}.csv"):
        ask(deployed.address + path, Referer=f"{deployed.address}/compare?stored={SECRET}")

    async def visit() -> None:
        person = Person(deployed.address, f"/compare?stored={SECRET}", random.Random(1))
        await person.arrive()
        await person.leave()

    run(visit())
    text = deployed.log.read_text()
    assert "GET /compare\n" in text and "/_stcore/upload_file\n" in text
    assert SECRET not in text
