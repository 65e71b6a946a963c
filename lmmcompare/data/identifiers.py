"""Columns that measure nothing: identifiers, codes, numbers of rows, dates on which forms came in."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .calendar_years import is_calendar_year
from .column_patterns import Pattern
from .name_hints import (
    GROUP_WORDS,
    IDENTIFIER_WORDS,
    LONGEST_LABEL,
    REPETITION_WORDS,
    WEAK_GROUP_WORDS,
    asks_how,
    counts_things,
    names_identifier_in_one,
    words_of,
)
from .within_groups import Within, about_means, share_between

CHANCE = 4.0
"""Below this F a relation may be chance."""
MANY = 20
"""Different whole numbers from which on they may be names rather than amounts."""
LONG = 100
"""Rows from which on numbers that rise from the first to the last number them."""


def is_identifier(pattern: Pattern, how: Within | None, n: int, labels: Mapping[str, str]) -> bool:
    """Whether a column tells rows or groups apart and measures nothing: named so, or running on from row to row."""
    info = pattern.info
    if not info.is_number:
        return info.kind == "text"
    if words_of(info.name) == ("id",):
        return True
    if not pattern.is_whole:
        return False
    if how is not None and how.runs_on and n >= LONG:
        return True
    sorted_by_time = how is not None and how.rises
    dealt_out = how is not None and how.even
    in_order = pattern.is_sorted and pattern.is_contiguous and info.n_unique > 2
    if numbers_rows(pattern, n) or (in_order and not (sorted_by_time or dealt_out or is_calendar_year(pattern))):
        return True
    if info.n_unique <= 2:
        return False
    if MANY <= n <= 2 * info.n_unique and info.name.lower().endswith("id"):
        return True
    return any(_names_identifier(text) for text in (pattern.name, labels.get(pattern.name, "")))


def repeats(pattern: Pattern) -> bool:
    """Whether a column numbers, or labels, the times that the same was done again: replicates, runs."""
    named = bool(REPETITION_WORDS & {*words_of(pattern.name)})
    return named and (pattern.is_numbered or not pattern.info.is_number)


def numbers_rows(pattern: Pattern, n: int) -> bool:
    """Whether whole numbers run from the first to the last without a gap, one for each row, in whatever order."""
    info = pattern.info
    return pattern.is_whole and info.n_unique == n > 2 and info.maximum - info.minimum == n - 1


def _names_identifier(text: str) -> bool:
    """Whether a name ends in what groups are called (or begins with "id"): a school, the class ident, not the school's size."""
    words = words_of(text)
    if counts_things(text) or asks_how(text):
        return False
    if len(words) == 1 and names_identifier_in_one(text):
        return True
    ends = bool(words) and words[-1] in GROUP_WORDS - WEAK_GROUP_WORDS
    return ends or (bool(words) and len(words) <= LONGEST_LABEL and bool(IDENTIFIER_WORDS & {words[0], words[-1]}))


def is_code(pattern: Pattern, outcome: Pattern) -> bool:
    """Whether whole numbers are names: the outcome differs from number to number, but not along them."""
    if not pattern.is_whole or pattern.levels < MANY or pattern.scaled is None or outcome.scaled is None:
        return False
    keep = np.isfinite(pattern.scaled) & np.isfinite(outcome.scaled)
    if np.ptp(pattern.scaled[keep]) == 0 or np.ptp(outcome.scaled[keep]) == 0:
        return False
    along = float(np.corrcoef(pattern.scaled[keep], outcome.scaled[keep])[0, 1]) ** 2
    share = share_between(outcome, pattern)
    return share > 0.05 and along < share / 10


def is_number_of_row(pattern: Pattern, how: Within, group: Pattern, outcome: Pattern) -> bool:
    """Whether whole numbers tell the rows of a group apart and say nothing of the outcome there: pupils' numbers, not times.

    Occasions end at the same number in most groups, pupils' numbers where the group ends.
    """
    if not (how.rises or how.apart) or not pattern.is_whole or pattern.scaled is None or outcome.scaled is None:
        return False
    keep = (group.codes >= 0) & np.isfinite(pattern.scaled) & np.isfinite(outcome.scaled)
    codes = group.codes[keep]
    last = np.full(group.levels, -np.inf)
    np.maximum.at(last, codes, pattern.scaled[keep])
    if 2 * np.unique(last, return_counts=True)[1].max() > group.levels:
        return False
    x, y = (about_means(values[keep], codes) for values in (pattern.scaled, outcome.scaled))
    xx, yy, xy = float(x @ x), float(y @ y), float(x @ y)
    free = len(codes) - group.levels - 1
    if free < 1 or xx == 0 or yy == 0:
        return False
    r2 = xy * xy / (xx * yy)
    return free * r2 < CHANCE * (1 - r2)


def is_sent(pattern: Pattern, n: int) -> bool:
    """Whether dates rise from row to row of the table: when each form came in."""
    return pattern.info.is_date and pattern.is_sorted and pattern.levels == n
