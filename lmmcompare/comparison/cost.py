"""The expected processor time of fitting all models of a design, estimated from its dimensions before anything is fitted.

The terms are the operations that grow fastest, their constants measured (`benchmarks/cost.py`): on one core of 2026 the
estimate is within a factor of 3 of the measured time. It serves to warn a user beforehand, not to schedule work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..design.design import Design

START = 0.03
"""Seconds of every comparison: types, columns, tables of names."""
PER_ROW_PRODUCT = 2e-9
"""Seconds for a row and a pair of columns: the cross-products."""
PER_SEARCH = 2.2e-4
"""Seconds for the fourth power of the random coefficients of a level: covariances are searched from several starts."""
PER_LEVEL = 1.4e-7
"""Seconds for the fourth power of the random coefficients of a level, for each level."""
PER_LEVEL_COLUMNS = 1e-7
"""Seconds for a level, a random coefficient of it and a pair of fixed columns."""
PER_DENSE = 1.8e-10
"""Seconds for the cube of the other factors' random effects and the square of the parameters: a dense Cholesky factor."""
PER_REFIT, PER_REFIT_ROW = 3e-3, 6e-7
"""Seconds of a refit from where a fit is: of each, and for each row."""
REFIT = 0.5
"""Share of the search's dense factors that it takes."""
PER_STRUCTURE = 1e-7
"""Seconds for a row and a pair of columns where residuals are correlated."""


@dataclass(frozen=True)
class Size:
    """The dimensions of a design that determine the cost of its fits.

    Parameters
    ----------
    columns : int
        Coefficients of the fixed part.
    levels : sequence of int
        Levels of each grouping factor, the one with the most first.
    coefficients : sequence of int
        Random coefficients of each factor's levels.
    parameters : int
        Variances and correlations of the formula's random part.
    structured : bool
        Whether a further model has correlated or unequal residuals.
    """

    rows: int
    columns: int
    levels: Sequence[int]
    coefficients: Sequence[int]
    parameters: int
    structured: bool = False

    @classmethod
    def of(cls, design: Design) -> Size:
        """The dimensions of a design."""
        each = [0] * len(design.groupings)
        for block in design.blocks:
            each[block.factor] += len(block.columns)
        sizes = [len(block.columns) for block in design.blocks]
        return cls(
            design.n,
            len(design.fixed) + 1,
            [len(grouping.levels) for grouping in design.groupings],
            each,
            sum(k * (k + 1) // 2 for k in sizes),
            design.spec.has_structure,
        )


def seconds_for(size: Size) -> float:
    """How many seconds all models of such a design are likely to take on one core.

    The factor with the most levels is eliminated level by level; the random effects of the others, Q together, make one
    dense matrix, of which each step of the search needs the Cholesky factor: Q^3.
    """
    pairs = (2 * size.columns + 1) ** 2  # within-between has the columns' group means beside them
    result = START + PER_ROW_PRODUCT * size.rows * pairs
    for levels, k in zip(size.levels, size.coefficients, strict=True):
        k = max(k, 2)  # a random slope is set beside a random intercept
        result += PER_SEARCH * k**4 + levels * (PER_LEVEL * k**4 + PER_LEVEL_COLUMNS * k * pairs)
    result += _dense(size)
    return result + (PER_STRUCTURE * size.rows * pairs if size.structured else 0.0)


def refit_seconds(size: Size) -> float:
    """How many seconds a refit of the formula's model to most of the rows is likely to take, from where the fit is."""
    return PER_REFIT + PER_REFIT_ROW * size.rows + REFIT * _dense(size)


def _dense(size: Size) -> float:
    others = sum(levels * k for levels, k in zip(size.levels[1:], size.coefficients[1:], strict=True))
    return PER_DENSE * others**3 * size.parameters**2


def expected_seconds(design: Design) -> float:
    """The `seconds` that all models of a design are expected to take."""
    return seconds_for(Size.of(design))


def expected_refit_seconds(design: Design) -> float:
    """The seconds that refits without each level of the grouping factor that is shown are likely to take."""
    return len(design.groupings[design.focal].levels) * refit_seconds(Size.of(design))
