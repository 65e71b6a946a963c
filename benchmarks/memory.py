"""Peak memory of a mixed model, beyond the table that it is fitted to."""

from __future__ import annotations

import ctypes
import gc
import json
import re
import subprocess
import sys
from pathlib import Path

import lmmcompare

from . import show
from .library import grouped

SIZES = (1_000_000, 5_000_000)
MODELS = ("y ~ x + (1 | g)", "y ~ x + (x | g)")
GROUPS = 10_000
TARGET = 2


def resident(field: str) -> int:
    """Bytes of this process in RAM: ``VmRSS`` now, ``VmHWM`` at most since the last `forget_peak`."""
    found = re.search(rf"{field}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def forget_peak() -> None:
    """Set the high-water mark back to what is in use now (Linux: proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5")


def fit(formula: str, frame: object) -> None:
    model = lmmcompare.lmer(formula, frame)
    assert len(model.bse) and len(model.random_effects) and len(model.random_effects_se)


def measure(formula: str, n: int) -> dict[str, int]:
    """Bytes of the columns used, and the peak beyond them; for a process of its own."""
    fit(formula, grouped(1_000, 10, 0.4))  # what is loaded or allocated once
    frame = grouped(n, GROUPS, 0.4)
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what building the table has freed must not be there for the taking
    forget_peak()
    before = resident("VmRSS")
    fit(formula, frame)
    return {"columns": int(frame.memory_usage(index=False).sum()), "extra": resident("VmHWM") - before}


def main(quick: bool = False) -> None:
    """Measure each size in a fresh process, and print."""
    rows = []
    for n in SIZES[:1] if quick else SIZES:
        for formula in MODELS:
            command = [sys.executable, "-m", "benchmarks.memory", formula, str(n)]
            done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1])
            if done.returncode:
                rows.append([f"{formula}, {n:,} rows", done.stderr.strip().splitlines()[-1][:70], "", ""])
                continue
            found = json.loads(done.stdout)
            cells = [f"{found['columns'] / 1e6:.0f} MB", f"{found['extra'] / 1e6:.0f} MB"]
            rows.append(
                [f"{formula}, {n:,} rows", *cells, f"{found['extra'] / found['columns']:.2f} (target {TARGET})"]
            )
    show(
        "Memory: peak beyond the table",
        f"High-water mark of resident memory while lmer() fits {GROUPS:,} groups and gives SEs and random effects, minus\n"
        "what the process held just before, when the table was built; divided by the bytes of the columns used.",
        ["model", "columns", "peak extra", "ratio"],
        rows,
    )


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
