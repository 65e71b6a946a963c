"""Cells of any type, as spreadsheets and JSON have them, to one Arrow column."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pyarrow as pa

from .numeric_text import exact
from .result import Column

MOMENT = pa.timestamp("us")


def column_of(cells: Sequence[Any]) -> Column:
    """Numbers or dates where every cell that holds anything is one, else text as one would type it.

    Whole numbers that float64 would round, where there is a blank or a fraction beside them, are text.

    Parameters
    ----------
    cells : sequence
        None, "", bool, int, float, str, date, time or timedelta; None and "" are blank.
    """
    kinds = set(map(type, cells)) - {type(None)}
    if kinds == {float}:  # most columns of a statistics program's file: nothing to look at one by one
        return whole(pa.array(cells, pa.float64()))
    if str in kinds:
        cells = [None if cell == "" else cell for cell in cells]
        kinds = set(map(type, cells)) - {type(None)}
    if kinds == {int} and None not in cells:
        with suppress(OverflowError, pa.ArrowInvalid):
            return pa.array(cells, pa.int64())
    if kinds <= {int, float} and exact(cell for cell in cells if type(cell) is int):
        return whole(pa.array([cell if cell is None else float(cell) for cell in cells], pa.float64()))
    if kinds <= {datetime.date, datetime.datetime}:
        return moments(cells)
    comma = any("," in cell for cell in cells if isinstance(cell, str))
    timed = any(type(cell) is datetime.datetime and cell.time() != datetime.time() for cell in cells)
    return pa.array([cell if cell is None else typed(cell, comma, timed) for cell in cells], pa.string())


def moments(cells: Sequence[Any]) -> Column:
    """Dates and times of day, without a zone: in universal time where they have one."""
    days = [
        cell
        if cell is None or isinstance(cell, datetime.datetime)
        else datetime.datetime.combine(cell, datetime.time())
        for cell in cells
    ]
    return pa.array(
        [d.astimezone(datetime.UTC).replace(tzinfo=None) if d is not None and d.tzinfo else d for d in days], MOMENT
    )


def whole(numbers: Column) -> Column:
    """Whole numbers as int64, where all are and none is missing or too large to be exact."""
    if numbers.null_count or not len(numbers):
        return numbers
    values = numbers.to_numpy()
    if np.abs(values).max() < 2.0**53 and (np.trunc(values) == values).all():
        return pa.array(values.astype(np.int64))
    return numbers


def typed(cell: Any, comma: bool = False, timed: bool = False) -> str:
    """A cell as text.

    Parameters
    ----------
    cell : bool, int, float, str, date, time or timedelta
    comma : bool
        Whether it stands among texts with commas: 2.125 must not look like two thousand there.
    timed : bool
        Whether it stands among dates with a time of day: then midnight is said, of which workbooks make a mere date.
    """
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, datetime.date):
        day = datetime.date(cell.year, cell.month, cell.day).isoformat()
        time = cell.time() if isinstance(cell, datetime.datetime) else datetime.time()
        return f"{day} {time.isoformat()}" if timed or time != datetime.time() else day
    if isinstance(cell, datetime.time):
        return cell.isoformat()
    if isinstance(cell, float):
        text = str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        return text + "0" if comma and text[-4:-3] == "." else text
    return str(cell)


def clean(text: str) -> str:
    """Text without NUL characters and half surrogates, which no Arrow string can hold or no formula name."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")
