"""Outcomes with one mean in every group (ranks that each group gives, shares of a whole, values centred by group) or one value in most."""

from __future__ import annotations

from ..comparison.comparison import Comparison
from ..errors import DesignError
from ..model_catalogue import Model
from ..text.labels import an, noun, plural
from ..text.numbers import number
from ..work.memo import memoised
from .missing_rows import differs_by_rows_alone

FEWEST = 3
"""Two groups may have one mean by chance."""
LITTLE = 0.01
"""Slopes are other ones where they differ by more than this share of a standard error."""
ROUNDED = 1e-4
"""Means whose mean square is below this share of that within groups differ by rounding; chance makes them so once in 10,000."""


@memoised
def equal_outcome_means(comparison: Comparison) -> bool:
    """Whether the outcome was made to have the same mean in every group, so that nothing can be learnt from comparing groups."""
    moments = comparison.moments
    df_between, df_within = moments.n_groups - 1, moments.n_rows - moments.n_groups
    if moments.n_groups < FEWEST or df_within < 1 or not moments.varies_within[-1]:
        return False
    between, within = (float(total[-1, -1]) for total in (moments.between_total, moments.within_total))
    return between / df_between < ROUNDED * within / df_within


def has_no_slope_between(comparison: Comparison, column: int) -> bool:
    """Whether nothing that lies between groups is a slope of a column that varies at both levels: by its own means, or by the outcome's."""
    return equal_outcome_means(comparison) or differs_by_rows_alone(comparison, column)


def refuse_equal_outcome_means(comparison: Comparison) -> None:
    """Refuse a test of slopes between groups where the outcome has none."""
    if equal_outcome_means(comparison):
        one, groups = noun(comparison.group), plural(comparison.group)
        raise DesignError(
            f"{comparison.design.response_name} has the same mean in every {one}: there is no slope between {groups} to compare."
        )


def _is_mixed_in(comparison: Comparison) -> bool:
    """Whether OLS has other slopes than the dummies, as what lies between groups is in them."""
    if Model.NO_POOLING not in comparison.fits:
        return False
    within, ols = comparison.no_pooling.params.dropna(), comparison.ols
    shared = [name for name in ols.names if name in within.index and name != comparison.constant]
    return bool(((ols.params[shared] - within[shared]).abs() > LITTLE * ols.bse[shared]).any())


def equal_outcome_means_sentence(comparison: Comparison) -> str:
    """What such an outcome can tell; empty for others."""
    if not equal_outcome_means(comparison):
        return ""
    moments, one, groups = comparison.moments, noun(comparison.group), plural(comparison.group)
    mean = number(float(moments.center[-1]), 3)
    more = ""
    if any(not moments.varies_within[k] for k in comparison.design.fixed):
        more = f" What is constant in {an(comparison.group)} cannot go with that mean."
    if _is_mixed_in(comparison):
        more += (
            f" A predictor that varies within {groups} and between them has two slopes, the one between being 0; OLS and the mixed model "
            f"mix it in: take {one} dummies."
        )
    return (
        f"{comparison.design.response_name} has the same mean in every {one} ({mean}), as ranks that each {one} gives, shares of a whole "
        f"and values centred by {one} have. So {groups} cannot differ in it, and a variance of 0 between them says nothing.{more}"
    )


@memoised
def groups_of_one_value(comparison: Comparison) -> tuple[int, int]:
    """In how many groups of two rows or more the outcome has one value, and how many of these there are."""
    moments = comparison.moments
    several = moments.n > 1
    constant = moments.within[-1, -1] <= 1e-14 * (moments.within_total + moments.between_total)[-1, -1]
    return int((constant & several).sum()), int(several.sum())


def is_mostly_constant(comparison: Comparison) -> bool:
    """Whether the outcome has one value in most groups."""
    constant, several = groups_of_one_value(comparison)
    return 2 * constant > several
