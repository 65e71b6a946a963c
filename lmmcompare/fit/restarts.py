"""Where the search for a minimum should begin again: lower points that the steps down the criterion cannot see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic

import numpy as np

from ..arrays import Array
from .criterion_protocol import Criteria, P
from .search import search
from .theta import ThetaMap

SINGULAR = 1e-4
"""A relative standard deviation below this counts as zero (lme4's isSingular has the same limit)."""
CERTIFIED = 1e-7
"""A fit is certified when one more Newton step would lower the criterion by less than this."""
HIDDEN = 1e-8
"""A descent of the criterion by less than this is not worth another start."""
REGULAR = 1e-2
"""Where no direction of a block has a relative standard deviation below this, theta's gradient sees all of them."""
ADDED = (1.0, 1e-1, 1e-2, 1e-3, 1e-4)
"""Relative variances tried along a direction in which the covariance is singular."""


class LowerPoints(Generic[P]):
    """Lower points of B problems, as far as any were found.

    Parameters
    ----------
    point : Point
        Where a search has stopped.
    """

    def __init__(self, criteria: Criteria[P], point: P) -> None:
        self.criteria, self.point = criteria, point
        self.theta, self.best = point.theta.copy(), point.criterion - HIDDEN
        self.lower = np.zeros(criteria.size, dtype=bool)

    @property
    def unresolved(self) -> Array:
        """The problems of which no lower point is known."""
        return np.flatnonzero(~self.lower)

    def part(self, index: Array) -> Criteria[P]:
        """The criteria of some problems."""
        whole = len(index) == self.criteria.size and (index == np.arange(len(index))).all()
        return self.criteria if whole else self.criteria.take(index)

    def accept_lower(self, index: Array, theta: Array, value: Array) -> None:
        """Take theta (m, n) with these criteria (n,) for the problems at ``index`` where they are lower."""
        good = value < self.best[index]
        at = index[good]
        self.theta[:, at], self.best[at], self.lower[at] = theta[:, good], value[good], True

    def find(self) -> None:
        """Look behind variances of zero, at the models without a random coefficient, and where else there may be a minimum."""
        self.off_boundary()
        self.without_a_coefficient()
        self.from_further_starts()

    def off_boundary(self) -> None:
        """Where theta's own gradient sees no descent: adding ``v v'`` to the covariance tells."""
        theta_map, factor = self.criteria.theta_map, self.criteria.theta_map.matrix(self.point.theta)
        structured = [rows for rows, _, _ in theta_map.structured]
        for rows in (rows for rows in theta_map.block_slices() if rows not in structured):
            along, vectors = np.linalg.eigh(np.nan_to_num(self.point.curvature[rows, rows]).transpose(2, 0, 1))
            down = along[:, 0] < -1e-6 * np.maximum(np.abs(along).max(axis=1), 1.0)
            hidden = np.flatnonzero(down & ~self.lower)
            if not len(hidden):
                continue
            least = np.linalg.svd(np.nan_to_num(factor[rows, rows, hidden]).transpose(2, 0, 1), compute_uv=False)[:, -1]
            hidden = hidden[least <= REGULAR]
            for size in ADDED:
                left = hidden[~self.lower[hidden]]
                if not len(left):
                    break
                direction = np.zeros((theta_map.k, len(left)))
                direction[rows] = vectors[left, :, 0].T
                covariance = np.einsum("acn,bcn->abn", factor[..., left], factor[..., left])
                covariance += size * min(1.0, self.criteria.reach) * direction[:, None] * direction
                theta = theta_map.from_covariances(covariance)
                self.accept_lower(left, theta, self.part(left).values(theta))
        for theta in self._structured_moves():
            self.accept_lower(np.arange(1), theta, self.criteria.values(theta))

    def _structured_moves(self) -> Iterator[Array]:
        if self.lower.any():
            return
        for _, part, structure in self.criteria.theta_map.structured:
            for own in structure.off_boundary(self.point.theta[part, 0], SINGULAR):
                yield with_part(self.point.theta[:, 0], part, own)[:, None]

    def without_a_coefficient(self) -> None:
        """Where one random coefficient, or all of them, have no variance; and where that makes no difference."""
        left = self.unresolved
        if not len(left):
            return
        theta_map, part = self.criteria.theta_map, self.part(left)
        now, value = self.point.theta[:, left], self.point.criterion[left]
        rounding = 1e-12 * np.maximum(np.abs(value), 1.0)
        same, zero = np.zeros(len(left), dtype=bool), now.copy()
        for theta in without_coefficients(theta_map, now):
            there = part.values(theta)
            if np.isfinite(self.criteria.reach):
                there[self._covariance_distance(theta, now) > self.criteria.reach] = np.nan
            self.accept_lower(left, theta, there)
            none = ~same & (np.abs(theta - now).max(axis=0) > SINGULAR) & (there < value + rounding)
            zero[:, none], same = theta[:, none], same | none
        same &= ~self.lower[left]
        self.theta[:, left[same]], self.lower[left[same]] = zero[:, same], True

    def _covariance_distance(self, theta: Array, other: Array) -> Array:
        one, two = (self.criteria.theta_map.matrix(t) for t in (theta, other))
        apart = np.einsum("acn,bcn->abn", one, one) - np.einsum("acn,bcn->abn", two, two)
        most: Array = np.abs(apart).max(axis=(0, 1))
        return most

    def from_further_starts(self) -> None:
        """Where searches from further starts end, the lowest or the first that is lower."""
        if self.lower.all():
            return
        theta_map, half = self.criteria.theta_map, self.criteria.theta_limits[:, None] / 2
        starts = self.criteria.further_starts(self.point)
        if self.criteria.can_repeat and len(starts) > 1:
            starts = [(np.concatenate([i for i, _ in starts]), np.concatenate([s for _, s in starts], axis=1))]
        for index, start in starts:
            free = ~self.lower[index]
            index, start = index[free], start[:, free]
            if not len(index):
                continue
            part = self.part(index)
            end = search(part, start)
            inside = (end.decrement < CERTIFIED) & (bool(theta_map.structured) | (np.abs(end.theta) < half).all(axis=0))
            value = np.where(inside, part.values(end.theta), np.nan)
            order = np.argsort(-value, kind="stable")  # of several of one problem the lowest is offered last
            self.accept_lower(index[order], end.theta[:, order], value[order])


def without_coefficients(theta_map: ThetaMap, theta: Array) -> list[Array]:
    """Theta (m, B) without all random coefficients, and without each of those that have a variance of their own."""
    factor, rows = theta_map.matrix(theta), np.arange(theta_map.k)
    if not theta_map.structured:
        each = rows if theta_map.k > 1 else rows[:0]
        return [np.zeros_like(theta), *(theta_map.entries(factor * (rows != k)[:, None, None]) for k in each)]
    nothing, result = np.zeros(len(theta)), []
    for _, part, structure in theta_map.structured:
        gone = [with_part(theta[:, 0], part, own) for own in structure.without(theta[part, 0])]
        nothing[part] = gone[0][part]
        result += gone
    for k in np.unique(theta_map.rows):
        other = theta[:, 0].copy()
        other[theta_map.free] = theta_map.entries(factor[..., 0] * (rows != k)[:, None])
        result.append(other)
    return [t[:, None] for t in (nothing, *result)]


def with_part(theta: Array, part: slice, own: Array) -> Array:
    """Theta (m,) with a block's own part replaced."""
    other = theta.copy()
    other[part] = own
    return other
