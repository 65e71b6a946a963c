"""One group-by of an engine's table: sizes, sums, cross-products, smallest and largest values of each group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import narwhals as nw
import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.grouping import joint_levels
from .table import Frame, column_of, fetch

FAR = 1e3
"""From this ratio of a column's variation between groups to that within them a second group-by is taken."""
EPSILON = float(np.finfo(float).eps)
WEIGHT, LOG_WEIGHT = "weight", "log weight"
"""What the rows' prior weights and their logarithms are called in a group-by."""


def count_groups(rows: Frame, group: Sequence[str]) -> int:
    """How many groups there are."""
    result = fetch(rows.group_by(*group).agg(nw.len().alias("rows of it")).select(nw.len().alias("groups")))
    return int(result.item())


@dataclass(frozen=True, eq=False)
class GroupSums:
    """What a group-by gave, its J groups in the order of the levels.

    Parameters
    ----------
    keys : DataFrame
        The grouping columns, a row a group.
    n : (J,) array
        Rows.
    w, log_weight : (J,) arrays
        Sums of the rows' relative weights and of their logarithms; n and 0 without prior weights.
    first, second : (q, J), (q, q, J) arrays
        Weighted sums and cross-products of the columns.
    low, high : (ends, J) arrays
        Smallest and largest values of the columns that were asked for.
    """

    keys: pd.DataFrame
    n: Array
    w: Array
    log_weight: Array
    first: Array
    second: Array
    low: Array
    high: Array

    def about_means(self) -> Array:
        """Cross-products about the groups' means."""
        return self.second - self.first[:, None] * (self.first / self.w)[None]


def sum_groups(table: Frame, keys: Sequence[str], q: int, ends: Sequence[str], *, weighted: bool = False) -> GroupSums:
    """Have the engine sum the columns ``c0`` to ``c{q-1}`` of a table, and find the smallest and largest values of ``ends``.

    Parameters
    ----------
    table : LazyFrame
        With the keys, these columns, and the rows' weights where it is ``weighted``.
    keys : sequence of str
        The grouping columns; none for all rows together.
    """
    pairs = list(combinations_with_replacement(range(q), 2))
    # a column's sums are weighted, its ends are not
    plain, weight, of = [nw.col(f"c{k}") for k in range(q)], nw.col(WEIGHT), "s" if weighted else "c"
    heavy = [c * weight for c in plain] if weighted else plain
    products = [(heavy[i] * plain[k]).alias(f"p{i}_{k}") for i, k in pairs]
    summed = [*(f"{of}{k}" for k in range(q)), *(f"p{i}_{k}" for i, k in pairs)]
    if weighted:
        products += [*(c.alias(f"s{k}") for k, c in enumerate(heavy)), weight.log().alias(LOG_WEIGHT)]
        summed += [WEIGHT, LOG_WEIGHT]
    sums = [nw.col(name).sum() for name in summed]
    low, high = [nw.col(e).min().alias(f"low_{e}") for e in ends], [nw.col(e).max().alias(f"high_{e}") for e in ends]
    asked = [nw.len().alias("n"), *sums, *low, *high]
    wide = table.with_columns(*products) if products else table
    result = fetch(wide.group_by(*keys).agg(*asked) if keys else wide.select(*asked))
    if keys:
        frame = result.select(*keys).to_pandas()
        order = np.argsort(joint_levels(tuple(keys), frame)[0])
    else:
        frame, order = pd.DataFrame(index=[0]), np.zeros(1, dtype=int)

    def values(names: Sequence[str]) -> Array:
        return np.array([column_of(result, name)[order] for name in names]).reshape(len(names), len(order))

    second = np.empty((q, q, len(order)))
    for i, k in pairs:
        second[i, k] = second[k, i] = column_of(result, f"p{i}_{k}")[order]
    first, lows, highs = (
        values([f"{what}{e}" for e in names]) for what, names in ((of, range(q)), ("low_", ends), ("high_", ends))
    )
    (n,) = values(["n"])
    w, log_weight = values([WEIGHT, LOG_WEIGHT]) if weighted else (n, np.zeros_like(n))
    keyed = frame.iloc[order].reset_index(drop=True)
    return GroupSums(keyed, n, w, log_weight, first, second, lows, highs)


def are_far_apart(w: Array, mean: Array, within: Array, constant: Array) -> bool:
    """Whether some column varies so much more between groups than within them that sums have lost digits."""
    inside = np.where(constant, 0.0, within).sum(axis=1)
    overall = (mean @ w / w.sum())[:, None]
    varies = ~constant.all(axis=1)
    return bool((varies & (((mean - overall) ** 2) @ w > FAR * inside)).any())


def may_be_constant(sums: GroupSums, column: int) -> bool:
    """Whether in some group of several rows all that a column varies may be the rounding errors of its sums."""
    squares = sums.second[column, column]
    return bool(((squares - sums.first[column] ** 2 / sums.n <= 4 * EPSILON * sums.n * squares) & (sums.n > 1)).any())


def about_own_means(
    table: Frame, keys: Sequence[str], q: int, before: GroupSums, *, weighted: bool
) -> tuple[Array, Array]:
    """Means and cross-products once more, of what is left of the columns when the groups' own means are taken out."""
    names = [f"c{k}" for k in range(q)]
    means = table.group_by(*keys).agg(*(nw.col(c).mean().alias(f"m{c}") for c in names))
    left = [(nw.col(c) - nw.col(f"m{c}")).alias(c) for c in names]
    weight = [nw.col(WEIGHT)] if weighted else []
    joined = table.join(means, on=list(keys), how="inner")
    apart = joined.select(*keys, *left, *weight, *(nw.col(f"m{c}") for c in names))
    result = sum_groups(apart, keys, q, [f"m{c}" for c in names], weighted=weighted)
    assert len(result.n) == len(before.n)
    return result.low + result.first / result.w, result.about_means()
