"""Numbers as SAS's informats read them: COMMA and DOLLAR without their signs, PERCENT as a share, decimals that are not written."""

from __future__ import annotations

import re
from decimal import Decimal

WITH_SIGNS = ("comma", "commax", "dollar", "dollarx", "numx", "percent")
"""Informats of numbers with signs of currency, thousands or percent; those with an x have a comma before their decimals."""
NUMERIC = ("", "f", "best", "e", *WITH_SIGNS)
_SIGNS = re.compile(r"[$,%() ]")
_SWAPPED = str.maketrans(",.", ".,")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


def number_text(cell: str, informat: str = "", decimals: int = 0) -> str | None:
    """The number that a cell says, as plain text; None where it says none.

    Parameters
    ----------
    informat : str
        One of `NUMERIC`. PERCENT divides by 100 what a percent sign follows, and nothing else.
    decimals : int
        Digits at the end of a number without a point that are its decimals.
    """
    shift = decimals
    if informat in WITH_SIGNS:
        cell = cell.translate(_SWAPPED) if informat.endswith("x") else cell
        is_loss, is_share = cell.lstrip("$ ").startswith("("), informat == "percent" and cell.rstrip(") ").endswith("%")
        cell = "-" * is_loss + _SIGNS.sub("", cell)
        shift = decimals * cell.lstrip("+-").isdecimal() + 2 * is_share
    elif not cell.lstrip("+-").isdecimal():
        shift = 0
    if _NUMBER.fullmatch(cell) is None:
        return None
    return str(Decimal(cell).scaleb(-shift)) if shift else cell
