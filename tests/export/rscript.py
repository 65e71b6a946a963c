"""Whether R can be asked here."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache


@cache
def r_lacks(*packages: str) -> str:
    """Why R cannot be asked; empty where it can. The packages are looked for, not loaded, which takes seconds."""
    if shutil.which("Rscript") is None:
        return "Rscript is not installed"
    names = ", ".join(map(repr, packages))
    # of several packages, find.package() stops only where it finds none
    asked = subprocess.run(["Rscript", "-e", f"for (name in c({names})) find.package(name)"], capture_output=True)
    return "" if asked.returncode == 0 else f"R has not all of {', '.join(packages)}"
