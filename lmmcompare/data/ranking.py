"""The candidates for group, outcome and predictor of a table, each list with the likeliest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .calendar_years import is_calendar_year
from .column_patterns import Pattern
from .group_scores import group_candidates
from .identifiers import is_code, is_identifier, is_number_of_row, is_sent, numbers_rows
from .joined_groups import JoinedGroups, joined_groups
from .name_hints import GROUP_WORDS, PREDICTOR_WORDS, hint, items_of_scales
from .nested_groups import inner_group, lies_within, outer_groups
from .outcome_ranking import CLOSE, best_first, rank_outcomes
from .predictor_scores import Beside, is_total, predictor_mark
from .same_columns import copies, indicators, is_centred, products, same_within, shared_within, without_copies
from .survey_columns import is_timestamp
from .within_groups import COUNTED, Within, within

CHANCE, MUCH = 4.0, 0.1
"""A share of the outcome's variance within groups, in rows, that chance gives in one table of twenty; and one that matters."""

NEARLY = 0.98
"""Share of the outcome's variance within groups above which a measured amount is the same in other words."""


@dataclass(frozen=True, eq=False)
class Ranking:
    """What each column may be.

    Attributes
    ----------
    groups, outcomes, predictors : list of Pattern
        The likeliest first. Of groups and outcomes only those that come close to the first.
    inner : Pattern, optional
        Groups within those of the first.
    perhaps_inner : Pattern, optional
        What may be such groups, for all that the outcome tells.
    joined : JoinedGroups, optional
        The two columns that name the first of the groups together.
    perhaps_joined : JoinedGroups, optional
        Two columns that may do so, for all that the table tells.
    """

    groups: list[Pattern]
    outcomes: list[Pattern]
    predictors: list[Pattern]
    inner: Pattern | None = None
    perhaps_inner: Pattern | None = None
    joined: JoinedGroups | None = None
    perhaps_joined: JoinedGroups | None = None


def rank(patterns: Sequence[Pattern], n: int, labels: Mapping[str, str], outcome: Pattern | None = None) -> Ranking:
    """Group first, then an outcome that varies within the groups, then what else does.

    Parameters
    ----------
    patterns : sequence of Pattern
        The table's columns.
    n : int
        Rows of the table.
    labels : mapping of str to str
        What the file calls columns at length.
    outcome : Pattern, optional
        One of them that is known to be the outcome, whatever speaks against it.
    """
    if outcome is not None:
        patterns = [p for p in patterns if p is not outcome and not copies(outcome, p)]
    patterns = [p for p in patterns if not (is_timestamp(p.name) and is_sent(p, n))]
    patterns = [p for p in patterns if not numbers_rows(p, n)]
    # before all else: there are many in some tables, and none is a group
    patterns = without_copies(patterns, fractions=True)
    scored = group_candidates(patterns, labels)
    candidates = [pattern for mark, pattern in scored if mark > scored[0][0] - CLOSE]
    group = _best_named(candidates, labels) if candidates else None
    joined = _joined(group, patterns, labels) if group is not None else None
    if joined is not None and joined.is_told(patterns):
        return _with_groups(patterns, scored, joined.cells, joined, n, labels, outcome)
    ranking = _with_groups(patterns, scored, group, None, n, labels, outcome)
    outer = _outer(group, ranking, patterns) if group is not None and ranking.outcomes else None
    if outer is not None:
        return _with_groups(patterns, scored, outer, None, n, labels, outcome)
    if joined is None or not ranking.outcomes or not joined.differ(ranking.outcomes[0], certain=False):
        return ranking
    if joined.differ(ranking.outcomes[0]):
        return _with_groups(patterns, scored, joined.cells, joined, n, labels, outcome)
    return replace(ranking, perhaps_joined=joined)


def _joined(group: Pattern, patterns: Sequence[Pattern], labels: Mapping[str, str]) -> JoinedGroups | None:
    """What names the groups together with another column: the group itself, or, where it has no name of one, what means the same."""
    unnamed = not hint(group.name, GROUP_WORDS, labels)
    found = joined_groups(patterns, labels)
    return next((j for j in found if j.inner is group or (unnamed and same_groups(j.cells, group))), None)


def _outer(group: Pattern, ranking: Ranking, patterns: Sequence[Pattern]) -> Pattern | None:
    """The groups in which the likeliest ones lie, numbered anew in each."""
    outcome = ranking.outcomes[0]
    others = [p for p in patterns if p is not outcome]
    for outer in outer_groups(group, others):
        taken = next((p for p in ranking.predictors if p is not outer), None)
        if lies_within(group, outer, outcome, taken):
            return outer
    return None


def _with_groups(
    patterns: Sequence[Pattern],
    scored: Sequence[tuple[float, Pattern]],
    group: Pattern | None,
    joined: JoinedGroups | None,
    n: int,
    labels: Mapping[str, str],
    known: Pattern | None,
) -> Ranking:
    """What the columns may be, given the groups, and the outcome where it is known."""
    candidates = [p for mark, p in scored if mark > scored[0][0] - CLOSE and (joined is None or p is not joined.inner)]
    items = items_of_scales(p.name for p in patterns)
    rest = [p for p in patterns if p.name not in items and (group is None or not _names_groups(p, group))]
    rest = [p for p in rest if joined is None or p is not joined.inner]
    rest = without_copies(rest)
    candidates = [p for p in candidates if group is None or not same_groups(p, group)]
    how = _beside_times({p: within(p, group) for p in rest}, group, labels) if group is not None else {}
    measures = [p for p in rest if not is_identifier(p, how.get(p.name), n, labels)]
    rest = [p for p in rest if group is None or not is_centred(p, group, measures, how)]
    worked_out = [*indicators(rest), *products(patterns)]
    rest = [p for p in rest if p not in worked_out]
    outcomes = [known] if known else rank_outcomes(rest, how, [p for _, p in scored], patterns, n, labels)
    grouped = [group] if group is not None else []
    if not outcomes:
        return Ranking([*grouped, *candidates], [], [], joined=joined)
    outcome = outcomes[0]
    codes = [p for p in rest if p is not outcome and _unordered(p, how, outcome, labels)]
    candidates += [p for p in codes if p not in candidates]
    others = [p for p in rest if p is not outcome and p not in codes and not is_total(p, outcome)]
    if group is not None:
        others = [p for p in others if _named(p, labels) or not is_number_of_row(p, how[p.name], group, outcome)]
    beside = Beside.of({p: how[p.name] for p in others if how})
    marks = [predictor_mark(p, how.get(p.name), n, beside, p in candidates, labels) for p in others]
    predictors = best_first(others, marks)
    if group is not None:
        predictors = _before_idle_times(predictors, how, outcome, group)
        same = [p for p in predictors if _measures_the_same(p, how, outcome, group)]
        predictors = [*(p for p in predictors if p not in same), *same]
    if joined is not None:  # what has groups of its own in each level was set
        predictors = [joined.outer, *(p for p in predictors if p is not joined.outer)]
    inner = perhaps_inner = None
    if group is not None:
        taken = next((p for p in predictors if p not in candidates), None)
        numbered = [p for p in rest if (p.is_numbered or p in candidates) and not _named(p, labels)]
        inner = inner_group(group, outcome, taken, numbered)
    if inner is not None:
        candidates = [p for p in candidates if p is not inner]
        predictors = [p for p in predictors if p is not inner]
    elif group is not None and group.is_contiguous:
        named = (p for p in numbered if p.is_numbered and hint(p.name, GROUP_WORDS, labels))
        between = (p for p in named if not (group.determines(p) or p.determines(group)))
        perhaps_inner = next((p for p in between if lies_within(p, group, outcome, taken, certain=False)), None)
    return Ranking([*grouped, *candidates], outcomes, predictors, inner, perhaps_inner, joined)


def _beside_times(how: Mapping[Pattern, Within], group: Pattern, labels: Mapping[str, str]) -> dict[str, Within]:
    """By name; beside a time that was set, what rises in all groups has grown, unless it is a time too.

    Its name or its dates say that, or that it rises as the other does: years of experience. What goes as a time does rises too,
    though it stays the same in some rows.
    """
    rising = [p for p, w in how.items() if w.rises]
    alike = (p for p, w in how.items() if w.varies == "both" and w.changes >= COUNTED and not w.rises)
    also = {p for p in alike if p.numbers is not None and any(same_within(p, t, group) for t in rising)}
    how = {p: replace(w, rises=w.rises or p in also) for p, w in how.items()}
    were_set = [p for p, w in how.items() if w.rises and w.apart and (not w.counts or is_calendar_year(p))]
    if not were_set:
        return {p.name: w for p, w in how.items()}
    times = {p: w.apart or w.counts or p.info.is_date or _named(p, labels) for p, w in how.items()}
    times |= {p: any(same_within(p, t, group) for t in were_set) for p, w in how.items() if w.rises and not times[p]}
    return {p.name: replace(w, rises=w.rises and times[p]) for p, w in how.items()}


def _before_idle_times(
    predictors: list[Pattern], how: Mapping[str, Within], outcome: Pattern, group: Pattern
) -> list[Pattern]:
    """The predictors, an amount that tells much of the outcome before the periods of a panel that tell nothing of it.

    They merely say when: firms' output by week goes with their labour. Children's height goes with their age.
    """
    if not predictors or not (how[predictors[0].name].rises and how[predictors[0].name].apart):
        return predictors
    time = predictors[0]
    if shared_within(time, outcome, group) > CHANCE / max(time.n_present - group.levels, 1):
        return predictors
    amounts = (p for p in predictors if p.info.is_number and p.levels > 2 and how[p.name].varies == "both")
    found = next((p for p in amounts if not how[p.name].rises and shared_within(p, outcome, group) > MUCH), None)
    return predictors if found is None else [found, *(p for p in predictors if p is not found)]


def _measures_the_same(pattern: Pattern, how: Mapping[str, Within], outcome: Pattern, group: Pattern) -> bool:
    """Whether an amount that was not set is nearly the outcome itself: a way in miles beside the same in steps, a weight beside its BMI."""
    of = how[pattern.name]
    measured = pattern.info.is_number and pattern.levels > 2 and not (of.rises or of.apart or of.even)
    return measured and shared_within(pattern, outcome, group) > NEARLY


def _unordered(pattern: Pattern, how: Mapping[str, Within], outcome: Pattern, labels: Mapping[str, str]) -> bool:
    """Whether whole numbers are names of groups although nothing else says so."""
    if not how or _named(pattern, labels):
        return False
    return not how[pattern.name].rises and is_code(pattern, outcome)


def _named(pattern: Pattern, labels: Mapping[str, str]) -> bool:
    return hint(pattern.name, PREDICTOR_WORDS, labels) > 0


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
