"""Each group's products of its random effects' columns with all others, by gap, from one query: as `moments.group_serial_sums` has them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import Array
from ..design.grouping import joint_levels
from ..moments.group_serial_sums import GroupGaps, most_group_gaps, too_many_group_gaps
from ..moments.serial_sums import Gaps
from .basis_rows import BasisRows
from .grouping_factors import changed_table
from .serial_sums import EARLIER_LEVEL, FIRST, GAP, NOW, Deviations, Products, fetch_by_gap, places_of, sum_by_gap
from .table import column_of


def sum_by_gap_and_group(
    basis: BasisRows, q: int, n_groups: int, varying: Sequence[int] | None
) -> tuple[Gaps, GroupGaps]:
    """Sums by gap, and by gap and group.

    Parameters
    ----------
    basis : BasisRows
        The model's q columns, then those of the random coefficients.
    n_groups : int
        How many groups are known.
    varying : sequence of int or None
        The model's columns that vary within groups, where the groups' own means are taken off.

    Raises
    ------
    TooLargeError
        When the sums would take more memory than is allowed.
    DataError
        When the table changed meanwhile.
    """
    deviations = None if varying is None else Deviations.of(basis, varying)
    sums = sum_by_gap(basis.leading(q), deviations)
    random = places_of(basis, range(q, basis.size))
    asked = Products(random, [*places_of(basis, range(q), deviations), *random])
    shape = len(asked.left), len(asked.right)
    # beside its gaps a group has a first row
    most = most_group_gaps(*shape) + n_groups * basis.n_levels
    result = fetch_by_gap(basis, asked, basis.keys, most, deviations)
    if len(result) > most:
        raise too_many_group_gaps(len(result), *shape)
    codes = joint_levels(basis.keys, result.select(*basis.keys).to_pandas())[0]
    gap, before, now = (column_of(result, name) for name in (GAP, EARLIER_LEVEL, NOW))
    tables, starts = asked.tables(result), gap == FIRST
    before, now = before.astype(int), now.astype(int)
    key = sums.key_of(gap[~starts], before[~starts], now[~starts])
    if codes.max() + 1 != n_groups or not _agree(sums, key, gap[~starts]):
        raise changed_table(basis.rows)
    of_starts, of_pairs = np.lexsort((now[starts], codes[starts])), np.lexsort((key, codes[~starts]))
    groups = GroupGaps(
        shape,
        n_groups,
        tables[2][..., starts][..., of_starts],
        now[starts][of_starts],
        codes[starts][of_starts],
        tables[..., ~starts][..., of_pairs],
        key[of_pairs],
        codes[~starts][of_pairs],
        basis.n_levels,
        len(sums.gap),
    )
    return sums, groups


def _agree(sums: Gaps, key: Array, gap: Array) -> bool:
    """Whether gaps are those that the sums have."""
    return bool((key < len(sums.gap)).all() and (sums.gap[key] == gap).all())
