"""What a page begins with: in the HTML of the app's pages, and in nothing else that the server sends."""

from __future__ import annotations

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import streamlit

import router
from lmmcompare.ui.server.page_html import PARTS, STYLE, PageHtml
from lmmcompare.ui.server.static_files import address

PAGE = b"<html><head><title>t</title></head><body></body></html>"
ORIGINS = ["https://*.example.org", "https://</script>"]
BROWSER = [
    (b"Accept", b"text/html,application/xhtml+xml,*/*;q=0.8"),
    (b"Accept-Encoding", b"gzip"),
    (b"If-None-Match", b'"1"'),
]


def complete(coroutine):
    """Run it to its end in a thread of its own: Playwright leaves a loop running in that of a worker's browser tests."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def answer(
    path: str, kind: bytes = b"text/html; charset=utf-8", asked: list = BROWSER, status: int = 200, method: str = "GET"
):
    """What a server that sends this page in two parts is asked, and what the browser gets of it: headers and body."""
    seen, sent = [], []

    async def server(scope, _receive, send):
        seen.extend(name.lower() for name, _ in scope["headers"])
        headers = [(b"content-type", kind), (b"content-length", str(len(PAGE)).encode()), (b"etag", b'"1"')]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": PAGE[:20], "more_body": True})
        await send({"type": "http.response.body", "body": PAGE[20:]})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": asked}
    complete(PageHtml(server, "chart.js", ["compare"], ORIGINS)(scope, None, send))
    return seen, dict(sent[0]["headers"]), b"".join(part.get("body", b"") for part in sent[1:])


@pytest.mark.parametrize("path", ["/", "/compare", "/below/a/path/compare"])
def test_a_page_has_the_style_sheet_and_loads_the_script_of_its_charts(path):
    asked, headers, body = answer(path)
    head, rest = body.split(b"</head>")
    (source,) = [part.split(b'"')[0] for part in head.split(b'src="./')[1:]]
    assert source.decode() == address(
        "chart.js"
    )  # the address that the component loads: one script, not two copies of it
    assert rest == b"<body><style>%s</style></body></html>" % STYLE.read_bytes()
    assert headers[b"content-length"] == str(len(body)).encode()
    assert b"etag" not in headers  # that of the page without the script
    assert asked == [b"accept"]  # it is to come whole, and not packed


@pytest.mark.parametrize("path", ["/", "/below/a/path/", "/compare", "/below/a/path/compare"])
def test_a_page_is_told_how_to_connect(path):
    _, _, body = answer(path)
    (script,) = re.findall(rb"<script>(.*?)</script>", body.split(b"</head>")[0])
    host = json.loads(re.search(rb"HOST_CONFIG: (\{.*?\})", script)[1])
    assert host == {"allowedOrigins": ORIGINS, "useExternalAuthToken": False}
    assert b'BACKEND_BASE_URL: new URL("./", location)' in script


def test_a_page_fetches_the_scripts_that_its_elements_need():
    """By their names in the version of Streamlit that is installed."""
    _, _, body = answer("/compare")
    files = re.findall(r'<link rel="modulepreload" class="lmm-part" href="\./static/js/(.+?)">', body.decode())
    folder = Path(streamlit.__file__).parent / "static" / "static" / "js"
    assert [file.split(".")[0] for file in files] == list(PARTS)
    assert all((folder / file).is_file() for file in files)


def test_an_address_that_is_no_page_is_not_told():
    assert b"__streamlit" not in answer("/below/a/path")[2]


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/media/report.html"},
        {"path": "/_stcore/health"},
        {"path": "/compare", "kind": b"application/json"},
        {"path": "/compare", "status": 404},
        {"path": "/compare", "method": "POST"},
        {"path": "/compare", "asked": [(b"accept", b"*/*")]},
    ],
)
def test_all_else_is_sent_as_it_is(other):
    _, headers, body = answer(**other)
    assert body == PAGE and b"etag" in headers


def test_a_websocket_is_passed_on():
    seen = []

    async def server(scope, _receive, _send):
        seen.append(scope["type"])

    complete(
        PageHtml(server, "chart.js", ["compare"], ORIGINS)({"type": "websocket", "path": "/_stcore/stream"}, None, None)
    )
    assert seen == ["websocket"]


def test_the_first_links_go_when_as_many_others_are_there() -> None:
    assert f":nth-child({len(router.NAMES)}) a) .lmm-menu" in STYLE.read_text()
