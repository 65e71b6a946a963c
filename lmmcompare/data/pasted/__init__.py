"""Tables as people paste them: in a call, below a program's ``input``, as a console prints them, among the words of a question."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace

from ..readers.file_types import kind_of
from ..readers.result import listed
from ..table import Table
from .console import ELLIPSIS, LEFT_OUT, without_console
from .descriptions import without_descriptions
from .markup import of_markup
from .printed_vectors import of_vectors
from .quoted_table import quoted_table
from .ruled import without_rules
from .search import find_table
from .wrapped_code import of_mail, without_breaks

_FENCE = re.compile(r"^[ \t]*(?:```.*|\[/?(?:CODE|code|pre)\])[ \t]*$", re.MULTILINE)
CODE = ("rcode", "python")
"""Kinds of text whose lines may be put together."""
MOST_NAMED = 2
"""Lines beside a table that a note cites."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """A table as text that readers of files read, and notes on what was left out or done."""

    text: str
    notes: tuple[str, ...] = ()

    @property
    def content(self) -> bytes:
        """The text as bytes."""
        return self.text.encode("utf-8", "replace")


def as_table(text: str) -> Pasted:
    """Text without what says plainly that it is no part of the table: a call round it, prompts, rules, remarks of a console."""
    text = _plain(text)
    if (quoted := quoted_table(text)) is not None:
        return Pasted(quoted.table, quoted.notes)
    kind = kind_of(text.encode("utf-8", "replace"))
    if kind in CODE:
        text, notes = without_breaks(text)
        return Pasted(text, tuple(notes))
    if kind != "text":
        return Pasted(text)
    if (table := of_markup(text)) is not None:
        return Pasted(table)
    if (vectors := of_vectors(text)) is not None:
        return Pasted(vectors[0], tuple(vectors[1]))
    text, notes = without_console(text)
    text, more = without_descriptions(text)
    text, around = without_rules(text)
    return Pasted(text, (*notes, *more, *_around_notes(around)))


def table_inside(pasted: Pasted) -> Pasted | None:
    """The table among words, or of columns that stand below one another, of text that is none as a whole; None where there is none."""
    found = find_table(pasted.text) if kind_of(pasted.content) == "text" else None
    if found is None:
        return None
    by_place = ["Cells were told apart by where they stand on their lines."] if found.by_position else []
    return Pasted(found.text, (*pasted.notes, *by_place, *_around_notes(found.others)))


def without_elided_columns(table: Table) -> Table:
    """The table without columns of dots in place of those that a program did not print."""
    dots = [
        name
        for name, cells in table.frame.items()
        if ELLIPSIS.fullmatch(str(name)) and all(ELLIPSIS.fullmatch(str(cell)) for cell in cells)
    ]
    if not dots:
        return table
    return replace(table, frame=table.frame.drop(columns=dots), notes=(*table.notes, LEFT_OUT.format("…")))


def _plain(text: str) -> str:
    """Text as it was before a web page wrote it: without fences of code, with plain blanks and ends of lines."""
    text = of_mail(text.replace("\r\n", "\n"))
    if "\xa0" in text.lstrip("\n ").partition("\n")[0]:  # elsewhere it may stand between thousands
        text = text.replace("\xa0", " ")
    if "&lt;-" in text:
        text = html.unescape(text)
    return _FENCE.sub("", text)


def _around_notes(lines: list[str]) -> list[str]:
    said = [line.strip()[:60] for line in lines]
    return [f"Left out beside the table: {listed(said, MOST_NAMED)}."] if said else []
