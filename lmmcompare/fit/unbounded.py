"""Whether a likelihood has no maximum: it grows without end as the residual variance goes to 0.

Random and fixed effects together may fit every row, as where 60 groups have 62 rows. Let the standard deviations of random effects
grow by a factor t beside the residuals'. Where the fit leaves nothing, the penalised residual sum of squares falls as 1 / t^2, so the
deviance falls by 2 (n - r) log t, r the rank of these random effects' columns; where it leaves something, it rises by 2 r log t.
REML's criterion tends to a finite limit in the former case.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from .criterion import Solution, solve
from .problem import Problem
from .threads import ONE_THREAD

LARGE = np.array([1e4, 1e5, 1e6])
"""Relative standard deviations: a deviance that falls between two of them goes on falling."""
FALL = 0.5 * np.log(10.0)
"""A deviance that falls without end falls from one to the next by four times this at the least."""
NEXT_TO_NOTHING = 1e-4
"""A residual SD below this share of the outcome's SD is next to nothing."""
MOST = 4
"""With more covariance blocks only all of them together are looked at."""


def has_row_left_over(problem: Problem) -> bool:
    """Whether there are more rows than random and fixed coefficients."""
    blocks = problem.theta_map.block_slices()
    return problem.n > problem.p + sum((rows.stop - rows.start) * int(problem.levels_of[rows.start]) for rows in blocks)


def residual_vanishes(problem: Problem, solution: Solution) -> bool:
    """Whether the search went towards that limit where the criterion is flat there: no row is left over, and next to no residual.

    Not with structured covariances, where a residual variance of 0 is a boundary like another.
    """
    share = solution.pwrss / problem.df / problem.mean_weight  # of the outcome's variance
    return share < NEXT_TO_NOTHING**2 and not problem.theta_map.structured and not has_row_left_over(problem)


def is_unbounded(problem: Problem) -> bool:
    """Whether the likelihood has no maximum, by its own deviance; never of a restricted one, or where a row is left over."""
    theta_map = problem.theta_map
    sizes = [rows.stop - rows.start for rows in theta_map.block_slices()]
    if problem.reml or has_row_left_over(problem):
        return False
    chosen = product((True, False), repeat=len(sizes)) if len(sizes) <= MOST else iter([(True,) * len(sizes)])
    with ONE_THREAD, np.errstate(all="ignore"):
        for blocks in chosen:
            if any(blocks):
                relative = np.diag(np.repeat(np.array(blocks, dtype=float), sizes))
                deviance = [solve(problem, theta_map.from_covariance(t**2 * relative)).criterion for t in LARGE]
                if np.diff(deviance).min() < -FALL:
                    return True
    return False
