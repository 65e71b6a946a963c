"""What a known group's line gains in error as the variances are estimated: the predictor's own dependence on them.

The best linear unbiased predictor's error is that of known variances (`prediction_error`). With estimated ones its weights move too:
by Kackar and Harville (1984, J. Am. Stat. Assoc. 79) that adds ``g = sum_rs W_rs cov(dt/dr, dt/ds)``, W the covariance of the variance
parameters. And where the variance between groups is taken too small, the first part is so too, by as much on average. So the estimate
of the mean squared error has ``2 g`` (Prasad and Rao 1990, J. Am. Stat. Assoc. 85). With ``P = H^-1 - H^-1 X C X'H^-1``, E_r the
directions of the random coefficients' covariance Psi, and d as in `prediction_error`,

    dt/dr = c_r'Z'P y,  c_r = E_r (z - Z'H^-1 Z Psi z - Z'H^-1 X C d),  cov(dt/dr, dt/ds) = sigma^2 c_r'Z'P Z c_s.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..fit.criterion import Solution
from .kenward_roger import of_one_factor, parameter_covariance, pieces
from .prediction_error import Rows

ENTRIES = 2_000_000
"""Numbers of the largest arrays: a million rows are not gone through at once."""


def can_be_told(solution: Solution) -> bool:
    """Whether `relative_excess` is for a fit: of one grouping factor, with covariances that are linear in their parameters."""
    return len(solution.problem.factor_rows) == 1 and solution.problem.theta_map.linear


def relative_excess(solution: Solution, rows: Rows) -> Array:
    """Twice g of each row's line, its own group's, in units of the residual variance, (r,); 0 of a group that is not in the data."""
    result, c = pieces(solution), np.linalg.inv(solution.xx)
    spread = parameter_covariance(solution, result, c)[:-1, :-1]
    unit = solution.problem.theta_map.directions()
    psi, second = solution.factor @ solution.factor.T, np.tensordot(spread, result.second, axes=2)
    (every_x,), blocks = of_one_factor(solution)
    every_z = blocks(0, 0)

    def part(at: slice) -> Array:
        """Of some rows, summed over the pairs of parameters as early as may be: there are hundreds of them."""
        codes, known = rows.codes[0][at], rows.codes[0][at] >= 0
        z_z, z_x, z = every_z[:, :, codes], every_x[:, :, codes], rows.z[0][:, at] * known
        weighted = psi @ z
        off = c @ (rows.x[:, at] - np.einsum("apr,ar->pr", z_x, weighted))
        own = np.einsum("mab,br->mar", unit, z - np.einsum("abr,br->ar", z_z, weighted))
        others = np.einsum("mab,br->mar", unit, np.einsum("bpr,pr->br", z_x, off))
        pulled = np.einsum("abr,mbr->mar", z_z, own)
        fixed = np.einsum("apr,mar->pmr", z_x, own) - np.tensordot(result.first, off, axes=1).swapaxes(0, 1)
        total = (np.tensordot(spread, own - 2 * others, axes=1) * pulled).sum(axis=(0, 1))
        total += (off * (second @ off)).sum(axis=0)
        total -= (np.tensordot(spread, fixed, axes=(1, 1)).swapaxes(0, 1) * np.tensordot(c, fixed, axes=1)).sum(
            axis=(0, 1)
        )
        return 2 * known * np.maximum(total, 0.0)

    step = max(1, ENTRIES // ((len(unit) + len(psi)) * max(len(psi), len(c))))
    return np.concatenate([part(slice(k, k + step)) for k in range(0, max(len(rows.codes[0]), 1), step)])
