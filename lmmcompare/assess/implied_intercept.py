"""Of formulas without an intercept: whether a term has one of its own, as ``0 + f`` has in the means at the levels of f."""

from __future__ import annotations

from ..comparison.compare import Comparison
from ..design.coefficients import CONSTANT
from ..model_catalogue import Model
from ..work.memo import memoised
from .random_columns import are_combinations


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
