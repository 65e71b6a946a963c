"""``python -m benchmarks [part ...] [--quick]``: one table a part."""

from __future__ import annotations

import argparse
from importlib import import_module

PARTS = ("library", "inference", "studies", "memory", "server_memory", "big", "first_chart", "browser")


def main() -> None:
    """Run the parts that were asked for, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)}; all of them when none is named")
    parser.add_argument("--quick", action="store_true", help="fewer runs and shorter time limits")
    asked = parser.parse_args()
    unknown = set(asked.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {sorted(unknown)[0]!r}: choose from {', '.join(PARTS)}")
    for part in asked.parts or PARTS:
        import_module(f"benchmarks.{part}").main(quick=asked.quick)


if __name__ == "__main__":
    main()
