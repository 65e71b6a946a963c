"""ASGI middleware that adds the charts' script to the page's head, so that it loads before Streamlit has connected."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ..kit.scripts import address

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
_HEAD = b"</head>"
_WHOLE = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
"""Request headers that would have the page sent compressed, in part, or not at all; removed from the request."""
_OF_BODY = (b"content-length", b"etag", b"last-modified")


class EarlyScript:
    """ASGI middleware that adds a script of ``static/`` to the head of the app's pages, and leaves all other answers as they are.

    Parameters
    ----------
    app : callable
        The wrapped ASGI application.
    name : str
        The script's file.
    """

    def __init__(self, app: App, name: str) -> None:
        self._app = app
        self._tag = f'<script type="module" src="./{address(name)}" fetchpriority="low"></script>'.encode()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if not _asks_for_page(scope):
            await self._app(scope, receive, send)
            return
        page = _Page(send, self._tag)
        headers = [(name, value) for name, value in scope["headers"] if name.lower() not in _WHOLE]
        await self._app({**scope, "headers": headers}, receive, page.send)


def _asks_for_page(scope: Message) -> bool:
    """Whether a request is for a page: GET for HTML, of a path without a file extension."""
    if scope["type"] != "http" or scope["method"] != "GET" or "." in scope["path"] or "/_stcore" in scope["path"]:
        return False
    return any(name.lower() == b"accept" and b"text/html" in value for name, value in scope["headers"])


class _Page:
    """One response: HTML is buffered and sent with the tag in its head, anything else is passed through."""

    def __init__(self, send: Send, tag: bytes) -> None:
        self._send = send
        self._tag = tag
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
        body = self._body.replace(_HEAD, self._tag + _HEAD, 1)
        headers = [(name, value) for name, value in start["headers"] if name.lower() not in _OF_BODY]
        await self._send({**start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await self._send({"type": "http.response.body", "body": body})


def _is_html(start: Message) -> bool:
    return start["status"] == 200 and any(
        name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in start["headers"]
    )
