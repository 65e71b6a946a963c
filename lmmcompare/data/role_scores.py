"""Which column may be the group, the outcome, the predictor: each judged by its pattern first, by its name a little.

The scores are sums of a few marks, each with its reason beside it; only their order matters.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from .column_patterns import Pattern, Within, steps_of
from .name_hints import (
    GROUP_WORDS,
    IDENTIFIER_WORDS,
    OUTCOME_WORDS,
    PRECISION_WORDS,
    PREDICTOR_WORDS,
    WEAK_GROUP_WORDS,
    is_after,
    is_before,
    name_score,
    names_identifier_in_one,
    words_of,
)
from .readers.header import FIRST_YEAR, LAST_YEAR

MOST_GROUPS = 8
"""Columns that are compared with each other as groups."""
MOST_CATEGORIES = 12
"""Categories of a predictor at most."""
FEW = 5
"""Levels of a factor that may well be treatments: what starts again in each of fewer may be the groups."""
CHANCE = 4.0
"""Below this F a relation may be chance."""
MANY = 20
"""Different whole numbers from which on they may be names rather than amounts."""
RARELY = 0.2
"""A column that changes at fewer of the neighbouring rows of a group is one of the group's, recorded anew now and then."""
SAME = 0.999
"""Squared correlation within groups above which two columns are one, rounded."""
FIRST_SHORT_YEAR = 50
"""Of two digits; years from 0 or 1 on are those of a study, or of school."""
LONG = 100
"""Rows from which on numbers that rise from the first to the last number them."""
LONGEST_LABEL = 8
"""Words of a label that is read: a longer one is a question, not a name."""


def hint(pattern: Pattern, hints: frozenset[str], labels: Mapping[str, str]) -> float:
    """What name or label hint at, from 0 to 3."""
    label = labels.get(pattern.name, "")
    read = name_score(label, hints) if label and len(label.split()) <= LONGEST_LABEL else 0.0
    return max(name_score(pattern.name, hints), read)


def is_identifier(pattern: Pattern, how: Within | None, n: int, labels: Mapping[str, str]) -> bool:
    """Whether a column tells rows or groups apart and measures nothing: named so, or running on from row to row."""
    info = pattern.info
    if not info.is_number:
        return info.kind == "text"
    if words_of(info.name) == ["id"]:
        return True
    if not pattern.is_whole:
        return False
    if how is not None and how.runs_on and n >= LONG:
        return True
    sorted_by_time = how is not None and how.rises
    in_order = pattern.is_sorted and pattern.is_contiguous and info.n_unique > 2
    if numbers_rows(pattern, n) or (in_order and not sorted_by_time and not is_calendar_year(pattern)):
        return True
    if info.n_unique <= 2:
        return False
    if info.n_unique == n >= MANY and info.name.lower().endswith("id"):
        return True
    return any(_names_identifier(text) for text in (pattern.name, labels.get(pattern.name, "")))


def numbers_rows(pattern: Pattern, n: int) -> bool:
    """Whether whole numbers run from the first to the last without a gap, one for each row, in whatever order."""
    info = pattern.info
    return pattern.is_whole and info.n_unique == n > 2 and info.maximum - info.minimum == n - 1


def _names_identifier(text: str) -> bool:
    """Whether a name ends in what groups are called (or begins with "id"): a school, the class ident, not the school's size."""
    words = words_of(text)
    if len(words) == 1 and names_identifier_in_one(text):
        return True
    ends = bool(words) and words[-1] in GROUP_WORDS - WEAK_GROUP_WORDS
    return ends or (bool(words) and len(words) <= LONGEST_LABEL and bool(IDENTIFIER_WORDS & {words[0], words[-1]}))


def group_candidates(patterns: Sequence[Pattern], labels: Mapping[str, str]) -> list[tuple[float, Pattern]]:
    """The columns that may be groups, the likeliest first."""
    first = []
    for position, pattern in enumerate(patterns):
        mark = _alone_as_group(pattern, labels)
        if mark is not None:
            first.append((mark, -position, pattern))
    first.sort(key=lambda item: item[:2], reverse=True)
    close = first[:MOST_GROUPS]
    judged = [(mark + _among_others(p, [q for *_, q in close], patterns), at, p) for mark, at, p in close]
    judged.sort(key=lambda item: item[:2], reverse=True)
    return [(mark, pattern) for mark, _, pattern in judged]


def _alone_as_group(pattern: Pattern, labels: Mapping[str, str]) -> float | None:
    info = pattern.info
    if info.kind not in ("numeric", "binary", "categorical", "text") or info.n_infinite:
        return None
    if (info.is_number and not pattern.is_whole) or not 2 <= pattern.levels < pattern.n_present / 1.5:
        return None
    named = hint(pattern, GROUP_WORDS, labels)
    if info.is_number and not named and not (pattern.is_contiguous or pattern.is_numbered):
        return None  # whole numbers here and there are measurements
    if info.kind == "binary" and not named:
        return None  # two unnamed categories are a predictor
    if info.n_not_numeric and not named:
        return None  # numbers but for some text, such as "<0.5", are measured
    mark = named / 2 + (0.0 if info.is_number else 1.0)
    mark -= 0.0 if named else hint(pattern, PREDICTOR_WORDS, labels) / 2  # a treatment, a time: set, not drawn
    mark += min(math.log2(pattern.levels), 8) / 2 - {2: 2.5, 3: 1.0, 4: 0.5}.get(pattern.levels, 0.0)
    mark += 1.5 if pattern.is_contiguous else 0.0
    return mark - (2.0 if pattern.usual_size < 2 else 0.0)  # most groups have a single row


def _among_others(pattern: Pattern, groups: Sequence[Pattern], patterns: Sequence[Pattern]) -> float:
    """What speaks for a group beside the other columns: its covariates are constant in it, times start again in it."""
    mark = 2.0 * _explained(pattern, patterns)
    fewer = [p for p in patterns if p is not pattern and 2 <= p.levels < pattern.levels]
    mark += 1.0 if any(pattern.determines(p) for p in fewer) else 0.0
    if pattern.is_contiguous and any(_is_crossed(pattern, group) for group in groups):
        mark -= 1.5  # that its rows stand together only says by which of two factors the table is sorted
    if any(_starts_again(pattern, group) and not _is_time_of(group, pattern) for group in groups):
        mark -= 4.0  # a time, a place, a number within the other
    if any(_is_time_of(pattern, group) and _starts_again(group, pattern) for group in groups):
        mark -= 4.0  # the table is sorted by it
    return mark


def _is_crossed(pattern: Pattern, other: Pattern) -> bool:
    """Whether each level of one column meets each of the other in one row: blocks and treatments."""
    return pattern.levels * other.levels == len(pattern.codes) and pattern.distinguishes(other)


def _is_time_of(time: Pattern, group: Pattern) -> bool:
    """Whether a table is sorted by a time, of which there are few, and lists its many subjects, 1, 2, 3, …, at each."""
    may_be_time = not time.is_numbered or name_score(time.name, PREDICTOR_WORDS) > 0
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
    measured = [p for p in patterns if p.info.kind == "numeric" and p.numbers is not None and not p.is_contiguous]
    measured = sorted((p for p in measured if p is not group), key=lambda p: -p.levels)[:4]
    return max((_share(pattern, group) for pattern in measured), default=0.0)


def _share(measured: Pattern, group: Pattern) -> float:
    """The share of a column's variance that lies between groups, allowing for their number."""
    if measured.scaled is None:
        return 0.0
    varies, share = measured.relation_to(group)
    complete = measured.is_complete and group.is_complete
    n = len(group.codes) if complete else int(((group.codes >= 0) & np.isfinite(measured.scaled)).sum())
    return max(0.0, 1 - (1 - share) * (n - 1) / (n - group.levels)) if varies == "both" and n > group.levels else 0.0


def is_code(pattern: Pattern, outcome: Pattern) -> bool:
    """Whether whole numbers are names: the outcome differs from number to number, but not along them."""
    if not pattern.is_whole or pattern.levels < MANY or pattern.scaled is None or outcome.scaled is None:
        return False
    keep = np.isfinite(pattern.scaled) & np.isfinite(outcome.scaled)
    if np.ptp(pattern.scaled[keep]) == 0 or np.ptp(outcome.scaled[keep]) == 0:
        return False
    along = float(np.corrcoef(pattern.scaled[keep], outcome.scaled[keep])[0, 1]) ** 2
    share = _share(outcome, pattern)
    return share > 0.05 and along < share / 10


def outcome_mark(pattern: Pattern, how: Within | None, n: int, labels: Mapping[str, str]) -> float | None:
    """How likely a column is the outcome, wherever it stands; None where it cannot be.

    Parameters
    ----------
    pattern : Pattern
    how : Within, optional
        How it goes within the groups; None where there are no groups.
    n : int
        Rows of the table.
    labels : mapping
        What the file calls columns at length.
    """
    info = pattern.info
    if (
        info.kind != "numeric"
        or not info.is_number
        or not math.isfinite(info.sd)
        or is_identifier(pattern, how, n, labels)
    ):
        return None
    mark = hint(pattern, OUTCOME_WORDS, labels) / 2 - hint(pattern, PREDICTOR_WORDS, labels) / 3
    mark += min(math.log10(info.n_unique), 1.5) + (0.0 if pattern.is_whole and info.n_unique < MANY else 0.25)
    mark += (1.0 if is_after(pattern.name) else 0.0) - (2.0 if is_before(pattern.name) else 0.0)
    mark -= info.n_missing / max(n, 1) + (2.0 if is_precision(pattern) else 0.0)
    if how is None:
        return mark
    if how.varies == "between" or (how.rises and how.apart):
        return None  # a time that was set is no outcome, whatever else there is
    if how.varies == "both" and not how.even:
        mark += 1.0 + 0.25 * how.share
    mark += 2.0 * min(how.changes / max(pattern.diversity, 0.5), 1.0)  # measured anew in each row, chance ties allowed
    return mark - (1.5 if how.rises else 0.0) - (2.0 if how.apart else 0.0)


@dataclass(frozen=True, slots=True)
class Beside:
    """What else the table has that may be the predictor.

    Attributes
    ----------
    timed : bool
        Whether some column rises within the groups and does more than number their rows.
    varied : bool
        Whether some column varies within the groups, does not rise there and is no calendar year.
    treated : bool
        Whether such a column is one of categories, or of two values.
    """

    timed: bool = False
    varied: bool = False
    treated: bool = False

    @classmethod
    def of(cls, how: Mapping[Pattern, Within]) -> Beside:
        """What columns that may be the predictor are, by how they go within the groups."""
        varying = [p for p, w in how.items() if w.varies in ("within", "both") and w.changes >= RARELY and not w.rises]
        varying = [p for p in varying if not is_calendar_year(p)]
        timed = any(w.rises and not w.counts for w in how.values())
        return cls(timed, bool(varying), any(p.levels == 2 or not p.info.is_number for p in varying))


def predictor_mark(
    pattern: Pattern, how: Within | None, n: int, beside: Beside, grouping: bool, labels: Mapping[str, str]
) -> float | None:
    """How likely a column is the predictor; None where it cannot be.

    Parameters
    ----------
    beside : Beside
        The other columns.
    grouping : bool
        Whether it may be a group itself.

    The others are those of `outcome_mark`.
    """
    info = pattern.info
    usable = info.kind in ("numeric", "binary", "categorical") or (info.is_date and info.n_unique > 1)
    if not usable or info.n_infinite or info.n_not_numeric or is_precision(pattern):
        return None
    if is_identifier(pattern, how, n, labels):
        return None
    amount = info.is_number or info.is_date
    if not amount and pattern.levels > MOST_CATEGORIES:
        return None
    named = hint(pattern, PREDICTOR_WORDS, labels)
    level = info.kind == "categorical" and hint(pattern, GROUP_WORDS, labels) >= 2.0
    if level and not (how is not None and how.apart):
        return None  # schools, batches: a level of groups
    if how is not None and amount and how.varies == "both" and not (how.rises or how.apart):
        named = 0.0  # neither a time nor a dose, whatever it is called
    mark = named / 2 - 3.0 * info.n_missing / max(n, 1)
    mark += 1.0 if amount and pattern.levels > 2 else 0.5
    if how is None:
        return mark
    own = how.varies == "between" or (how.varies == "both" and how.changes < RARELY)
    if own and amount and pattern.levels > FEW:
        mark -= named / 2  # an age, a size that tells the groups apart is neither a time nor a treatment
    if not own and how.varies != "constant":
        mark += 1.5 + (0.0 if amount else 0.3 * how.changes)  # of crossed factors the one that changes fastest
    mark -= 1.5 if grouping and not (how.rises or how.apart) else 0.0
    if how.counts and (beside.timed or (beside.treated and not named)):
        return mark - 1.0  # the number of the row, beside a time that says more, or of what was varied
    if is_calendar_year(pattern) and beside.varied:
        return mark - named / 2 - 1.0  # it merely says when: a panel of firms, of countries
    if is_sent(pattern, n):
        return mark - 1.0
    mark += 2.0 if how.rises else 0.0  # a time
    was_set = how.even and pattern.levels <= MOST_CATEGORIES
    return mark + (0.5 if was_set else 0.0)  # a dose, a treatment


def is_precision(pattern: Pattern) -> bool:
    """Whether positive numbers are called a variance or a standard error: how exactly a study knows its effect."""
    return pattern.info.is_number and pattern.info.minimum > 0 and bool(PRECISION_WORDS & {*words_of(pattern.name)})


def is_sent(pattern: Pattern, n: int) -> bool:
    """Whether dates rise from row to row of the table: when each form came in."""
    return pattern.info.is_date and pattern.is_sorted and pattern.levels == n


def is_calendar_year(pattern: Pattern) -> bool:
    """Whether whole numbers are years such as 1998, or 63 to 92 in a column that is called year."""
    if not pattern.is_whole:
        return False
    low, high = pattern.info.minimum, pattern.info.maximum
    short = "year" in words_of(pattern.name) and low >= FIRST_SHORT_YEAR and high < 100
    return short or (low >= FIRST_YEAR and high <= LAST_YEAR)


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
    x, y = (_about_means(values[keep], codes) for values in (pattern.scaled, outcome.scaled))
    xx, yy, xy = float(x @ x), float(y @ y), float(x @ y)
    free = len(codes) - group.levels - 1
    if free < 1 or xx == 0 or yy == 0:
        return False
    r2 = xy * xy / (xx * yy)
    return free * r2 < CHANCE * (1 - r2)


def _about_means(values: Array, codes: Array) -> Array:
    return values - (np.bincount(codes, values) / np.maximum(np.bincount(codes), 1))[codes]


def same_within(one: Pattern, other: Pattern, group: Pattern) -> bool:
    """Whether two columns go together, to what rounding leaves, about the means of their groups."""
    if one.scaled is None or other.scaled is None:
        return False
    keep = (group.codes >= 0) & np.isfinite(one.scaled) & np.isfinite(other.scaled)
    x, y = (_about_means(values[keep], group.codes[keep]) for values in (one.scaled, other.scaled))
    return float(x @ y) ** 2 > SAME * float(x @ x) * float(y @ y)


def copies(one: Pattern, other: Pattern) -> bool:
    """Whether a column is another in different units: it rises, or falls, wherever the other does, and only there."""
    if one.numbers is None or other.numbers is None or one.levels != other.levels or one.levels < 3:
        return False
    mine, theirs = one.numbers, other.numbers
    if one.is_complete and other.is_complete:
        if not np.array_equal(one.codes, other.codes):  # counted as they appear: one to one or no copy
            return False
        mine, theirs = mine[one.first_rows], theirs[one.first_rows]
    else:
        keep = np.isfinite(mine) & np.isfinite(theirs)
        mine, theirs = mine[keep], theirs[keep]
    order = np.argsort(mine, kind="stable")
    steps, others = steps_of(mine[order]), steps_of(theirs[order])
    moves = steps > 0
    return bool((others[~moves] == 0).all()) and bool((others[moves] > 0).all() or (others[moves] < 0).all())
