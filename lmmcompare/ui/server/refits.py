"""Refits: pictures without some of their rows, which a browser asks for by itself and has sooner than by a run of the page.

A picture registers how it is made without given rows. The browser asks for that (static/leave_out.js), draws it, and then tells
the page; its run finds the models fitted, and the same picture.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Hashable
from hashlib import blake2b
from threading import Lock

import orjson
from cachetools import LRUCache

from ...errors import LmmCompareError
from .page_html import App, Message, Receive, Send
from .shared_work import TooLong

ADDRESS = "/refit"
LARGEST = 4_096
"""Bytes of a request: the name of a picture and the numbers of all rows that can be left out by hand, with room to spare."""
Refit = Callable[[list[int]], bytes]

_KEY = secrets.token_bytes(32)
_REFITS: LRUCache[str, Refit] = LRUCache(5_000)
_LOCK = Lock()


def register(refit: Refit, *key: Hashable) -> str:
    """Register how a picture is made without some rows; returns its name, which nobody can guess.

    Parameters
    ----------
    refit : callable
        Takes numbers of rows and gives the response's body; it may raise `LmmCompareError` and `TooLong`.
    *key : hashable
        What the picture depends on: the same name for the same key.
    """
    name = blake2b(repr(key).encode(), key=_KEY, digest_size=16).hexdigest()
    with _LOCK:
        _REFITS[name] = refit
    return name


class Refits:
    """ASGI middleware that answers requests for refits; all others pass.

    A request names the picture in its body, so that no log of addresses holds it. The answer is 404 for a picture that is not
    known here, 400 for what is not a list of rows, 409 where the models cannot do without them or take long. The browser then
    leaves it to the page, which says why.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].endswith(ADDRESS):
            await self._app(scope, receive, send)
            return
        status, body = await asyncio.to_thread(_answer, await _body(receive))
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        headers.append((b"cache-control", b"no-store"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def _body(receive: Receive) -> bytes:
    """A request's body; empty if it is too large."""
    result = b""
    while len(result) <= LARGEST:
        message = await receive()
        result += message.get("body", b"")
        if not message.get("more_body", False):
            return result if len(result) <= LARGEST else b""
    return b""


def _answer(body: bytes) -> tuple[int, bytes]:
    """Status and body of the response."""
    match _json(body):
        case {"picture": str(name), "rows": list(rows)} if all(type(row) is int for row in rows):
            with _LOCK:
                refit = _REFITS.get(name)
        case _:
            return 400, b""
    if refit is None:
        return 404, b""
    try:
        return 200, refit(rows)
    except (LmmCompareError, TooLong):
        return 409, b""


def _json(body: bytes) -> object:
    """What a text says as JSON; None where it is none."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
