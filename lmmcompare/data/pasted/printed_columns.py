"""Tables whose cells stand below one another, as consoles print them: with words or nothing in a cell, or in several blocks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ..readers.header import BLANK, is_number
from .markup import as_csv

FEWEST_LINES = 3
Span = tuple[int, int]


def in_one_block(lines: Sequence[str]) -> list[str]:
    """A table side by side that R or pandas printed in blocks below one another, for want of width; other lines as they are.

    In each block the rows begin with the same names, all different, below a line of other names of columns.
    """
    lines = [line.rstrip("\\ ") for line in lines if line.strip(" \\")]
    labels = [line.split()[0] for line in lines]
    height = labels.index(labels[1], 2) - 1 if labels[1:2] and labels[1] in labels[2:] else 0
    if height < FEWEST_LINES - 1 or len(lines) % height:
        return lines
    blocks = [lines[k : k + height] for k in range(0, len(lines), height)]
    names = [labels[k + 1 : k + height] for k in range(0, len(lines), height)]
    heads = {" ".join(block[0].split()) for block in blocks}
    if any(other != names[0] for other in names) or len(heads) < len(blocks) or len({*names[0]}) < len(names[0]):
        return lines
    after_names = max(len(line) - len(line.lstrip()) + len(line.split()[0]) for line in blocks[0][1:])
    begins = [0, *[after_names] * (len(blocks) - 1)]
    widths = [max(map(len, block)) for block in blocks]
    return [
        "".join(
            block[k][begin:].ljust(width - begin + 1)
            for block, width, begin in zip(blocks, widths, begins, strict=True)
        ).rstrip()
        for k in range(height)
    ]


def by_position(lines: Sequence[str]) -> str | None:
    """Cells that stand below one another as CSV; None where there are no such columns with a name each.

    A column ends where every line has a blank, unless what comes next has no name, or nothing below its name: that belongs
    to the column beside it. The first may lack a name: it is that of the rows.
    """
    given = [line.expandtabs() for line in lines if line.strip()]
    lines = _with_index_names(given)
    if len(lines) < FEWEST_LINES:
        return None
    width = max(map(len, lines))
    lines = [line.ljust(width) for line in lines]
    filled = [False, *(any(line[k] != " " for line in lines) for k in range(width)), False]
    edges = [k for k, (left, right) in enumerate(pairwise(filled)) if left != right]
    spans = _merged(list(zip(edges[::2], edges[1::2], strict=True)), lines)
    cells = [[line[begin:end].strip() for begin, end in spans] for line in lines]
    names = [cells[0][0] or "row", *cells[0][1:]]
    of_numbers = [_holds_numbers(column[1:]) for column in zip(*cells, strict=True)]
    has_numbers_for_names = len(lines) == len(given) and any(map(is_number, names))
    if len(spans) < 2 or not all(names) or not any(of_numbers) or has_numbers_for_names:
        return None
    if any("  " in cell for row in cells for cell in row):
        return None  # of two columns that do not stand below one another
    return as_csv([names, *cells[1:]])


def _holds_numbers(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell not in BLANK]
    return bool(filled) and all(map(is_number, filled))


def _with_index_names(lines: list[str]) -> list[str]:
    """Lines with the names of pandas' index, which stand on a line of their own, among the names of the columns."""
    if len(lines) < FEWEST_LINES + 1:
        return lines
    head, names = lines[0], lines[1].rstrip()
    is_padded = len(lines[1]) >= len(head.rstrip()) > len(names)
    if any(map(is_number, names.split())) or (head[: len(names)].strip() and not is_padded):
        return lines
    if len(names.split()) >= len(lines[2].split()) or len(names) >= len(head):
        return lines
    return [names.ljust(len(names)) + head[len(names) :], *lines[2:]]


def _merged(spans: list[Span], lines: Sequence[str]) -> list[Span]:
    """Stretches of signs as columns with a name and values each."""

    def name(span: Span) -> str:
        return lines[0][span[0] : span[1]]

    def values(span: Span) -> list[str]:
        return [cell for line in lines[1:] if (cell := line[span[0] : span[1]].strip())]

    result: list[Span] = []
    waiting: int | None = None  # where a stretch began that belongs to the column at its right
    for k, span in enumerate(spans):
        begin, end = span if waiting is None else (waiting, span[1])
        waiting = None
        following = spans[k + 1] if k + 1 < len(spans) else None
        before = result[-1] if result else None
        if not values((begin, end)) and following and following[0] - end == 1 and name(following).strip():
            waiting = begin  # the first word of a name
        elif not values(span) and before and begin - before[1] == 1:
            result[-1] = (before[0], end)  # the last word of a name
        elif before is None or name(span).strip():
            result.append((begin, end))
        elif following and name(following).strip() and _belongs_right(name, values, before, following, k):
            waiting = begin
        else:
            result[-1] = (before[0], end)
    return result


def _belongs_right(name, values, before: Span, following: Span, k: int) -> bool:  # type: ignore[no-untyped-def]
    """Whether values without a name of their own belong to the column at their right rather than to the one at their left."""
    if not name(before).strip():
        return _holds_numbers(values(before))  # names of rows that count, and then text
    if _holds_numbers(values(before)) != _holds_numbers(values(following)):
        return _holds_numbers(values(before))
    return not name(following).endswith(" ")
