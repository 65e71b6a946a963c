"""Addresses of the components' scripts in ``static/``, with a version so that a browser can cache each of them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

STATIC = Path(__file__).parents[3] / "static"
SCRIPTS = (
    "chart.js",
    "dial.js",
    "emphasis.js",
    "figure.js",
    "frame.js",
    "guess.js",
    "leave_out.js",
    "looks.js",
    "highlight.js",
    "models.js",
    "numbers.js",
    "page.js",
    "save.js",
    "theme.js",
)
_VERSION = sha256(b"".join((STATIC / name).read_bytes() for name in SCRIPTS)).hexdigest()[:12]

# Streamlit sends a component's inline script with every use of it, so it is no more than the address of the real one. The
# address is relative to Streamlit's own scripts, so it holds behind a proxy and below a path too.
_LOADER = """
const own = document.querySelector('script[src*="static/js/"]').src;
const script = import(new URL("../../ADDRESS", own));
export default async (component) => (await script).default(component);
"""


def loader(name: str) -> str:
    """The inline script of a component whose real one is this file of ``static/``."""
    return _LOADER.replace("ADDRESS", address(name))


def address(name: str) -> str:
    """Where a browser finds this file of ``static/``, from the app's root."""
    return f"app/static/{name}?v={_VERSION}"
