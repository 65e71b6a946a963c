"""Cells of an Excel sheet (.xlsx) whose formula has no result: calamine gives a blank for each, as for an empty cell."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from html import unescape

import pyarrow as pa

from .result import Column, listed

_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^<>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*>")
_ERROR = re.compile(
    rb'<(?:\w+:)?c\b[^<>]*\bt="e"[^<>]*>\s*(?:<(?:\w+:)?f\b[^<]*(?:</(?:\w+:)?f>)?\s*)?<(?:\w+:)?v>([^<]{1,20})<'
)
_NOT_CALCULATED = re.compile(
    rb'<(?:\w+:)?c\b(?![^<>]*\bt="str")[^<>]*[^/]>\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)\s*'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
"""Formulas without a value; that of a text may be empty."""
_XLS = b"\xd0\xcf\x11\xe0"
_UNTOLD = (
    "A cell that is an error, such as #DIV/0!, or a formula without a result is missing; an .xls file does not tell these from empty "
    "cells as it is read here: saved as .xlsx, they are counted."
)


def notes(content: bytes, sheet: str, columns: Sequence[Column]) -> list[str]:
    """What is to be said of errors such as #DIV/0!, and of formulas that no program has calculated yet.

    Parameters
    ----------
    content : bytes
        A workbook of any format; of others than .xlsx nothing is told.
    sheet : str
        The name of one of its sheets.
    columns : sequence of Arrow columns
        What was read of it.
    """
    if content.startswith(_XLS):
        has_missing = any(column.null_count and pa.types.is_floating(column.type) for column in columns)
        return [_UNTOLD] * has_missing
    xml = sheet_xml(content, sheet)
    result = []
    if b't="e"' in xml:
        errors = Counter(_ERROR.findall(xml))
        if n := errors.total():
            kinds = listed(sorted(error.decode("utf-8", "replace") for error in errors))
            result.append(f"{n:,} {'cell is an error and' if n == 1 else 'cells are errors and'} missing: {kinds}.")
    if n := len(_NOT_CALCULATED.findall(xml)) if b"<f" in xml or b":f" in xml else 0:
        result.append(
            f"{n:,} {'formula has' if n == 1 else 'formulas have'} no result in the file and {'is' if n == 1 else 'are'} missing: "
            "open it in Excel or LibreOffice and save it, which calculates them."
        )
    return result


def sheet_xml(content: bytes, sheet: str) -> bytes:
    """The XML of a sheet; empty where it is not found where Excel's files have it."""
    if not content.startswith(b"PK"):
        return b""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= parts:
            return b""
        sheets = (attributes(tag) for tag in _SHEET.findall(archive.read("xl/workbook.xml")))
        key = next((s.get("id", "") for s in sheets if s.get("name") == sheet), "")
        relations = (attributes(tag) for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")))
        target = next((r.get("Target", "") for r in relations if r.get("Id") == key), "")
        path = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        return archive.read(path) if path in parts and path.endswith(".xml") else b""


def attributes(tag: bytes) -> dict[str, str]:
    """The attributes of a tag, without the names of their spaces."""
    return {
        name.rpartition(":")[2]: unescape(double or single)
        for name, double, single in re.findall(
            r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag.decode("utf-8", "replace")
        )
    }
