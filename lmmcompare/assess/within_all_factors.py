"""The slopes within the levels of all grouping factors at once: dummies of each, with errors clustered by the factor shown.

What fixest's ``feols(y ~ x | id + time)`` and plm's two-way within give. The group's own dummies are swept out as means; those of the
factors that cross it are columns, so that CR2's adjustment counts their leverage too, as clubSandwich does for ``lm`` with all dummies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..comparison.compare import Comparison
from ..design.grouping import Grouping
from ..fit.bases import dependent
from ..inference.robust import RobustCovariance, sandwich
from ..work.memo import memoised

MOST = 20_000_000
"""Most entries of the rows of all columns, and of the clusters' cross-products."""
ABSORBED = 1e-10
"""A column that keeps a smaller share of its variation beside the dummies is a combination of them."""


@dataclass(frozen=True, eq=False)
class WithinAllFactors:
    """Least squares with a dummy for every level of the factor shown and of those that cross it.

    Parameters
    ----------
    names : list of str
        The coefficients that the dummies leave.
    estimates : (p,) array
    robust : RobustCovariance
        CR2, clustered by the factor shown; the coefficients of `names` are its first.
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
    comparison : Comparison
    crossed : tuple of str
        The grouping factors that cross the one shown.
    """
    design, names = comparison.design, comparison.no_pooling.names
    if design.is_sample or design.grouping is None:
        return None
    others = [g for g in design.groupings if g.name in crossed]
    n, codes = design.n, design.grouping.codes
    q = sum(len(g.levels) for g in others) + len(names) + 1
    if not others or max(n * q, len(design.grouping.levels) * q * q) > MOST:
        return None
    columns = [design.columns[k][:] for k in comparison.no_pooling.columns]
    rows = np.column_stack([*columns, *level_dummies(others), design.columns[-1][:]])
    root = design.root_weights
    rows = rows - rows.mean(axis=0)
    whole = np.sqrt((rows**2).mean(axis=0))
    rows = about_means(rows, codes, root)
    size = np.sqrt((rows**2).mean(axis=0))
    varies = size**2 > ABSORBED * whole**2  # the dummies of a factor that the group lies within do not
    rows = np.where(varies, rows / np.where(varies, size, 1.0), 0.0)
    p, last = len(names), rows.shape[1] - 1
    order = [*range(p, last), *range(p)]  # what the dummies hold is theirs
    gram = rows.T @ rows
    apart = [order[k] for k in np.delete(np.arange(last), [k for k, _ in dependent(gram[np.ix_(order, order)])])]
    of_dummies = [k for k in apart if k >= p]
    own = sorted(k for k in apart if k < p)
    if not of_dummies or not own or n - len(comparison.moments.n) - len(apart) < 1:
        return None
    between = gram[np.ix_(own, of_dummies)] @ np.linalg.solve(
        gram[np.ix_(of_dummies, of_dummies)], gram[np.ix_(of_dummies, own)]
    )
    kept = 1 - np.diag(between) / np.diag(gram)[own]
    used = [*own, *of_dummies, last]
    by_group = np.argsort(codes, kind="stable")
    parts = np.split(rows[by_group][:, used], np.cumsum(np.bincount(codes))[:-1])
    products = np.array([part.T @ part for part in parts]).transpose(1, 2, 0)
    total = products.sum(axis=-1)
    units = np.diag(1 / size[used[:-1]])
    estimates = size[last] * units @ np.linalg.solve(total[:-1, :-1], total[:-1, -1])
    robust = sandwich(products, "CR2", units, float(size[last]), n, dummies=True)
    return WithinAllFactors([names[k] for k in own], estimates[: len(own)], robust, kept)


def level_dummies(groupings: Sequence[Grouping]) -> list[Array]:
    """A 0/1 column of rows for each level but a factor's first one."""
    return [(g.codes == level).astype(float) for g in groupings for level in range(1, len(g.levels))]


def about_means(rows: Array, codes: Array, root: Array) -> Array:
    """Rows less their groups' weighted means, times the roots of their weights."""
    weights = root**2
    total = np.bincount(codes, weights)
    means = np.array([np.bincount(codes, weights * column) for column in rows.T]) / total
    result: Array = (rows - means[:, codes].T) * root[:, None]
    return result
