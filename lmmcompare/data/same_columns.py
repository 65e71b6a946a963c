"""Columns that say what others say: copies in other units, or less the means of their groups, and dummies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .column_patterns import Pattern
from .within_groups import Within, about_means, steps_of

HEAD = 50
"""Rows that tell of most columns that they are no copies."""
SAME = 0.999
"""Squared correlation within groups above which two columns are one, rounded."""
CENTRED = 1e-3
"""Share of the sum of squares between groups up to which a column may be centred at their means, and rounded."""


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
        one_way, other_way = np.sign(steps_of(mine[:HEAD])), np.sign(steps_of(theirs[:HEAD]))
        if (one_way != other_way).any() and (one_way != -other_way).any():
            return False  # before all rows are sorted
    order = np.argsort(mine, kind="stable")
    steps, others = steps_of(mine[order]), steps_of(theirs[order])
    moves = steps > 0
    return bool((others[~moves] == 0).all()) and bool((others[moves] > 0).all() or (others[moves] < 0).all())


def same_within(one: Pattern, other: Pattern, group: Pattern) -> bool:
    """Whether two columns go together, to what rounding leaves, about the means of their groups."""
    return shared_within(one, other, group) > SAME


def shared_within(one: Pattern, other: Pattern, group: Pattern) -> float:
    """The squared correlation of two columns about the means of their groups; 0 where one does not vary there."""
    if one.scaled is None or other.scaled is None:
        return 0.0
    keep = (group.codes >= 0) & np.isfinite(one.scaled) & np.isfinite(other.scaled)
    x, y = (about_means(values[keep], group.codes[keep]) for values in (one.scaled, other.scaled))
    both = float(x @ x) * float(y @ y)
    return float(x @ y) ** 2 / both if both > 0 else 0.0


def indicators(patterns: Sequence[Pattern]) -> list[Pattern]:
    """Columns of 0 and 1, two and more of which each pick out one level of another column: dummies for years."""
    binary = [p for p in patterns if p.levels == 2 and p.is_whole and p.info.minimum == 0 and p.info.maximum == 1]
    result = []
    for other in patterns if len(binary) > 1 else ():
        found = [p for p in binary if p.indicates(other)]
        result += found if len(found) > 1 else []
    return result


def products(patterns: Sequence[Pattern]) -> list[Pattern]:
    """Amounts that are another column in the rows where a third is 1, and 0 where that is 0: interactions worked out beforehand."""
    complete = [p for p in patterns if p.is_complete and p.numbers is not None]
    switches = [p for p in complete if p.levels == 2 and p.info.minimum == 0 and p.info.maximum == 1]
    amounts = [p for p in complete if p.levels > 2]
    return [p for p in amounts if p.info.minimum <= 0 <= p.info.maximum and _is_product(p, switches, amounts)]


def _is_product(pattern: Pattern, switches: Sequence[Pattern], amounts: Sequence[Pattern]) -> bool:
    assert pattern.numbers is not None
    for switch in switches:
        off = switch.numbers == 0
        if pattern.numbers[off].any():
            continue
        shown = pattern.numbers[~off]
        others = [o.numbers for o in amounts if o is not pattern and o.numbers is not None]
        if any(np.array_equal(numbers[~off], shown) for numbers in others):
            return True
    return False


def is_centred(pattern: Pattern, group: Pattern, others: Sequence[Pattern], how: Mapping[str, Within]) -> bool:
    """Whether a column is another less the mean of its group: nothing of it lies between groups."""
    within = how[pattern.name]
    centred = within.varies == "within" or (within.varies == "both" and within.share < CENTRED)
    return centred and any(
        same_within(pattern, other, group)
        for other in others
        if other is not pattern and how[other.name].share > CENTRED
    )


def without_copies(patterns: Sequence[Pattern], fractions: bool = False) -> list[Pattern]:
    """Without columns that repeat an earlier one in other units, such as standardised copies; or only without those of fractions."""
    result: list[Pattern] = []
    for pattern in patterns:
        if (fractions and pattern.is_whole) or not any(copies(earlier, pattern) for earlier in result):
            result.append(pattern)
    return result
