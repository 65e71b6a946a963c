"""Tables that people paste: from a spreadsheet (tabs), CSV, or with blanks between the columns as R prints them."""

from __future__ import annotations

import re

from ..errors import DataError
from ..text.numbers import count

_CELL = re.compile(r'"[^"]*"|\S+')
_TYPES = re.compile(r"\s*(<\w+>\s*)+")


def as_delimited(text: str, what: str) -> bytes:
    """The text with tabs between its columns where blanks were, else as it is; for ``read`` either way.

    Raises
    ------
    DataError
        When blanks are all there is between the columns, and the lines are not equally long.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or (any(mark in lines[0] for mark in "\t;,|{[") and not lines[0].startswith("# A tibble")):
        return text.encode("utf-8", "replace")
    # what R prints round a tibble: its size, the columns' types, how many rows were not shown
    keep = [(k, line) for k, line in enumerate(lines, start=1) if not line.lstrip().startswith("#")]
    rows = [(k, _CELL.findall(line)) for k, line in keep if not _TYPES.fullmatch(line)]
    width = len(rows[1][1]) if len(rows) > 1 else 0
    if width < 2 or len(rows[0][1]) not in (width, width - 1):
        return text.encode("utf-8", "replace")
    for k, row in rows[1:]:
        if len(row) != width:
            raise DataError(
                f"Line {k:,} of {what} has {count(len(row), 'cell')}, not {width:,} as the one before.",
                "Cells with blanks in them need quotes; better, copy the table with tabs or commas between its columns.",
            )
    return "\n".join("\t".join(row) for _, row in rows).encode("utf-8", "replace")
