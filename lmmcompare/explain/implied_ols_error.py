"""OLS's standard errors where rows are as alike as a fitted mixed model says, and what clustering by one factor leaves out."""

from __future__ import annotations

import numpy as np
from scipy.linalg import block_diag

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..fit.bases import basis, cross, cross_total
from ..work.memo import memoised


@memoised
def implied_ols_errors(comparison: Comparison) -> Array:
    """Standard errors of OLS's coefficients, (p,), in their units, under the covariances of the formula's mixed model.

    Roots of the diagonal of ``(X'X)^-1 X'VX (X'X)^-1`` with ``V = sigma^2 I + sum_f Z_f (I x Sigma_f) Z_f'``, from the group moments: the
    variance of OLS's own estimate when the mixed model is right (Scott and Holt 1982, J. Am. Stat. Assoc. 77).
    """
    mixed, ols = comparison.mixed, comparison.ols
    moments = comparison.crossing.factors if len(mixed.factors) > 1 else (comparison.moments,)
    own = basis(comparison.moments, ols.columns)
    square = cross_total(comparison.moments, own)
    middle = mixed.fit.row_variance * square
    for at, of in enumerate(moments):
        blocks = [(b.columns, c) for b, c in zip(mixed.blocks, mixed.fit.covariances, strict=True) if b.factor == at]
        columns = [column for names, _ in blocks for column in names]
        random = basis(of, columns, centred=False, own=True)
        units = np.linalg.inv(random.to_units)
        covariance = units @ block_diag(*[c for _, c in blocks]) @ units.T
        sums = cross(of, basis(of, ols.columns), random)
        middle = middle + np.einsum("pkj,kl,qlj->pq", sums, covariance, sums, optimize=True)
    spread = own.to_units @ np.linalg.solve(square, np.linalg.solve(square, middle).T) @ own.to_units.T
    return np.sqrt(np.diag(spread))


def factors_beyond_clusters(comparison: Comparison) -> list[str]:
    """Grouping factors whose levels reach over several groups of the one shown: errors clustered by that one leave them out."""
    focal, groupings = comparison.design.focal, comparison.design.groupings
    beyond = []
    for at, grouping in enumerate(groupings):
        pairs = comparison.crossing.cells.get((min(at, focal), max(at, focal)))
        if at != focal and pairs is not None and len(pairs.first) > comparison.crossing.factors[at].n_groups:
            beyond.append(grouping.name)
    return beyond


def crossing_factors(comparison: Comparison) -> list[str]:
    """Those of them that vary within the groups shown: what differs between their levels is in a comparison within groups too."""
    focal, groupings = comparison.design.focal, comparison.design.groupings
    at = {grouping.name: k for k, grouping in enumerate(groupings)}
    return [
        name
        for name in factors_beyond_clusters(comparison)
        if len(comparison.crossing.cells[min(at[name], focal), max(at[name], focal)].first)
        > comparison.moments.n_groups
    ]


def unevenly_met(comparison: Comparison) -> list[str]:
    """Grouping factors that cross the groups shown and of whose levels these have other shares: they differ by them too."""
    focal, crossing, result = comparison.design.focal, comparison.crossing, []
    for name in factors_beyond_clusters(comparison):
        at = next(k for k, g in enumerate(comparison.design.groupings) if g.name == name)
        cells = crossing.cells[min(at, focal), max(at, focal)]
        first, second = (crossing.factors[k].n_groups for k in (min(at, focal), max(at, focal)))
        sizes = cells.moments.n
        if len(sizes) == first * second:
            of_level = sizes.reshape(first, second) if focal < at else sizes.reshape(first, second).T
            if (of_level == of_level[0]).all():
                continue
        result.append(name)
    return result
