"""Lines below the rows of a text file that are none: a source, a remark, the end of a code block."""

from __future__ import annotations

from .csv_dialect import Dialect

TAIL_BYTES = 20_000
"""Bytes from the end in which such lines are looked for."""


def without_lines_below(data: bytes, dialect: Dialect) -> tuple[bytes, list[str]]:
    """The text without what stands below its last row, and those lines.

    They have fewer cells than the rows, and the first of them stands below a blank line or is of several words where no row
    begins so: the last row of a file that was cut off is not taken for one.

    Parameters
    ----------
    data : bytes
        UTF-8, with its last line ended.
    """
    width = len(dialect.header) + bool(dialect.extra)
    separator, quote = dialect.separator.encode(), dialect.quote.encode()
    lines = data[-TAIL_BYTES:].splitlines(keepends=True)
    top = len(lines)
    while top and lines[top - 1].count(separator) + 1 < width and lines[top - 1].count(quote) % 2 == 0:
        top -= 1
    below = [line.strip() for line in lines[top:]]
    said = [line for line in below if line]
    if not top or not said:
        return data, []
    rows_of_words = any(" " in row[0].strip() for row in dialect.sample if len(row) == width)
    of_words = b" " in said[0].split(separator)[0] and not rows_of_words
    if below[0] and not of_words and said != [b"```"]:
        return data, []
    return data[: len(data) - sum(map(len, lines[top:]))], [line.decode("utf-8", "ignore") for line in said]
