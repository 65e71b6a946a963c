"""Numbers as text that carry more than digits: currency, percent signs, units, blanks between thousands, losses in parentheses.

Also numbers of which some have a comma before their decimals and others a point, whole numbers with a fraction (1 1/2, 1½), Fortran's
1.5D+01 and what Excel writes into CSV for the text of a number, ="001".
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pandas as pd

from ..arrays import Array
from .readers.cell_patterns import MINUS, SPACES

FIRST_VALUES = 20
"""Values that tell most columns that are no such numbers."""
_CURRENCY = r"[$€£¥₹₩₽₺₪₴₫₱฿¢]|(?:R|A|C|US|HK|NZ)\$|USD|EUR|GBP|CHF|JPY|CNY|CAD|AUD|SEK|NOK|DKK|PLN|Fr\.|kr\.?|zł|Kč"
_FRACTIONS = "¼-¾⅐-⅞"
_LETTER = rf"[^\W\d_{_FRACTIONS}]"
UNIT = rf"[%‰]|°[CF]?|{_LETTER}{{1,4}}[²³]?(?:/{_LETTER}{{1,4}}[²³]?)?"
_GAP = rf"[{re.escape(SPACES)}]"
_CELL = re.compile(
    rf"(?P<minus>[+-]?)(?P<before>{_CURRENCY})?{_GAP}*(?P<sign>[+-]?)(?P<digits>[\d.,]+(?:(?:{_GAP}|['’])\d{{3}})*(?:[.,]\d+)?)"
    rf"{_GAP}*(?P<after>{_CURRENCY}|{UNIT})?"
)
_SIGN = re.compile(rf"[%‰]|°[CF]?|{_CURRENCY}")
"""What some numbers of a column may have and others not: letters may tell one number from another, as in 2 and 2b."""
_OF_EXCEL = re.compile(r'="([^"]*)"')
_FORTRAN = re.compile(r"([+-]?(?:\d+\.\d*|\.\d+))[dD]([+-]?\d{1,3})")
_GROUPED = re.compile(rf"\d{{1,3}}(?:(?:{_GAP}|['’])\d{{3}})+(?:[.,]\d+)?")
_COMMA_THOUSANDS = re.compile(r"(?:\d{1,3}|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d+)?")
_LAKHS = re.compile(r"(?:\d{1,3}|[1-9]\d?(?:,\d\d)*,\d{3})(?:\.\d+)?")
"""Commas as India sets them: 12,34,567."""
_LOSS = re.compile(r"(\D*)\(([^()+-]*)\)(\D*)")
"""A negative number as accountants write it: (5.02)."""
_MINUS_BEHIND = re.compile(r"()(\d[\d.,]*) ?-()")
"""A negative number as SAP and mainframes write it: 5.02-."""
_DOT_THOUSANDS = re.compile(r"\d{1,3}|[1-9]\d{0,2}(?:\.\d{3})+")
_DECIMAL_COMMA = re.compile(r"(?:\d{1,3}(?:\.\d{3})+|\d*)(?:,\d*)?")
_SOME_COMMA = re.compile(r"([+-]?\d+),(\d{1,2}|\d{4,})")
"""A number with a decimal comma, whatever others have."""
_SOME_POINT = re.compile(r"[+-]?\d*\.\d+")
_FRACTION = re.compile(
    rf"(?P<minus>-?)(?:(?:(?P<whole>\d{{1,9}})\s)?(?P<over>\d{{1,4}})[/⁄](?P<under>[1-9]\d{{0,3}})"
    rf"|(?P<before>\d{{1,9}})?\s?(?P<sign>[{_FRACTIONS}]))"
)


def from_format(texts: pd.Series) -> tuple[Array, str] | None:
    """The numbers that texts say, and the sign or unit that they have in common; None where one says none, or they are plain.

    Parameters
    ----------
    texts : Series of str
        None missing.
    """
    if (written := _as_programs_write(texts)) is not None:
        return written
    some = texts.iloc[:FIRST_VALUES]
    if len(texts) > FIRST_VALUES and None in _cells(some)[0] and not any(map(_FRACTION.fullmatch, map(str, some))):
        return None
    if (fractions := _fractions(texts)) is not None:
        return fractions, ""
    cells, losses = _cells(texts)
    if all(losses):
        return None  # numbers of items
    found = [cell for cell in cells if cell is not None]
    marks = {(cell["before"] or "", cell["after"] or "") for cell in found}
    if len(marks) == 2 and all(_SIGN.fullmatch("".join(mark) or "%") for mark in marks):
        marks -= {("", "")}  # some have the sign, others do not
    if not found or len(found) < len(cells) or len(marks) > 1 or any(cell["minus"] and cell["sign"] for cell in found):
        return None
    before, after = marks.pop()
    digits = [cell["digits"] for cell in found]
    grouped = [re.search(r"[^\d.,]", text) is not None for text in digits]
    indian = any(re.search(r",\d\d,", text) for text in digits) and all(map(_LAKHS.fullmatch, digits))
    pointed = with_points(pd.Series(digits)).tolist()
    if not (before or after or any(grouped) or any(losses) or indian or pointed != digits):
        return None
    if not all(_GROUPED.fullmatch(text) for text, gaps in zip(digits, grouped, strict=True) if gaps):
        return None
    digits = [re.sub(r"[^\d.,]", "", text) for text in pointed]
    money = re.fullmatch(_CURRENCY, before or after) is not None
    commas = any("," in text for text in digits)
    if indian or (commas and all(map(_COMMA_THOUSANDS.fullmatch, digits))):
        digits = [text.replace(",", "") for text in digits]
    elif money and not commas and all(map(_DOT_THOUSANDS.fullmatch, digits)):  # no currency has a thousand parts
        digits = [text.replace(".", "") for text in digits]
    elif commas and all(map(_DECIMAL_COMMA.fullmatch, digits)):
        digits = [text.replace(".", "").replace(",", ".") for text in digits]
    numbers = np.asarray(pd.to_numeric(pd.Series(digits, dtype=object), errors="coerce"), dtype=float)
    if np.isnan(numbers).any():
        return None
    negative = np.array(["-" in (cell["minus"], cell["sign"]) for cell in found])
    return np.where(negative, -numbers, numbers), before or after


def without_sign(texts: pd.Series, sign: str) -> int:
    """How many of some texts have no sign, where others have it."""
    return int((~texts.str.contains(sign, regex=False)).sum()) if _SIGN.fullmatch(sign) else 0


def _as_programs_write(texts: pd.Series) -> tuple[Array, str] | None:
    """Numbers that Excel wrote as text in CSV, ="001", or Fortran with a D for its E; None where a text is neither, nor a number."""
    if len(texts) > FIRST_VALUES and _as_programs_write(texts.iloc[:FIRST_VALUES]) is None:
        return None  # before all of them are looked at
    given = pd.Series(texts.astype(str).str.strip().to_numpy(), dtype="str")
    plain = given.str.replace(_OF_EXCEL, r"\1", regex=True)
    numbers = plain.str.replace(_FORTRAN, r"\1e\2", regex=True)
    if (numbers == given).all():
        return None
    values = np.asarray(pd.to_numeric(numbers, errors="coerce"), dtype=float)
    return None if np.isnan(values).any() else (values, '=""' if (plain != given).any() else "")


def with_points(texts: pd.Series) -> pd.Series:
    """Texts with a point for each decimal comma, where other texts have points before their decimals; else as they are.

    They stay as they are too where a comma may stand before thousands: "12,5" and "1,234" beside "980.5".

    Parameters
    ----------
    texts : Series of str
        None missing.
    """
    commas = texts.str.contains(",", regex=False)
    if not commas.any() or not texts.str.fullmatch(_SOME_POINT).any():
        return texts
    are_decimal = texts[commas].str.fullmatch(_SOME_COMMA) | ~texts[commas].str.contains(r"\d,\d")
    return texts.str.replace(_SOME_COMMA, r"\1.\2", regex=True) if are_decimal.all() else texts


def _fractions(texts: pd.Series) -> Array | None:
    """Whole numbers with fractions: 1 1/2, 1½, 2; None where any text is none, or no whole number has one, as 1/2 may be a name."""
    if re.search(rf"[/⁄{_FRACTIONS}]", "".join(map(str, texts))) is None:
        return None
    plain = [str(text).strip().replace(MINUS, "-") for text in texts]
    found = [_FRACTION.fullmatch(text) for text in plain]
    if not any(part is not None and (part["whole"] or part["sign"]) for part in found):
        return None
    result = np.array(pd.to_numeric(pd.Series(plain, dtype=object), errors="coerce"), dtype=float)
    for k, part in enumerate(found):
        if part is not None:
            rest = unicodedata.numeric(part["sign"]) if part["sign"] else int(part["over"]) / int(part["under"])
            result[k] = (-1 if part["minus"] else 1) * (int(part["whole"] or part["before"] or 0) + rest)
    return None if np.isnan(result).any() else result


def _cells(texts: pd.Series) -> tuple[list[re.Match[str] | None], list[bool]]:
    """Each text taken apart, None where it is no number, and whether it is a loss in parentheses or has its minus behind it."""
    plain = [str(text).strip().replace(MINUS, "-") for text in texts]
    losses = [_LOSS.fullmatch(text) or _MINUS_BEHIND.fullmatch(text) for text in plain]
    signed = [text if loss is None else "-" + "".join(loss.groups()) for text, loss in zip(plain, losses, strict=True)]
    return [_CELL.fullmatch(text) for text in signed], [loss is not None for loss in losses]
