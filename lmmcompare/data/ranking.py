"""The candidates for group, outcome and predictor of a table, each list with the likeliest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .column_patterns import Pattern, Within, within
from .name_hints import GROUP_WORDS, PREDICTOR_WORDS
from .nested_groups import inner_group, numbers_rows_of
from .roles import copies, group_candidates, hint, is_code, is_number_of_row, outcome_mark, predictor_mark

CLOSE = 2.5
"""A candidate further behind the first than this is no alternative."""

OFTEN = 10
"""Rows of each number from which on it may be a name although it rises within the groups."""


@dataclass(frozen=True, eq=False)
class Ranking:
    """What each column may be.

    Attributes
    ----------
    groups, outcomes, predictors : list of Pattern
        The likeliest first. Of groups and outcomes only those that come close to the first.
    inner : Pattern, optional
        Groups within those of the first.
    """

    groups: list[Pattern]
    outcomes: list[Pattern]
    predictors: list[Pattern]
    inner: Pattern | None = None


def rank(patterns: Sequence[Pattern], n: int, labels: Mapping[str, str]) -> Ranking:
    """Group first, then an outcome that varies within the groups, then what else does.

    Parameters
    ----------
    patterns : sequence of Pattern
        The table's columns.
    n : int
        Rows of the table.
    labels : mapping of str to str
        What the file calls columns at length.
    """
    scored = group_candidates(patterns, labels)
    candidates = [pattern for mark, pattern in scored if mark > scored[0][0] - CLOSE]
    group = _best_named(candidates, labels) if candidates else None
    rest = _once([p for p in patterns if group is None or not same_groups(p, group)])
    candidates = [p for p in candidates if group is None or not same_groups(p, group)]
    how = {p.name: within(p, group) for p in rest} if group is not None else {}
    outcomes = _outcomes(rest, how, [p for _, p in scored], patterns, n, labels)
    grouped = [group] if group is not None else []
    if not outcomes:
        return Ranking([*grouped, *candidates], [], [])
    outcome = outcomes[0]
    codes = [p for p in rest if p is not outcome and _unordered(p, how, outcome, labels)]
    candidates += [p for p in codes if p not in candidates]
    others = [p for p in rest if p is not outcome and p not in codes]
    if group is not None:
        others = [p for p in others if _named(p, labels) or not is_number_of_row(p, how[p.name], group, outcome)]
    timed = any(how[p.name].rises and not how[p.name].counts for p in others if how)
    marks = [predictor_mark(p, how.get(p.name), n, timed, p in candidates, labels) for p in others]
    predictors = _best_first(others, marks)
    inner = None
    if group is not None:
        taken = next((p for p in predictors if p not in candidates), None)
        inner = inner_group(group, outcome, taken, [p for p in rest if p.is_numbered or p in candidates])
    if group is not None and inner is not None:
        candidates = [p for p in candidates if p is not inner]
        predictors = [p for p in predictors if p is not inner and not numbers_rows_of(group, inner, p)]
    return Ranking([*grouped, *candidates], outcomes, predictors, inner)


def _unordered(pattern: Pattern, how: Mapping[str, Within], outcome: Pattern, labels: Mapping[str, str]) -> bool:
    """Whether whole numbers are names of groups although nothing else says so."""
    if not how or _named(pattern, labels):
        return False
    often = pattern.usual_size >= OFTEN  # sorted by ids within groups, these rise as a time does
    return (often or not how[pattern.name].rises) and is_code(pattern, outcome)


def _named(pattern: Pattern, labels: Mapping[str, str]) -> bool:
    return hint(pattern, PREDICTOR_WORDS, labels) > 0


def _outcomes(
    rest: Sequence[Pattern],
    how: Mapping[str, Within],
    groups: Sequence[Pattern],
    patterns: Sequence[Pattern],
    n: int,
    labels: Mapping[str, str],
) -> list[Pattern]:
    """Columns that are measured row by row: none that has one value in all rows of a person, a school."""
    repeated = [p for p in groups if p.usual_size >= 2]
    measured = [p for p in rest if not any(q is not p and q.determines(p) for q in repeated)]
    edges = (patterns[0], patterns[-1]) if patterns else ()
    marks = [outcome_mark(p, how.get(p.name), n, p in edges, labels) for p in measured]
    return _best_first(measured, marks, CLOSE)


def _best_first(patterns: Sequence[Pattern], marks: Sequence[float | None], close: float = np.inf) -> list[Pattern]:
    """Those that have a mark close to the best, in their order; of equals first the one that stands first in the table."""
    usable = [(mark - 0.01 * k, p) for k, (p, mark) in enumerate(zip(patterns, marks, strict=True)) if mark is not None]
    usable.sort(key=lambda item: -item[0])
    return [pattern for mark, pattern in usable if mark > usable[0][0] - close]


def _once(patterns: Sequence[Pattern]) -> list[Pattern]:
    """Without columns that repeat an earlier one in other units, such as standardised copies."""
    result: list[Pattern] = []
    for pattern in patterns:
        if not any(copies(earlier, pattern) for earlier in result):
            result.append(pattern)
    return result


def same_groups(one: Pattern, other: Pattern) -> bool:
    """Whether two columns split the rows alike."""
    return one is other or (one.levels == other.levels and other.determines(one))


def _best_named(candidates: Sequence[Pattern], labels: Mapping[str, str]) -> Pattern:
    """The likeliest group; of columns that mean the same groups, the one whose name says most."""
    same = [p for p in candidates if same_groups(p, candidates[0])]
    return max(same, key=lambda p: (not p.info.is_number, len(p.name) > 2, hint(p, GROUP_WORDS, labels), len(p.name)))
