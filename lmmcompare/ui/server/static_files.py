"""Where a browser finds the files of ``static/``: an address with a version, so that it keeps each of them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

STATIC = Path(__file__).parents[3] / "static"


def version(folder: Path) -> str:
    """The version of a folder's scripts: another one if any of them changes, as they load one another."""
    scripts = [path for path in sorted(folder.glob("*.js")) if not path.name.endswith(".min.js")]
    return sha256(b"".join(path.read_bytes() for path in scripts)).hexdigest()[:12]


VERSION = version(STATIC)


def address(name: str) -> str:
    """Where a browser finds this file of ``static/``, from the app's root."""
    return f"app/static/{name}?v={VERSION}"
