"""Coefficients that say nothing alone: those of a curve, whose columns all change when the one column that it is over does."""

from __future__ import annotations

from ..comparison.comparison import Comparison
from ..design.coefficients import Coefficient
from ..formula.expressions import columns_of
from ..work.memo import memoised


def curve_of(comparison: Comparison, term: str) -> tuple[str, int] | None:
    """The column that a coefficient's curve is over and how many coefficients make the curve; None where it is of no curve.

    ``x`` and ``I(x^2)`` make a curve over x, and the columns of ``poly(x, 2)``, ``ns(x, 3)`` and ``bs(x, 4)`` do: nobody
    can change the one and hold the others, so none of them is what a unit of x goes with.
    """
    column = _over(comparison.coefficient(term))
    mates = _curves(comparison).get(column, 0) if column else 0
    return (column, mates) if mates > 1 else None


def curve_sentence(comparison: Comparison, term: str) -> str:
    """That a part of a curve is no effect by itself; empty for anything else."""
    curve = curve_of(comparison, term)
    if curve is None:
        return ""
    column, parts = curve
    every = "both" if parts == 2 else f"all {parts}"
    return (
        f"This coefficient is one of {parts} that draw one curve over {column}, and by itself no effect of {column}: report the curve (the "
        f"picture has it), whether it is needed ({every} at once), or its slope at a chosen {column} (“Adjusted means”)."
    )


@memoised
def _curves(comparison: Comparison) -> dict[str, int]:
    """Over which columns how many coefficients go."""
    result: dict[str, int] = {}
    for name in comparison.design.fixed_names:
        if column := _over(comparison.coefficient(name)):
            result[column] = result.get(column, 0) + 1
    return result


def _over(coefficient: Coefficient) -> str:
    """The one column that a coefficient by itself is of as a number; empty for a category, an interaction, the intercept."""
    if coefficient.kind not in ("column", "expression"):
        return ""
    names = set(columns_of(coefficient.parts[0].factor))
    return names.pop() if len(names) == 1 else ""
