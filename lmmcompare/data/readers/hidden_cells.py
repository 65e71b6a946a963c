"""Rows and columns that a sheet hides, by a filter or by hand: they are read, and that is said."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from .formula_results import attributes, sheet_xml
from .result import listed

_XLSX_ROW = re.compile(rb"<(?:\w+:)?row\b[^<>]*[^/<>]>")
_XLSX_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^<>]*>")
_ODS_TABLE = re.compile(rb"<table:table\s[^<>]*>")
_ODS_ROW = re.compile(rb"<table:table-row\b[^<>]*>")
_ODS_COLUMN = re.compile(rb"<table:table-column\b[^<>]*>")
_TRUE = ("1", "true")
_HIDDEN = ("collapse", "filter")
_NUMBER = re.compile(r"[0-9]{1,9}")

Span = tuple[int, int]
"""The first row or column, from 0, and the one behind the last."""


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
    n_rows = len(_within(rows, begin[0], height))
    hidden = [names[k] or str(k + 1) for k in _within(columns, begin[1], len(names))]
    what = [f"{n_rows:,} row{'s' * (n_rows > 1)}"] * (n_rows > 0)
    what += [f"the column{'s' * (len(hidden) > 1)} {listed(hidden)}"] * bool(hidden)
    if not what:
        return []
    are = "are" if n_rows + len(hidden) > 1 else "is"
    return [f"Hidden in the sheet, as a filter leaves them, {are} {' and '.join(what)}: read like the others."]


def _within(spans: Iterable[Span], begin: int, size: int) -> list[int]:
    """The places that spans have in a table, counted from its own first row or column; spans may lie beyond it or on each other."""
    hidden = np.zeros(size, dtype=bool)
    for first, end in spans:
        hidden[max(first - begin, 0) : max(end - begin, 0)] = True
    return np.flatnonzero(hidden).tolist()


def _hidden(content: bytes, sheet: str) -> tuple[Iterator[Span], Iterator[Span]]:
    """The rows and the columns that a sheet hides."""
    if xml := sheet_xml(content, sheet):
        rows = (_span(tag, "r", "r") for tag in _tags(_XLSX_ROW, xml))
        columns = (_span(tag, "min", "max") for tag in _tags(_XLSX_COLUMN, xml))
        return filter(None, rows), filter(None, columns)
    xml = _ods_xml(content, sheet)
    if b"visibility=" not in xml:
        return iter(()), iter(())
    return _ods_spans(_ODS_ROW, xml, "number-rows-repeated"), _ods_spans(_ODS_COLUMN, xml, "number-columns-repeated")


def _tags(tag: re.Pattern[bytes], xml: bytes) -> Iterator[dict[str, str]]:
    """The attributes of the tags of .xlsx that hide something: one at a time, as a sheet has a million rows."""
    if b"hidden=" not in xml:
        return
    for found in tag.finditer(xml):
        if b"hidden=" in found[0]:
            yield attributes(found[0])


def _span(tag: dict[str, str], first: str, last: str) -> Span | None:
    ends = [tag.get(key, "") for key in (first, last)]
    if tag.get("hidden") not in _TRUE or not all(map(_NUMBER.fullmatch, ends)):
        return None
    return int(ends[0]) - 1, int(ends[1])


def _ods_xml(content: bytes, sheet: str) -> bytes:
    """The XML of a sheet of an OpenDocument file; empty where there is none."""
    if not content.startswith(b"PK"):
        return b""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read("content.xml") if "content.xml" in archive.namelist() else b""
    begin = next((tag.end() for tag in _ODS_TABLE.finditer(xml) if attributes(tag[0]).get("name") == sheet), len(xml))
    return xml[begin : (xml.find(b"</table:table>", begin) + 1 or len(xml) + 1) - 1]


def _ods_spans(tag: re.Pattern[bytes], xml: bytes, repeated: str) -> Iterator[Span]:
    """The rows or columns of OpenDocument that are hidden; each tag stands for some of them."""
    at = 0
    for found in tag.finditer(xml):
        if b"=" not in found[0]:
            at += 1
            continue
        about = attributes(found[0])
        times = int(about[repeated]) if _NUMBER.fullmatch(about.get(repeated, "")) else 1
        if about.get("visibility") in _HIDDEN:
            yield at, at + times
        at += times
