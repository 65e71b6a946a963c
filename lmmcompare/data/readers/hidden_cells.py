"""Rows and columns that a sheet hides, by a filter or by hand: they are read, and that is said."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence

from .formula_results import attributes, sheet_xml
from .result import listed

_XLSX_ROW = re.compile(rb"<(?:\w+:)?row\b[^<>]*[^/<>]>")
_XLSX_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^<>]*>")
_ODS_TABLE = re.compile(rb"<table:table\s[^<>]*>")
_ODS_ROW = re.compile(rb"<table:table-row\b[^<>]*>")
_ODS_COLUMN = re.compile(rb"<table:table-column\b[^<>]*>")
_TRUE = ("1", "true")
_HIDDEN = ("collapse", "filter")


def notes(content: bytes, sheet: str, begin: tuple[int, int], height: int, names: Sequence[str]) -> list[str]:
    """What is to be said of the rows and columns of a table that its sheet hides.

    Parameters
    ----------
    content : bytes
        A workbook of any format; of others than .xlsx and .ods nothing is told.
    sheet : str
        The name of one of its sheets.
    begin : tuple of int
        The row and the column, from 0, in which its cells begin.
    height : int
        Rows of cells.
    names : sequence of str
        The columns' names.
    """
    rows, columns = _hidden(content, sheet)
    n_rows = sum(begin[0] <= k < begin[0] + height for k in rows)
    hidden = [names[k - begin[1]] or str(k + 1) for k in sorted(columns) if 0 <= k - begin[1] < len(names)]
    what = [f"{n_rows:,} row{'s' * (n_rows > 1)}"] * (n_rows > 0)
    what += [f"the column{'s' * (len(hidden) > 1)} {listed(hidden)}"] * bool(hidden)
    if not what:
        return []
    are = "are" if n_rows + len(hidden) > 1 else "is"
    return [f"Hidden in the sheet, as a filter leaves them, {are} {' and '.join(what)}: read like the others."]


def _hidden(content: bytes, sheet: str) -> tuple[set[int], set[int]]:
    """The rows and the columns, from 0, that a sheet hides."""
    if xml := sheet_xml(content, sheet):
        if b"hidden=" not in xml:
            return set(), set()
        rows = [attributes(tag) for tag in _XLSX_ROW.findall(xml)]
        spans = [attributes(tag) for tag in _XLSX_COLUMN.findall(xml)]
        return (
            {int(r["r"]) - 1 for r in rows if r.get("hidden") in _TRUE and r.get("r", "").isdecimal()},
            {k for s in spans if s.get("hidden") in _TRUE for k in _numbers(s)},
        )
    xml = _ods_xml(content, sheet)
    if b"visibility=" not in xml:
        return set(), set()
    return {*_ods_places(_ODS_ROW, xml, "number-rows-repeated")}, {
        *_ods_places(_ODS_COLUMN, xml, "number-columns-repeated")
    }


MOST = 2_000_000
"""Rows or columns that are counted."""


def _numbers(span: dict[str, str]) -> range:
    first, last = (span.get(key, "0") for key in ("min", "max"))
    return range(int(first) - 1, min(int(last), MOST)) if first.isdecimal() and last.isdecimal() else range(0)


def _ods_xml(content: bytes, sheet: str) -> bytes:
    """The XML of a sheet of an OpenDocument file; empty where there is none."""
    if not content.startswith(b"PK"):
        return b""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read("content.xml") if "content.xml" in archive.namelist() else b""
    begin = next((tag.end() for tag in _ODS_TABLE.finditer(xml) if attributes(tag[0]).get("name") == sheet), len(xml))
    return xml[begin : (xml.find(b"</table:table>", begin) + 1 or len(xml) + 1) - 1]


def _ods_places(tag: re.Pattern[bytes], xml: bytes, repeated: str) -> Iterator[int]:
    """The places, from 0, of the rows or columns that are hidden."""
    at = 0
    for found in tag.findall(xml):
        about = attributes(found)
        times = int(about[repeated]) if about.get(repeated, "").isdecimal() else 1
        if about.get("visibility") in _HIDDEN:
            yield from range(at, min(at + times, MOST))
        at += times
