"""Which answers a browser keeps without asking again: the app's scripts, whose address changes with what is in them."""

from __future__ import annotations

import pytest

from lmmcompare.ui.server.static_cache import StaticCache

from .test_page_html import complete

KEPT = b"public, max-age=31536000, immutable"


def headers(path: str, query: bytes, status: int = 200) -> dict[bytes, bytes]:
    """What a browser gets with a file."""
    sent = []

    async def server(_scope, _receive, send):
        await send({"type": "http.response.start", "status": status, "headers": [(b"etag", b'"1"')]})

    async def send(message):
        sent.append(message)

    complete(StaticCache(server)({"type": "http", "path": path, "query_string": query}, None, send))
    return dict(sent[0]["headers"])


@pytest.mark.parametrize("path", ["/app/static/chart.js", "/below/a/path/app/static/plotly-basic.min.js"])
def test_a_script_asked_for_by_its_version_is_kept(path):
    assert headers(path, b"v=0123") == {b"etag": b'"1"', b"cache-control": KEPT}


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/app/static/chart.js", b"", 200),  # what is there under this address may change
        ("/app/static/gone.js", b"v=0123", 404),  # it may be there later
        ("/compare", b"v=0123", 200),
    ],
)
def test_anything_else_is_asked_for_again(path, query, status):
    assert b"cache-control" not in headers(path, query, status)


def test_what_is_no_request_passes():
    seen = []

    async def server(scope, _receive, _send):
        seen.append(scope["type"])

    complete(StaticCache(server)({"type": "lifespan"}, None, None))
    assert seen == ["lifespan"]
