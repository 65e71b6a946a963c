"""The moments of every grouping factor of a model, and of the cells in which their levels meet, by an engine's sums."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import narwhals as nw
import numpy as np

from ..arrays import Array
from ..design.encoding import DesignColumn
from ..design.validation import refuse_useless_groups
from ..errors import DataError, TooLargeError
from ..formula.spec import group_name
from ..moments.crossed import Cells, Crossing
from ..moments.groups import Moments, refuse_large
from .expressions import column_expressions
from .level_cells import Parts, grouped_by_level
from .sums import Grouped, Weights, count_groups, grouped, standardised
from .table import Frame, engine_name

Group = tuple[str, ...]


def sum_factors(
    rows: Frame,
    n: int,
    groups: Sequence[Group],
    columns: Sequence[DesignColumn],
    center: Array,
    scale: Array,
    extra: Sequence[nw.Expr] = (),
    weights: Weights | None = None,
) -> list[tuple[Group, Grouped]]:
    """Each factor's sums, the one with the most levels first; where there is no factor, those of all rows together.

    Parameters
    ----------
    rows : LazyFrame
        The complete ones.
    n : int
        How many there are.
    groups : sequence of tuples of str
        The columns of each grouping factor.
    columns : sequence of DesignColumn
        Of expressions.
    center, scale, extra, weights
        As in `grouped`.

    Raises
    ------
    TooLargeError
        Before the sums, when a factor has too many levels for memory.
    DesignError
        When all rows are one group, or each row its own.
    DataError
        When the table changed meanwhile.
    """
    result, parts, expressions = [], Parts.of(columns), column_expressions(columns)
    for group in groups or [()]:
        _refuse_many(rows, n, group, len(columns))
        sums = grouped_by_level(rows, n, group, parts, center, scale, extra, weights)
        result.append((group, sums or grouped(rows, group, expressions, center, scale, extra, weights)))
        if result[-1][1].moments.n_rows != n:
            raise changed_table(rows)
        if group:
            refuse_useless_groups(group_name(group), len(result[-1][1].levels), n)
    return sorted(result, key=lambda pair: -len(pair[1].levels))


def cross_factors(
    rows: Frame,
    n: int,
    factors: Sequence[tuple[Group, Grouped]],
    columns: Sequence[nw.Expr],
    random: Sequence[int],
    weights: Weights | None = None,
) -> Crossing:
    """The factors' moments in the same centres and scales, and those of the cells of each pair; as `cross_factors` does.

    Parameters
    ----------
    rows, n, weights
        As in `sum_factors`.
    columns : sequence of expressions
    factors : list
        What it gave.
    random : sequence of int
        The columns that have random coefficients; constants (-1) are left out.
    """
    rough = factors[0][1].moments
    first = standardised(rough)
    needed = sorted({c for c in random if c >= 0})
    inside, cells = first.columns(needed), {}
    for (i, (a, of_a)), (j, (b, of_b)) in combinations(enumerate(factors), 2):
        both = tuple(dict.fromkeys([*a, *b]))
        _refuse_many(rows, n, both, len(needed) + 1)
        wanted = [columns[c] for c in needed]
        met = grouped(rows, both, wanted, rough.center[needed], rough.scale[needed], weights=weights)
        one, other = (known_codes(of.codes(met.keys), rows) for of in (of_a, of_b))
        order = np.lexsort((other, one))
        moments = standardised(met.moments, inside).keep(order)
        cells[i, j] = Cells(one[order], other[order], moments, tuple(needed))
    return Crossing((first, *(standardised(result.moments, first) for _, result in factors[1:])), cells)


def moments_by(rows: Frame, group: Group, columns: Sequence[nw.Expr], like: Moments) -> Moments:
    """The moments over the groups of a factor that the model has no part of, in another's centres and scales.

    Raises
    ------
    TooLargeError, DesignError
        As `sum_factors`.
    """
    _refuse_many(rows, like.n_rows, group, len(columns))
    result = grouped(rows, group, columns, like.center, like.scale)
    refuse_useless_groups(group_name(group), len(result.levels), like.n_rows)
    return standardised(result.moments, like)


def known_codes(codes: Array, rows: Frame) -> Array:
    """Codes of levels that have all been met before; else the table has changed since."""
    if len(codes) and codes.min() < 0:
        raise changed_table(rows)
    return codes


def changed_table(rows: Frame) -> DataError:
    """A table that is not the same in two queries, as an error."""
    return DataError(
        f"The table changed while {engine_name(rows)} was reading it.", "Compare again when nothing is written to it."
    )


def _refuse_many(rows: Frame, n: int, group: Group, n_columns: int) -> None:
    """Raise before the sums when there are too many groups for memory; they are counted only where there may be."""
    try:
        refuse_large(n if group else 1, n_columns)
    except TooLargeError:
        refuse_large(count_groups(rows, group), n_columns)
