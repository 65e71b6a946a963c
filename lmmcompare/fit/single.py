"""The fit of one model: its criterion as an array of one for the search, whatever its grouping factors and structures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from .criterion import Solution, solve
from .criterion_grid import valleys
from .dense_factors import DenseFactors, is_dense
from .few_coefficients import OneCoefficient, TwoCoefficients
from .interior_newton import NewtonEnd, descend, is_inside, is_lowest
from .optimise import MAX_RESTARTS, Optima, minimise
from .problem import Problem
from .replicate_criterion import Values
from .restarts import HIDDEN
from .single_criteria import BatchOfOne, SingleCriterion, SmallCriteria, has_few_levels
from .single_points import SinglePoint, SmallPoint
from .small_criterion import SmallCriterion
from .threads import ONE_THREAD

MOST = 12
"""With more random coefficients the exact second derivatives need arrays of hundreds of megabytes."""
SAME = 1e-10
"""Relative difference of two computations of one criterion that rounding alone may make."""


@dataclass(frozen=True)
class Optimum:
    """Where the optimiser stopped, and why that may be believed.

    Parameters
    ----------
    converged : bool
        Whether the gradient certifies the optimum; never the optimiser's own opinion.
    singular : bool
        Whether the optimum lies on the boundary: a variance of zero or a correlation of one.
    decrement : float
        By how much a Newton step would still lower the criterion (before the last one was made).
    evaluations : int
        Evaluations of the criterion with its gradient.
    unbounded : bool
        Whether the likelihood has no maximum (`unbounded.is_unbounded`), so that no end point is one.
    """

    solution: Solution
    converged: bool
    singular: bool
    decrement: float
    evaluations: int
    unbounded: bool = False


def optimise(problem: Problem, start: Array | None = None) -> Optimum:
    """Minimise the criterion from ``start``, or from what one EM step makes of the identity, as `minimise` does.

    Raises
    ------
    LinAlgError
        If the fixed columns are dependent as far as rounding lets it be told.
    """
    with ONE_THREAD:
        return _optimum(problem, start, MAX_RESTARTS)


def nearby(problem: Problem, start: Array) -> Optimum:
    """The minimum that a search from ``start`` goes down to; no others are looked for."""
    with ONE_THREAD:
        return _optimum(problem, start, 0)


def _optimum(problem: Problem, start: Array | None, restarts: int) -> Optimum:
    small, stop = small_criterion(problem), None
    if small is not None and restarts:
        stop = descend(small, problem, start)
        if stop is not None:
            if is_plain(problem, small, stop):
                solution = solve(problem, problem.theta_map.canonical(stop.theta))
                if abs(solution.criterion - stop.value) <= SAME * max(abs(stop.value), 1.0):
                    return Optimum(solution, True, False, stop.decrement, stop.evaluations + 1)
            start = stop.theta
    theta = None if start is None else np.asarray(start, dtype=float)[:, None]
    optima: Optima[Values] | Optima[SinglePoint] | Optima[SmallPoint]
    if problem.vectorised and problem.theta_map.k <= MOST:
        batch = BatchOfOne(problem)
        optima, evaluations = minimise(batch, theta, restarts), batch.evaluations + (stop.evaluations if stop else 0)
    elif small is not None:
        dense = SmallCriteria(problem, small, stop)
        optima, evaluations = minimise(dense, theta, restarts), dense.evaluations
    else:
        single = SingleCriterion(problem)
        optima, evaluations = minimise(single, theta, restarts), single.evaluations
    point = optima.point
    solution = point.known() if isinstance(point, SinglePoint) else solve(problem, point.theta[:, 0])
    return Optimum(
        solution, bool(optima.converged[0]), bool(optima.singular[0]), float(optima.decrement[0]), evaluations
    )


def small_criterion(problem: Problem) -> SmallCriterion | None:
    """The criterion of a small model in few calls; None of one that is not small."""
    if problem.vectorised and problem.theta_map.k <= 2:
        return OneCoefficient(problem) if problem.theta_map.k == 1 else TwoCoefficients(problem)
    return DenseFactors(problem) if is_dense(problem) else None


def is_plain(problem: Problem, criterion: SmallCriterion, stop: NewtonEnd) -> bool:
    """Whether a minimum is inside and the only one that is looked for."""
    theta_map = problem.theta_map
    several = theta_map.k > 2 and has_few_levels(problem)
    if several or not (is_inside(theta_map, stop.theta) and is_lowest(criterion, theta_map, stop)):
        return False
    return not problem.vectorised or not leads_elsewhere(problem, criterion, stop)


def leads_elsewhere(problem: Problem, criterion: SmallCriterion, stop: NewtonEnd) -> bool:
    """Whether some valley of the criterion that a grid shows may lead lower than a minimum."""
    batch = BatchOfOne(problem)
    if not batch.may_have_valleys:
        return False
    ends = (descend(criterion, problem, start) for start in valleys(batch.batch).T)
    return any(end is None or end.value < stop.value - HIDDEN for end in ends)
