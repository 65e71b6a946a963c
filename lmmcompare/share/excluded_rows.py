"""Rows of a table that are left out by hand: as text in an address, and as the id of the table without them."""

from __future__ import annotations

import re
from collections.abc import Collection

EXCLUDED = "excluded"
"""The parameter of an address, and the kind of such a table's id."""
MOST = 200
"""Rows that can be left out by hand; more are a matter of the table's filters."""
_TEXT = re.compile(r"[0-9]{1,7}(-[0-9]{1,7})?(,[0-9]{1,7}(-[0-9]{1,7})?){0,199}")


def text(rows: Collection[int]) -> str:
    """Numbers of rows as text: "3-5,17"."""
    parts: list[list[int]] = []
    for row in sorted(rows):
        if parts and row == parts[-1][1] + 1:
            parts[-1][1] = row
        else:
            parts.append([row, row])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)


def read(words: str) -> tuple[int, ...]:
    """Read row numbers, counted from 1, from such a text; empty where it cannot be read or has more than can be left out."""
    if _TEXT.fullmatch(words) is None:
        return ()
    result: set[int] = set()
    for part in words.split(","):
        first, _, last = part.partition("-")
        low, high = int(first), int(last or first)
        if low < 1 or high < low or high - low >= MOST:
            return ()
        result |= {*range(low, high + 1)}
    return tuple(sorted(result)) if len(result) <= MOST else ()


def table_without(table: str, rows: Collection[int]) -> str:
    """The id of a table without these rows; they replace rows that the id excludes already."""
    base, _ = parts_of(table)
    return f"{EXCLUDED}:{text(rows)}:{base}" if rows else base


def parts_of(table: str) -> tuple[str, tuple[int, ...]]:
    """The id of the whole table, and the numbers of the rows that are left out."""
    kind, _, rest = table.partition(":")
    if kind != EXCLUDED:
        return table, ()
    words, _, base = rest.partition(":")
    return base, read(words)
