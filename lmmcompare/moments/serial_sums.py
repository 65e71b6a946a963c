"""Cross-products of rows with the preceding row of their group, summed by the time gap between the two, for serial correlation.

Rows enter as differences from the preceding row, so that nearly equal neighbours lose no digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..errors import TooLargeError
from .groups import MAX_BYTES

FEW = 64
"""So many keys are gone through one by one, each a product of matrices."""


@dataclass(frozen=True, eq=False)
class Gaps:
    """Sums over rows by the gap to the row before them, and by the levels of residual spread of the two.

    Parameters
    ----------
    gap : (K,) array
        The gap in time.
    before, now : (K,) int arrays
        Levels of the earlier and of the later row.
    count : (K,) array
        Pairs of neighbours.
    first_count, rows : (L,) arrays
        First rows of groups, and all rows, of each level.
    first : (L, q, q) array
        Cross-products of groups' first rows.
    change, mixed, earlier : (K, q, q) arrays
        Products over pairs of neighbours: of their differences; of differences and the earlier row, plus the transpose; of the
        earlier row with itself.
    """

    gap: Array
    before: Array
    now: Array
    count: Array
    first_count: Array
    rows: Array
    first: Array
    change: Array
    mixed: Array
    earlier: Array

    @property
    def tables(self) -> Array:
        """`first`, `change`, `mixed` and `earlier`, one after the other, (L + 3 K, q, q)."""
        return np.concatenate([self.first, self.change, self.mixed, self.earlier])

    @property
    def by_level(self) -> Array:
        """Cross-products of each level's rows, (L, q, q)."""
        result = self.first.copy()
        np.add.at(result, self.now, self.change + self.mixed + self.earlier)
        return result

    def key_of(self, gap: Array, before: Array, now: Array) -> Array:
        """The place of pairs of rows among the sums, (n,) int, by their gaps and levels; K or another's where there is none."""
        distinct, n_levels = np.unique(self.gap), len(self.rows)

        def key(gap: Array, before: Array, now: Array) -> Array:
            return (np.searchsorted(distinct, gap) * n_levels + before) * n_levels + now

        return np.searchsorted(key(self.gap, self.before, self.now), key(gap, before, now))


def by_gap(values: Array, first: Array, time: Array, levels: Array, n_levels: int) -> Gaps:
    """Sums by gap of rows that are sorted by group, and within groups by time.

    Parameters
    ----------
    values : (q, n) array
        The columns' rows.
    first : (n,) bool array
        Whether a row is its group's first.
    time : (n,) array
    levels : (n,) int array
        Level of residual spread of each row, 0 to ``n_levels`` - 1.

    Raises
    ------
    TooLargeError
        When the sums alone would take more memory than is allowed.
    """
    q, later = len(values), np.flatnonzero(~first)
    gap = time[later] - time[later - 1]
    distinct, at = distinct_values(gap)
    key = (at * n_levels + levels[later - 1]) * n_levels + levels[later]
    present, key = distinct_values(key)
    if len(present) > most_gaps(q):
        raise too_many_gaps(f"{len(distinct):,}", len(present), q)
    place, now = np.divmod(present, n_levels)
    place, before = np.divmod(place, n_levels)
    earlier = values[:, later - 1]
    change = values[:, later] - earlier
    mixed = products(change, earlier, key, len(present))
    starts, of_starts = values[:, first], levels[first]
    return Gaps(
        gap=distinct[place],
        before=before,
        now=now,
        count=np.bincount(key, minlength=len(present)).astype(float),
        first_count=np.bincount(of_starts, minlength=n_levels).astype(float),
        rows=np.bincount(levels, minlength=n_levels).astype(float),
        first=products(starts, starts, of_starts, n_levels),
        change=products(change, change, key, len(present)),
        mixed=mixed + mixed.transpose(0, 2, 1),
        earlier=products(earlier, earlier, key, len(present)),
    )


def most_gaps(q: int) -> int:
    """The most keys whose sums fit into the memory that is allowed, of q columns."""
    return MAX_BYTES // (8 * 4 * q * q)


def too_many_gaps(how_many: str, n_keys: int, q: int) -> TooLargeError:
    """The error for more gaps than fit into the memory allowed."""
    return TooLargeError(
        f"{how_many} different gaps in time need {8 * 4 * n_keys * q * q / 1e9:.1f} GB; {MAX_BYTES / 1e9:.0f} GB are allowed.",
        "Round the times, so that gaps repeat.",
    )


def distinct_values(values: Array) -> tuple[Array, Array]:
    """The distinct values in order, and each value's place among them; small whole numbers need no sorting."""
    if len(values) and values.max() < 4 * len(values) and (values == (whole := values.astype(np.int64))).all():
        present = np.bincount(whole) > 0
        return np.flatnonzero(present).astype(values.dtype), (np.cumsum(present) - 1)[whole]
    distinct, at = np.unique(values, return_inverse=True)
    return distinct, at


def products(left: Array, right: Array, key: Array, n_keys: int) -> Array:
    """Sums of products of two sets of columns, (q, n) each, by a key of the rows, (n_keys, q, q)."""
    if n_keys < 2:
        return np.repeat((left @ right.T)[None], n_keys, axis=0)
    if n_keys <= FEW:
        order = np.argsort(key, kind="stable")
        left, right = left[:, order], right[:, order]
        ends = np.cumsum(np.bincount(key, minlength=n_keys))
        starts = np.concatenate([[0], ends[:-1]])
        return np.array([left[:, a:b] @ right[:, a:b].T for a, b in zip(starts, ends, strict=True)])
    result = np.empty((n_keys, len(left), len(right)))
    for i, a in enumerate(left):
        for k, b in enumerate(right):
            result[:, i, k] = np.bincount(key, a * b, n_keys)
    return result
