"""Whether R can be asked here."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache


@cache
def installed() -> frozenset[str]:
    """The packages that R has: listed, not loaded, which takes seconds, and once, for R itself takes half a second to start."""
    asked = subprocess.run(["Rscript", "-e", "cat(.packages(TRUE))"], capture_output=True, text=True)
    return frozenset(asked.stdout.split())


def r_lacks(*packages: str) -> str:
    """Why R cannot be asked; empty where it can."""
    if shutil.which("Rscript") is None:
        return "Rscript is not installed"
    lacking = [name for name in packages if name not in installed()]
    return f"R has not {', '.join(lacking)}" if lacking else ""
