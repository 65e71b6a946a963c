"""Products of rows with the row before them in time, by the gap between the two, from one query: as `moments.gaps` has them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement
from typing import Any

import narwhals as nw
import numpy as np

from ..arrays import Array
from ..moments.gaps import Gaps, most_gaps, too_many_gaps
from .neighbours import BEFORE, DISORDER, with_row_before
from .rows import LEVEL, TIME, BasisRows, column_of
from .table import Frame, ask

FIRST = -1.0
"""Stands for the gap of a row that has none before it."""


def sum_by_gap(basis: BasisRows) -> Gaps:
    """Sums by gap; rows at the same time have the gap 0. Without groups every row is the first of its own.

    Raises
    ------
    TooLargeError
        When the sums alone would take more memory than is allowed.
    """
    most = most_gaps(basis.size) + basis.n_levels
    for rows in _ways(basis):
        result = ask(_sums(rows, basis).head(most + 1))
        if not column_of(result, DISORDER).sum():
            break
    if len(result) > most:
        raise too_many_gaps(f"More than {most - basis.n_levels:,}", most, basis.size)
    gap, now, before = (column_of(result, name) for name in ("gap", "now", "earlier level"))
    order = np.lexsort((now, before, gap))
    gap, now, before = gap[order], now[order].astype(int), before[order].astype(int)
    count = column_of(result, "n")[order]
    change, mixed, earlier = _tables(result, basis)[:, order]
    starts, later = gap == FIRST, gap != FIRST
    first, first_count = np.zeros((basis.n_levels, basis.size, basis.size)), np.zeros(basis.n_levels)
    first[now[starts]], first_count[now[starts]] = earlier[starts], count[starts]
    return Gaps(
        gap=gap[later],
        before=before[later],
        now=now[later],
        count=count[later],
        first_count=first_count,
        rows=np.bincount(now, count, basis.n_levels),
        first=first,
        change=change[later],
        mixed=mixed[later],
        earlier=earlier[later],
    )


def _ways(basis: BasisRows) -> Iterator[Frame]:
    """The rows beside those before them; the first way without disorder is the right one."""
    levels = [LEVEL] if basis.levels is not None else []
    if basis.keys:
        yield from with_row_before(basis.rows, basis.keys, TIME, [TIME, *levels, *basis.names])
        return
    alone = [nw.col(name).alias(f"{BEFORE}{name}") for name in (*levels, *basis.names)]
    yield basis.rows.with_columns(*alone, nw.lit(0).alias(DISORDER))


def _sums(rows: Frame, basis: BasisRows) -> Frame:
    """One row for each gap and pair of levels."""

    def earlier(name: str) -> nw.Expr:
        before = nw.col(f"{BEFORE}{name}")
        return nw.when(before.is_null()).then(nw.col(name)).otherwise(before)

    gap, level, before = nw.lit(FIRST), nw.lit(0.0), nw.lit(0.0)
    if basis.keys:
        past = nw.col(f"{BEFORE}{TIME}")
        gap = nw.when(past.is_null()).then(nw.lit(FIRST)).otherwise(nw.col(TIME) - past)
    if basis.levels is not None:
        level, before = nw.col(LEVEL), earlier(LEVEL)
    e, d = [f"e{k}" for k in range(len(basis.names))], [f"d{k}" for k in range(len(basis.names))]
    parts = rows.select(
        gap.alias("gap"),
        level.alias("now"),
        before.alias("earlier level"),
        nw.col(DISORDER),
        *(earlier(name).alias(one) for name, one in zip(basis.names, e, strict=True)),
        *((nw.col(name) - earlier(name)).alias(one) for name, one in zip(basis.names, d, strict=True)),
    )
    products = []
    for i, k in _pairs(basis):
        (a, b), (c, f) = ((nw.col(of[i]), nw.col(of[k])) for of in (e, d))
        products += [(a * b).alias(f"ee{i}_{k}"), (c * f).alias(f"dd{i}_{k}"), (c * b + a * f).alias(f"m{i}_{k}")]
    names = [*e, *d, DISORDER, *(f"{what}{i}_{k}" for i, k in _pairs(basis) for what in ("ee", "dd", "m"))]
    grouped = parts.with_columns(*products).group_by("gap", "now", "earlier level")
    return grouped.agg(nw.len().alias("n"), *(nw.col(name).sum() for name in names))


def _tables(result: nw.DataFrame[Any], basis: BasisRows) -> Array:
    """Products of change, mixed and earlier, (3, K, q, q)."""
    tables = np.zeros((3, len(result), basis.size, basis.size))
    for what, of in zip(("dd", "m", "ee"), tables, strict=True):
        for i, k in _pairs(basis):
            a, b = basis.at[i], basis.at[k]
            of[:, a, b] = of[:, b, a] = column_of(result, f"{what}{i}_{k}")
    for constant in basis.constant:  # it does not change
        tables[2, :, constant, constant] = column_of(result, "n")
        for what, of in (("d", tables[1]), ("e", tables[2])):
            for k, a in enumerate(basis.at):
                of[:, constant, a] = of[:, a, constant] = column_of(result, f"{what}{k}")
    return tables


def _pairs(basis: BasisRows) -> list[tuple[int, int]]:
    return list(combinations_with_replacement(range(len(basis.names)), 2))
