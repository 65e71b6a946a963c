"""ASGI middleware that adds to a page's HTML what it would otherwise wait for until Streamlit has connected."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, MutableMapping, Sequence
from pathlib import Path
from typing import Any

import streamlit

from .static_files import address

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
STYLE = Path(__file__).parents[1] / "kit" / "style.css"
_HEAD, _BODY = b"</head>", b"</body>"
_WHOLE = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
"""Request headers that would have the page sent compressed, in part, or not at all; removed from the request."""
_OF_BODY = (b"content-length", b"etag", b"last-modified")

# Streamlit's frontend asks its server whether it is up, and for these settings, before it opens the connection: a way there and back
# that a reader on a slow line waits for. At /compare it asks /compare/_stcore first, takes the 404 for a server that is not up yet,
# and waits 100 ms more (streamlit issue 7074; findings/streamlit-page-links-wait-for-a-failed-ping.sh). Told both with the page, it
# connects at once, and asks meanwhile (pull requests 11378 and 13342); a version that reads neither asks first, as without them.
# What a host of the page has set stays.
_CONNECTION = (
    '<script>window.__streamlit = {{ BACKEND_BASE_URL: new URL("./", location).href, HOST_CONFIG: {}, ...window.__streamlit }};'
    "</script>"
)

PARTS = ("Html", "BidiComponent")
"""Scripts of Streamlit's frontend that each page needs for its elements, and asks for only when it has them, one by one."""


def parts() -> str:
    """Links by which a browser fetches `PARTS` with the page; of the version that is installed, whose files are named by their content."""
    folder = Path(streamlit.__file__).parent / "static" / "static" / "js"
    files = [path.name for name in PARTS for path in folder.glob(f"{name}.*.js")]
    return "".join(f'<link rel="modulepreload" class="lmm-part" href="./static/js/{file}">' for file in files)


class PageHtml:
    """ASGI middleware that adds the style sheet, a script and how to connect to the app's pages; all other answers pass.

    Parameters
    ----------
    app : callable
        The wrapped ASGI application.
    script : str
        A file of ``static/`` that begins to load with the page.
    pages : collection of str
        Last part of the pages' addresses.
    origins : sequence of str
        Sites that may send messages to a page that they show in a frame (Streamlit's ``client.allowedOrigins``). With none the page
        asks for them before it connects.
    """

    def __init__(self, app: App, script: str, pages: Collection[str], origins: Sequence[str]) -> None:
        self._app = app
        self._pages = frozenset(["", *pages])
        host = json.dumps({"allowedOrigins": [*origins], "useExternalAuthToken": False}).replace("<", "\\u003c")
        self._connection = (_CONNECTION.format(host) + parts()).encode()
        self._script = f'<script type="module" src="./{address(script)}" fetchpriority="low"></script>'.encode()
        # at the end of the body, after the styles of Streamlit's own elements, which it overrides
        self._style = b"<style>%s</style>" % STYLE.read_bytes()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if not _asks_for_page(scope):
            await self._app(scope, receive, send)
            return
        known = scope["path"].rpartition("/")[2] in self._pages
        page = _Page(send, self._script + self._connection * known, self._style)
        headers = [(name, value) for name, value in scope["headers"] if name.lower() not in _WHOLE]
        await self._app({**scope, "headers": headers}, receive, page.send)


def _asks_for_page(scope: Message) -> bool:
    """Whether a request is for a page: GET for HTML, of a path without a file extension."""
    if scope["type"] != "http" or scope["method"] != "GET" or "." in scope["path"] or "/_stcore" in scope["path"]:
        return False
    return any(name.lower() == b"accept" and b"text/html" in value for name, value in scope["headers"])


class _Page:
    """One response: HTML is buffered and sent with the additions to its head and body, anything else is passed through."""

    def __init__(self, send: Send, in_head: bytes, in_body: bytes) -> None:
        self._send = send
        self._in_head = in_head
        self._in_body = in_body
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_whole(self._start)

    async def _send_whole(self, start: Message) -> None:
        head, end, rest = self._body.partition(_HEAD)
        body = head + self._in_head + end + rest.replace(_BODY, self._in_body + _BODY, 1)
        headers = [(name, value) for name, value in start["headers"] if name.lower() not in _OF_BODY]
        await self._send({**start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await self._send({"type": "http.response.body", "body": body})


def _is_html(start: Message) -> bool:
    return start["status"] == 200 and any(
        name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in start["headers"]
    )
