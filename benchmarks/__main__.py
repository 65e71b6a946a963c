"""``python -m benchmarks [part ...] [--quick]``: one table a part."""

from __future__ import annotations

import argparse
import time
from importlib import import_module
from pathlib import Path

from . import SHOWN, report

PARTS = ("library", "inference", "studies", "memory", "server_memory", "big", "upload", "first_chart", "browser")

SHORTER = ("big",)
"""Parts that are measured in short where all are asked for, which then takes less than ten minutes."""


def main() -> None:
    """Run the parts that were asked for, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)}; all of them when none is named")
    parser.add_argument("--quick", action="store_true", help="fewer runs and shorter time limits")
    parser.add_argument(
        "--write", metavar="FILE", type=Path, help="write the tables there as Markdown too, with date and versions"
    )
    asked = parser.parse_args()
    unknown = set(asked.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {sorted(unknown)[0]!r}: choose from {', '.join(PARTS)}")
    began, spent = time.perf_counter(), {}
    for part in asked.parts or PARTS:
        start = time.perf_counter()
        import_module(f"benchmarks.{part}").main(quick=asked.quick or (not asked.parts and part in SHORTER))
        spent[part] = time.perf_counter() - start
        if asked.write:  # after every part, so that one that fails loses none
            asked.write.write_text(report.markdown(SHOWN, spent))
    print(f"{time.perf_counter() - began:.0f} s in all: " + ", ".join(f"{part} {s:.0f}" for part, s in spent.items()))


if __name__ == "__main__":
    main()
