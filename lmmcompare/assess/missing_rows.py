"""Predictors whose group means differ only by which rows a group has, as times of measurement do where some are missing."""

from __future__ import annotations

import numpy as np
from scipy.special import fdtr

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..text.english import listed
from ..text.labels import noun, plural
from ..work.memo import memoised
from .compared_levels import compared_levels

FEWEST = 3
"""So many complete groups beyond the columns that their means are compared with; fewer could be alike by chance."""
SHARE = 0.1
"""And at least this share of all groups."""
MOST_SIZES = 50
"""Groups of more different sizes are not compared by size."""
BEGIN = 0.9
"""Nearly all groups begin with the first value of a schedule: this share of them."""
SAME = 1e-9
"""Means are the same where they differ by less than this share of the column's standard deviation."""

LESS = 0.001
"""Means differ less than by chance where those of rows drawn at random differ as little so seldom."""
NO_MORE = 0.95
"""And no more than by chance where these differ as little so often."""


@memoised
def differs_by_missing_rows(comparison: Comparison, column: int) -> bool:
    """Whether group means of a column that varies within groups differ only since groups lack rows.

    So where the groups with the most rows all have the same mean, and others do not; and where all groups with as many rows have the
    same (`mean_goes_by_size`), as where people leave one after the other and nobody stays to the end; and where they leave and miss
    visits before (`leaves_with_gaps`), so that hardly two have the same. What a column has in common with columns that are constant
    within groups is taken out first: month × arm has another mean in each arm.

    Parameters
    ----------
    column : int
        Of the fixed part.
    """
    moments = comparison.moments
    if moments.same_sizes or not (moments.varies_within[column] and moments.varies_between[column]):
        return False
    known = (complete_groups_agree, mean_goes_by_size, leaves_with_gaps)
    return any(found(comparison, column) for found in known)


def complete_groups_agree(comparison: Comparison, column: int) -> bool:
    """Whether the groups with the most rows have the same mean of a column, and others do not."""
    moments = comparison.moments
    complete = moments.n == moments.n.max()
    if complete.sum() < _enough(comparison) + 1:
        return False
    return (
        _left(comparison, column, complete, np.ones(moments.n_groups))
        < SAME
        < _left(comparison, column, np.full(moments.n_groups, True), np.ones(moments.n_groups))
    )


def mean_goes_by_size(comparison: Comparison, column: int) -> bool:
    """Whether the mean of a column is the same in all groups that have as many rows, but not in all groups.

    That of month × arm is in all that have as many rows and the same arm.
    """
    moments, everywhere = comparison.moments, np.full(comparison.moments.n_groups, True)
    sizes, size = np.unique(moments.n, return_inverse=True)
    if len(sizes) > MOST_SIZES or _left(comparison, column, everywhere, np.ones(moments.n_groups)) <= SAME:
        return False
    by_size, constant = np.eye(len(sizes))[size], moments.mean[_constant(comparison)]
    for known in (by_size, np.hstack([by_size, *(by_size * values[:, None] for values in constant)])):
        enough = moments.n_groups >= _enough(comparison) + np.linalg.matrix_rank(known)
        if enough and _left(comparison, column, everywhere, known) < SAME:
            return True
    return False


@memoised
def leaves_with_gaps(comparison: Comparison, column: int) -> bool:
    """Whether groups have rows at the values of one schedule, each at most one at a value, begin with the first, and leave in between.

    That is: nearly all have the first value, and at no later value are there more groups than at an earlier one but by chance. In
    incomplete blocks all values are met alike; firms that enter late do not begin with the first.
    """
    visits = None if comparison.design.is_sample else _visits(comparison, column)
    if visits is None:
        return False
    n_groups = comparison.moments.n_groups
    codes = comparison.grouping.codes.astype(np.int64)  # a category's are of 8 bits
    n_visits = int(visits.max()) + 1
    rows = np.bincount(codes * n_visits + visits, minlength=n_groups * n_visits).reshape(n_groups, n_visits)
    there = rows.mean(axis=0)
    rises = float((there - np.minimum.accumulate(there)).max())
    noise = float(np.sqrt(0.5 / n_groups))  # two standard errors of the difference of two shares, at most
    return bool(
        n_visits >= FEWEST
        and n_groups >= _enough(comparison)
        and rows.max() == 1
        and there[0] >= BEGIN
        and rises <= noise < there[0] - there[-1]
    )


def _visits(comparison: Comparison, column: int) -> Array | None:
    """Which value of a numeric predictor or of a category each row has, by rank, (n,); of a product that of what varies within groups.

    None where no one predictor does, or where its values are more than `MOST_SIZES`.
    """
    design, moments = comparison.design, comparison.moments
    own = {str(part.factor) for part in design.coefficient(column).parts}
    mains = [t for t in design.spec.terms if len(t.factors) == 1 and str(t.factors[0]) in own]
    varying = [t for t in mains if moments.varies_within[list(design.terms[str(t)])].any()]
    if len(mains) < len(own) or len(varying) != 1 or moments.n.max() > MOST_SIZES:
        return None
    columns = design.terms[str(varying[0])]
    if len(columns) > 1 and not (
        moments.n.max() <= len(columns) + 1 <= MOST_SIZES and all(design.coefficient(k).is_level for k in columns)
    ):
        return None
    values = np.zeros(design.n)
    for place, k in enumerate(columns, 1):  # one at a time: a large table's together would take its memory again
        values += place * design.columns[k][:]
    if len(np.unique(values[:1000])) > MOST_SIZES:
        return None
    different, ranks = np.unique(values, return_inverse=True)
    return ranks if len(different) <= MOST_SIZES else None


def _enough(comparison: Comparison) -> float:
    """So many groups more than what their means are compared with could not be alike by chance."""
    return max(FEWEST + len(_constant(comparison)), SHARE * comparison.moments.n_groups)


def _constant(comparison: Comparison) -> list[int]:
    """The columns of the fixed part that are constant within groups."""
    return [k for k in comparison.design.fixed if not comparison.moments.varies_within[k]]


def _left(comparison: Comparison, column: int, groups: Array, known: Array) -> float:
    """What of some groups' means of a column is left beside known columns and those that are constant within groups, at most."""
    moments = comparison.moments
    beside = np.column_stack([known, moments.mean[_constant(comparison)].T])[groups]
    means = moments.mean[column, groups]
    return float(np.abs(means - beside @ np.linalg.lstsq(beside, means, rcond=1e-10)[0]).max())


@memoised
def differs_by_rows_alone(comparison: Comparison, column: int) -> bool:
    """Whether group means of a column that varies within groups differ only by which rows a group has.

    So where `differs_by_missing_rows`; and where they differ less than those of rows drawn at random would (the lower tail of an
    analysis of variance), for then all groups have it spread alike: days of a diary of which some are missing for everyone, or a
    treatment that was assigned within blocks of unequal size. Not a category of three or more: in incomplete blocks their shares
    differ by design, and what lies between blocks tells of them. And where the column is constant within the levels of another
    factor, as a word's frequency is, and they differ no more than chance makes them: by which words these are.

    Parameters
    ----------
    column : int
        Of the fixed part.
    """
    moments = comparison.moments
    if differs_by_missing_rows(comparison, column):
        return True
    if not (moments.varies_within[column] and moments.varies_between[column]):
        return False
    if (factor := compared_levels(comparison, column)) is not None:
        return _tail_over_cells(comparison, column, factor) < NO_MORE
    if moments.same_sizes or any(len(term) > 1 and column in term for term in comparison.design.terms.values()):
        return False
    constant = [k for k in comparison.design.fixed if not moments.varies_within[k]]
    within, df = float(moments.within_total[column, column]), moments.n_rows - moments.n_groups
    return _tail(moments.mean[column], moments.w, moments.mean[constant], within, df) < LESS


def chance_of_levels(comparison: Comparison, columns: list[int]) -> str:
    """Why a test of the shown groups alone says nothing of such means: by chance they met other levels of another factor; else empty."""
    factors = [compared_levels(comparison, k) for k in columns if not differs_by_missing_rows(comparison, k)]
    levels = [plural(factor) for factor in dict.fromkeys(factors) if factor is not None]
    if not levels:
        return ""
    one, groups = noun(comparison.group), plural(comparison.group)
    return (
        f"The {one} means differ no more than chance makes them, by which {listed(levels)} their rows are of: there is no slope between "
        f"{groups} to compare, and a test that leaves out what differs between {listed(levels)} would take chance for more."
    )


def _tail(means: Array, weights: Array, constant: Array, within: float, df: int) -> float:
    """The lower tail of an analysis of variance of group means, beside columns that are constant within groups; NaN without df."""
    root = np.sqrt(weights)
    known = np.vstack([np.ones(len(means)), constant]).T * root[:, None]
    fitted, _, rank, _ = np.linalg.lstsq(known, means * root, rcond=1e-10)
    left = len(means) - int(rank)
    if min(left, df) < 1:
        return float("nan")
    between = float(((means * root - known @ fitted) ** 2).sum()) / left
    return float(fdtr(left, df, between / (within / df)))


def _tail_over_cells(comparison: Comparison, column: int, factor: str) -> float:
    """The same with a row for each level of another factor that a group met, within which the column is constant."""
    design, crossing, focal = comparison.design, comparison.crossing, comparison.design.focal
    other = next(k for k, g in enumerate(design.groupings) if g.name == factor)
    cells = crossing.cells[min(other, focal), max(other, focal)]
    group, level = (cells.first, cells.second) if focal < other else (cells.second, cells.first)
    values, n = crossing.factors[other].mean[column][level], np.bincount(group)
    means = np.bincount(group, values) / n
    within = float(((values - means[group]) ** 2).sum())
    return _tail(means, n.astype(float), np.empty((0, len(n))), within, len(values) - len(n))
