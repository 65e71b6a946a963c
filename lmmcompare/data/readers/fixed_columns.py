"""Cells by their place on the line, as column input of SAS and ``DATA LIST FIXED`` of SPSS name them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .data_in_code import Unknown
from .sas_informats import NUMERIC, number_text
from .written_rows import with_ranges

LONGEST_LINE = 10_000
_SAS = re.compile(
    r"@(?P<at>\d{1,5})|\+(?P<on>\d{1,5})"
    r"|(?P<name>[A-Za-z_]\w*+)\s*+(?P<text>\$)?\s*+"
    r"(?:(?P<first>\d{1,5})(?![\d.])(?:\s*-\s*(?P<last>\d{1,5}))?(?:\s+\.(?P<implied>\d))?"
    r"|(?P<informat>\$?[A-Za-z_]*+)(?P<width>\d{1,5})\.(?P<decimals>\d?))"
    r"|(?P<other>\S)"
)
_SPSS = re.compile(
    r"(?P<names>[^\W\d][\w.$#@]*+(?:[\s,]++[^\W\d][\w.$#@]*+)*)\s+(?P<first>\d{1,5})(?:\s*-\s*(?P<last>\d{1,5}))?"
    r"(?:\s*\(\s*(?P<form>[A-Za-z]*)\s*,?\s*(?P<decimals>\d?)\s*\))?|(?P<other>\S)"
)
_PLACES = re.compile(r"[@+]\s*\d|[\w$]\s+\d+\s*-\s*\d+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the cells of a column stand.

    Attributes
    ----------
    begin, end : int
        Signs of a line, from 0.
    decimals : int
        Digits at the end of a number without a point that are its decimals.
    informat : str
        How a number is written, one of `sas_informats.NUMERIC`.
    """

    name: str
    begin: int
    end: int
    is_text: bool = False
    decimals: int = 0
    informat: str = ""


def has_places(statement: str) -> bool:
    """Whether an input statement of SAS says where on the line cells stand."""
    return _PLACES.search(statement) is not None


def of_sas(statement: str) -> list[Place]:
    """The places of ``name $ 1-8 age 10-11`` or ``@1 name $8. @10 age 2.``."""
    places, at = [], 0
    for found in _SAS.finditer(statement):
        if found["at"]:
            at = int(found["at"]) - 1
        elif found["on"]:
            at += int(found["on"])
        elif found["first"]:
            last = int(found["last"] or found["first"])
            places.append(
                Place(found["name"], int(found["first"]) - 1, last, bool(found["text"]), int(found["implied"] or 0))
            )
            at = last
        elif found["width"]:
            informat = (found["informat"] or "").lower()
            is_text = informat not in NUMERIC or bool(found["text"])
            end = at + int(found["width"])
            places.append(
                Place(found["name"], at, end, is_text, int(found["decimals"] or 0), "" if is_text else informat)
            )
            at = end
        else:
            raise Unknown(f"“{found[0][:20]}” among the places of its input statement")
    return places


def of_spss(columns: str) -> list[Place]:
    """The places of ``name 1-8 (A) age 10-11 y1 TO y3 13-18 (2)``; several names share their signs."""
    if "/" in columns:
        raise Unknown("rows of several lines")
    places = []
    for found in _SPSS.finditer(re.sub(r"\A\s*1\s+(?=\D)", "", with_ranges(columns))):
        form = (found["form"] or "").upper()
        if found["other"] or form not in ("", "A", "F", "N", "COMMA"):
            raise Unknown(f"“{found[0][:20]}” in DATA LIST")
        names = re.split(r"[\s,]+", found["names"])
        begin, end = int(found["first"]) - 1, int(found["last"] or found["first"])
        width, rest = divmod(end - begin, len(names))
        if rest or width < 1:
            raise Unknown(f"{len(names)} columns in {end - begin} signs")
        for k, name in enumerate(names):
            at = begin + k * width
            informat = "comma" if form == "COMMA" else ""
            places.append(Place(name, at, at + width, form == "A", int(found["decimals"] or 0), informat))
    return places


def cut_by_place(lines: Sequence[str], places: Sequence[Place]) -> list[list[str]]:
    """The cells of lines.

    Raises
    ------
    Unknown
        Where something else than a number stands in the place of one, as where lines were moved.
    """
    if any(place.begin < 0 or place.end <= place.begin or place.end > LONGEST_LINE for place in places):
        raise Unknown("places that no line has")
    if any("\t" in line for line in lines):
        raise Unknown("tabs in lines whose cells are told by their place")
    return [[_cell(line, place) for place in places] for line in lines]


def _cell(line: str, place: Place) -> str:
    cell = line[place.begin : place.end].strip()
    if place.is_text or cell in ("", "."):
        return cell
    number = number_text(cell, place.informat, place.decimals)
    if number is None:
        raise Unknown(
            f"“{cell[:20]}” where numbers of {place.name[:40]} should stand (are all blanks of the lines there?)"
        )
    return number
