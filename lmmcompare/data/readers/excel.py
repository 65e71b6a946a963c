"""Sheets of Excel and OpenDocument workbooks: values only; formulas and macros are never run, links never followed."""

from __future__ import annotations

import datetime
import io
import math
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import python_calamine as calamine

from . import formula_results, hidden_cells
from .cells import column_of, typed
from .header import LOOKED_AT, first_line
from .header import note as header_note
from .header_lines import HeaderLines, all_header_lines, header_row
from .result import Column, Limits, Outcome, Unreadable, listed, long_times_note

MERGED_CELLS = 200_000
"""Most cells that are filled because they are merged; more is no table."""

_DAY = datetime.timedelta(days=1)
_DURATION = re.compile(r"PT(\d+)H(\d+)M(\d+(?:\.\d+)?)S")
_INDENT = re.compile(rb"(</?(?:table|office):[^<>]*>)\s+(?=</?(?:table|office):)")

Row = list[Any]


def read(content: bytes, limits: Limits, sheet: str | None = None, header: bool | None = None) -> Outcome:
    """Read one sheet of a workbook: the one that is named, else the first that looks like a table.

    Rows above the header (titles, blank ones) are left out; merged cells of the rows below take their value all over.
    """
    with _open(content, limits) as book:
        page, outcome = _read(book, limits, sheet, header)
    hidden = hidden_cells.notes(content, page.name, page.start or (0, 0), page.height, outcome.names)
    untold = formula_results.notes(content, page.name, outcome.columns)
    return replace(outcome, notes=[*outcome.notes, *hidden, *untold])


def _open(content: bytes, limits: Limits) -> calamine.CalamineWorkbook:
    """Open a workbook, unless its parts would fill the memory by the sizes that its archive tells."""
    protected = Unreadable("{file} is protected by a password.", "Save a copy without a password and load that.")
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            total = sum(part.file_size for part in archive.infolist())
        if total > limits.unpacked:
            raise Unreadable(
                f"{{file}} holds {total / 1e6:,.0f} MB once it is unpacked; at most {limits.unpacked / 1e6:,.0f} MB are read.",
                "Save the sheet as CSV (UTF-8) and load that file.",
            )
    elif "EncryptedPackage".encode("utf-16-le") in content:
        raise protected
    try:
        return calamine.load_workbook(io.BytesIO(content))
    except calamine.PasswordError:
        raise protected from None
    except calamine.CalamineError:
        if (compact := _without_indents(content)) is None:
            raise
        return calamine.load_workbook(io.BytesIO(compact))


def _without_indents(content: bytes) -> bytes | None:
    """An OpenDocument file without the blanks between its cells, as Gnumeric writes them and calamine does not expect them."""
    if not content.startswith(b"PK"):
        return None
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name.endswith((".xml", "mimetype"))}
    if "content.xml" not in parts:
        return None
    parts["content.xml"] = _INDENT.sub(rb"\1", parts["content.xml"])
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return sink.getvalue()


def _read(
    book: calamine.CalamineWorkbook, limits: Limits, sheet: str | None, chosen: bool | None
) -> tuple[calamine.CalamineSheet, Outcome]:
    sheets = [info for info in book.sheets_metadata if info.typ == calamine.SheetTypeEnum.WorkSheet]
    names = [info.name for info in sheets]
    hidden = {info.name for info in sheets if info.visible != calamine.SheetVisibleEnum.Visible}
    page = _page(book, sorted(names, key=hidden.__contains__), sheet)
    limits.check(page.height, page.width)
    rows = list(page.iter_rows())
    notes = []
    if others := [other for other in names if other != page.name]:
        notes.append(f"The sheet “{page.name[:40]}” was read; the workbook also has {listed(others, 5)}.")
    top = header_row(rows)
    if _fill_merged(rows, page, top):
        notes.append("Merged cells: each of their rows and columns was given the value.")
    _take_names_down(rows, page, top)
    first = [typed(cell).strip() for cell in rows[top]]
    above = [list(map(typed, row)) for row in rows[:top]]
    below = [[typed(cell) for cell in row] for row in rows[top + 1 : top + 1 + LOOKED_AT]]
    result = first_line(first, below, chosen)
    lines, used = HeaderLines(first if result.names else [""] * page.width), 0
    if result.names and chosen is None:
        lines, used = all_header_lines(first, below, above)
    if title := [text[:60] for row in above[: top - used] for text in row if text not in ("", *first, *lines.names)]:
        notes.append(f"Left out above the header: {listed(title, 2)}.")
    notes += filter(None, [header_note(first, result, chosen), lines.note])
    header, rows = lines.names, rows[top + result.names + lines.further :]
    cells = list(zip(*rows, strict=True)) or [()] * page.width
    lengths = {k: days for k in range(page.width) if (days := _lengths_of_time(cells[k]))}
    columns = [column_of(lengths.get(k, of_one)) for k, of_one in enumerate(cells)]
    if lengths:
        notes.append(long_times_note(header[k] or str(k + 1) for k in lengths))
    if long := [header[k] or str(k + 1) for k in range(page.width) if _are_long(columns[k], cells[k])]:
        notes.append(f"A workbook keeps 15 digits of a number; the longer ones were rounded before: {listed(long)}.")
    outcome = Outcome(
        header,
        columns,
        as_typed=True,
        notes=notes,
        labels=lines.labels,
        sheets=names,
        sheet=page.name,
        first_line=result.names,
        further_lines=lines.further,
        sure=result.sure,
    )
    return page, outcome


def _page(book: calamine.CalamineWorkbook, names: list[str], sheet: str | None) -> calamine.CalamineSheet:
    """The sheet that is named, else the first of two rows and columns or more, else the first with any cell.

    Hidden sheets, which hold lists to choose from, come last.
    """
    if sheet is not None and sheet not in names:
        raise Unreadable(f"{{file}} has no sheet “{sheet[:40]}”.", f"It has {listed(names, 10)}.")
    filled = None
    for name in names if sheet is None else [sheet]:
        page = book.get_sheet_by_name(name)
        if page.height > 1 and page.width > 1:
            return page
        if filled is None and page.height:
            filled = page
    if filled is None:
        empty = "{file} holds no cells" if sheet is None else f"The sheet “{sheet[:40]}” of {{file}} is empty"
        raise Unreadable(f"{empty}.", "Choose one with a table in it.")
    return filled


def _lengths_of_time(cells: Sequence[Any]) -> list[float | None]:
    """Hours and minutes that are no times of a day, in days; none where all may be times of a day, or others are among them.

    calamine gives those of OpenDocument from a day on as the text that the file has.
    """
    if not any(type(cell) is datetime.timedelta or (type(cell) is str and cell[:1] == "P") for cell in cells):
        return []
    days = [_days(cell) for cell in cells]
    filled = [day for day in days if day is not None]
    return days if filled and not np.isnan(filled).any() and (max(filled) >= 1 or min(filled) < 0) else []


def _days(cell: Any) -> float | None:
    if cell is None or cell == "":
        return None
    if type(cell) is datetime.time:
        cell = datetime.datetime.combine(datetime.date.min, cell) - datetime.datetime.min
    if type(cell) is datetime.timedelta:
        return cell / _DAY
    match = _DURATION.fullmatch(cell) if type(cell) is str else None
    if match is None:
        return math.nan
    return sum(float(part) / of_a_day for part, of_a_day in zip(match.groups(), (24, 1440, 86_400), strict=True))


def _are_long(column: Column, cells: Sequence[Any]) -> bool:
    """Whether there are whole numbers that a workbook cannot hold to the last digit."""
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        ends = pc.min_max(column).as_py()
        if max(abs(ends["min"] or 0), abs(ends["max"] or 0)) < 1e15:
            return False
    return any(isinstance(cell, float) and abs(cell) >= 1e15 and cell.is_integer() for cell in cells)


def _take_names_down(rows: list[Row], page: calamine.CalamineSheet, top: int) -> None:
    """Write the names of merged cells that reach down to the header row into it."""
    first_row, first_column = page.start or (0, 0)
    for (row_0, west), (row_1, _) in page.merged_cell_ranges or []:
        up, down, column = row_0 - first_row, row_1 - first_row, west - first_column
        if 0 <= up < top <= down and 0 <= column < page.width and rows[top][column] == "":
            rows[top][column] = rows[up][column]


def _fill_merged(rows: list[Row], page: calamine.CalamineSheet, top: int) -> bool:
    """Give every cell of a merged range below the header its value; whether there was one."""
    first_row, first_column = page.start or (0, 0)
    any_filled, left = False, MERGED_CELLS
    for (row_0, column_0), (row_1, column_1) in page.merged_cell_ranges or []:
        up, down = row_0 - first_row, min(row_1 - first_row, len(rows) - 1)
        west, east = column_0 - first_column, min(column_1 - first_column, page.width - 1)
        if up <= top or west < 0 or east < west or up >= len(rows) or rows[up][west] == "":
            continue
        left -= (down - up + 1) * (east - west + 1)
        if left < 0:
            raise Unreadable("{file} has too many merged cells for a table.", "Undo the merging, then load it again.")
        for row in rows[up : down + 1]:
            row[west : east + 1] = [rows[up][west]] * (east - west + 1)
        any_filled = True
    return any_filled
