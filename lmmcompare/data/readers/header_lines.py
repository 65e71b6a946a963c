"""Where the header of a table stands, and the lines below the first that belong to it: units, long names, a second row of names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .header import BLANK, LOOKED_AT, heads_numbers, is_number
from .result import listed

WITHIN = 50
"""Rows in which the header is looked for."""
MOST_FURTHER = 2
"""Lines below the names that may belong to the header; Qualtrics writes two."""
MOST_OF_SETTING = 2
"""Cells of a line of settings: what is set, and to what."""
MOST_ABOVE = 3
"""Lines above the names that may make them."""
_UNIT = re.compile(r"[(\[].*[)\]]")
_IMPORT_ID = re.compile(r'\{\s*"ImportId"')
_RULE = re.compile(r":?-{3,}:?")
"""What Markdown has below the names."""
_ANSWER = re.compile(r"(?:Open-Ended )?Response")
"""What SurveyMonkey has below a question that has one answer."""


@dataclass(frozen=True, slots=True)
class HeaderLines:
    """The names of columns from all lines of a header.

    Attributes
    ----------
    labels : dict of str to str
        What further lines say of a column, by its name; empty where they are part of the names.
    further : int
        Lines below the first.
    note : str
        A sentence on them; empty where there are none.
    """

    names: list[str]
    labels: dict[str, str] = field(default_factory=dict)
    further: int = 0
    note: str = ""


def header_row(rows: Sequence[Sequence[Any]]) -> int:
    """Where the header stands: the first row at least half as full as the fullest nearby, titles being short.

    Below a block of settings, such as a device's, it is the row of names after the blank one.
    """
    filled = [
        sum(cell != "" and not (isinstance(cell, str) and cell.isspace()) for cell in row) for row in rows[:WITHIN]
    ]
    enough = max(max(filled) / 2, min(2, max(filled)))
    top = next(k for k, n in enumerate(filled) if n >= enough)
    for gap in range(top + 1, len(filled) - 1):
        below = [str(cell).strip() for cell in rows[gap + 1]]
        is_fuller = not filled[gap] and max(filled[:gap]) <= MOST_OF_SETTING < filled[gap + 1] == max(filled[gap:])
        if (
            is_fuller
            and len({*below}) == len(below)
            and heads_numbers(below, _as_text(rows[gap + 2 : gap + LOOKED_AT]))
        ):
            return gap + 1
    return top


def _as_text(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    return [[str(cell) for cell in row] for row in rows]


def title_lines(rows: Sequence[Sequence[str]]) -> int:
    """How many lines at the top are no header but a title with the separator in it: shorter than the rows or prose, above names.

    R writes a header that is shorter too, by the column of row names: what follows it is a row, not names.
    """
    usual = Counter(map(len, rows[1:])).most_common(1)[0][0] if len(rows) > 1 else 0
    top = next((k for k, row in enumerate(rows[:WITHIN]) if len(row) >= usual), 0)
    prose = next((k for k, row in enumerate(rows[top:]) if not _is_prose(row)), 0)
    if prose and not any(cell[:1] == " " for row in rows[top + prose : LOOKED_AT] for cell in row[1:]):
        top += prose
    names = [cell.strip() for cell in rows[top]] if top else []
    are_names = len(set(names)) == len(names) and not BLANK & {*names}
    return top if names and are_names and heads_numbers(names, rows[top + 1 :]) else 0


def _is_prose(line: Sequence[str]) -> bool:
    """Whether a blank follows each comma of a line, as in "Rats, weeks 1 to 5", or all of its cells say the same, once merged."""
    if len(line) < 2 or line[0].strip() in BLANK:
        return False
    return len({*line}) == 1 or all(cell[:1] == " " and cell.strip() for cell in line[1:])


def all_header_lines(
    first: Sequence[str], rows: Sequence[Sequence[str]], above: Sequence[Sequence[str]]
) -> tuple[HeaderLines, int]:
    """The names that the first line holds, with what the lines below and above it say, and how many of those above are used."""
    grouped = with_lines_above(first, above)
    if grouped is None:
        return header_lines(first, rows), 0
    lines = header_lines(grouped[0].names, rows)
    return replace(lines, note=f"{grouped[0].note} {lines.note}".strip()), grouped[1]


def header_lines(first: Sequence[str], rows: Sequence[Sequence[str]]) -> HeaderLines:
    """The names that the first line holds, with what further lines say.

    Where names are blank in the first line, as under merged cells, both lines make the name, and so they do of names that stand
    there twice; else the further lines are labels.

    Parameters
    ----------
    first : sequence of k str
        The cells of the first line, which holds names.
    rows : sequence of sequences of str
        The lines below it, or the first of them.
    """
    further: list[list[str]] = []
    while len(further) < MOST_FURTHER and (
        _belongs(len(first), rows[len(further) :]) or (not further and _completes(first, rows))
    ):
        further.append([cell.strip() for cell in rows[len(further)]])
    if not further:
        return HeaderLines(list(first))
    said = [
        " ".join(text for row in further if (text := row[k]) and not _says_nothing(text)) for k in range(len(first))
    ]
    if not any(said):
        return HeaderLines(list(first), further=len(further))
    lines = "The line below the names belongs" if len(further) == 1 else f"{len(further)} lines below the names belong"
    if any(not name.strip() and text for name, text in zip(first, said, strict=True)):
        names, above = [], ""
        for name, text in zip(first, said, strict=True):
            above = name.strip() or above * bool(text)
            names.append(f"{above} {text}".strip())
        return HeaderLines(
            names, {}, len(further), f"{lines} to the header and makes the names, such as {listed(names[-1:])}."
        )
    times = Counter(first)
    twice = {f"{name} {text}" for name, text in zip(first, said, strict=True) if times[name] > 1 and text}
    labels = {name: text for name, text in zip(first, said, strict=True) if name.strip() and text and times[name] == 1}
    what = [f"labels, such as {listed(list(labels.values())[:2])}"] if labels else []
    what += [f"the names of columns that had one name, such as {listed(sorted(twice)[:2])}"] if twice else []
    return HeaderLines(
        [f"{name} {text}" if f"{name} {text}" in twice else name for name, text in zip(first, said, strict=True)],
        labels,
        len(further),
        f"{lines} to the header: {', and '.join(what)}.",
    )


def with_lines_above(names: Sequence[str], above: Sequence[Sequence[str]]) -> tuple[HeaderLines, int] | None:
    """Names that stand twice with what stands above them, and how many lines that takes; None where these tell nothing.

    Each cell above is over the columns up to the next: "pre" above height and weight, and "post" above height and weight, make
    "pre height" and so on; where the lines repeat themselves too, a line further up tells them apart. A name that stands higher up is one.
    """
    times = Counter(names)
    twice = [k for k, name in enumerate(names) if name.strip() and times[name] > 1]
    for n in range(1, min(MOST_ABOVE, len(above)) + 1):
        groups = [_over_columns(line, len(names)) for line in above[len(above) - n :]]
        made = {k: " ".join([line[k] for line in groups] + [names[k].strip()]) for k in twice}
        if not made or any(len({*line} - {""}) < 2 or not all(line[k] for k in twice) for line in groups):
            return None
        if len({*made.values()}) == len(made):
            lines = "The line above the names makes" if n == 1 else f"{n} lines above the names make"
            higher = [line for line in reversed(above) if sum(bool(cell.strip()) for cell in line) > 1]
            result = [made.get(k, name or _name_above(higher, k)) for k, name in enumerate(names)]
            return HeaderLines(result, note=f"{lines} those that stood twice, such as {listed([result[twice[0]]])}."), n
    return None


def _name_above(lines: Sequence[Sequence[str]], k: int) -> str:
    """The first cell above a column without a name, of lines that are no title, the lowest first; "" where there is none."""
    return next((line[k].strip() for line in lines if k < len(line) and line[k].strip()), "")


def _over_columns(line: Sequence[str], width: int) -> list[str]:
    """The cells of a line, each over the columns up to the next."""
    result, last = [], ""
    for k in range(width):
        last = (line[k].strip() if k < len(line) else "") or last
        result.append(last)
    return result


def _says_nothing(text: str) -> bool:
    return (_IMPORT_ID.match(text) or _RULE.fullmatch(text) or _ANSWER.fullmatch(text)) is not None


def _completes(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first of these lines names all columns that have no name yet, and has nothing in one that all others fill.

    So has SurveyMonkey's second line, below the questions: their items, and nothing for a respondent's number.
    """
    if len(rows) < 3 or any(len(row) < len(first) for row in rows):
        return False
    line, below = [cell.strip() for cell in rows[0]], rows[1:LOOKED_AT]
    unnamed = [k for k, name in enumerate(first) if not name.strip()]
    if not unnamed or not all(line[k] for k in unnamed) or any(map(is_number, line)):
        return False
    is_new = all(line[k] not in {row[k].strip() for row in below} for k in range(len(first)) if line[k])
    return is_new and any(not line[k] and all(row[k].strip() for row in below) for k in range(len(first)) if first[k])


def _belongs(width: int, rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first of these lines is no data: text above all columns of numbers, none of it found again below."""
    if len(rows) < 3 or len(rows[0]) < width or any(is_number(cell.strip()) for cell in rows[0]):
        return False
    if {*rows[0]} - {""} and all(cell == "" or _RULE.fullmatch(cell.strip()) for cell in rows[0]):
        return True
    above: list[str] = []
    for k in range(width):
        cells = [row[k].strip() for row in rows[1:LOOKED_AT] if k < len(row)]
        cells = [cell for cell in cells if cell not in BLANK]
        if not cells or 2 * sum(map(is_number, cells)) <= len(cells):
            continue
        if rows[0][k].strip() in cells:
            return False
        above.append(rows[0][k].strip())
    named = [text for text in above if text not in BLANK]
    if len(named) < 2:
        return len(named) == len(above) == 1 and _UNIT.fullmatch(named[0]) is not None
    return 2 * len(named) >= len(above)
