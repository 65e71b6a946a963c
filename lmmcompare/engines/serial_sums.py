"""Products of rows with the row before them in time, by the gap between the two, from one query: as `moments.serial_sums` has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals as nw
import numpy as np

from ..arrays import Array
from ..moments.serial_sums import Gaps, most_gaps, too_many_gaps
from .basis_rows import LEVEL, TIME, BasisRows
from .previous_row import BEFORE, DISORDER, with_row_before
from .table import Frame, column_of, fetch

FIRST = -1.0
"""Stands for the gap of a row that has none before it."""
ONE, NOTHING = -1, -2
"""Columns that no engine computes: the constant, and what is left of one when its groups' means are taken off."""
GAP, NOW, EARLIER_LEVEL = "gap", "now", "earlier level"


@dataclass(frozen=True, eq=False)
class Products:
    """The products of two sets of columns, of changes, of changes with earlier rows and of earlier rows.

    Parameters
    ----------
    left, right : sequence of int
        Places in a basis, `ONE` or `NOTHING`.
    """

    left: Sequence[int]
    right: Sequence[int]

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """Those that need a product, the smaller place first."""
        both = {(min(i, k), max(i, k)) for i in self.left for k in self.right if min(i, k) >= 0}
        return sorted(both)

    @cached_property
    def singles(self) -> list[int]:
        """The columns that meet the constant, whose sums are enough."""
        both = [(i, k) for i in self.left for k in self.right if ONE in (i, k) and NOTHING not in (i, k)]
        return sorted({max(pair) for pair in both} - {ONE})

    def summed(self, rows: Frame, by: Sequence[str]) -> Frame:
        """The sums over rows as `_pairs` gives them, one row for each combination of ``by``."""
        products = []
        for i, k in self.pairs:
            (a, b), (c, f) = ((nw.col(f"e{of}"), nw.col(f"d{of}")) for of in (i, k))
            products += [(a * c).alias(f"ee{i}_{k}"), (b * f).alias(f"dd{i}_{k}"), (f * a + b * c).alias(f"m{i}_{k}")]
        names = [f"{what}{i}_{k}" for i, k in self.pairs for what in ("ee", "dd", "m")]
        names += [f"{what}{k}" for k in self.singles for what in ("e", "d")]
        grouped = (rows.with_columns(*products) if products else rows).group_by(*by)
        return grouped.agg(nw.len().alias("n"), *(nw.col(name).sum() for name in [*names, DISORDER]))

    def tables(self, result: nw.DataFrame[Any]) -> Array:
        """Products of change, mixed and earlier, (3, left, right, K)."""
        tables = np.zeros((3, len(self.left), len(self.right), len(result)))
        for a, i in enumerate(self.left):
            for b, k in enumerate(self.right):
                low, high = min(i, k), max(i, k)
                if low == NOTHING:
                    continue
                if high == ONE:
                    tables[2, a, b] = column_of(result, "n")
                elif low == ONE:  # the constant does not change
                    tables[1, a, b], tables[2, a, b] = (column_of(result, f"{of}{high}") for of in ("d", "e"))
                else:
                    tables[:, a, b] = [column_of(result, f"{of}{low}_{high}") for of in ("dd", "m", "ee")]
        return tables


@dataclass(frozen=True, eq=False)
class Deviations:
    """The groups' means, which are taken off a basis' columns.

    Parameters
    ----------
    varying : tuple of int
        The places of those that vary within groups; of others nothing is left.
    means : LazyFrame
        A row for each group, with its keys and the means of these columns.
    """

    varying: tuple[int, ...]
    means: Frame

    @classmethod
    def of(cls, basis: BasisRows, varying: Sequence[int]) -> Deviations:
        """From the columns that vary within groups."""
        means = (nw.col(f"c{k}").mean().alias(f"mean {k}") for k in varying)
        return cls(tuple(varying), basis.rows.group_by(*basis.keys).agg(nw.len().alias("rows of it"), *means))

    def subtract_means(self, parts: Frame, keys: Sequence[str]) -> Frame:
        """Pairs of rows as `_pairs` gives them, the means taken off the earlier rows; changes stay as they are."""
        less = [(nw.col(f"e{k}") - nw.col(f"mean {k}")).alias(f"e{k}") for k in self.varying]
        return parts.join(self.means, on=list(keys), how="inner").with_columns(*less) if less else parts


def sum_by_gap(basis: BasisRows, deviations: Deviations | None = None) -> Gaps:
    """Sums by gap; rows at the same time have the gap 0. Where rows are not ordered every one is the first of its own.

    Parameters
    ----------
    deviations : Deviations, optional
        The means that are taken off the columns.

    Raises
    ------
    TooLargeError
        When the sums alone would take more memory than is allowed.
    """
    places = places_of(basis, range(basis.size), deviations)
    asked, most = Products(places, places), most_gaps(basis.size) + basis.n_levels
    result = fetch_by_gap(basis, asked, (), most, deviations)
    if len(result) > most:
        raise too_many_gaps(f"More than {most - basis.n_levels:,}", most, basis.size)
    gap, now, before = (column_of(result, name) for name in (GAP, NOW, EARLIER_LEVEL))
    order = np.lexsort((now, before, gap))
    gap, now, before = gap[order], now[order].astype(int), before[order].astype(int)
    count = column_of(result, "n")[order]
    change, mixed, earlier = asked.tables(result).transpose(0, 3, 1, 2)[:, order]
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


def places_of(basis: BasisRows, of: Sequence[int], deviations: Deviations | None = None) -> list[int]:
    """Some columns of a basis as `Products` takes them."""
    if deviations is not None:
        return [k if k in deviations.varying else NOTHING for k in of]
    alone = {*basis.constant.tolist()}
    return [ONE if k in alone else k for k in of]


def fetch_by_gap(
    basis: BasisRows, asked: Products, by: Sequence[str], most: int, deviations: Deviations | None
) -> nw.DataFrame[Any]:
    """At most ``most`` and one more sums by gap, the levels of both rows and some grouping columns."""
    for rows in _ways(basis):
        parts = _pairs(rows, basis)
        parts = deviations.subtract_means(parts, basis.keys) if deviations is not None else parts
        result = fetch(asked.summed(parts, [*by, GAP, NOW, EARLIER_LEVEL]).head(most + 1))
        if not column_of(result, DISORDER).sum():  # the first way without disorder is the right one
            break
    return result


def _ways(basis: BasisRows) -> Iterator[Frame]:
    """The rows beside those before them."""
    levels = [LEVEL] if basis.levels is not None else []
    if basis.ordered:
        yield from with_row_before(basis.rows, basis.keys, TIME, [TIME, *levels, *basis.names])
        return
    alone = [nw.col(name).alias(f"{BEFORE}{name}") for name in (*levels, *basis.names)]
    yield basis.rows.with_columns(*alone, nw.lit(0).alias(DISORDER))


def _pairs(rows: Frame, basis: BasisRows) -> Frame:
    """Each row's gap and levels, its group, the earlier row ``e`` and the change since ``d`` of each column."""

    def earlier(name: str) -> nw.Expr:
        before = nw.col(f"{BEFORE}{name}")
        return nw.when(before.is_null()).then(nw.col(name)).otherwise(before)

    gap, level, before = nw.lit(FIRST), nw.lit(0.0), nw.lit(0.0)
    if basis.ordered:
        past = nw.col(f"{BEFORE}{TIME}")
        gap = nw.when(past.is_null()).then(nw.lit(FIRST)).otherwise(nw.col(TIME) - past)
    if basis.levels is not None:
        level, before = nw.col(LEVEL), earlier(LEVEL)
    return rows.select(
        *basis.keys,
        gap.alias(GAP),
        level.alias(NOW),
        before.alias(EARLIER_LEVEL),
        nw.col(DISORDER),
        *(earlier(name).alias(f"e{k}") for k, name in zip(basis.at, basis.names, strict=True)),
        *((nw.col(name) - earlier(name)).alias(f"d{k}") for k, name in zip(basis.at, basis.names, strict=True)),
    )
