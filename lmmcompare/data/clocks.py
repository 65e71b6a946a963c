"""Numbers that a machine writes for the moment of each row: seconds since 1970, milliseconds since the start of a recording."""

from __future__ import annotations

from .column_patterns import Pattern
from .name_hints import words_of

FIRST, LAST = 1e9, 2.2e9
"""Seconds since 1970 of the years 2001 to 2039; milliseconds and microseconds are a thousand and a million times these."""
LONGEST = 0.1
"""Of such a number, how much of it a recording may take: amounts of money or people differ by more."""
MOMENTS = frozenset({"onset", "offset", "start", "end", "begin", "finish", "recording"})
"""What a moment is that of, in names such as OnsetTime, start_time."""


def is_clock(pattern: Pattern) -> bool:
    """Whether numbers say when each row came about, by their name or by their size; dates are none, as somebody made them such."""
    info, words = pattern.info, {*words_of(pattern.name)}
    if not info.is_number:
        return False
    if words & {"timestamp", "elapsed"} or ("time" in words and words & MOMENTS):
        return True
    ranged = (FIRST * unit <= info.minimum and info.maximum <= LAST * unit for unit in (1.0, 1e3, 1e6))
    return pattern.is_sorted and info.maximum - info.minimum < LONGEST * info.minimum and any(ranged)
