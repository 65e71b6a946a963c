"""A table that is summed by DuckDB and never in memory: time and peak memory, beside the bare group-by."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from . import seconds, show

ROWS, QUICK, GROUPS = 100_000_000, 10_000_000, 100_000
FORMULA = "y ~ x + (x | g)"
TARGET = "twice the group-by alone, 2 GB"
PART = 10_000_000
"""Rows written at once, a file each."""


def make(folder: Path, rows: int, groups: int = GROUPS) -> str:
    """Write a table with a random intercept and slope as Parquet files, each row from hashes of its number."""
    connection = duckdb.connect()
    connection.execute("SET threads = 2; SET memory_limit = '1GB'; SET preserve_insertion_order = false")
    normal = (
        "sqrt(-2 * ln((1 + hash(i + {a}) % 1000000) / 1000001.0)) * cos(2 * pi() * (hash(i + {b}) % 1000000) / 1e6)"
    )
    for k, start in enumerate(range(0, rows, PART)):
        connection.execute(
            f"""COPY (
                WITH drawn AS (
                    SELECT (hash(i) % {groups})::INT AS g, {normal.format(a=10**10, b=2 * 10**10)} AS x,
                    {normal.format(a=3 * 10**10, b=4 * 10**10)} AS e FROM range({start}, {min(start + PART, rows)}) t(i))
                SELECT g, x, 1 + (hash(g) % 1000) / 500.0 + (0.5 + (hash(g + 7000000) % 1000) / 2000.0) * x + e AS y FROM drawn
            ) TO '{folder}/part{k:03}.parquet' (FORMAT parquet)"""
        )
    return str(folder / "*.parquet")


def bare(pattern: str) -> None:
    """The group-by that any program would need, by DuckDB alone."""
    sums = "g, count(*), sum(x), sum(y), sum(x * x), sum(x * y), sum(y * y)"
    duckdb.connect().read_parquet(pattern).aggregate(sums, "g").to_arrow_table()


def ours(pattern: str) -> None:
    """Every model, with its standard errors and degrees of freedom."""
    import lmmcompare

    compared = lmmcompare.compare(FORMULA, pattern)
    assert len(compared.coefficients()) and compared.mixed.converged


def measure(what: str, pattern: str) -> dict[str, float]:
    """Wall time, processor time and peak resident memory, for a process of its own."""
    began = time.perf_counter()
    {"bare": bare, "ours": ours}[what](pattern)
    wall, used = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    return {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss * 1024}


def main(quick: bool = False, rows: int | None = None) -> None:
    """Make the table, measure each in a fresh process, and print."""
    rows = rows or (QUICK if quick else ROWS)
    result = []
    with tempfile.TemporaryDirectory() as folder:
        pattern = make(Path(folder), rows)
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
        for what, label in (("bare", "DuckDB's group-by alone"), ("ours", f"compare({FORMULA!r})")):
            command = [sys.executable, "-m", "benchmarks.big", what, pattern]
            done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1], check=True)
            took = json.loads(done.stdout)
            result.append([label, seconds(took["wall"]), seconds(took["cpu"]), f"{took['peak'] / 1e9:.2f} GB"])
    show(
        f"Big tables: {rows:,} rows, {GROUPS:,} groups, {size / 1e9:.1f} GB of Parquet (target for {ROWS:,} rows: {TARGET})",
        "Whole process: imports, reading, sums, sample, all models with standard errors and df; peak resident memory.",
        ["what", "time", "processor time", "peak memory"],
        result,
    )


if __name__ == "__main__":
    if sys.argv[1].isdigit():
        main(rows=int(sys.argv[1]))
    else:
        print(json.dumps(measure(*sys.argv[1:])))
