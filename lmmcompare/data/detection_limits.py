"""Values beyond a limit of detection, such as "<0.5" and ">100": what is known of them, and what may stand for them among numbers."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from ..arrays import Array
from .formatted_numbers import UNIT, from_format
from .readers.cell_patterns import MINUS

SUBSTITUTES = {"limit": "the limit itself", "half": "half of the limit"}
"""What may stand for a value below a limit; for one above it is the limit in either case."""
_CELL = re.compile(
    r"(?P<sign>[<>≤≥]=?)\s*(?:[A-Za-z]{2,4}\.?\s*[:=]?\s*)?(?P<number>-?(?:\d[\d.,]*|[.,]\d+)(?:[eE][+-]?\d+)?)"
    rf"(?:\s*(?P<unit>{UNIT}))?"
)
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")


def limits_of(texts: pd.Series) -> tuple[Array, Array]:
    """The limits that texts name, NaN where one names none, and whether the value is below it.

    Parameters
    ----------
    texts : Series of str
        Such as "<0.5", "< LOD 0,5", ">= 100", "<0.5 mg"; limits in several units are none, for they are no numbers of one column.
    """
    cells = _cells(texts)
    units = {cell["unit"] for cell in cells if cell is not None and cell["unit"]}
    numbers = [None if cell is None or (cell["unit"] and len(units) > 1) else _plain(cell["number"]) for cell in cells]
    below = np.array([cell is not None and cell["sign"][0] in "<≤" for cell in cells], dtype=bool)
    return np.asarray(pd.to_numeric(pd.Series(numbers, dtype=object), errors="coerce"), dtype=float), below


def from_format_beside_limits(texts: pd.Series) -> tuple[Array, str] | None:
    """The numbers of texts that carry a sign or unit, NaN where one names a limit in that unit; None where texts are no such.

    Parameters
    ----------
    texts : Series of str
        Such as "5 mg", "<0.5 mg", "7 mg".
    """
    named = ~np.isnan(limits_of(texts)[0])
    found = from_format(texts[~named]) if named.any() and not named.all() else None
    if found is None:
        return None
    units = {cell["unit"] for cell in _cells(texts[named]) if cell is not None and cell["unit"]}
    if not units <= {found[1]}:
        return None
    numbers = np.full(len(texts), np.nan)
    numbers[~named] = found[0]
    return numbers, found[1]


def _cells(texts: pd.Series) -> list[re.Match[str] | None]:
    return [_CELL.fullmatch(str(text).strip().replace(MINUS, "-")) for text in texts]


def substituted(texts: pd.Series, by: str) -> Array:
    """Numbers for texts that name a limit, NaN for others; ``by`` is one of `SUBSTITUTES`."""
    limits, below = limits_of(texts)
    return np.where(below, limits / 2, limits) if by == "half" else limits


def _plain(number: str) -> str:
    """A number with a point before its decimals: a comma is one too, unless it is between thousands."""
    return number.replace(",", "") if _THOUSANDS.fullmatch(number) else number.replace(",", ".")
