"""Whether columns are combinations of others: random ones of the fixed part’s, as ``(0 + f | g)`` beside ``f``; a constant of a term’s."""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..fit.bases import basis, cross_total
from ..model_catalogue import Model
from ..moments.groups import Moments
from ..work.memo import memoised

EXACT = 1e-9
"""A column of whose sum of squares no more than this share is left over is a combination of others."""


def combinations(moments: Moments, fixed: list[int], columns: list[int]) -> Array:
    """T, a row for each fixed column, with ``columns = fixed @ T`` in their units; NaN where a column is no such combination.

    Parameters
    ----------
    fixed, columns : list of int
        Among the columns of the moments; `CONSTANT` is the column of ones.
    """
    result = np.array([[float(k == column) for column in columns] for k in fixed]).reshape(len(fixed), len(columns))
    further = [at for at, column in enumerate(columns) if column not in fixed]
    if not further:
        return result
    if not fixed:
        return np.full((0, len(columns)), np.nan)
    both, p = basis(moments, [*fixed, *(columns[at] for at in further)], centred=False, own=True), len(fixed)
    products = cross_total(moments, both)
    whole, part, squares = products[:p, :p], products[:p, p:], np.diag(products)[p:]
    solution = np.linalg.lstsq(whole, part, rcond=1e-12)[0]
    left = squares - np.einsum("ij,ij->j", part, solution)
    solution[np.abs(solution) < np.sqrt(EXACT)] = 0.0
    solution[:, left > EXACT * squares] = np.nan
    scales = np.diag(both.to_units)
    result[:, further] = solution * scales[:p, None] / scales[p:]
    return result


def are_combinations(moments: Moments, fixed: list[int], columns: list[int]) -> bool:
    """Whether each of the columns is a combination of the fixed ones."""
    return bool(fixed) and bool(np.isfinite(combinations(moments, fixed, columns)).all())


@memoised
def intercept_term(comparison: Comparison) -> str | None:
    """The first term of the fixed part whose own columns add up to a constant; None where there is an intercept, or no such term."""
    design, used = comparison.design, set(comparison.ols.columns)
    if CONSTANT in used:
        return None
    for term, columns in design.terms.items():
        if are_combinations(comparison.moments, [k for k in columns if k in used], [CONSTANT]):
            return term
    return None


@memoised
def means_in_dummies(comparison: Comparison) -> frozenset[str]:
    """The means of that term, which group dummies absorb: what their model has under these names are differences of means."""
    term = intercept_term(comparison)
    if term is None or Model.NO_POOLING not in comparison.fits:
        return frozenset()
    return frozenset(comparison.design.names[k] for k in comparison.design.terms[term])
