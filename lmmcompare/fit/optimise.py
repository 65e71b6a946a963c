"""Minimise the criterion over theta, and certify what was found.

A search goes down by the steps of `Search`, whose last Hessian is the certificate. What a search cannot see, because
theta = 0 is stationary whatever the data and the criterion of few levels may have several minima, is looked for here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from .criterion import Solution, criterion
from .problem import Problem
from .search import Search
from .theta import ThetaMap

SINGULAR = 1e-4
"""A relative standard deviation below this counts as zero (lme4's isSingular has the same limit)."""
CERTIFIED = 1e-7
"""A fit is certified when one more Newton step would lower the criterion by less than this."""
HIDDEN = 1e-8
"""A descent of the criterion by less than this is not worth another start."""
REGULAR = 1e-2
"""Where no direction of a block has a relative standard deviation below this, theta's gradient sees all of them."""
ABOVE = 10.0
"""Relative standard deviations of the second search; a larger one is to be doubted."""
FEW_LEVELS = 40
"""With more levels no further minima were found, and a search costs more."""
MAX_RESTARTS = 3


@dataclass(frozen=True)
class Optimum:
    """Where the optimiser stopped, and why that may be believed.

    Parameters
    ----------
    solution : Solution
    converged : bool
        Whether the gradient certifies the optimum; never the optimiser's own opinion.
    singular : bool
        Whether the optimum lies on the boundary: a variance of zero or a correlation of one.
    decrement : float
        By how much a Newton step would still lower the criterion (before the last one was made).
    evaluations : int
        Evaluations of the criterion with its gradient.
    """

    solution: Solution
    converged: bool
    singular: bool
    decrement: float
    evaluations: int


def optimise(problem: Problem, start: Array | None = None) -> Optimum:
    """Minimise the criterion from ``start``, or from what one EM step makes of the identity.

    A column of zeros in Lambda is stationary whatever the data, since the criterion is even in it. So a stop is
    accepted only if the derivative in the covariance itself is not negative in any direction; otherwise the search
    starts again in that direction. And since the criterion of small data may have two minima, the stop must also be lower
    than the models without some of the random coefficients, and than what a search from elsewhere finds.
    """
    search = Search(problem)
    solution = search.first() if start is None else search.at(np.asarray(start, dtype=float))
    for attempt in range(MAX_RESTARTS + 1):
        solution, decrement = search.descend(solution)
        solution = search.tidied(solution)
        lower = None
        if attempt < MAX_RESTARTS:
            lower = (
                hidden_descent(search, solution) or other_valley(search, solution) or from_elsewhere(search, solution)
            )
        if lower is None:
            break
        solution = lower
    singular = problem.theta_map.singular(solution.theta, SINGULAR) or problem.theta_map.endless(solution.theta)
    return Optimum(solution, decrement < CERTIFIED, singular, decrement, search.evaluations)


def nearby(problem: Problem, start: Array) -> Optimum:
    """The minimum that a search from ``start`` goes down to; no others are looked for."""
    search = Search(problem)
    solution, decrement = search.descend(search.at(start))
    solution = search.tidied(solution)
    singular = problem.theta_map.singular(solution.theta, SINGULAR) or problem.theta_map.endless(solution.theta)
    return Optimum(solution, decrement < CERTIFIED, singular, decrement, search.evaluations)


def hidden_descent(search: Search, solution: Solution) -> Solution | None:
    """A lower point where theta's own gradient sees none: adding ``v v'`` to the covariance tells."""
    covariance = solution.factor @ solution.factor.T
    structured = [rows for rows, _, _ in search.theta_map.structured]
    for rows in (rows for rows in search.theta_map.block_slices() if rows not in structured):
        if np.linalg.svd(solution.factor[rows, rows], compute_uv=False)[-1] > REGULAR:
            continue  # the gradient sees every direction
        values, vectors = np.linalg.eigh(solution.curvature[rows, rows])
        if values[0] >= -1e-6 * max(float(np.abs(values).max()), 1.0):
            continue
        direction = np.zeros(search.theta_map.k)
        direction[rows] = vectors[:, 0]
        for size in (1.0, 1e-1, 1e-2, 1e-3, 1e-4):
            result = search.at(search.theta_map.from_covariance(covariance + size * np.outer(direction, direction)))
            if result.criterion < solution.criterion - HIDDEN:
                return result
    moves = [
        _moved(solution.theta, part, move)
        for _, part, structure in search.theta_map.structured
        for move in structure.off_boundary(solution.theta[part], SINGULAR)
    ]
    lower = _lowest(search, moves)
    return lower if lower and lower.criterion < solution.criterion - HIDDEN else None


def _moved(theta: Array, part: slice, own: Array) -> Array:
    moved = theta.copy()
    moved[part] = own
    return moved


def _lowest(search: Search, thetas: list[Array]) -> Solution | None:
    values = [criterion(search.problem, theta) for theta in thetas]
    return search.at(thetas[int(np.argmin(values))]) if thetas else None


def other_valley(search: Search, solution: Solution) -> Solution | None:
    """A lower point where one random coefficient, or all of them, have no variance."""
    thetas = _without(search.theta_map, solution)
    values = [criterion(search.problem, theta) for theta in thetas]
    best = int(np.argmin(values))
    if values[best] < solution.criterion - HIDDEN:
        return search.at(thetas[best])
    # where a variance makes no difference it is zero
    rounding = 1e-12 * max(abs(solution.criterion), 1.0)
    moved = np.array([np.abs(theta - solution.theta).max() > SINGULAR for theta in thetas])
    same = moved & (np.array(values) < solution.criterion + rounding)
    return search.at(thetas[int(np.flatnonzero(same)[0])]) if same.any() else None


def _without(theta_map: ThetaMap, solution: Solution) -> list[Array]:
    """Theta without all random coefficients, and without each of those that have a variance of their own."""
    theta, rows = solution.theta, np.arange(theta_map.k)
    if not theta_map.structured:
        each = rows if theta_map.k > 1 else rows[:0]
        return [np.zeros_like(theta), *(theta_map.entries(solution.factor * (rows != k)[:, None]) for k in each)]
    nothing, result = np.zeros_like(theta), []
    for _, part, structure in theta_map.structured:
        gone = [_moved(theta, part, own) for own in structure.without(theta[part])]
        nothing[part] = gone[0][part]
        result += gone
    for k in np.unique(theta_map.rows):
        moved = theta.copy()
        moved[theta_map.free] = theta_map.entries(solution.factor * (rows != k)[:, None])
        result.append(moved)
    return [nothing, *result]


def from_elsewhere(search: Search, solution: Solution) -> Solution | None:
    """A lower minimum, looked for from other starts where there is reason to doubt.

    The criterion of few levels may have several minima. Those where a variance is zero or huge or a correlation one
    are doubted, and those of many random coefficients, each of which is then given the most in turn. A correlation of a
    structure is looked for with the other sign as well.
    """
    theta_map, k = search.theta_map, search.theta_map.k
    ends = theta_map.singular(solution.theta, SINGULAR) or np.abs(np.diag(solution.factor)).max() > ABOVE
    few = max(search.problem.levels) <= FEW_LEVELS
    if len(solution.theta) < 2 or not (ends or (few and k > 2) or theta_map.structured):
        return None
    starts, full = [np.full(k, ABOVE)], np.unique(theta_map.rows)
    if few and len(full) and (k > 2 or search.problem.other_factors is not None):
        most = np.unique([*np.eye(k)[full], *theta_map.together[full]], axis=0)
        starts += list(np.where(most > 0, 1.0, 1 / ABOVE))
    thetas = [theta_map.from_covariance(np.diag(start**2)) for start in starts if ends or few]
    for _, part, structure in theta_map.structured:
        thetas += [_moved(solution.theta, part, own) for own in structure.elsewhere(solution.theta[part], few)]
    for theta in thetas:
        result, decrement = search.descend(search.at(theta))
        inside = decrement < CERTIFIED and (theta_map.structured or (np.abs(result.theta) < search.largest / 2).all())
        if inside and result.criterion < solution.criterion - HIDDEN:
            return result
    return None
