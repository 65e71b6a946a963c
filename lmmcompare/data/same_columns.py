"""Columns that say the same twice: copies in other units, and copies less the means of their groups."""

from __future__ import annotations

import numpy as np

from .column_patterns import Pattern
from .within_groups import about_means, steps_of

SAME = 0.999
"""Squared correlation within groups above which two columns are one, rounded."""


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


def same_within(one: Pattern, other: Pattern, group: Pattern) -> bool:
    """Whether two columns go together, to what rounding leaves, about the means of their groups."""
    if one.scaled is None or other.scaled is None:
        return False
    keep = (group.codes >= 0) & np.isfinite(one.scaled) & np.isfinite(other.scaled)
    x, y = (about_means(values[keep], group.codes[keep]) for values in (one.scaled, other.scaled))
    return float(x @ y) ** 2 > SAME * float(x @ x) * float(y @ y)
