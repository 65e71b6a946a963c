"""Numbers with the flags of Eurostat and other offices behind them: "5.0 e" is estimated, "18.3 b" a break in the series."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from ..arrays import Array

FIRST_VALUES = 20
"""Values that tell most columns that have no such numbers."""
_CELL = re.compile(r"(?:(?P<number>[+-]?\d+(?:\.\d+)?)|(?P<missing>:))(?:\s+(?P<flag>[bcdefinprsuz]{1,3}))?")


def from_flags(texts: pd.Series) -> tuple[Array, str] | None:
    """The numbers of texts of which some have a flag, NaN for ":" (not available), and the flags; None where texts are no such.

    Where each has a letter behind it and none is ":", the letters may be units (days, seconds) and are left alone; "12b" without
    a blank may be a name.

    Parameters
    ----------
    texts : Series of str
        None missing.
    """
    if not all(_CELL.fullmatch(str(text).strip()) for text in texts.iloc[:FIRST_VALUES]):
        return None
    cells = [_CELL.fullmatch(str(text).strip()) for text in texts]
    found = [cell for cell in cells if cell is not None]
    flags = sorted({cell["flag"] for cell in found if cell["number"] and cell["flag"]})
    told = any(cell["missing"] or not cell["flag"] for cell in found)
    if len(found) < len(cells) or not flags or not told:
        return None
    return np.array([float(cell["number"] or "nan") for cell in found]), ", ".join(flags)
