"""Cross-products of rows with the preceding row of their group, summed by the time gap between the two, for serial correlation.

Rows enter as differences from the preceding row, so that nearly equal neighbours lose no digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

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


@dataclass(frozen=True, eq=False)
class GroupGaps:
    """The same sums for each group separately, of products of k columns with q others, for the gaps that occur in it.

    Parameters
    ----------
    shape : tuple of int
        Of one group's products, (k, q).
    n_groups : int
    first : (k, q, F) array
        Of each group and level of a first row: products of first rows.
    level, starter : (F,) int arrays
        Levels and groups of these, sorted by group.
    pairs : (3, k, q, P) array
        Of each group and key that occur together: products of change, mixed and earlier.
    key, group : (P,) int arrays
        Sorted by group.
    n_levels, n_keys : int
    """

    shape: tuple[int, int]
    n_groups: int
    first: Array
    level: Array
    starter: Array
    pairs: Array
    key: Array
    group: Array
    n_levels: int
    n_keys: int

    def total(self, weights: Array) -> Array:
        """Each group's products, weighted as the tables of `Gaps` are, (k, q, J)."""
        by_kind = weights[self.n_levels :].reshape(3, self.n_keys)
        result = self._spread(self.first * weights[: self.n_levels][self.level], self.starter)
        if self.n_keys == 1:
            return result + self._spread(np.tensordot(by_kind[:, 0], self.pairs, axes=1), self.group)
        if self.n_keys:
            weighted = (w[self.key] * part for w, part in zip(by_kind, self.pairs, strict=True))
            result += self._spread(np.add.reduce(list(weighted)), self.group)
        return result

    def weight_slopes(self, slope: Array) -> Array:
        """Derivatives in the weights, (T,), from those in each group's products, (k, q, J)."""
        result = [
            np.bincount(self.level, (self._picked(slope, self.starter) * self.first).sum(axis=(0, 1)), self.n_levels)
        ]
        of_pairs = self._picked(slope, self.group)
        if self.n_keys == 1:
            return np.concatenate([*result, self.pairs.reshape(3, -1) @ of_pairs.ravel()])
        result += [np.bincount(self.key, (of_pairs * part).sum(axis=(0, 1)), self.n_keys) for part in self.pairs]
        return np.concatenate(result)

    @cached_property
    def _plain(self) -> dict[int, bool]:
        """Whether a list of groups is each group once, in order, by the list's identity."""
        return {
            id(group): len(group) == self.n_groups and bool((np.diff(group) == 1).all())
            for group in (self.starter, self.group)
        }

    def _spread(self, parts: Array, group: Array) -> Array:
        """Parts summed by group."""
        if self._plain[id(group)]:
            return parts
        result = np.zeros((*self.shape, self.n_groups))
        starts = np.flatnonzero(np.diff(group, prepend=-1))
        if len(starts):
            result[..., group[starts]] = np.add.reduceat(parts, starts, axis=-1)
        return result

    def _picked(self, of_groups: Array, group: Array) -> Array:
        return of_groups if self._plain[id(group)] else of_groups[..., group]


def by_gap_and_group(
    sums: Gaps, left: Array, right: Array, codes: Array, first: Array, time: Array, levels: Array
) -> GroupGaps:
    """Sums by gap and group of rows that are sorted by group, and within groups by time.

    Parameters
    ----------
    sums : Gaps
        Of the same rows.
    left, right : (k, n), (q, n) arrays
    codes : (n,) int array
        Groups, each of 0 to J - 1 present.
    first : (n,) bool array
        Rows that have none before them; of uncorrelated rows all.
    time : (n,) array
    levels : (n,) int array
    """
    n_levels, n_groups = len(sums.rows), int(codes[-1]) + 1
    starts, later = np.flatnonzero(first), np.flatnonzero(~first)
    n_keys = len(sums.gap)
    key = sums.key_of(time[later] - time[later - 1], levels[later - 1], levels[later])
    present, at = _distinct(codes[later].astype(np.int64) * max(n_keys, 1) + key)
    shape = (len(left), len(right))
    if len(present) > most_group_gaps(*shape):
        raise too_many_group_gaps(len(present), *shape)
    pairs = np.zeros((3, *shape, len(present)))
    left_before, right_before = left[:, later - 1], right[:, later - 1]
    left_change, right_change = left[:, later] - left_before, right[:, later] - right_before
    ends = np.flatnonzero(np.diff(at, prepend=-1)) if n_keys == 1 else None  # one key: pairs lie together

    def sums_of_pairs(values: Array) -> Array:
        if ends is not None:
            return np.add.reduceat(values, ends, axis=-1)
        return np.array([np.bincount(at, v, len(present)) for v in values])

    for i, (before, change) in enumerate(zip(left_before, left_change, strict=True)):
        pairs[2, i], mixed = sums_of_pairs(before * right_before), before * right_change
        if change.any():
            pairs[0, i] = sums_of_pairs(change * right_change)
            mixed += change * right_before
        pairs[1, i] = sums_of_pairs(mixed)
    group, key = np.divmod(present, max(n_keys, 1))
    cells, of = _distinct(codes[starts].astype(np.int64) * n_levels + levels[starts])
    of_first = np.array(
        [[np.bincount(of, a * b, len(cells)) for b in right[:, starts]] for a in left[:, starts]]
    ).reshape(*shape, len(cells))
    starter, level = np.divmod(cells, n_levels)
    return GroupGaps(shape, n_groups, of_first, level, starter, pairs, key, group, n_levels, n_keys)


def most_group_gaps(k: int, q: int) -> int:
    """The most gaps of groups whose products of k columns with q fit into the memory that is allowed."""
    return MAX_BYTES // (8 * 3 * k * q)


def too_many_group_gaps(n: int, k: int, q: int) -> TooLargeError:
    """The error for more gaps of groups than fit into the memory allowed."""
    return TooLargeError(
        f"The groups’ gaps in time need {8 * 3 * n * k * q / 1e9:.1f} GB; {MAX_BYTES / 1e9:.0f} GB are allowed.",
        "Round the times, so that gaps repeat, or choose fewer predictors.",
    )


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
    distinct, at = _distinct(gap)
    key = (at * n_levels + levels[later - 1]) * n_levels + levels[later]
    present, key = _distinct(key)
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


def _distinct(values: Array) -> tuple[Array, Array]:
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
