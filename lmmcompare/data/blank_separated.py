"""Tables with blanks between the columns, as R's ``write.table``, Mplus and HLM write them and consoles print them."""

from __future__ import annotations

import re
from collections import Counter

from .csv_dialect import SAMPLE_BYTES, SAMPLE_LINES

_CELL = re.compile(rb'(?:"(?:[^"\\]|\\.|"")*+"[^\s"]*+)++\S*|\S+')
"""What lies between blanks; those in quotes are part of it, and what follows a quote without a blank too: "1,010","8,518".

Only where a cell begins with quotes: of 40,000 others in a row, none of which ends, each would be looked for to the end.
"""
_MOMENT = re.compile(rb"(?<!\S)(\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?!\S)")
"""A date and a time of day, which R's ``write.table`` does not put in quotes."""
_ONE_CELL = rb"\1" + b"\1" + rb"\2"
_SEPARATED = re.compile(rb"[;\t|]|,(?!\d)|(?<!\d),")
"""What separates cells, and is no decimal comma."""


def with_tabs(data: bytes) -> bytes | None:
    """The text with one tab between its cells where blanks were, None where blanks are not what separates them.

    They are where nothing else does in the first line, and at least half of the lines below it are as wide as it is, or
    wider by one cell, which names the row. Text that holds blanks stands in double quotes; a date and a time of day are one
    cell where the names in the first line are not enough for two.

    Parameters
    ----------
    data : bytes
        UTF-8.
    """
    begin = data[:SAMPLE_BYTES].lstrip().partition(b"\n")[0].partition(b"\r")[0]
    if _is_separated(begin):  # most files; the lines need not be looked at
        return None
    lines = [line for line in data[:SAMPLE_BYTES].splitlines() if line.strip()][:SAMPLE_LINES]
    if len(data) > SAMPLE_BYTES:
        lines = lines[:-1]
    if len(lines) < 2 or _is_separated(lines[0]):
        return None
    joined = [_MOMENT.sub(_ONE_CELL, line) for line in lines]
    beyond, beyond_joined = _cells_beyond(lines), _cells_beyond(joined)
    if beyond is None and beyond_joined is None:
        return None
    pieces = data.replace(b'\\"', b'""').split(b'"')  # every second one is text in quotes, whose blanks stay
    outside = b"\0".join(pieces[::2])
    if beyond_joined is not None and (beyond is None or joined[0] != lines[0] or (beyond and not _are_counted(lines))):
        outside = _MOMENT.sub(_ONE_CELL, outside)
    pieces[::2] = _tabs(outside).replace(b"\1", b" ").split(b"\0")
    return b'"'.join(pieces)


def _cells_beyond(lines: list[bytes]) -> int | None:
    """How many cells more than the first at least half of the other lines have: 0, 1, or None for anything else."""
    width = len(_CELL.findall(lines[0]))
    widths = Counter(len(_CELL.findall(line)) for line in lines[1:])
    usual, times = widths.most_common(1)[0]
    fits = usual >= 2 and usual in (width, width + 1) and times >= widths.total() / 2
    return usual - width if fits else None


def _are_counted(lines: list[bytes]) -> bool:
    """Whether the lines below the first begin with 1, 2, 3, …, as R names the rows of a table."""
    return all(line.split()[0].strip(b'"') == b"%d" % k for k, line in enumerate(lines[1:], start=1))


def _is_separated(line: bytes) -> bool:
    return _SEPARATED.search(re.sub(rb'"[^"]*"', b"", line)) is not None


def _tabs(text: bytes) -> bytes:
    """One tab for each run of blanks, none at the ends of lines."""
    text = text.replace(b"\t", b" ").replace(b"\r\n", b"\n")
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text.replace(b" \n", b"\n").replace(b"\n ", b"\n").strip(b" ").replace(b" ", b"\t")
