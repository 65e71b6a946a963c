"""At which level a predictor varies: decided from the column itself, never from what other predictors leave of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ..arrays import Array
from ..assess.random_columns import intercept_term
from ..comparison.comparison import Comparison
from ..comparison.within_between import NEARLY
from ..work.memo import memoised
from .effect_phrases import is_mean

SAME_UNIT = 0.05
"""A column is another's group mean where it changes with it by 1, give or take this much."""
EXACTLY = 1e-10
MOST_NAMED = 3
"""More predictors than these are not named one by one."""


class Level(StrEnum):
    """What a coefficient can say of a grouping factor."""

    BOTH = "both"
    """Varies within groups and between them: two slopes."""
    WITHIN = "within"
    """The same mean in every group: one slope, within."""
    BETWEEN = "between"
    """Constant in every group: one comparison, between groups."""
    WITHIN_GIVEN_MEANS = "within_given_means"
    """Varies at both levels, but other columns take up its group means: one slope, within."""
    CONTEXTUAL = "contextual"
    """The group mean of another column of the model: its coefficient is the slope between minus the slope within."""


@dataclass(frozen=True)
class Place:
    """A column's level, with the columns that make it so.

    Parameters
    ----------
    companions : tuple of int
        For `WITHIN_GIVEN_MEANS` the columns that take up its group means; for `CONTEXTUAL` the column whose mean it is.
    exact : bool
        Whether they do so exactly, not only nearly (as where the means were rounded, or taken before rows were lost).
    """

    level: Level
    companions: tuple[int, ...] = ()
    exact: bool = True


@memoised
def level(comparison: Comparison, column: int) -> Place:
    """The level of a column of the fixed part, over the groups that are shown."""
    moments = comparison.moments
    if not moments.varies_within[column]:
        return _contextual(comparison, column) or Place(Level.BETWEEN)
    between = float(moments.between_total[column, column])
    if not moments.varies_between[column]:
        return Place(Level.WITHIN)
    # a column that is the same in every row stands for the intercept, and says nothing of groups
    constant = [k for k in comparison.design.fixed if not moments.varies_within[k] and moments.varies_between[k]]
    left, used = _left_over(moments.between_total, column, constant)
    rest = left * between / float(moments.within_total[column, column])  # must be little beside what varies within, too
    if comparison.design.intercept and left < NEARLY and rest < NEARLY:
        return Place(Level.WITHIN_GIVEN_MEANS, used, left < EXACTLY)
    return Place(Level.BOTH)


def _contextual(comparison: Comparison, column: int) -> Place | None:
    """The column of the model whose group means a column that is constant within groups holds, where there is one."""
    moments = comparison.moments
    if not comparison.design.intercept:
        return None
    both = [k for k in comparison.design.fixed if moments.varies_within[k] and moments.varies_between[k]]
    best: tuple[float, int] | None = None
    for k in both:
        left, _ = _left_over(moments.between_total, k, [column])
        slope = moments.between_total[k, column] / moments.between_total[column, column]
        slope *= moments.scale[k] / moments.scale[column]
        if left < NEARLY and abs(slope - 1) < SAME_UNIT and (best is None or left < best[0]):
            best = (left, k)
    return Place(Level.CONTEXTUAL, (best[1],), best[0] < EXACTLY) if best else None


def is_from_zero(comparison: Comparison, term: str) -> bool:
    """Whether how far groups lie from 0 is in a coefficient: a mean, or any where nothing in the formula stands for an intercept."""
    if comparison.design.intercept:
        return False
    return is_mean(comparison, term) or intercept_term(comparison) is None


def means_go_along(comparison: Comparison, column: int) -> list[str]:
    """The predictors whose group means make up those of a column; none where it takes more than `MOST_NAMED`, or they do not."""
    moments = comparison.moments
    others = [
        k for k in comparison.design.fixed if k != column and moments.varies_between[k] and k in comparison.ols.columns
    ]
    left, used = _left_over(moments.between_total, column, others)
    return [comparison.design.names[k] for k in used] if left < NEARLY and len(used) <= MOST_NAMED else []


def _left_over(gram: Array, column: int, others: list[int]) -> tuple[float, tuple[int, ...]]:
    """Share of a column's group means that other columns' leave, and which of those have a part in the rest."""
    if not others:
        return 1.0, ()
    size = np.sqrt(np.diag(gram))
    scaled = gram[np.ix_(others, others)] / np.outer(size[others], size[others])
    beta, *_ = np.linalg.lstsq(scaled, gram[others, column] / size[others] / size[column], rcond=1e-10)
    left = 1 - float(beta @ (gram[others, column] / size[others])) / size[column]
    return max(left, 0.0), tuple(k for k, b in zip(others, beta, strict=True) if abs(b) > 1e-3)
