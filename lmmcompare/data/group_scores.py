"""Which column may be the group: judged by its pattern first, by its name a little.

A score is a sum of a few marks, each with its reason beside it; only the order of the columns matters.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from .clocks import is_clock
from .column_patterns import Pattern
from .identifiers import MANY
from .name_hints import GROUP_WORDS, PREDICTOR_WORDS, REPETITION_WORDS, hint, name_score, words_of
from .within_groups import share_between, steps_of

MOST_GROUPS = 8
"""Columns that are compared with each other as groups."""
MOST_LEVELS, MOST_NAMED = 2 / 3, 0.9
"""Levels of a group at most, as a share of the rows; and of one that is called so, such as the studies of a meta-analysis."""
CHANCE = 3.0
"""An F that measurements hardly reach by chance."""
FEW = 5
"""Levels of a factor that may well be treatments: what starts again in each of fewer may be the groups."""

_TIME_OF_DAY = re.compile(r"\d{1,3}(:\d\d){1,2}([.,]\d+)?")
"""When, or how long, rather than whose."""


def group_candidates(patterns: Sequence[Pattern], labels: Mapping[str, str]) -> list[tuple[float, Pattern]]:
    """The columns that may be groups, the likeliest first."""
    first = []
    for position, pattern in enumerate(patterns):
        mark = _alone_as_group(pattern, labels, patterns)
        if mark is not None:
            first.append((mark, -position, pattern))
    first.sort(key=lambda item: item[:2], reverse=True)
    close = first[:MOST_GROUPS]
    judged = [(mark + _among_others(p, [q for *_, q in close], patterns, labels), at, p) for mark, at, p in close]
    judged.sort(key=lambda item: item[:2], reverse=True)
    return [(mark, pattern) for mark, _, pattern in judged]


def _alone_as_group(pattern: Pattern, labels: Mapping[str, str], patterns: Sequence[Pattern]) -> float | None:
    info = pattern.info
    if info.kind not in ("numeric", "binary", "categorical", "text") or info.n_infinite:
        return None
    if (info.is_number and not pattern.is_whole) or not 2 <= pattern.levels < pattern.n_present:
        return None
    if not info.is_number and all(map(_TIME_OF_DAY.fullmatch, info.examples)):
        return None
    named = hint(pattern.name, GROUP_WORDS, labels)
    if pattern.levels >= pattern.n_present * (MOST_NAMED if named > 2.0 else MOST_LEVELS):
        return None  # nearly as many as rows
    if named <= 2.0 and pattern.starts_anew and not any(_tells_rounds(p, pattern) for p in patterns):
        return None  # numbers of a device's rows, of which only so many fit
    plain = info.is_number and not named and not (pattern.is_contiguous or pattern.is_numbered)
    if plain and not any(_are_names(pattern, measured) for measured in _measured(pattern, patterns)):
        return None  # whole numbers here and there are measurements
    if info.kind == "binary" and not named:
        return None  # two unnamed categories are a predictor
    if info.n_not_numeric and not named:
        return None  # numbers but for some text, such as "<0.5", are measured
    mark = named / 2 + (0.0 if info.is_number else 1.0)
    mark -= 0.0 if named else hint(pattern.name, PREDICTOR_WORDS, labels) / 2  # a treatment, a time: set, not drawn
    mark += min(math.log2(pattern.levels), 8) / 2 - {2: 2.5, 3: 1.0, 4: 0.5}.get(pattern.levels, 0.0)
    mark += 1.5 if pattern.is_contiguous else 0.0
    return mark - (2.0 if pattern.usual_size < 2 else 0.0)  # most groups have a single row


def _among_others(
    pattern: Pattern, groups: Sequence[Pattern], patterns: Sequence[Pattern], labels: Mapping[str, str]
) -> float:
    """What speaks for a group beside the other columns: its covariates are constant in it, times start again in it."""
    mark = 2.0 * _explained(pattern, patterns)
    fewer = [p for p in patterns if p is not pattern and 2 <= p.levels < pattern.levels]
    mark += 1.0 if any(pattern.determines(p) for p in fewer) else 0.0
    crossed = [group for group in groups if _is_crossed(pattern, group)]
    if pattern.is_contiguous and crossed:
        mark -= 1.5  # that its rows stand together only says by which of two factors the table is sorted
    named = hint(pattern.name, GROUP_WORDS, labels)
    if any(hint(group.name, GROUP_WORDS, labels) > named for group in crossed):
        mark -= 2.0  # of blocks and treatments the blocks
    of_persons = [g for g in crossed if hint(g.name, GROUP_WORDS, labels) > 2.0 and not _is_repetition(g)]
    if of_persons and _is_repetition(pattern):
        mark -= 2.0  # of persons and the ids of their trials the persons
    if any(_starts_again(pattern, group) and not _is_time_of(group, pattern) for group in groups):
        mark -= 4.0  # a time, a place, a number within the other
    if any(_is_time_of(pattern, group) and _starts_again(group, pattern) for group in groups):
        mark -= 4.0  # the table is sorted by it
    return mark


def _is_repetition(pattern: Pattern) -> bool:
    return bool(REPETITION_WORDS & {*words_of(pattern.name)})


def _tells_rounds(pattern: Pattern, count: Pattern) -> bool:
    """Whether a column stays the same until a number starts anew: the occasion on which plots 1, 2, 3, … were seen."""
    changed = np.flatnonzero(pattern.codes[1:] != pattern.codes[:-1])
    return len(changed) > 0 and bool((count.codes[changed + 1] == count.codes[np.argmin(count.finite)]).all())


def _is_crossed(pattern: Pattern, other: Pattern) -> bool:
    """Whether each level of one column meets each of the other in equally many rows: blocks and treatments."""
    cells = pattern.levels * other.levels
    if pattern is other or len(pattern.codes) % cells or not (pattern.is_complete and other.is_complete):
        return False
    rows = np.bincount(pattern.codes * other.levels + other.codes, minlength=cells)
    return bool((rows == len(pattern.codes) // cells).all())


def _is_time_of(time: Pattern, group: Pattern) -> bool:
    """Whether a table is sorted by a time, of which there are few, and lists its many subjects, 1, 2, 3, …, at each."""
    called_time = name_score(time.name, PREDICTOR_WORDS) > 0
    may_be_time = called_time or not (time.is_numbered or name_score(time.name, GROUP_WORDS) > 2.0)
    return group.is_numbered and may_be_time and time.is_sorted and group.levels > 2 * time.levels


def _starts_again(pattern: Pattern, group: Pattern) -> bool:
    """Whether a column's numbers rise within each of another's groups and start again in the next."""
    if group is pattern or not group.is_contiguous or pattern.numbers is None or group.levels < FEW:
        return False
    keep = (group.codes >= 0) & np.isfinite(pattern.numbers)
    codes, numbers = group.codes[keep], pattern.numbers[keep]
    order = np.argsort(codes, kind="stable")
    same = np.diff(codes[order]) == 0
    steps = steps_of(numbers[order])[same]
    return bool(len(steps)) and bool((steps > 0).all()) and not pattern.determines(group)


def _explained(group: Pattern, patterns: Sequence[Pattern]) -> float:
    """The largest share of a measured column's variance that lies between the groups."""
    return max((share_between(pattern, group) for pattern in _measured(group, patterns)), default=0.0)


def _measured(group: Pattern, patterns: Sequence[Pattern]) -> list[Pattern]:
    """The four columns beside a group that look most like measurements."""
    measured = (p for p in patterns if p.info.kind == "numeric" and p.numbers is not None and not p.is_contiguous)
    return sorted((p for p in measured if p is not group and not is_clock(p)), key=lambda p: -p.levels)[:4]


def _are_names(pattern: Pattern, measured: Pattern) -> bool:
    """Whether many whole numbers are names: what is measured differs from one to the next as much as between any two."""
    if pattern.levels < MANY or measured.scaled is None or measured.is_whole:
        return False
    share = share_between(measured, pattern)
    if share * (pattern.n_present - 1) <= (CHANCE - 1) * (1 - share) * (pattern.levels - 1):
        return False
    keep = (pattern.codes >= 0) & np.isfinite(measured.scaled)
    values = pd.Series(measured.scaled[keep]).groupby(pattern.column[keep].to_numpy()).mean().to_numpy()
    steps, apart = np.diff(values), values - values.mean()
    return bool((steps @ steps) > 1.2 * (apart @ apart))  # of numbers in any order about 2, of a curve near 0
