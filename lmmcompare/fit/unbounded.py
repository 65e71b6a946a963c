"""Whether a likelihood has no maximum: it grows without end as the residual variance goes to 0.

Random and fixed effects together may fit every row, as where 60 groups have 62 rows. Let the standard deviations of random effects
grow by a factor t beside the residuals'. Where the fit leaves nothing, the penalised residual sum of squares falls as 1 / t^2, so the
deviance falls by 2 (n - r) log t, r the rank of these random effects' columns; where it leaves something, it rises by 2 r log t.
REML's criterion tends to a finite limit in the former case.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from .criterion import solve
from .problem import Problem
from .threads import ONE_THREAD

LARGE = np.array([1e4, 1e5, 1e6])
"""Relative standard deviations: a deviance that falls between two of them goes on falling."""
FALL = 0.5 * np.log(10.0)
"""A deviance that falls without end falls from one to the next by four times this at the least."""
MOST = 4
"""With more covariance blocks only all of them together are looked at."""


def is_unbounded(problem: Problem) -> bool:
    """Whether the likelihood has no maximum, by its own deviance; never of a restricted one, or where a row is left over."""
    theta_map = problem.theta_map
    sizes = [rows.stop - rows.start for rows in theta_map.block_slices()]
    levels = [int(problem.levels_of[rows.start]) for rows in theta_map.block_slices()]
    if problem.reml or problem.n > problem.p + sum(s * j for s, j in zip(sizes, levels, strict=True)):
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
