"""How a column goes within the groups of another: rising as time does, dealt out as a design is, or measured anew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from .column_patterns import Pattern
from .name_hints import PREDICTOR_WORDS, name_score
from .relation_to_groups import Varies

COUNTED = 0.9
"""Share of steps from row to row that are of one where a column numbers the rows."""
EVEN = 0.1
"""Share between groups, of what chance would leave there, below which values were dealt out evenly to the groups."""
FEWEST = 3
"""Groups in which something must begin for it to be more than chance."""
RECURRING = 0.25
"""Share of the groups in which the values of a design stand, on average."""


@dataclass(frozen=True, eq=False)
class Within:
    """How a column goes within the groups of another.

    Attributes
    ----------
    varies : str
        "within" groups, "between" groups, "both" or "constant".
    share : float
        Of its sum of squares that lies between groups.
    changes : float
        Share of neighbouring rows of one group between which it changes.
    rises : bool
        Whether it rises from row to row of each group, as time does; what is called a time may stay in a few, being rounded.
    counts : bool
        Whether it merely numbers the rows of each group, or of parts of it, from the same number on.
    apart : bool
        Whether each of its values stands once in a group, and recurs in a good part of the others: a design.
    even : bool
        Whether its values are spread over the groups more evenly than chance would spread what is measured: a design too.
    begins : bool
        Whether it is one of two values, and the other from some row of a group on: a law, a treatment that sets in.
    runs_on : bool
        Whether it rises from the first row to the last, through groups whose rows stand together: numbers of rows do.
    """

    varies: Varies
    share: float
    changes: float
    rises: bool
    counts: bool
    apart: bool
    even: bool
    begins: bool
    runs_on: bool


def within(column: Pattern, group: Pattern) -> Within:
    """How a column goes within the groups of another, row after row."""
    varies, share = column.relation_to(group)
    if column.is_complete and group.is_complete:
        order, same = group.order, group.same_as_previous
    else:
        keep = (group.codes >= 0) & (column.codes >= 0)
        order = np.flatnonzero(keep)[np.argsort(group.codes[keep], kind="stable")]
        same = group.codes[order][1:] == group.codes[order][:-1]
    pairs = int(np.count_nonzero(same))
    codes = column.codes[order]
    changed = (codes[1:] != codes[:-1]) & same
    changes = int(np.count_nonzero(changed)) / max(pairs, 1)
    rises = counts = False
    if column.numbers is not None and changes >= COUNTED:
        steps = steps_of(column.numbers[order])[same]
        rises = bool((steps > 0).all())
        if not rises and name_score(column.name, PREDICTOR_WORDS) > 2.0:
            rises = bool((steps >= 0).all())
        first = np.flatnonzero(np.concatenate([[True], ~same]))
        alike = np.count_nonzero(column.numbers[order][first] == column.info.minimum)
        counts = bool(np.count_nonzero(steps == 1) >= COUNTED * len(steps) and 2 * alike >= len(first))
    recurs = len(order) >= column.levels * max(2, RECURRING * group.levels)
    apart = recurs and group.distinguishes(column)
    even = varies in ("within", "both") and share * (len(order) - 1) < EVEN * (group.levels - 1)
    runs_on = rises and column.is_sorted and group.is_contiguous and column.levels == column.n_present
    begins = column.levels == 2 and _begins(codes, group.codes[order], changed)
    if begins and column.numbers is not None:  # what ends, such as the dummy of a first year, sets nothing in
        begins = bool(column.numbers[order][1:][changed][0] == column.info.maximum)
    return Within(varies, share, changes, rises, counts, apart, even, begins, runs_on)


def _begins(codes: Array, groups: Array, changed: Array) -> bool:
    """Whether one of two values begins in some groups, once in each, and lasts: what is true of a last row only is an event.

    The rows are in the order of their groups.
    """
    after, where = codes[1:][changed], groups[1:][changed]
    if len(after) < FEWEST or (after != after[0]).any() or (where[1:] == where[:-1]).any():
        return False
    in_them = np.zeros(groups[-1] + 1, dtype=bool)
    in_them[where] = True
    return int(np.count_nonzero((codes == after[0]) & in_them[groups])) > len(where)


def share_between(measured: Pattern, group: Pattern) -> float:
    """The share of a column's variance that lies between groups, allowing for their number."""
    if measured.scaled is None:
        return 0.0
    varies, share = measured.relation_to(group)
    complete = measured.is_complete and group.is_complete
    n = len(group.codes) if complete else int(((group.codes >= 0) & np.isfinite(measured.scaled)).sum())
    return max(0.0, 1 - (1 - share) * (n - 1) / (n - group.levels)) if varies == "both" and n > group.levels else 0.0


def about_means(values: Array, codes: Array) -> Array:
    """Each value less the mean of its group."""
    return values - (np.bincount(codes, values) / np.maximum(np.bincount(codes), 1))[codes]


def steps_of(numbers: Array) -> Array:
    """From each number to the next; infinite, but of the right sign, where the two lie further apart than float64 reaches."""
    with np.errstate(over="ignore"):
        return np.diff(numbers)
