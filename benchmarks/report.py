"""The tables of a run as one page of Markdown, with the date, the machine and every program's version."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import date
from importlib import metadata
from pathlib import Path

from lmmcompare.version import VERSION

PACKAGES = ("numpy", "scipy", "pandas", "duckdb", "statsmodels", "mixedlm", "mixedlm-rs", "lme-python")
Table = tuple[str, str, Sequence[str], Sequence[Sequence[str]]]
PREFACE = """# Benchmarks

Measured, not typed: `make bench` runs every program on this machine and writes this page. Programs take turns on the same rows,
so that what else the machine does slows all of them alike; ratios say more than times do.
"""


def markdown(tables: Sequence[Table], spent: Mapping[str, float]) -> str:
    """The page: what was measured with, then a table each."""
    took = ", ".join(f"{part} {seconds:.0f} s" for part, seconds in spent.items())
    parts = [
        PREFACE,
        f"{date.today().isoformat()}, {machine()}. {versions()}. In all {sum(spent.values()):.0f} s: {took}.\n",
    ]
    for title, note, head, rows in tables:
        body = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
        lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in body]
        parts.append("\n".join([f"## {title}", "", re.sub(r"\s+", " ", note).strip(), "", *lines, ""]))
    return "\n".join(parts)


def _cell(text: str) -> str:
    """A cell's text; programs are indented under their model, and a model's formula may have bars."""
    inner = text.strip().replace("|", "\\|")
    return f"&nbsp;&nbsp;{inner}" if text.startswith("  ") else inner


def machine() -> str:
    """The processor and its cores."""
    known = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", known.read_text()) if known.exists() else None
    return f"{found[1].strip() if found else platform.processor() or platform.machine()}, {os.cpu_count()} cores"


def versions() -> str:
    """Every program's version, as far as it is installed."""
    result = [f"lmmcompare {VERSION}", f"Python {platform.python_version()}"]
    for name in PACKAGES:
        try:
            result.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            result.append(f"{name} not installed")
    return ", ".join([*result, *r_versions()])


def r_versions() -> list[str]:
    """R's and lme4's, where R is there."""
    if not shutil.which("Rscript"):
        return ["R not installed"]
    ask = 'cat(paste("R", getRversion())); cat("|"); cat(paste("lme4", packageVersion("lme4")))'
    done = subprocess.run(["Rscript", "--vanilla", "-e", ask], capture_output=True, text=True)
    return done.stdout.split("|") if done.returncode == 0 else ["R without lme4"]
