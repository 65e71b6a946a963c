"""Memory of the app's process while sessions open large tables one after another and its caches evict old entries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from . import show
from .memory import resident

ROOT = Path(__file__).parents[1]
COMPARISONS, UPLOADS = 30, 10
UPLOAD_MB = 50
CEILING_MB = 1_500


def formulas() -> list[tuple[str, bool]]:
    """Comparisons of pSHP2, all different."""
    return [
        (f"log(pSHP2 + {k}) ~ condition + (1 | cluster)", reml)
        for k in range(COMPARISONS // 2)
        for reml in (True, False)
    ]


def csv(seed: int) -> bytes:
    """A table of about `UPLOAD_MB` MB, numbers and text."""
    rng = np.random.default_rng(seed)
    n = 620_000
    table = pd.DataFrame({f"x{k}": rng.normal(size=n) for k in range(3)})
    table["school"] = rng.integers(4_000, size=n)
    table["town"] = np.array([f"town {k:04}" for k in range(2_000)])[rng.integers(2_000, size=n)]
    table["y"] = table["x0"] + rng.normal(size=n) + rng.normal(size=4_000)[table["school"]]
    return table.to_csv(index=False).encode()[: UPLOAD_MB * 1_000_000].rpartition(b"\n")[0] + b"\n"


def open_page(page: str, table: str, formula: str, reml: bool = True) -> None:
    """Open a page in a new session."""
    from streamlit.testing.v1 import AppTest

    from lmmcompare.share import link

    visit = AppTest.from_file(ROOT / "pages" / f"{page}.py", default_timeout=300)
    visit.session_state["routed"], visit.session_state["fold"] = True, {"near": True}
    for name, value in link.make(table, formula, reml).items():
        visit.query_params[name] = value
    visit.run()
    if visit.exception:
        raise RuntimeError(visit.exception[0].message)


def measure() -> None:
    """Print what is resident after each step; for a process of its own."""
    from lmmcompare.data.read import read
    from lmmcompare.ui.server import table_sources

    def say(what: str) -> None:
        print(f"{what}|{resident('VmRSS')}|{resident('VmHWM')}", flush=True)

    open_page("compare", "cv161703", "Y ~ X + (1 | ID)")
    say("one small comparison")
    for k, (formula, reml) in enumerate(formulas(), start=1):
        open_page("compare", "pshp2", formula, reml)
        if k in (1, 10, COMPARISONS):
            say(f"{k} of pSHP2")
    for k in range(1, UPLOADS + 1):
        content = csv(k)
        table = table_sources.keep(read(content, f"table {k}.csv"))
        del content
        open_page("compare", table, "y ~ x0 + x1 + (1 | school)")
        say(f"{k} uploads of {UPLOAD_MB} MB, each compared")


def main(quick: bool = False) -> None:
    """Measure in a fresh process, and print."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.server_memory"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    rows = []
    for line in done.stdout.splitlines():
        what, now, most = line.split("|")
        rows.append([what, f"{int(now) / 1e6:,.0f} MB", f"{int(most) / 1e6:,.0f} MB"])
    show(
        f"Memory: what the app's process holds (ceiling {CEILING_MB:,} MB)",
        f"{COMPARISONS} comparisons of pSHP2 (326,362 rows) and {UPLOADS} uploads of {UPLOAD_MB} MB, one reader after another.",
        ["after", "resident", "at most so far"],
        rows,
    )


if __name__ == "__main__":
    measure()
