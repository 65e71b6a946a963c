"""Whether whole numbers are years."""

from __future__ import annotations

from .column_patterns import Pattern
from .name_hints import words_of
from .readers.header import FIRST_YEAR, LAST_YEAR

FIRST_SHORT_YEAR = 50
"""Of two digits; years from 0 or 1 on are those of a study, or of school."""


def is_calendar_year(pattern: Pattern) -> bool:
    """Whether whole numbers are years such as 1998, or 63 to 92 in a column that is called year."""
    if not pattern.is_whole:
        return False
    low, high = pattern.info.minimum, pattern.info.maximum
    short = "year" in words_of(pattern.name) and low >= FIRST_SHORT_YEAR and high < 100
    return short or (low >= FIRST_YEAR and high <= LAST_YEAR)
