"""Rows at the end of a table that are no data: totals and means of what stands above, notes below."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from .columns import is_date, is_number

MOST_ROWS = 10
"""Rows at the end that are looked at."""
LONGEST_WORDS = 3
FEWEST_COLUMNS = 3
"""Of a table with fewer, a row with a single value may well be data."""
_WORDS = (
    "total totals subtotal sum sums mean means average averages avg median min max minimum maximum range sd stdev std sem "
    "count gesamt insgesamt summe mittelwert durchschnitt mittel anzahl somme moyenne media promedio totale somma totaal gemiddelde"
)
_SUMMARY = re.compile(rf"(?:{'|'.join(_WORDS.split())})\b", flags=re.IGNORECASE)
_GRAND = re.compile(r"(?:grand|overall|sub)[ -]", flags=re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SummaryRows:
    """Rows at the end that may be no data.

    Attributes
    ----------
    rows : tuple of int
        Their numbers, from 1.
    words : tuple of str
        What says so, a text of each row.
    """

    rows: tuple[int, ...]
    words: tuple[str, ...]


def summary_rows(frame: pd.DataFrame) -> SummaryRows | None:
    """The last rows as far as each is called a total or a mean, as no row above is, or holds one text and nothing else.

    One of them must be called so, or its text be a remark among numbers or single words.
    """
    first = max(len(frame) - MOST_ROWS, 1)
    texts = [name for name in frame.columns if not is_number(frame[name]) and not _is_other(frame[name])]
    found: list[str] = []
    sure = False
    for at in range(len(frame) - 1, first - 1, -1):
        row = frame.iloc[at]
        present = row.notna()
        cells = [(name, str(row[name]).strip()) for name in texts if present[name]]
        named = next((text for name, text in cells if _is_summary(text) and _is_new(frame[name], at, text)), "")
        alone = int(present.sum()) == 1 and len(cells) == 1 and len(frame.columns) >= FEWEST_COLUMNS
        note = cells[0][1] if alone and _is_new(frame[cells[0][0]], at, cells[0][1]) else ""
        if not (named or note):
            break
        found.append(named or note)
        sure = sure or bool(named) or _is_remark(note, frame[cells[0][0]].iloc[:first])
    if not sure or len(found) > len(frame) / 2:
        return None
    return SummaryRows(tuple(range(len(frame) - len(found) + 1, len(frame) + 1)), tuple(reversed(found)))


def _is_other(column: pd.Series) -> bool:
    return is_date(column) or pd.api.types.is_bool_dtype(column.dtype)


def _is_summary(text: str) -> bool:
    words = _GRAND.sub("", text.split("(")[0].strip(" :*_=-."))
    return len(words.split()) <= LONGEST_WORDS and _SUMMARY.match(words) is not None


def _is_new(column: pd.Series, at: int, text: str) -> bool:
    """Whether no row above has the text: a level that recurs is a category, whatever it is called."""
    return not (column.iloc[:at] == text).any()


def _is_remark(text: str, above: pd.Series) -> bool:
    """Whether text of several words stands below numbers, or below texts of one word each."""
    present = above.dropna().astype(str)
    if len(text.split()) < 2 or not len(present):
        return False
    numbers = pd.to_numeric(present, errors="coerce").notna().all()
    return bool(numbers or not present.str.strip().str.contains(" ").any())
