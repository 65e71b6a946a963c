"""Values beyond a limit of detection, such as "<0.5" and ">100": what is known of them, and what may stand for them among numbers."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from ..arrays import Array
from .readers.cell_patterns import MINUS

SUBSTITUTES = {"limit": "the limit itself", "half": "half of the limit"}
"""What may stand for a value below a limit; for one above it is the limit in either case."""
_CELL = re.compile(
    r"(?P<sign>[<>≤≥]=?)\s*(?:[A-Za-z]{2,4}\.?\s*[:=]?\s*)?(?P<number>-?(?:\d[\d.,]*|[.,]\d+)(?:[eE][+-]?\d+)?)"
)
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")


def limits_of(texts: pd.Series) -> tuple[Array, Array]:
    """The limits that texts name, NaN where one names none, and whether the value is below it.

    Parameters
    ----------
    texts : Series of str
        Such as "<0.5", "< LOD 0,5", ">= 100".
    """
    cells = [_CELL.fullmatch(str(text).strip().replace(MINUS, "-")) for text in texts]
    numbers = [None if cell is None else _plain(cell["number"]) for cell in cells]
    below = np.array([cell is not None and cell["sign"][0] in "<≤" for cell in cells], dtype=bool)
    return np.asarray(pd.to_numeric(pd.Series(numbers, dtype=object), errors="coerce"), dtype=float), below


def substituted(texts: pd.Series, by: str) -> Array:
    """Numbers for texts that name a limit, NaN for others; ``by`` is one of `SUBSTITUTES`."""
    limits, below = limits_of(texts)
    return np.where(below, limits / 2, limits) if by == "half" else limits


def _plain(number: str) -> str:
    """A number with a point before its decimals: a comma is one too, unless it is between thousands."""
    return number.replace(",", "") if _THOUSANDS.fullmatch(number) else number.replace(",", ".")
