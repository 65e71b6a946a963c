"""What the criterion of one problem says to the search, as an array of one: three ways to compute it.

A batch of one of `replicate_search`, a small criterion whose derivatives are exact, or the general `Solution` with differences of its
gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

import numpy as np

from ..arrays import Array
from .criterion import criterion, solve
from .criterion_grid import valleys
from .criterion_protocol import Criteria, Point
from .descent import Descent
from .interior_newton import NewtonEnd, descend
from .minque import minque
from .problem import Problem
from .replicate_criterion import Values
from .replicate_designs import new_outcomes
from .replicate_search import ReplicateCriteria
from .restarts import SINGULAR, with_part
from .search import LARGEST
from .single_points import SinglePoint, SmallPoint
from .small_criterion import Known, SmallCriterion

LARGEST_OF_SEVERAL = 1e5
"""`LARGEST` with several grouping factors, where the other ones' share is a difference."""
ABOVE = 10.0
"""Relative standard deviations of the second search; a larger one is to be doubted."""
FEW_LEVELS = 40
"""With more levels no further minima were found, and a search costs more."""


def has_few_levels(problem: Problem) -> bool:
    """Whether a criterion may have further minima for its few levels."""
    return max(problem.levels) <= FEW_LEVELS


class One:
    """What the criterion of one problem says to the search, however it is computed; and how many evaluations that took."""

    size, reach, scoring, can_repeat = 1, np.inf, True, False
    descent: Callable[[Array], Descent | None] | None = None

    def __init__(self, problem: Problem) -> None:
        self.problem, self.theta_map = problem, problem.theta_map
        self.theta_limits = self.theta_map.limits(LARGEST if problem.other_factors is None else LARGEST_OF_SEVERAL)
        self.newton = problem.other_factors is None
        self._count = [0]

    @property
    def evaluations(self) -> int:
        """Evaluations with derivatives so far, those with the coefficients in another order among them."""
        return self._count[0]

    @property
    def levels(self) -> Array:
        """Levels of each random coefficient's grouping factor, (k, 1)."""
        return self.problem.levels_of[:, None]

    def take(self, index: Array) -> Any:
        """Itself: there is one only."""
        assert len(index) == 1
        return self

    def further_starts(self, at: Point) -> list[tuple[Array, Array]]:
        """Starts elsewhere, where there is reason to doubt.

        The criterion of few levels may have several minima. Those where a variance is zero or huge or a correlation one
        are doubted, and those of many random coefficients, each of which is then given the most in turn. A correlation of
        a structure is looked for with the other sign as well.
        """
        theta_map, k, theta = self.theta_map, self.theta_map.k, at.theta[:, 0]
        huge = np.abs(np.diag(theta_map.matrix(theta))).max() > ABOVE
        ends, few = theta_map.singular(theta, SINGULAR) or huge, has_few_levels(self.problem)
        if len(theta) < 2 or not (ends or (few and k > 2) or theta_map.structured):
            return []
        starts, full = [np.full(k, ABOVE)], np.unique(theta_map.rows)
        if few and len(full) and (k > 2 or len(theta_map.sizes) > 1):
            most = np.unique([*np.eye(k)[full], *theta_map.together[full]], axis=0)
            starts += list(np.where(most > 0, 1.0, 1 / ABOVE))
        thetas = [theta_map.from_covariance(np.diag(start**2)) for start in starts if ends or few]
        for _, part, structure in theta_map.structured:
            thetas += [with_part(theta, part, own) for own in structure.distant_starts(theta[part], few)]
        return [(np.arange(1), t[:, None]) for t in thetas]


class BatchOfOne(One):
    """`Criteria` of a problem with one grouping factor and no structure: those of replicates, of which it is the only one."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        outcome = problem.projected[:, -1, None], problem.remaining[-1][:, None]
        self.batch = ReplicateCriteria(new_outcomes(problem, *outcome))

    can_repeat = True

    def take(self, index: Array) -> Criteria[Values]:
        """Itself, or copies."""
        return self if len(index) == 1 else self.batch.take(index)

    @property
    def reordered(self) -> Callable[[Array], BatchOfOne]:
        """The criterion with the random coefficients in another order, (k, 1)."""
        return self._turn

    def _turn(self, order: Array) -> BatchOfOne:
        result = copy(self)
        result.batch = self.batch.reordered(order)
        return result

    @property
    def may_have_valleys(self) -> bool:
        """Whether its criterion may have several minima inside, which a grid shows: that of two coefficients and few levels."""
        return self.theta_map.k == 2 and has_few_levels(self.problem)

    def further_starts(self, at: Point) -> list[tuple[Array, Array]]:
        """With two random coefficients of few levels the valleys that a grid shows as well."""
        starts = super().further_starts(at)
        if self.may_have_valleys:
            starts += [(np.arange(1), theta[:, None]) for theta in valleys(self.batch).T]
        return starts

    def at(self, theta: Array) -> Values:
        """The criterion with its derivatives at theta (m, 1), counted."""
        self._count[0] += 1
        return self.batch.at(theta)

    def values(self, theta: Array) -> Array:
        """The criterion alone, (1,)."""
        return self.batch.values(theta)


class SmallCriteria(One):
    """`Criteria` of a small problem with several grouping factors, whose second derivatives cost no more than the first."""

    reordered, scoring = None, False

    def __init__(self, problem: Problem, criterion: SmallCriterion, end: NewtonEnd | None = None) -> None:
        super().__init__(problem)
        self.criterion, self.end = criterion, end
        self.minimum: Known | None = None
        self.descent = self._descent

    def _descent(self, theta: Array) -> Descent | None:
        """The plain way down, unless it has been gone and led here."""
        end, self.end = self.end, None
        led_here = end is not None and (theta[:, 0] == end.theta).all()
        stop = end if led_here else descend(self.criterion, self.problem, theta[:, 0], self.minimum)
        if stop is None or (np.abs(stop.theta) > self.theta_limits).any():
            return None
        self._count[0] += stop.evaluations
        decrement, value = np.array([[stop.decrement], [stop.value]])
        return Descent(stop.theta[:, None], decrement, np.ones(1, dtype=bool), stop.before[:, None], value)

    def further_starts(self, at: Point) -> list[tuple[Array, Array]]:
        """Points to search from again; the minimum at hand is remembered, as the search may come back to it.

        With many levels there is one, far away, and the search would take long to come back: it begins at the variances that
        are best estimated if they are as large.
        """
        assert isinstance(at, SmallPoint)
        self.minimum = at.known
        starts = super().further_starts(at)
        if starts and not has_few_levels(self.problem):
            estimate = minque(self.criterion, self.problem, ABOVE)
            return starts if estimate is None else [(np.arange(1), estimate[:, None])]
        return starts

    def at(self, theta: Array) -> SmallPoint:
        """What is known at theta (m, 1), counted."""
        self._count[0] += 1
        return SmallPoint(theta, self.criterion.at(theta[:, 0]))

    def values(self, theta: Array) -> Array:
        """The criterion alone, (1,)."""
        return np.array([self.criterion.value(theta[:, 0])])


class SingleCriterion(One):
    """`Criteria` of a problem with several grouping factors, structures, or a great many random coefficients."""

    reordered = None

    def at(self, theta: Array) -> SinglePoint:
        """The solution at theta (m, 1), counted."""
        self._count[0] += 1
        try:
            return SinglePoint(self, theta, solve(self.problem, theta[:, 0]))
        except np.linalg.LinAlgError:  # too far: rounding has eaten the fixed effects' cross-products
            return SinglePoint(self, theta, None)

    def values(self, theta: Array) -> Array:
        """The criterion alone, (1,)."""
        try:
            return np.array([criterion(self.problem, theta[:, 0])])
        except np.linalg.LinAlgError:
            return np.array([np.nan])
