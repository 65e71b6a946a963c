"""Minimise the criterion over theta, and certify what was found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from .criterion import Problem, Solution, solve
from .theta import ThetaMap

Array = np.ndarray

SINGULAR = 1e-4
"""A relative standard deviation below this counts as zero (lme4's isSingular has the same limit)."""
CERTIFIED = 1e-7
"""A fit is certified when one more Newton step would lower the criterion by less than this."""
LARGEST = 1e7
"""Largest relative standard deviation that is searched; beyond it rounding hides the residual variance."""
HIDDEN = 1e-8
"""A descent of the criterion by less than this is not worth another start."""
MAX_RESTARTS = 3


@dataclass(frozen=True)
class Optimum:
    """Where the optimiser stopped, and why that may be believed.

    Parameters
    ----------
    solution : Solution
    converged : bool
        Whether the projected gradient certifies the optimum; never the optimiser's own flag.
    singular : bool
        Whether the optimum lies on the boundary: a variance of zero or a correlation of one.
    decrement : float
        By how much a Newton step on the free parameters would still lower the criterion.
    evaluations : int
        Evaluations of the criterion with its gradient.
    """

    solution: Solution
    converged: bool
    singular: bool
    decrement: float
    evaluations: int


def optimise(problem: Problem, start: Array | None = None) -> Optimum:
    """Minimise the criterion from ``start`` (by default the identity, as lme4 does).

    A stop on the boundary is accepted only if the derivative in the covariance itself says so too; otherwise the search
    starts again from a lower point (see `_hidden_descent`).
    """
    theta_map = problem.theta_map
    evaluations = 0

    def value_and_gradient(theta: Array) -> tuple[float, Array]:
        nonlocal evaluations
        evaluations += 1
        solution = solve(problem, theta)
        return solution.criterion, solution.gradient

    bounds = [(0.0 if d else -LARGEST, LARGEST) for d in theta_map.diagonal]
    theta = theta_map.entries(np.eye(theta_map.k)) if start is None else np.asarray(start, dtype=float)
    for attempt in range(MAX_RESTARTS + 1):
        found = minimize(
            value_and_gradient, theta, jac=True, method="L-BFGS-B", bounds=bounds,
            options={"ftol": 1e-13, "gtol": 1e-7, "maxiter": 500, "maxfun": 1000, "maxcor": 20},
        )  # fmt: skip
        theta, solution, decrement = _polish(problem, found.x)
        evaluations += 2 * len(theta) + 2
        lower = None if attempt == MAX_RESTARTS else _hidden_descent(problem, solution)
        if lower is None:
            break
        theta = lower
    diagonal = np.abs(solution.theta[theta_map.diagonal])
    return Optimum(
        solution, bool(decrement < CERTIFIED), bool((diagonal < SINGULAR).any()), float(decrement), evaluations
    )


def _free(theta_map: ThetaMap, solution: Solution) -> Array:
    """Parameters that may still move: not held at zero, and not in a column of Lambda that is wholly zero."""
    at_zero = theta_map.diagonal & (solution.theta <= 0)
    zero_column = np.all(solution.factor == 0, axis=0)
    return ~at_zero & ~zero_column[theta_map.columns]


def _polish(problem: Problem, theta: Array) -> tuple[Array, Solution, float]:
    """Newton steps on the free parameters, with the Hessian by differences of the analytic gradient."""
    solution = solve(problem, theta)
    decrement = np.inf
    for _ in range(3):
        free = np.flatnonzero(_free(problem.theta_map, solution))
        if len(free) == 0:
            return theta, solution, 0.0
        step = 1e-5 * np.maximum(np.abs(theta), 0.1)
        hessian = np.empty((len(free), len(free)))
        for row, k in enumerate(free):
            moved = theta.copy()
            moved[k] += step[k]
            hessian[row] = (solve(problem, moved).gradient[free] - solution.gradient[free]) / step[k]
        hessian = (hessian + hessian.T) / 2
        values, vectors = np.linalg.eigh(hessian)
        # a flat direction cannot be improved measurably; a negative one is no optimum
        floor = 1e-9 * max(values.max(), 1e-300)
        rotated = vectors.T @ solution.gradient[free]
        decrement = float(0.5 * np.sum(rotated**2 / np.maximum(np.abs(values), floor)))
        if decrement < 1e-13:
            break
        moved = theta.copy()
        moved[free] -= vectors @ (rotated / np.maximum(np.abs(values), floor))
        moved = np.clip(moved, np.where(problem.theta_map.diagonal, 0.0, -LARGEST), LARGEST)
        candidate = solve(problem, moved)
        if candidate.criterion > solution.criterion + 1e-9:
            break
        theta, solution = moved, candidate
    return theta, solution, decrement


def _hidden_descent(problem: Problem, solution: Solution) -> Array | None:
    """Theta with a lower criterion where theta's own gradient sees none.

    Theta = 0 is a stationary point whatever the data, since the criterion is even in theta: there, adding ``v v'`` to
    the covariance tells. And a column of Lambda whose diagonal entry is held at 0 may have the wrong sign below it:
    there, a step of the whole factor tells, its upper triangle included.
    """
    theta_map, factor = problem.theta_map, solution.factor
    covariance = factor @ factor.T
    for rows in theta_map.block_slices():
        block = solution.curvature[rows, rows]
        values, vectors = np.linalg.eigh(block)
        steepness = max(float(np.abs(values).max()), 1.0)
        slope = np.zeros_like(factor)
        slope[rows] = block @ factor[rows] / steepness
        candidates = []
        if steepness * (slope**2).sum() > HIDDEN:
            candidates += [(factor - size * slope) @ (factor - size * slope).T for size in (1.0, 1e-1, 1e-2)]
        if values[0] < -1e-6 * steepness:
            direction = np.zeros(theta_map.k)
            direction[rows] = vectors[:, 0]
            sizes = (1.0, 1e-1, 1e-2, 1e-3, 1e-4)
            candidates += [covariance + size * np.outer(direction, direction) for size in sizes]
        for candidate in candidates:
            theta = theta_map.from_covariance(candidate)
            if solve(problem, theta).criterion < solution.criterion - HIDDEN:
                return theta
    return None
