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
from ..moments.crossed import Cells, Crossing
from ..moments.groups import Moments, refuse_large
from .assumed_scan import AssumptionError
from .expressions import column_expressions
from .group_by import count_groups
from .level_cells import Parts, grouped_by_level
from .scan import Scan
from .sums import Grouped, Rough, Weights, grouped, standardised
from .table import Frame, engine_name

Group = tuple[str, ...]


def sum_factors(
    first_pass: Scan,
    groups: Sequence[Group],
    columns: Sequence[DesignColumn],
    rough: Rough,
    extra: Sequence[nw.Expr],
    weights: Weights | None,
) -> list[tuple[Group, Grouped]]:
    """Each factor's sums, the one with the most levels first; where there is no factor, those of all rows together.

    Parameters
    ----------
    rough, extra, weights
        As in `grouped`.

    Raises
    ------
    TooLargeError
        Before the sums, when a factor has too many levels for memory.
    DesignError
        When all rows are one group, or each row its own.
    DataError
        When the table changed meanwhile.
    AssumptionError
        When not all rows are complete as was assumed.
    """
    n = first_pass.n
    result, parts, expressions = [], Parts.of(columns), column_expressions(columns)
    for group in groups or [()]:
        _refuse_many(first_pass, group, len(columns))
        sums = grouped_by_level(first_pass, group, parts, rough, extra, weights)
        result.append((group, sums or grouped(first_pass, group, expressions, rough, extra, weights)))
        if result[-1][1].moments.n_rows != n:
            raise AssumptionError("Rows are missing.") if first_pass.is_assumed else changed_table(first_pass.rows)
        if group:
            refuse_useless_groups(group, len(result[-1][1].levels), n, first_pass.n_total)
    return sorted(result, key=lambda pair: -len(pair[1].levels))


def cross_factors(
    first_pass: Scan,
    factors: Sequence[tuple[Group, Grouped]],
    columns: Sequence[nw.Expr],
    random: Sequence[int],
    weights: Weights | None = None,
) -> Crossing:
    """The factors' moments in the same centres and scales, and those of the cells of each pair; as `cross_factors` does.

    Parameters
    ----------
    first_pass, weights
        As in `sum_factors`.
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
        _refuse_many(first_pass, both, len(needed) + 1)
        wanted, near = [columns[c] for c in needed], Rough(rough.center[needed], rough.scale[needed])
        met = grouped(first_pass, both, wanted, near, weights=weights)
        one, other = (known_codes(of.codes(met.keys), first_pass) for of in (of_a, of_b))
        order = np.lexsort((other, one))
        moments = standardised(met.moments, inside).keep(order)
        cells[i, j] = Cells(one[order], other[order], moments, tuple(needed))
    return Crossing((first, *(standardised(result.moments, first) for _, result in factors[1:])), cells)


def moments_by(first_pass: Scan, group: Group, columns: Sequence[nw.Expr], like: Moments) -> Moments:
    """The moments over the groups of a factor that the model has no part of, in another's centres and scales.

    Raises
    ------
    TooLargeError, DesignError
        As `sum_factors`.
    """
    _refuse_many(first_pass, group, len(columns))
    result = grouped(first_pass, group, columns, Rough(like.center, like.scale))
    refuse_useless_groups(group, len(result.levels), like.n_rows, first_pass.n_total)
    return standardised(result.moments, like)


def known_codes(codes: Array, first_pass: Scan) -> Array:
    """Codes of levels that have all been met before; else the table has changed since."""
    if len(codes) and codes.min() < 0:
        raise changed_table(first_pass.rows)
    return codes


def changed_table(rows: Frame) -> DataError:
    """A table that is not the same in two queries, as an error."""
    return DataError(
        f"The table changed while {engine_name(rows)} was reading it.", "Compare again when nothing is written to it."
    )


def _refuse_many(first_pass: Scan, group: Group, n_columns: int) -> None:
    """Raise before the sums when there are too many groups for memory; they are counted only where there may be."""
    try:
        refuse_large(first_pass.most_levels(group) if group else 1, n_columns)
    except TooLargeError:
        refuse_large(count_groups(first_pass.rows, group), n_columns)
