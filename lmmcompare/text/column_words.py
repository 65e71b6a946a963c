"""Words in column names that say what a column holds: times of measurement, treatments. Every module that reads names asks here."""

from __future__ import annotations

import re

UNITS = ("time", "day", "week", "month", "year", "hour", "minute", "wave", "visit", "session", "occasion", "trial")
"""Words that a number can follow: week 4, visit 2."""
TIME_WORDS = frozenset(word + end for word in (*UNITS, "date") for end in ("", "s")) | {"age"}
"""Words of a column of times; an age is the time since a birth."""
_GIVEN = re.compile(
    r"sex|gender|(fe)?males?|girls?|boys?|wom[ae]n|race|ethnic\w*|nationality|country|region|birth\w*|born|cohort",
    re.IGNORECASE,
)
_TREATMENTS = re.compile(
    r"treat\w*|trt|tx|arm|drug|dose|condition|cond|intervention|therapy|exposure|program(me)?|method|diet|fertili[sz]er",
    re.IGNORECASE,
)


def is_time(name: str) -> bool:
    """Whether a name is such a word, or begins with time: "Days", "timepoint", "time_c"."""
    word = name.lower()
    return word in TIME_WORDS or word.startswith("time")


def is_nobodys_choice(name: str) -> bool:
    """Whether a column is called what nobody can assign: a time or an age, a sex or a race."""
    return is_time(name) or _GIVEN.fullmatch(name) is not None


def is_treatment(name: str) -> bool:
    """Whether a column is called what a treatment is called."""
    return _TREATMENTS.fullmatch(name) is not None
