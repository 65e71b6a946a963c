"""Words in column names that denote a time of measurement; every module that interprets names uses this list."""

from __future__ import annotations

UNITS = ("time", "day", "week", "month", "year", "hour", "minute", "wave", "visit", "session", "occasion", "trial")
"""Words that a number can follow: week 4, visit 2."""
TIME_WORDS = frozenset(word + end for word in (*UNITS, "date") for end in ("", "s")) | {"age"}
"""Words of a column of times; an age is the time since a birth."""


def is_time(name: str) -> bool:
    """Whether a name is such a word, or begins with time: "Days", "timepoint", "time_c"."""
    word = name.lower()
    return word in TIME_WORDS or word.startswith("time")
