"""Products of rows of one group by visits, over groups seen at the same visits, by an engine: as `moments.visit_sums` has them.

A group's rows are laid side by side (a pivot), then its products are added up by pattern. What a column is at a visit where it is
the same in all groups, such as the dummy of a visit, is known and needs no sum; what it is at others is a cell, less that of the same
column at the group's first visit where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations_with_replacement
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from ..arrays import Array
from ..errors import TooLargeError
from ..moments.visit_sums import Visits, from_first, refuse_many_patterns
from .basis_rows import VISIT, BasisRows
from .table import Frame, column_of, fetch, numbers

MOST_CELLS = 80
"""Columns that may vary at visits, counted visit by visit; so many have 3,240 products."""
MOST_PATTERNS = 100_000


def sum_by_visit(basis: BasisRows) -> Visits | None:
    """Sums by pattern of visits; None where some group has two rows at a visit.

    Raises
    ------
    TooLargeError
        When there are too many products for one query, or for memory.
    """
    assert basis.visits is not None
    n_visits = len(basis.visits)
    low, high = _ends(basis, n_visits)
    known = low == high
    cells = [(v, k) for v in range(n_visits) for k in range(len(basis.names)) if not known[v, k]]
    if len(cells) > MOST_CELLS:
        raise TooLargeError(
            f"{len(basis.names):,} columns at {n_visits} visits need {len(cells) * (len(cells) + 1) // 2:,} products in one query.",
            "Choose fewer predictors or visits, or ar1(time | group); or read the table into memory, where its rows fit.",
        )
    dask = basis.rows.implementation.is_dask()
    result = (
        _of_partitions(basis, n_visits, cells) if dask else fetch(_sums(basis, n_visits, cells).head(MOST_PATTERNS + 1))
    )
    if column_of(result, "most").max() > 1:
        return None
    if len(result) > MOST_PATTERNS:
        raise TooLargeError(
            f"There are more than {MOST_PATTERNS:,} patterns of visits.", "Choose a column with fewer visits."
        )
    pattern = result.get_column("pattern").to_numpy().astype(np.int64)
    present = (pattern[:, None] >> np.arange(n_visits) & 1).astype(bool)
    refuse_many_patterns(present.sum(axis=1), basis.size)
    # products of 1 and all cells, the 1 first
    inner = np.empty((len(result), len(cells) + 1, len(cells) + 1))
    inner[:, 0, 0] = column_of(result, "n")
    for i in range(len(cells)):
        inner[:, 0, i + 1] = inner[:, i + 1, 0] = column_of(result, f"s{i}")
    for i, k in combinations_with_replacement(range(len(cells)), 2):
        inner[:, i + 1, k + 1] = inner[:, k + 1, i + 1] = column_of(result, f"p{i}_{k}")
    order = np.lexsort(present.T[::-1])
    laid = (_differences(basis, own, low, cells) for own in present[order])
    return _by_pattern(present[order], inner[order], laid)


def has_one_time_each(rows: Frame, visit: str, time: str) -> bool:
    """Whether all rows of a visit are at one time, whatever their groups."""
    ends = rows.group_by(visit).agg(nw.col(time).min().alias("first time"), nw.col(time).max().alias("last time"))
    several = ends.filter(nw.col("first time") < nw.col("last time"))
    return not numbers(several.select(nw.len().alias("n")))["n"]


def _ends(basis: BasisRows, n_visits: int) -> tuple[Array, Array]:
    """The columns' smallest and largest values at each visit, (k, q) each."""
    ends = [(getattr(nw.col(n), end)()).alias(f"{end}{n}") for n in basis.names for end in ("min", "max")]
    result = fetch(basis.rows.group_by(VISIT).agg(nw.len().alias("n"), *ends))
    visit = column_of(result, VISIT).astype(int)
    low, high = (np.zeros((n_visits, len(basis.names))) for _ in range(2))
    for k, name in enumerate(basis.names):
        low[visit, k], high[visit, k] = column_of(result, f"min{name}"), column_of(result, f"max{name}")
    return low, high


def _sums(basis: BasisRows, n_visits: int, cells: list[tuple[int, int]]) -> Frame:
    """One row for each pattern."""
    here = [nw.col(VISIT) == float(v) for v in range(n_visits)]
    present = [h.cast(nw.Int64).alias(f"v{v}") for v, h in enumerate(here)]
    values = [
        nw.when(here[v]).then(nw.col(basis.names[k])).otherwise(nw.lit(0.0)).alias(f"s{i}")
        for i, (v, k) in enumerate(cells)
    ]
    summed = [f"v{v}" for v in range(n_visits)] + [f"s{i}" for i in range(len(cells))]
    wide = basis.rows.select(*basis.keys, *present, *values).group_by(*basis.keys)
    groups = _less_first(wide.agg(*(nw.col(name).sum() for name in summed)), n_visits, cells)
    pattern = nw.sum_horizontal(*((nw.col(f"v{v}") > 0).cast(nw.Int64) * 2**v for v in range(n_visits)))
    pairs = list(combinations_with_replacement(range(len(cells)), 2))
    products = [(nw.col(f"s{i}") * nw.col(f"s{k}")).alias(f"p{i}_{k}") for i, k in pairs]
    most = nw.max_horizontal(*(nw.col(f"v{v}") for v in range(n_visits))).alias("most")
    names = [*(f"s{i}" for i in range(len(cells))), *(f"p{i}_{k}" for i, k in pairs)]
    laid = groups.select(pattern.alias("pattern"), most, *(nw.col(f"s{i}") for i in range(len(cells))), *products)
    return laid.group_by("pattern").agg(nw.len().alias("n"), nw.col("most").max(), *(nw.col(n).sum() for n in names))


def _less_first(groups: Frame, n_visits: int, cells: list[tuple[int, int]]) -> Frame:
    """Cells at a group's first visit, and as differences from these of the same column at other visits."""
    observed = (nw.when(nw.col(f"v{v}") > 0).then(nw.lit(v)).otherwise(nw.lit(n_visits)) for v in range(n_visits))
    groups = groups.with_columns(nw.min_horizontal(*observed).alias("first"))
    of_first = [
        nw.sum_horizontal(
            *(
                nw.when(nw.col("first") == v).then(nw.col(f"s{i}")).otherwise(nw.lit(0.0))
                for i, (v, column) in enumerate(cells)
                if column == k
            )
        ).alias(f"f{k}")
        for k in sorted({column for _, column in cells})
    ]
    later = [
        nw.when((nw.col(f"v{v}") > 0) & (nw.col("first") != v))
        .then(nw.col(f"s{i}") - nw.col(f"f{k}"))
        .otherwise(nw.col(f"s{i}"))
        .alias(f"s{i}")
        for i, (v, k) in enumerate(cells)
    ]
    return groups.with_columns(*of_first).with_columns(*later) if cells else groups


def _of_partitions(basis: BasisRows, n_visits: int, cells: list[tuple[int, int]]) -> nw.DataFrame[Any]:
    """The sums by Dask, each group in one partition: a plan of so many expressions would take longer than the sums."""
    native: Any = basis.rows.to_native()
    keys, pairs = list(basis.keys), list(combinations_with_replacement(range(len(cells)), 2))

    def summed(part: pd.DataFrame) -> pd.DataFrame:
        group = part.groupby(keys, sort=False, observed=True).ngroup().to_numpy()
        visit, n_groups = part[VISIT].to_numpy().astype(int), len(np.unique(group))
        counts = np.zeros((n_groups, n_visits), dtype=np.int64)
        np.add.at(counts, (group, visit), 1)
        values = np.zeros((len(cells), n_groups))
        for i, (v, k) in enumerate(cells):
            np.add.at(values[i], group[visit == v], part[basis.names[k]].to_numpy()[visit == v])
        first = (counts > 0).argmax(axis=1)
        of_first = {k: np.zeros(n_groups) for _, k in cells}
        for i, (v, k) in enumerate(cells):
            of_first[k] += np.where(first == v, values[i], 0.0)
        for i, (v, k) in enumerate(cells):
            values[i] -= np.where((counts[:, v] > 0) & (first != v), of_first[k], 0.0)
        pattern, at = np.unique((counts > 0) @ (1 << np.arange(n_visits)), return_inverse=True)
        sums: dict[str, Array] = {"pattern": pattern, "n": np.bincount(at), "most": np.zeros(len(pattern), dtype=int)}
        np.maximum.at(sums["most"], at, counts.max(axis=1, initial=0))
        sums |= {f"s{i}": np.bincount(at, of) for i, of in enumerate(values)}
        sums |= {f"p{i}_{k}": np.bincount(at, values[i] * values[k]) for i, k in pairs}
        return pd.DataFrame(sums)

    parts = native.shuffle(keys).map_partitions(summed, meta=summed(native._meta)).compute()
    result = parts.groupby("pattern", as_index=False).agg(
        {n: "max" if n == "most" else "sum" for n in parts.columns[1:]}
    )
    return nw.from_native(result, eager_only=True)


def _differences(basis: BasisRows, present: Array, known: Array, cells: list[tuple[int, int]]) -> Array:
    """What a pattern's groups have at its visits (`moments.visit_sums`), as combinations of 1 and the cells, (k, q, 1 + cells)."""
    own = np.flatnonzero(present)
    result = np.zeros((len(present), basis.size, len(cells) + 1))
    result[:, basis.at, 0] = known
    result[:, basis.constant, 0] = 1.0
    for i, (v, k) in enumerate(cells, 1):
        result[v, basis.at[k]] = 0.0
        result[v, basis.at[k], i] = 1.0
    at_first = {basis.at[k]: i for i, (v, k) in enumerate(cells, 1) if v == own[0]}
    result = from_first(result[own])
    for v, k in cells:
        if present[v] and v != own[0] and basis.at[k] in at_first:  # the cell itself is such a difference
            result[np.searchsorted(own, v), basis.at[k], at_first[basis.at[k]]] = 0.0
    return result


def _by_pattern(observed: Array, inner: Array, laid: Iterable[Array]) -> Visits:
    tables, pattern, earlier, later = [], [], [], []
    for o, (present, columns) in enumerate(zip(observed, laid, strict=True)):
        own, (k, q, _) = np.flatnonzero(present), columns.shape
        flat = columns.reshape(k * q, -1)
        products = (flat @ inner[o] @ flat.T).reshape(k, q, k, q)
        tables.append(products.transpose(0, 2, 1, 3).reshape(k * k, q, q))
        pattern.append(np.full(k * k, o))
        earlier.append(np.repeat(own, k))
        later.append(np.tile(own, k))
    joined = (np.concatenate(of) for of in (pattern, earlier, later, tables))
    return Visits(observed, inner[:, 0, 0].copy(), *joined)
