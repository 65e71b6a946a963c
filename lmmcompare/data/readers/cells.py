"""Cells of any type, as spreadsheets and JSON have them, to one Arrow column."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .outcome import Column


def column_of(cells: Sequence[Any]) -> Column:
    """Numbers where every cell that holds anything is a number, else text as one would type it.

    Parameters
    ----------
    cells : sequence
        None, "", bool, int, float, str, date, time or timedelta; None and "" are blank.
    """
    cells = [None if cell == "" else cell for cell in cells]
    kinds = set(map(type, cells)) - {type(None)}
    if kinds == {int}:
        with suppress(OverflowError, pa.ArrowInvalid):  # whole numbers beyond 64 bits are rounded
            return pa.array(cells, pa.int64())
    if kinds <= {int, float}:
        with suppress(OverflowError):
            return whole(pa.array([cell if cell is None else float(cell) for cell in cells], pa.float64()))
    comma = any("," in cell for cell in cells if isinstance(cell, str))
    return pa.array([_typed(cell, comma) for cell in cells], pa.string())


def whole(numbers: Column) -> Column:
    """Whole numbers as int64, where all are and none is missing or too large to be exact."""
    if numbers.null_count or not len(numbers):
        return numbers
    largest = pc.max(pc.abs(numbers)).as_py()
    if largest < 2.0**53 and pc.all(pc.equal(pc.trunc(numbers), numbers)).as_py():
        return pc.cast(numbers, pa.int64())
    return numbers


def iso(moment: datetime.date | datetime.time) -> str:
    """A date as 2020-01-31, with the time where it has one."""
    if isinstance(moment, datetime.datetime):
        day = moment.date().isoformat()
        return day if moment.time() == datetime.time() else f"{day} {moment.time().isoformat()}"
    return moment.isoformat()


def _typed(cell: Any, comma: bool) -> str | None:
    """A cell as text; ``comma``: among texts with commas, 2.125 must not look like two thousand."""
    if cell is None:
        return None
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, datetime.date | datetime.time):
        return iso(cell)
    if isinstance(cell, float):
        text = str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        return text + "0" if comma and text[-4:-3] == "." else text
    return str(cell)


def clean(text: str) -> str:
    """Text without NUL characters and half surrogates, which no Arrow string can hold or no formula name."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")
