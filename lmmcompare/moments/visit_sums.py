"""Cross-products of rows of one group, summed by pairs of visits over groups observed at the same visits.

They suffice for any covariance between visits, at a cost that does not depend on the number of groups. A group enters as its row
at its first visit and the differences of its other rows from it, so that large differences between groups lose no digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..errors import TooLargeError
from .groups import MAX_BYTES


@dataclass(frozen=True, eq=False)
class Visits:
    """Sums over the groups of each pattern of visits.

    Parameters
    ----------
    observed : (O, k) bool array
        The patterns: which of the k visits their groups have.
    groups : (O,) array
        Groups of each pattern.
    pattern, earlier, later : (K,) int arrays
        Of each sum: its pattern and its two visits; every pair both ways round.
    tables : (K, q, q) array
        Products of what the groups have at the two visits: their rows at the pattern's first visit, differences from these at others.
    """

    observed: Array
    groups: Array
    pattern: Array
    earlier: Array
    later: Array
    tables: Array

    @property
    def n_visits(self) -> int:
        """The number of visits, k."""
        return self.observed.shape[1]


def by_visit(values: Array, codes: Array, n_groups: int, visits: Array, n_visits: int) -> Visits:
    """Sums by pattern of visits.

    Parameters
    ----------
    values : (q, n) array
        The columns' rows.
    codes, visits : (n,) int arrays
        Each row's group and visit, no two rows of a group at one visit.

    Raises
    ------
    TooLargeError
        When the sums alone would take more memory than is allowed.
    """
    q = len(values)
    order = np.argsort(codes.astype(np.int64) * n_visits + visits, kind="stable")
    seen_by = np.zeros((n_groups, n_visits), dtype=bool)
    seen_by[codes, visits] = True
    packed = np.packbits(seen_by, axis=1)
    _, first, code = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    code = code.reshape(-1)
    sentence, counts = seen_by[first], np.bincount(code)
    size = sentence.sum(axis=1)
    refuse_many_patterns(size, q)
    starts = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=n_groups))[:-1]])
    groups_in_order = np.argsort(code, kind="stable")
    ends = np.cumsum(counts)
    tables, pattern, earlier, later = [], [], [], []
    for o, (end, k) in enumerate(zip(ends, size, strict=True)):
        groups = groups_in_order[end - counts[o] : end]
        rows = order[starts[groups][:, None] + np.arange(k)]
        own_rows = values[:, rows]
        own_rows[:, :, 1:] -= own_rows[:, :, :1]
        flat = own_rows.transpose(1, 2, 0).reshape(len(groups), k * q)
        tables.append((flat.T @ flat).reshape(k, q, k, q).transpose(0, 2, 1, 3).reshape(k * k, q, q))
        own = np.flatnonzero(sentence[o])
        pattern.append(np.full(k * k, o))
        earlier.append(np.repeat(own, k))
        later.append(np.tile(own, k))
    return Visits(
        sentence,
        counts.astype(float),
        np.concatenate(pattern),
        np.concatenate(earlier),
        np.concatenate(later),
        np.concatenate(tables),
    )


def differences(observed: Array) -> Array:
    """What groups of each pattern, (O, k), have, from what a group that is seen at all visits has, (O, k, k); absent rows are 0."""
    first, other, at = observed.argmax(axis=1), observed.copy(), np.arange(len(observed))
    other[at, first] = False
    result = np.eye(observed.shape[1]) * observed[:, :, None]
    result[at, :, first] -= other * (first > 0)[:, None]
    result[at, first, 0] = 1.0
    return result


def from_first(of_visits: Array) -> Array:
    """An array over visits, (k, ...), as its first entry and the differences of the others from it."""
    return np.concatenate([of_visits[:1], of_visits[1:] - of_visits[:1]])


def refuse_many_patterns(visits: Array, q: int) -> None:
    """Raise when the sums of patterns with so many visits each, (O,), would take more memory than is allowed."""
    if (needed := 8 * int((visits.astype(float) ** 2).sum()) * q * q) > MAX_BYTES:
        raise TooLargeError(
            f"{len(visits):,} patterns of visits with {q:,} columns need {needed / 1e9:.1f} GB; {MAX_BYTES / 1e9:.0f} GB are allowed.",
            "Choose fewer predictors, or a column with fewer visits.",
        )
