"""Sums over groups of the same size, level of residual spread by level, by an engine: as `moments.size_sums` has them."""

from __future__ import annotations

import narwhals as nw
import numpy as np

from ..arrays import Array
from ..design.grouping import joint_levels
from ..moments.groups import refuse_large
from ..moments.size_sums import LevelSizes, size_products
from .basis_rows import LEVEL, BasisRows
from .serial_sums import sum_by_gap
from .table import column_of, fetch


def sum_by_size_and_level(basis: BasisRows, n_groups: int, within: Array) -> LevelSizes:
    """Sums by size; the groups' totals by level are fetched.

    Parameters
    ----------
    within : (q, q) array
        Cross-products about the groups' own means, over all groups.

    Raises
    ------
    TooLargeError
        When these would take more memory than is allowed.
    """
    refuse_large(n_groups * basis.n_levels, int(np.ceil(basis.size**0.5)))
    sums = (nw.col(name).sum() for name in basis.names)
    result = fetch(basis.rows.group_by(*basis.keys, LEVEL).agg(nw.len().alias("n"), *sums))
    codes = joint_levels(basis.keys, result.select(*basis.keys).to_pandas())[0]
    level, count = column_of(result, LEVEL).astype(int), column_of(result, "n")
    totals = np.zeros((basis.size, n_groups, basis.n_levels))
    for k, name in zip(basis.at, basis.names, strict=True):
        totals[k, codes, level] = column_of(result, name)
    for k in basis.constant:
        totals[k, codes, level] = count
    by_level = sum_by_gap(basis)
    return size_products(totals, np.bincount(codes, count, n_groups), by_level.first, by_level.rows, within)
