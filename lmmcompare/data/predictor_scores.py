"""How likely a column is the predictor: a sum of a few marks, each with its reason beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from .calendar_years import is_calendar_year
from .clocks import is_clock
from .column_patterns import Pattern
from .identifiers import is_identifier, is_sent, repeats
from .name_hints import (
    GROUP_WORDS,
    OUTCOME_WORDS,
    PREDICTOR_WORDS,
    RUNNING_WORDS,
    TIME_WORDS,
    TOTAL_WORDS,
    hint,
    is_before,
    words_of,
)
from .outcome_scores import is_of_place, is_precision
from .within_groups import Within
from .written_dates import is_written_date

MOST_CATEGORIES = 12
"""Categories of a predictor at most."""
FEW = 5
"""Values of an amount that may be those of a dose, a treatment."""
LEAST_PART = 0.05
"""Share of a total from which on a column may count some of it."""
RARELY = 0.2
"""A column that changes at fewer of the neighbouring rows of a group is one of the group's, recorded anew now and then."""


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
    over_time : bool
        Whether some column rises within the groups at all. Without one, what changes once in each group says how the table is sorted.
    years : frozenset of str
        Names of the calendar years and of what is the same for all in a year, such as the prices of a country.
    """

    timed: bool = False
    over_time: bool = False
    varied: bool = False
    treated: bool = False
    years: frozenset[str] = frozenset()

    @classmethod
    def of(cls, how: Mapping[Pattern, Within]) -> Beside:
        """What columns that may be the predictor are, by how they go within the groups."""
        varies = {p: w for p, w in how.items() if w.varies in ("within", "both") and not w.rises}
        varying = [p for p, w in varies.items() if w.changes >= RARELY or w.begins]
        years = years_and_theirs(how)
        varying = [p for p in varying if p.name not in years]
        timed = any(w.rises and not w.counts for w in how.values())
        over_time = any(w.rises for w in how.values())
        return cls(timed, over_time, bool(varying), any(p.levels == 2 or not p.info.is_number for p in varying), years)


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
    usable |= info.kind == "date" and is_written_date(info.examples[0])  # quarters as text are categories too
    if not usable or info.n_infinite or info.n_not_numeric or is_precision(pattern):
        return None
    if is_identifier(pattern, how, n, labels):
        return None
    if not (info.is_number or info.is_date) and pattern.levels > MOST_CATEGORIES:
        return None
    named = hint(pattern.name, PREDICTOR_WORDS, labels)
    amount = info.is_number or info.is_date
    if pattern.levels > 2 and not named and how is not None and not (how.rises or how.apart):
        amount = amount and not pattern.is_numbered  # 1, 2, 3, … here and there are names as often as amounts
    level = info.kind == "categorical" and hint(pattern.name, GROUP_WORDS, labels) >= 2.0
    if level and not (how is not None and how.apart):
        return None  # schools, batches: a level of groups
    if how is not None and amount and how.varies == "both" and not (how.rises or how.apart):
        named = 0.0  # neither a time nor a dose, whatever it is called
    mark = named / 2 - 4.0 * (info.n_missing / max(n, 1)) ** 2
    mark += 1.0 if amount and pattern.levels > 2 else 0.5
    mark -= 0.0 if is_before(pattern.name) else hint(pattern.name, OUTCOME_WORDS, labels) / 6  # another outcome
    mark -= 1.0 if is_of_place(pattern) else 0.0
    mark -= 1.0 if repeats(pattern) else 0.0
    if how is None:
        return mark
    own = how.varies == "between" or (how.varies == "both" and how.changes < RARELY and not how.begins)
    if own and amount and pattern.levels > FEW:
        mark -= named / 2  # an age, a size that tells the groups apart is neither a time nor a treatment
    if not own and how.varies != "constant":
        mark += 1.5 + (0.0 if amount else 0.3 * how.changes)  # of crossed factors the one that changes fastest
    called = hint(pattern.name, PREDICTOR_WORDS, labels) > 2.0  # in a word of its own, whether it rises or not
    mark -= 1.5 if grouping and not (how.rises or how.apart or how.even or called) else 0.0
    if how.counts and (beside.timed or (beside.treated and not (named or is_called_time(pattern)))):
        return mark - 1.0  # the number of the row, beside a time that says more, or of what was varied
    if (pattern.name in beside.years or is_clock(pattern)) and beside.varied:
        return mark - named / 2 - 1.0  # it merely says when: a panel of firms, of countries
    if is_sent(pattern, n):
        return mark - 1.0
    if beside.treated and not named and pattern.starts_anew:
        return mark - 1.0  # the number of the trial in its block
    if how.rises and RUNNING_WORDS & {*words_of(pattern.name)}:
        return mark - named / 2 - 1.0
    mark += 2.0 if how.rises and not repeats(pattern) else 0.0  # a time
    mark += 1.0 if how.begins and beside.over_time else 0.0  # a law, a treatment that sets in
    was_set = how.even and pattern.levels <= MOST_CATEGORIES
    return mark + (0.5 if was_set else 0.0)  # a dose, a treatment


def years_and_theirs(patterns: Iterable[Pattern]) -> frozenset[str]:
    """The names of calendar years, and of the numbers that each year has one of."""
    patterns = list(patterns)
    years = [p for p in patterns if is_calendar_year(p) and p.usual_size >= 2]
    theirs = [p for p in patterns if p.info.is_number and any(year.determines(p) for year in years)]
    return frozenset(p.name for p in [*years, *theirs])


def is_called_time(pattern: Pattern) -> bool:
    """Whether a column holds dates or is called a time, of whatever kind; what a reaction takes is measured."""
    words = {*words_of(pattern.name)}
    return pattern.info.is_date or bool(TIME_WORDS & words and not OUTCOME_WORDS & words)


def is_total(pattern: Pattern, outcome: Pattern) -> bool:
    """Whether a column is called the number of which the outcome counts some: it is larger in every row.

    Where both are called so, as in a day's TotalSteps and TotalSleepRecords, the word tells nothing; nor where the other is far
    less than what was counted by its name, as minutes are beside steps.
    """
    words, others = {*words_of(pattern.name)}, {*words_of(outcome.name)}
    if not TOTAL_WORDS & words or TOTAL_WORDS & others or not (pattern.is_whole and outcome.is_whole):
        return False
    assert pattern.numbers is not None and outcome.numbers is not None
    if words - TOTAL_WORDS and outcome.info.mean < LEAST_PART * pattern.info.mean:
        return False
    keep = np.isfinite(pattern.numbers) & np.isfinite(outcome.numbers)
    return bool((pattern.numbers[keep] >= outcome.numbers[keep]).all())


def is_sum_with(pattern: Pattern, part: Pattern) -> bool:
    """Whether an amount is called the total of which another is a part: both measured, and the total larger in every row."""
    if "total" not in words_of(pattern.name) or pattern.numbers is None or part.numbers is None:
        return False
    if pattern.is_whole or part.is_whole or pattern.info.is_date or part.info.is_date:
        return False
    keep = np.isfinite(pattern.numbers) & np.isfinite(part.numbers)
    return bool((pattern.numbers[keep] >= part.numbers[keep]).all())
