"""Local minima of the deviance: with few groups it may have several, and a profile interval must take all into account."""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..fit.criterion import Solution, solve
from ..fit.problem import Problem
from .deviance import pull
from .profile_search import minimise

APART = 1e-4
"""Minima whose deviances differ by less are taken for one."""
MANY = 200
"""With so many groups the random effects' variances are known too well for a second minimum."""
ALIVE, NEARLY_DEAD = 5.0, 0.1
"""Relative standard deviations to start from, of a random coefficient whose column has the residuals' size."""


def valleys(problem: Problem, known: Solution, room: float) -> list[Solution]:
    """Local minima of the deviance that are at most ``room`` higher than the lowest, which comes first.

    They are searched from every random coefficient alone and from all of them, besides the minimum that is known.

    Parameters
    ----------
    problem : Problem
        By maximum likelihood.
    """
    if min(problem.levels) >= MANY or problem.theta_map.structured:  # of those the fit itself searches every valley
        return [known]
    theta_map, k = problem.theta_map, problem.theta_map.k
    nothing = solve(problem, np.zeros(len(known.theta)))
    # without random effects the curvature is Z'Z less the pull of the residuals
    squares = np.diag(nothing.curvature + problem.n / nothing.pwrss * pull(nothing))
    size = np.sqrt(problem.n / np.maximum(squares, np.finfo(float).tiny))
    levels = np.concatenate(
        [np.full(r.stop - r.start, n) for r, n in zip(problem.factor_rows, problem.levels, strict=True)]
    )
    # about the standard errors of theta
    root = np.diag((size / np.sqrt(2 * levels))[theta_map.rows])
    result = [known]
    for alive in np.unique(np.vstack([np.eye(k), np.ones((1, k))]), axis=0):
        start = theta_map.entries(np.diag(size * np.where(alive, ALIVE, NEARLY_DEAD)))
        theta, deviance, _ = minimise(lambda x: _criterion(problem, x), start, root)
        if min(abs(deviance - other.criterion) for other in result) > APART:
            result.append(solve(problem, theta))
    result.sort(key=lambda s: s.criterion)
    return [s for s in result if s.criterion < result[0].criterion + room]


def _criterion(problem: Problem, theta: Array) -> tuple[float, Array]:
    result = solve(problem, theta)
    return result.criterion, result.gradient
