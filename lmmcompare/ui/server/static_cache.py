"""ASGI middleware that has browsers keep the app's scripts, which they would otherwise ask for again on every visit."""

from __future__ import annotations

from .page_html import App, Message, Receive, Send

FOLDER = "/app/static/"
_KEEP = (b"cache-control", b"public, max-age=31536000, immutable")
"""For a year: another version of a file has another address (`lmmcompare.ui.server.static_files`)."""


class StaticCache:
    """ASGI middleware that marks files of ``static/`` that are asked for with a version as immutable; all other answers pass."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request."""
        versioned = scope["type"] == "http" and FOLDER in scope["path"] and scope["query_string"].startswith(b"v=")

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 304):
                message = {**message, "headers": [*message["headers"], _KEEP]}
            await send(message)

        await self._app(scope, receive, keep if versioned else send)
