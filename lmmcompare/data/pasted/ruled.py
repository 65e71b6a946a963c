"""Tables that are drawn with lines: of databases, Julia, Polars, Stata's ``list``, Markdown, reStructuredText and Emacs."""

from __future__ import annotations

import re

from .markup import as_csv

_BARS = str.maketrans("│┃┆┊║", "|||||")
_RULE = re.compile(r"(?=.*[-=─━═╌_]{2})[-=─━═╌_+|:┼┬┴╪╤╧╫├┤┌┐└┘╞╡╟╢╠╣╭╮╯╰\s]+")
_BAR = re.compile(r"(?<!\\)\|")
_COUNTED = re.compile(r"\s*(?:\d+\.)?\s*")
"""What Stata writes before the first line of a row."""
_TYPE = re.compile(
    r"---|str|cat|bool|enum|date|datetime\S*|[iuf](?:8|16|32|64)|(?:String|Int|Float)\d*\??|(?:Bool|Date|DateTime|Cat…|Any)\??"
)
"""Types of columns as Polars and Julia print them below the names."""
MOST_TYPES = 2


def without_rules(text: str) -> tuple[str, list[str]]:
    """The table without rules and as CSV where bars separate its cells, and the lines that stood round it.

    Text without a rule is given back as it is. Where bars are at both sides only, blanks go on separating the cells.
    """
    lines = text.translate(_BARS).split("\n")
    first = next((k for k, line in enumerate(lines) if _RULE.fullmatch(line)), None)
    if first is None:
        return text, []
    if not any("|" in line and not _RULE.fullmatch(line) for line in lines[max(first - 1, 0) : first + 2]):
        return "\n".join("" if _RULE.fullmatch(line) else line for line in lines), []
    begin, end = first, first + 1
    while begin and _is_drawn(lines[begin - 1]):
        begin -= 1
    while end < len(lines) and _is_drawn(lines[end]):
        end += 1
    rows = [_BAR.split(line) for line in lines[begin:end] if not _RULE.fullmatch(line)]
    around = [line for line in (*lines[:begin], *lines[end:]) if line.strip()]
    return _joined(_without_edges(rows)), around


def _is_drawn(line: str) -> bool:
    return "|" in line or _RULE.fullmatch(line) is not None


def _without_edges(rows: list[list[str]]) -> list[list[str]]:
    """Rows without what stands outside of the first and the last bar, where that is nothing or a row's number."""
    if all(len(row) > 1 and not row[-1].strip() for row in rows):
        rows = [row[:-1] for row in rows]
    if all(len(row) > 1 and _COUNTED.fullmatch(row[0]) for row in rows):
        rows = [row[1:] for row in rows]
    return rows


def _joined(rows: list[list[str]]) -> str:
    """Rows as text without the types below the names; Julia has one bar, after the numbers of rows."""
    only_numbers = rows[0][0].strip() == "Row" and all(len(row) == 2 for row in rows)
    types = 0
    while types < MOST_TYPES and types + 2 < len(rows) and _are_types(rows[1 + types]):
        types += 1
    rows = [rows[0], *rows[1 + types :]]
    if only_numbers or all(len(row) == 1 for row in rows):
        return "\n".join(" ".join(row) for row in rows)
    return as_csv([cell.strip().replace("\\|", "|") for cell in row] for row in rows)


def _are_types(row: list[str]) -> bool:
    words = " ".join(row).split()
    return bool(words) and all(map(_TYPE.fullmatch, words))
