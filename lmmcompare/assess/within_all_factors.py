"""The slopes within the levels of all grouping factors at once: dummies of each, with errors clustered by the factor shown.

What fixest's ``feols(y ~ x | id + time)`` and plm's two-way within give. CR2's adjustment counts the leverage of the dummies of the
factors that cross the one shown too, as clubSandwich does for ``lm`` with all dummies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..inference.robust import RobustCovariance, sandwich
from ..work.memo import memoised
from .level_dummies import LevelDummies, slopes_beside

MOST = 20_000_000
"""Most rows times columns and dummies, and most entries of the clusters' cross-products, that are worked out unasked."""


@dataclass(frozen=True, eq=False)
class WithinAllFactors:
    """Least squares with a dummy for every level of the factor shown and of those that cross it.

    Parameters
    ----------
    names : list of str
        The coefficients that the dummies leave.
    estimates : (p,) array
    robust : RobustCovariance
        CR2, clustered by the factor shown.
    kept : (p,) array
        The share of a column's variation within groups that the other factors' dummies leave.
    """

    names: list[str]
    estimates: Array
    robust: RobustCovariance
    kept: Array


@memoised
def within_all_factors(comparison: Comparison, crossed: tuple[str, ...]) -> WithinAllFactors | None:
    """Fit it; None where the rows are not at hand, or the dummies are too many or all combinations of the group's own.

    Parameters
    ----------
    crossed : tuple of str
        The grouping factors that cross the one shown.
    """
    design, names = comparison.design, comparison.no_pooling.names
    if design.is_sample or design.grouping is None:
        return None
    others = [g for g in design.groupings if g.name in crossed]
    n, n_groups = design.n, len(design.grouping.levels)
    size = sum(len(g.levels) for g in others) + len(names) + 1
    if not others or max(n * size, n_groups * size**2) > MOST:
        return None
    dummies = LevelDummies.of(design.grouping, others, design.root_weights)
    fit = slopes_beside(dummies, [design.columns[k][:] for k in (*comparison.no_pooling.columns, -1)])
    p = len(fit.kept)
    if dummies.rank == n_groups or not p or n - dummies.rank - p < 1:
        return None
    scale = float(np.linalg.norm(fit.residual)) or 1.0
    products = dummies.products_by_level(np.column_stack([fit.directions, fit.residual / scale]))
    to_units = np.hstack([np.zeros((p, len(products) - 1 - p)), fit.root])
    robust = sandwich(products, "CR2", to_units, scale, n, dummies=True)
    return WithinAllFactors([names[k] for k in fit.kept], fit.estimates, robust, fit.shares)
