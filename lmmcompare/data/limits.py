"""How much of a file is read, all from one number: the largest file, by LMMCOMPARE_MAX_MB."""

from __future__ import annotations

import math
import os

from ..errors import DataError
from .readers.result import Limits, Unreadable

MAX_BYTES = 50_000_000
"""The largest file that is read unless LMMCOMPARE_MAX_MB says otherwise."""
MAX_COLUMNS = 2_000
MAX_NAME = 200
"""Characters of a column's name."""
BYTES_PER_ROW = 25
"""Two million rows at 50 MB, eight at 200 MB: a shorter line holds no outcome, predictor and group."""
UNPACKED = 10
"""How many times the largest file a workbook's parts may be once they are unpacked; XML packs to a tenth or so."""

MEMORY = (1_000_000_000, 40)
"""Bytes of address space of the process that reads a file, and more for each byte of the file: its libraries reserve
0.3 GB; a cell of a workbook takes 5 bytes packed, and 60 on its way to a number."""


def max_bytes() -> int:
    """The largest file that is read: ``MAX_BYTES``, or the environment's LMMCOMPARE_MAX_MB in millions of bytes."""
    try:
        megabytes = float(os.environ.get("LMMCOMPARE_MAX_MB", ""))
    except ValueError:
        return MAX_BYTES
    return int(megabytes * 1e6) if math.isfinite(megabytes) and megabytes > 0 else MAX_BYTES


def limits() -> Limits:
    """The limits on a table: a cell takes a byte of a text file at least, so no format may have more cells than bytes."""
    size = max_bytes()
    rows = max(MAX_BYTES, size) // BYTES_PER_ROW
    return Limits(size, UNPACKED * size, rows, MAX_COLUMNS, max(MAX_BYTES, size))


def check(rows: int, columns: int, what: str) -> None:
    """Refuse a table that is too large; ``what`` is what messages call it."""
    try:
        limits().check(rows, columns)
    except Unreadable as error:
        raise DataError(*error.named(what)) from None


def seconds(size: int) -> float:
    """The longest that a file of so many bytes may take to be read."""
    return 9.0 + size / 1e6
