"""Cross-products of rows with the preceding row of their group, as in `serial_sums`, for each group separately."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..arrays import Array
from ..errors import TooLargeError
from .groups import MAX_BYTES
from .serial_sums import Gaps, distinct_values


@dataclass(frozen=True, eq=False)
class GroupGaps:
    """Sums as those of `Gaps` for each group separately, of products of k columns with q others, for the gaps that occur in it.

    Parameters
    ----------
    shape : tuple of int
        Of one group's products, (k, q).
    first : (k, q, F) array
        Of each group and level of a first row: products of first rows.
    level, starter : (F,) int arrays
        Levels and groups of these, sorted by group.
    pairs : (3, k, q, P) array
        Of each group and key that occur together: products of change, mixed and earlier.
    key, group : (P,) int arrays
        Sorted by group.
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
        of_first = self.first * weights[: self.n_levels][self.level]
        result = self._spread(of_first, self.starter, self._each_starts_once)
        if not self.n_keys:
            return result
        if self.n_keys == 1:
            of_pairs = np.tensordot(by_kind[:, 0], self.pairs, axes=1)
        else:
            of_pairs = np.add.reduce([w[self.key] * part for w, part in zip(by_kind, self.pairs, strict=True)])
        return result + self._spread(of_pairs, self.group, self._each_has_one_key)

    def weight_slopes(self, slope: Array) -> Array:
        """Derivatives in the weights, (T,), from those in each group's products, (k, q, J)."""
        of_first = slope if self._each_starts_once else slope[..., self.starter]
        of_pairs = slope if self._each_has_one_key else slope[..., self.group]
        result = [np.bincount(self.level, (of_first * self.first).sum(axis=(0, 1)), self.n_levels)]
        if self.n_keys == 1:
            return np.concatenate([*result, self.pairs.reshape(3, -1) @ of_pairs.ravel()])
        result += [np.bincount(self.key, (of_pairs * part).sum(axis=(0, 1)), self.n_keys) for part in self.pairs]
        return np.concatenate(result)

    @cached_property
    def _each_starts_once(self) -> bool:
        """Whether `starter` is each group once, in order."""
        return _is_each_once(self.starter, self.n_groups)

    @cached_property
    def _each_has_one_key(self) -> bool:
        """Whether `group` is each group once, in order."""
        return _is_each_once(self.group, self.n_groups)

    def _spread(self, parts: Array, group: Array, each_once: bool) -> Array:
        """Parts summed by group, (k, q, J)."""
        if each_once:
            return parts
        result = np.zeros((*self.shape, self.n_groups))
        starts = np.flatnonzero(np.diff(group, prepend=-1))
        if len(starts):
            result[..., group[starts]] = np.add.reduceat(parts, starts, axis=-1)
        return result


def _is_each_once(group: Array, n_groups: int) -> bool:
    return len(group) == n_groups and bool((np.diff(group) == 1).all())


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
    present, at = distinct_values(codes[later].astype(np.int64) * max(n_keys, 1) + key)
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
    cells, of = distinct_values(codes[starts].astype(np.int64) * n_levels + levels[starts])
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
