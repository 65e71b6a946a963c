"""Of formulas without an intercept: whether a term has one of its own, as ``0 + f`` has in the means at the levels of f."""

from __future__ import annotations

import numpy as np

from ..comparison.compare import Comparison
from ..design.coefficients import CONSTANT
from ..fit.bases import basis, cross_total
from ..work.memo import memoised

EXACT = 1e-9
"""The share of the constant's sum of squares that may be left where columns add up to it."""


@memoised
def intercept_term(comparison: Comparison) -> str | None:
    """The first term of the fixed part whose own columns add up to a constant; None where there is an intercept, or no such term."""
    design, used = comparison.design, set(comparison.ols.columns)
    if CONSTANT in used:
        return None
    for term, columns in design.terms.items():
        own = [k for k in columns if k in used]
        if own and _add_up(comparison, own):
            return term
    return None


def _add_up(comparison: Comparison, columns: list[int]) -> bool:
    """Whether a combination of the columns is 1 in every row."""
    moments = comparison.moments
    products = cross_total(moments, basis(moments, [*columns, CONSTANT], centred=False, own=True))
    whole, part, square = products[:-1, :-1], products[:-1, -1], products[-1, -1]
    return bool(square - part @ np.linalg.lstsq(whole, part, rcond=1e-12)[0] < EXACT * square)
