"""Which terms the models of a comparison have, for code that writes them out."""

from __future__ import annotations

from ..catalogue import Model
from ..comparison.compare import Comparison
from ..design.coefficients import CONSTANT
from ..formula.spec import RandomTerm, Term
from ..models import MixedResult

MAX_DUMMIES = 500
"""More groups than this would make lm's matrix of dummies too large."""


def written(comparison: Comparison, key: str) -> list[RandomTerm]:
    """The random part of one of the mixed models, as it would stand in a formula."""
    if key == Model.SEVERAL:
        return list(comparison.spec.random)
    assert comparison.design.grouping is not None
    shown = comparison.design.grouping.columns
    if key == Model.RANDOM_SLOPE and comparison.chosen == Model.RANDOM_SLOPE:
        return [r for r in comparison.spec.random if r.group == shown]
    return [RandomTerm(shown, _companion(comparison) if key == Model.RANDOM_SLOPE else ())]


def _companion(comparison: Comparison) -> tuple[Term, ...]:
    """The term whose slope varies in the random-slope model without the formula's having asked for it."""
    fit = comparison.fits[Model.RANDOM_SLOPE]
    assert isinstance(fit, MixedResult)
    columns = tuple(k for k in fit.blocks[0].columns if k != CONSTANT)
    return tuple(t for t in comparison.spec.terms if comparison.design.terms[str(t)] == columns)[:1]
