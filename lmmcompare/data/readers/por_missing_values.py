"""The values that a portable file of SPSS (.por) declares to be missing: pyreadstat applies them, and does not tell them.

A file is lines of 80 characters that are read as one. Five lines of splash and a table of characters come first, then records,
each begun by a character that says what it is. Numbers are written to the base of 30 and end with a slash; a text follows its
length. Declarations follow the variable that they are of.
"""

from __future__ import annotations

import math
import re
from typing import Any

SIGNATURE, WIDTH = b"SPSSPORT", 80
DIGITS, PLACE_OF_DIGITS = b"0123456789", 264
"""How most files write their digits, and where their table of characters has them; a file of another alphabet tells nothing here."""
FORMATS = 6
"""Numbers that say how a variable is printed and written."""
LARGEST_EXPONENT = 300
_NUMBER = re.compile(r" *(\*\.|(-?)([0-9A-T]{0,40})(?:\.([0-9A-T]{0,40}))?(?:([+-])([0-9A-T]{1,3}))?/)")


class _Records:
    """A file's characters, and how many of them have been read."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def tag(self) -> str:
        """What the next record is."""
        self.at += 1
        return self.text[self.at - 1 : self.at]

    def number(self) -> float:
        match = _NUMBER.match(self.text, self.at)
        if match is None:
            raise ValueError("no number")
        self.at = match.end()
        whole, sign, units, parts, exponent_sign, exponent = match.groups(default="")
        if whole == "*.":
            return math.nan
        power = int(exponent or "0", 30) * (-1 if exponent_sign == "-" else 1) - len(parts)
        if abs(power) > LARGEST_EXPONENT:
            return math.inf if power > 0 else 0.0
        return (-1 if sign else 1) * int(units + parts or "0", 30) * 30.0**power

    def text_of_length(self) -> str:
        length = int(self.number())
        self.at += length
        return self.text[self.at - length : self.at]


def missing_ranges(content: bytes) -> dict[str, list[dict[str, Any]]]:
    """The ranges that are missing by the variable's name, as pyreadstat has them of other files; none where they cannot be told.

    Parameters
    ----------
    content : bytes
        The file.
    """
    lines = (line.ljust(WIDTH) for line in content.replace(b"\r", b"").split(b"\n"))
    characters = b"".join(lines)
    start = characters.find(SIGNATURE)
    if start < 0 or characters[PLACE_OF_DIGITS : PLACE_OF_DIGITS + len(DIGITS)] != DIGITS:
        return {}
    try:
        return _declared(_Records(characters[start + len(SIGNATURE) :].decode("latin-1")))
    except (ValueError, OverflowError):  # another kind of file than is known here
        return {}


def _declared(records: _Records) -> dict[str, list[dict[str, Any]]]:
    records.tag()  # the version
    records.text_of_length(), records.text_of_length()  # day and time
    result: dict[str, list[dict[str, Any]]] = {}
    name, is_text = "", False
    while (tag := records.tag()) in "123456789ABC" and tag:
        if tag in "1236C":
            records.text_of_length()
        elif tag in "45":
            records.number()
        elif tag == "7":
            is_text, name = records.number() > 0, records.text_of_length()
            for _ in range(FORMATS):
                records.number()
        else:
            declared = _range(tag, records, is_text)
            if declared["lo"] != math.inf:  # PSPP writes HIGHEST for both ends of what it is missing from
                result.setdefault(name, []).append(declared)
    return result


def _range(tag: str, records: _Records, is_text: bool) -> dict[str, Any]:
    """One value, from one to another, or all up to one or from one on."""
    first: Any = records.text_of_length().rstrip() if is_text else records.number()
    if tag == "8":
        return {"lo": first, "hi": first}
    if tag == "B":
        return {"lo": first, "hi": records.number()}
    return {"lo": -math.inf, "hi": first} if tag == "9" else {"lo": first, "hi": math.inf}
