"""Speed and memory, measured side by side and printed as tables; nothing here is asserted."""

from __future__ import annotations

from collections.abc import Sequence

SHOWN: list[tuple[str, str, Sequence[str], Sequence[Sequence[str]]]] = []
"""Every table that was printed: title, note, head, rows."""


def show(title: str, note: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table, its first column to the left and the others to the right, and keep it for `report`."""
    SHOWN.append((title, note, head, rows))
    widths = [max(len(row[k]) for row in [head, *rows]) for k in range(len(head))]
    print(f"\n{title}\n{note}\n")
    for row in [head, ["-" * w for w in widths], *rows]:
        cells = [row[0].ljust(widths[0])] + [cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True)]
        print("  ".join(cells).rstrip())
    print(flush=True)


def seconds(value: float) -> str:
    """A duration in a unit that suits it."""
    return f"{value * 1000:.3g} ms" if value < 1 else f"{value:.3g} s"
