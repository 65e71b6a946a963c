"""User text made harmless for plotly, which reads HTML, templates and mathematics in it."""

from __future__ import annotations

import html
import textwrap
from functools import lru_cache

_SIGNS = str.maketrans({sign: f"&#{ord(sign)};" for sign in "{}$"})


def safe(text: object, limit: int = 60) -> str:
    """User text made harmless for plotly: on one line, shortened, and nothing in it read as more than text."""
    return _safe(str(text), limit)


@lru_cache(maxsize=50_000)  # a group's name stands at each of its points
def _safe(text: str, limit: int) -> str:
    return _escape(_shorten(text, limit))


def wrapped(text: object, width: int, limit: int = 200) -> list[str]:
    """User text as escaped lines of at most about ``width`` characters; join them with ``<br>``."""
    return [_escape(line) for line in textwrap.wrap(_shorten(text, limit), width)]


def _escape(text: str) -> str:
    """Escape what plotly reads: HTML tags, ``%{...}`` (in titles and hover), and ``$...$`` (mathematics)."""
    return html.escape(text, quote=False).translate(_SIGNS)


def _shorten(text: object, limit: int) -> str:
    plain = " ".join(str(text).split())
    return plain if len(plain) <= limit else plain[: limit - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
