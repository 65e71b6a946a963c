"""The description of an uploaded table in an address, from which it is named and restored when the server no longer has it.

An upload is in the server's memory only. So the address has the file's name and size, a hash of its bytes, the reading options
that a person chose, and the steps that changed the table since; or, for a table made by such steps from one of another kind,
the id of that one, from which it is made again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from ..data.recipe import MAX_JSON, Recipe, from_json, to_json
from ..data.table import Reading
from ..errors import DataError
from ..text.numbers import count
from ..text.urlsafe import pack, unpack

KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
DIGEST = re.compile(r"[A-Za-z0-9_-]{22}|")
SHAPE = re.compile(r"([0-9]{1,9})x([0-9]{1,6})")
LONGEST_NAME = 200
LONGEST_SHEET = 100
LONGEST_STEPS = 1_500
"""Most characters of the steps: with the rest of the address they stay below what servers take."""
LONGEST = 8_000
"""Most characters of all: a table that was made from one in a link names that link."""
VERSION = 1
HEADERS = {"": None, "n": True, "d": False}
"""Letters for what the first line was said to hold: names or data."""
UNSAID = "-"
"""Stands for steps that are too many for an address."""


@dataclass(frozen=True, slots=True)
class Upload:
    """The description of an uploaded table in an address.

    Parameters
    ----------
    key : str
        Unguessable key of the table in the server's memory.
    name : str
        Name of the file; empty where it is unknown, as in old links.
    rows, columns : int
        Dimensions of the file's table as read; 0 where they are unknown.
    origin : str
        The id of the table of another kind that it was made from; empty for a file.
    steps : Recipe
        The steps that changed the file's table, or the other one, since.
    unsaid : bool
        Whether steps are missing here because the address has no room for them.
    digest : str
        Hash of the file's bytes (``data.read.digest_of``); empty where it is unknown, as in old links.
    reading : Reading
        The reading options that a person chose.
    """

    key: str
    name: str = ""
    rows: int = 0
    columns: int = 0
    origin: str = ""
    steps: Recipe = field(default_factory=Recipe)
    unsaid: bool = False
    digest: str = ""
    reading: Reading = field(default_factory=Reading)

    @property
    def words(self) -> str:
        """Its description in a sentence, such as "“mine.csv” (90 rows, 3 columns)"."""
        if self.origin:
            return f"The table that was made from “{self.origin[:60]}”"
        if not self.name:
            return "The linked table"
        return f"“{self.name}” ({count(self.rows, 'row')}, {count(self.columns, 'column')})"

    def to_place(self) -> str:
        """Its text in an address; `read` gives it back, but for steps that are too long."""
        shape = f"{self.rows}x{self.columns}" if self.name else ""
        parts = [
            self.key,
            quoted(self.origin or self.name[:LONGEST_NAME]),
            shape,
            self._steps(),
            self.digest,
            self._reading(),
        ]
        while parts and not parts[-1]:
            parts.pop()
        return "~".join(parts)

    def _reading(self) -> str:
        header = next(letter for letter, header in HEADERS.items() if header is self.reading.header)
        sheet = (self.reading.sheet or "")[:LONGEST_SHEET]
        return header + (f".{quoted(sheet)}" if sheet else "")

    def _steps(self) -> str:
        if not self.steps.steps:
            return UNSAID if self.unsaid else ""
        text = pack(to_json(self.steps), VERSION)
        return text if len(text) <= LONGEST_STEPS else UNSAID


def read(place: str) -> Upload | None:
    """Read such a text; None if it is not valid."""
    key, *more = place.split("~")
    if len(place) > LONGEST or KEY.fullmatch(key) is None or len(more) > 5:
        return None
    if not more:
        return Upload(key)
    name, shape, steps, digest, how = (*map(unquote, more), "", "", "", "")[:5]
    header, _, sheet = how.partition(".")
    sized, unsaid = SHAPE.fullmatch(shape), steps == UNSAID
    if (
        DIGEST.fullmatch(digest) is None
        or header not in HEADERS
        or not sheet.isprintable()
        or len(sheet) > LONGEST_SHEET
    ):
        return None
    if not name or not name.isprintable() or (shape and not sized) or (sized and len(name) > LONGEST_NAME):
        return None
    try:
        text = unpack(steps, MAX_JSON) if steps and not unsaid else None
        recipe = from_json(text) if isinstance(text, str) else Recipe()
    except (ValueError, DataError):
        return None
    if sized is None:
        return Upload(key, origin=name, steps=recipe, unsaid=unsaid)
    return Upload(
        key, name, int(sized[1]), int(sized[2]), "", recipe, unsaid, digest, Reading(HEADERS[header], sheet or None)
    )


def quoted(text: str) -> str:
    """Without the sign that parts the text; what cannot be printed is left out."""
    return "".join(filter(str.isprintable, text)).replace("%", "%25").replace("~", "%7E")
