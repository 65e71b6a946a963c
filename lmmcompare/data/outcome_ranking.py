"""The columns that may be the outcome, the likeliest first: each by itself (`outcome_scores`), and beside the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from .binary_outcomes import is_zero_or_one, may_have_happened
from .clocks import is_clock
from .column_patterns import Pattern
from .name_hints import EVENT_WORDS, before_and_after, is_before, name_score, numbered_families
from .outcome_scores import is_of_place, is_precision, outcome_mark
from .predictor_scores import is_called_time, is_sum_with, is_total, years_and_theirs
from .within_groups import Within

CLOSE = 2.5
"""A candidate further behind the first than this is no alternative."""
MOST_TIMES = 3
"""Columns of one name, numbered, that may be the same measured again; more are items, dummies."""
ASIDE = 4.0
"""What speaks against times and places beside columns of 0 and 1 alone."""
FIRST, LAST, ESTIMATE, EARLIER = 0.5, 0.3, 1.0, -1.0
"""How much speaks for the first and the last of the columns that are measured, beside ids, times and categories, for one whose
variance stands in the next, and against one that was measured again."""


def rank_outcomes(
    rest: Sequence[Pattern],
    how: Mapping[str, Within],
    groups: Sequence[Pattern],
    patterns: Sequence[Pattern],
    n: int,
    labels: Mapping[str, str],
) -> list[Pattern]:
    """Columns that are measured row by row: none that has one value in all rows of a person, a school."""
    repeated = [p for p in groups if p.usual_size >= 2]
    theirs = years_and_theirs(rest)
    measured = [p for p in rest if not any(q is not p and q.determines(p) for q in repeated)]
    measured = [p for p in measured if p.name not in theirs] or measured
    measured = [p for p in measured if not any(is_total(p, q) for q in measured if q is not p)]
    parts = {p: [q for q in measured if q is not p and is_sum_with(p, q)] for p in measured}
    measured = [p for p in measured if len(parts[p]) != 1]  # of a bill and its tip the tip is asked about
    conditions = _conditions(measured, groups[0], rest) if groups else []
    measured = [p for p in measured if p not in conditions]
    marks = {p: outcome_mark(p, how.get(p.name), n, labels) for p in measured}
    anew = [p for p in measured if marks[p] is not None]
    if all(map(is_called_time, anew)) and any(may_have_happened(p.info) for p in patterns):
        return []  # when is not asked about: what happened then is, once one of its two words counts as 1
    aside = [p for p in anew if is_of_place(p) or is_before(p.name) or (how and how[p.name].rises)]
    aside += [p for p in anew if p not in aside and (is_clock(p) or p.starts_anew)]
    anew = [p for p in anew if p not in aside] or anew
    if all(
        is_zero_or_one(p) for p in anew
    ):  # what happened or not, over time: neither the age nor the place is asked about
        marks |= {p: (marks[p] or 0.0) - ASIDE for p in aside if p not in anew}
    amounts = [p for p in anew if not is_zero_or_one(p) or name_score(p.name, EVENT_WORDS) > 2.0]
    for place, more in ((amounts[:1], FIRST), (amounts[1:][-1:], LAST)):
        for pattern in place:
            marks[pattern] = (marks[pattern] or 0.0) + more
    before, after = ([p for p in measured if p.name in names] for names in before_and_after(p.name for p in measured))
    for found, more in (
        (_earlier(measured), EARLIER),
        (_estimates(patterns), ESTIMATE),
        (before, EARLIER),
        (after, ESTIMATE),
    ):
        for pattern in found:
            if (mark := marks.get(pattern)) is not None:
                marks[pattern] = mark + more
    return best_first(measured, list(marks.values()), CLOSE)


def _earlier(patterns: Sequence[Pattern]) -> list[Pattern]:
    """Of two or three columns that differ by a number only, all but the last: what was measured before."""
    names = {p.name: p for p in patterns}
    families = [family for family in numbered_families(names).values() if len(family) <= MOST_TIMES]
    return [names[name] for family in families for name in family[:-1]]


def _estimates(patterns: Sequence[Pattern]) -> list[Pattern]:
    """The columns right before one that says how exactly they are known: an effect beside its variance."""
    return [p for p, after in pairwise(patterns) if is_precision(after) and not is_precision(p)]


def _conditions(measured: Sequence[Pattern], group: Pattern, others: Sequence[Pattern]) -> list[Pattern]:
    """The columns with one value in all rows of a group at one time, or of one kind there: the weather of a site's visits."""
    result = []
    for other in others:
        first = group.cells_with(other)
        if first is not None:
            result += [p for p in measured if p is not other and p.is_complete and (p.codes[first] == p.codes).all()]
    return result


def best_first(patterns: Sequence[Pattern], marks: Sequence[float | None], close: float = np.inf) -> list[Pattern]:
    """Those that have a mark close to the best, in their order; of equals first the one that stands first in the table."""
    usable = [(mark - 0.01 * k, p) for k, (p, mark) in enumerate(zip(patterns, marks, strict=True)) if mark is not None]
    usable.sort(key=lambda item: -item[0])
    return [pattern for mark, pattern in usable if mark > usable[0][0] - close]
