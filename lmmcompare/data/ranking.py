"""The candidates for group, outcome and predictor of a table, each list with the likeliest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .column_patterns import Pattern
from .group_scores import group_candidates
from .identifiers import is_code, is_identifier, is_number_of_row, is_sent, numbers_rows
from .name_hints import GROUP_WORDS, PREDICTOR_WORDS, hint, items_of_scales
from .nested_groups import inner_group
from .outcome_scores import outcome_mark
from .predictor_scores import Beside, predictor_mark
from .same_columns import copies, same_within
from .survey_columns import is_timestamp, survey_columns
from .within_groups import Within, within

CLOSE = 2.5
"""A candidate further behind the first than this is no alternative."""

FIRST, LAST = 0.5, 0.3
"""How much speaks for the first and the last of the columns that are measured, beside ids, times and categories."""
CENTRED = 1e-3
"""Share of the sum of squares between groups up to which a column may be centred at their means, and rounded."""


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
    added = survey_columns(p.name for p in patterns)
    patterns = [p for p in patterns if p.name not in added and not (is_timestamp(p.name) and is_sent(p, n))]
    patterns = [p for p in patterns if not numbers_rows(p, n)]
    patterns = _once(patterns, fractions=True)  # before all else: there are many in some tables, and none is a group
    scored = group_candidates(patterns, labels)
    candidates = [pattern for mark, pattern in scored if mark > scored[0][0] - CLOSE]
    group = _best_named(candidates, labels) if candidates else None
    items = items_of_scales(p.name for p in patterns)
    rest = [p for p in patterns if p.name not in items and (group is None or not _names_groups(p, group))]
    rest = _once(rest)
    candidates = [p for p in candidates if group is None or not same_groups(p, group)]
    how = _beside_times({p: within(p, group) for p in rest}, labels) if group is not None else {}
    measures = [p for p in rest if not is_identifier(p, how.get(p.name), n, labels)]
    rest = [p for p in rest if group is None or not _is_centred(p, group, measures, how)]
    indicators = _indicators(rest)
    rest = [p for p in rest if p not in indicators]
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
    beside = Beside.of({p: how[p.name] for p in others if how})
    marks = [predictor_mark(p, how.get(p.name), n, beside, p in candidates, labels) for p in others]
    predictors = _best_first(others, marks)
    inner = None
    if group is not None:
        taken = next((p for p in predictors if p not in candidates), None)
        inner = inner_group(group, outcome, taken, [p for p in rest if p.is_numbered or p in candidates])
    if group is not None and inner is not None:
        candidates = [p for p in candidates if p is not inner]
        predictors = [p for p in predictors if p is not inner]
    return Ranking([*grouped, *candidates], outcomes, predictors, inner)


def _beside_times(how: Mapping[Pattern, Within], labels: Mapping[str, str]) -> dict[str, Within]:
    """By name; beside a time that was set, what rises in all groups has grown, unless its name or its dates say that it is one too."""
    if not any(w.rises and w.apart and not w.counts for w in how.values()):
        return {p.name: w for p, w in how.items()}
    times = {p: w.apart or w.counts or p.info.is_date or _named(p, labels) for p, w in how.items()}
    return {p.name: replace(w, rises=w.rises and times[p]) for p, w in how.items()}


def _indicators(patterns: Sequence[Pattern]) -> list[Pattern]:
    """Columns of 0 and 1, two and more of which each pick out one level of another column: dummies for years."""
    binary = [p for p in patterns if p.levels == 2 and p.is_whole and p.info.minimum == 0 and p.info.maximum == 1]
    result = []
    for other in patterns if len(binary) > 1 else ():
        found = [p for p in binary if p.indicates(other)]
        result += found if len(found) > 1 else []
    return result


def _unordered(pattern: Pattern, how: Mapping[str, Within], outcome: Pattern, labels: Mapping[str, str]) -> bool:
    """Whether whole numbers are names of groups although nothing else says so."""
    if not how or _named(pattern, labels):
        return False
    return not how[pattern.name].rises and is_code(pattern, outcome)


def _named(pattern: Pattern, labels: Mapping[str, str]) -> bool:
    return hint(pattern.name, PREDICTOR_WORDS, labels) > 0


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
    conditions = _conditions(measured, groups[0], rest) if groups else []
    measured = [p for p in measured if p not in conditions]
    marks = {p: outcome_mark(p, how.get(p.name), n, labels) for p in measured}
    anew = [p for p in measured if marks[p] is not None]
    anew = [p for p in anew if not (how and how[p.name].rises)] or anew
    for place, more in ((anew[:1], FIRST), (anew[1:][-1:], LAST)):
        for pattern in place:
            marks[pattern] = (marks[pattern] or 0.0) + more
    return _best_first(measured, list(marks.values()), CLOSE)


def _is_centred(pattern: Pattern, group: Pattern, others: Sequence[Pattern], how: Mapping[str, Within]) -> bool:
    """Whether a column is another less the mean of its group: nothing of it lies between groups."""
    within = how[pattern.name]
    centred = within.varies == "within" or (within.varies == "both" and within.share < CENTRED)
    return centred and any(
        same_within(pattern, other, group)
        for other in others
        if other is not pattern and how[other.name].share > CENTRED
    )


def _conditions(measured: Sequence[Pattern], group: Pattern, others: Sequence[Pattern]) -> list[Pattern]:
    """The columns with one value in all rows of a group at one time, or of one kind there: the weather of a site's visits."""
    result = []
    for other in others:
        first = group.cells_with(other)
        if first is not None:
            result += [p for p in measured if p is not other and p.is_complete and (p.codes[first] == p.codes).all()]
    return result


def _best_first(patterns: Sequence[Pattern], marks: Sequence[float | None], close: float = np.inf) -> list[Pattern]:
    """Those that have a mark close to the best, in their order; of equals first the one that stands first in the table."""
    usable = [(mark - 0.01 * k, p) for k, (p, mark) in enumerate(zip(patterns, marks, strict=True)) if mark is not None]
    usable.sort(key=lambda item: -item[0])
    return [pattern for mark, pattern in usable if mark > usable[0][0] - close]


def _once(patterns: Sequence[Pattern], fractions: bool = False) -> list[Pattern]:
    """Without columns that repeat an earlier one in other units, such as standardised copies; or only without those of fractions."""
    result: list[Pattern] = []
    for pattern in patterns:
        if (fractions and pattern.is_whole) or not any(copies(earlier, pattern) for earlier in result):
            result.append(pattern)
    return result


def _names_groups(pattern: Pattern, group: Pattern) -> bool:
    """Whether a column is another name of the groups; an amount that differs between all of them is measured of them."""
    return same_groups(pattern, group) and (pattern.numbers is None or pattern.is_whole)


def same_groups(one: Pattern, other: Pattern) -> bool:
    """Whether two columns split the rows alike."""
    return one is other or (one.levels == other.levels and other.determines(one))


def _best_named(candidates: Sequence[Pattern], labels: Mapping[str, str]) -> Pattern:
    """The likeliest group; of columns that mean the same groups, the one whose name says most."""
    same = [p for p in candidates if same_groups(p, candidates[0])]
    named = {p: hint(p.name, GROUP_WORDS, labels) for p in same}
    return max(same, key=lambda p: (named[p], not p.info.is_number, len(p.name) if named[p] else 0))
