"""One group-by for each grouping factor: sums and cross-products, from which the same moments come as from the rows.

Columns are taken about a rough centre and over a rough scale (those of a sample), so that a large offset costs no digits.
Within a group where a column's smallest and largest values are equal its cross-products are exactly 0. Where groups lie so
far apart that differences of sums would lose digits, a second group-by is taken about the groups' own means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.grouping import joint_levels
from ..moments.groups import ROUNDING, Moments
from .dense_groups import dense_groups, in_arrays
from .scan import Scan
from .table import Frame, fetch

FAR = 1e3
"""From this ratio of a column's variation between groups to that within them a second group-by is taken."""


EPSILON = float(np.finfo(float).eps)
WEIGHT, LOG_WEIGHT = "weight", "log weight"
"""What the rows' prior weights and their logarithms are called in a group-by."""


@dataclass(frozen=True)
class Weights:
    """Prior weights as an engine computes them.

    Parameters
    ----------
    relative : expression
        Over their mean.
    mean, low, high : float
        Over all rows used.
    """

    relative: nw.Expr
    mean: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Rough:
    """What is known of columns before their sums, as from a sample.

    Parameters
    ----------
    center, scale : (q,) arrays
        Near the columns' means and standard deviations.
    has_few_values : (q,) bool array, optional
        Whether a column has so few different values that it may be constant in groups; not known when left out.
    """

    center: Array
    scale: Array
    has_few_values: Array | None = None


@dataclass(frozen=True, eq=False)
class Grouped:
    """What the group-by of one grouping factor gave, its groups in the order of the levels.

    Parameters
    ----------
    keys : DataFrame
        The grouping columns, a row a group.
    levels : Index
    moments : Moments
        About the rough centre and scale.
    low, high : (extra, J) arrays
        Smallest and largest values of the further columns that were asked for.
    """

    keys: pd.DataFrame
    levels: pd.Index
    moments: Moments
    low: Array
    high: Array

    def codes(self, rows: pd.DataFrame) -> Array:
        """The group of each of some rows; -1 for a group that is not known."""
        names = list(self.keys.columns)
        if len(names) == 1:
            return pd.Index(plain(self.keys[names[0]])).get_indexer(pd.Index(plain(rows[names[0]])))
        known, wanted = (pd.MultiIndex.from_frame(f[names].apply(plain)) for f in (self.keys, rows))
        return known.get_indexer(wanted)


def grouped(
    first_pass: Scan,
    group: Sequence[str],
    columns: Sequence[nw.Expr],
    rough: Rough,
    extra: Sequence[nw.Expr] = (),
    weights: Weights | None = None,
) -> Grouped:
    """Sums over the groups of a grouping factor.

    Parameters
    ----------
    first_pass : Scan
    group : sequence of str
        The grouping columns; none for all rows together.
    columns : sequence of expressions
    rough : Rough
    extra : sequence of expressions
        Whose smallest and largest values are wanted; some may be columns.
    weights : Weights, optional
        The rows' prior weights.
    """
    rows, q, keys, weighted = first_pass.rows, len(columns), [f"g{i}" for i in range(len(group))], weights is not None
    center, scale = np.asarray(rough.center, float), np.asarray(rough.scale, float)
    # what is a column and also further is asked for once
    values = [*columns, *(e for e in extra if all(e is not c for c in columns))]
    places = [next(k for k, value in enumerate(values) if value is e) for e in extra]
    asked = np.full(len(values), weighted or rough.has_few_values is None)
    asked[:q] |= False if rough.has_few_values is None else rough.has_few_values
    asked[[*places, *range(q, len(values))]] = True

    dense = dense_groups(first_pass, group, (q + 1) * (q + 2) // 2 + 2 * int(asked.sum()) + 2 * weighted)
    shifted = [
        ((c - float(m)) / float(s)).alias(f"c{k}")
        for k, (c, m, s) in enumerate(zip(columns, center, scale, strict=True))
    ]
    labels = dense.places(group) if dense else [nw.col(name) for name in group]
    named = [label.alias(key) for label, key in zip(labels, keys, strict=True)]
    weight = [] if weights is None else [weights.relative.alias(WEIGHT)]
    table = rows.select(*named, *shifted, *weight, *(v.alias(f"v{k}") for k, v in enumerate(values)))
    with in_arrays(rows, dense):
        result = _summed(table, keys, q, [f"v{k}" for k in np.flatnonzero(asked)], weighted=weighted)
    low, high = np.full((2, len(values), len(result.n)), np.nan)
    low[asked], high[asked] = result.low, result.high
    if more := [k for k in np.flatnonzero(~asked) if _may_be_constant(result, int(k))]:
        with in_arrays(rows, dense):
            again = _summed(table, keys, 0, [f"v{k}" for k in more])
        low[more], high[more] = again.low, again.high

    w, mean, within = result.w, result.first / result.w, result.about_means()
    lowest, highest = ((ends[:q] - center[:, None]) / scale[:, None] for ends in (low, high))
    only = np.isnan(lowest) & (result.n == 1)
    lowest[only] = highest[only] = mean[only]
    constant = lowest == highest
    mean[constant] = lowest[constant]
    if keys and _far_apart(w, mean, np.einsum("kkj->kj", within), constant):
        mean, within = _about_own_means(table, keys, q, result, weighted=weighted)
        mean[constant] = lowest[constant]
    within[constant[:, None] | constant[None]] = 0.0
    moments = Moments(result.n, mean, within, center, scale)
    if weights is not None:
        moments = replace(moments, weight=w, log_weight=result.log_weight, mean_weight=weights.mean)
    labelled = result.keys.set_axis(list(group), axis=1)
    if dense:
        labelled = dense.labels(labelled)
    levels = joint_levels(tuple(group), labelled)[1] if group else pd.Index([0])
    return Grouped(labelled, levels, moments, low[places], high[places])


def standardised(moments: Moments, like: Moments | None = None) -> Moments:
    """Moments about the columns' overall means, over their overall standard deviations; or about and over another's."""
    if like is None:
        center = moments.mean @ moments.w / moments.w.sum()
        about = np.einsum("kkj->k", moments.within) + ((moments.mean - center[:, None]) ** 2) @ moments.w
        ratio = np.sqrt(about / moments.n_rows)
        new_center, new_scale = moments.center + moments.scale * center, moments.scale * ratio
        constant = new_scale <= ROUNDING * np.abs(new_center)
        new_scale[constant] = 1.0
    else:
        new_center, new_scale = like.center, like.scale
    shift = (new_center - moments.center) / moments.scale
    ratio = new_scale / moments.scale
    mean = (moments.mean - shift[:, None]) / ratio[:, None]
    within = moments.within / (ratio[:, None] * ratio)[:, :, None]
    if like is None:
        mean[constant], within[constant], within[:, constant] = 0.0, 0.0, 0.0
    return replace(moments, mean=mean, within=within, center=new_center, scale=new_scale)


def count_groups(rows: Frame, group: Sequence[str]) -> int:
    """How many groups there are."""
    result = fetch(rows.group_by(*group).agg(nw.len().alias("rows of it")).select(nw.len().alias("groups")))
    return int(result.item())


@dataclass(frozen=True, eq=False)
class _Sums:
    """A group-by's result in the order of the levels: sizes, sums (q, J), cross-products (q, q, J), ends; sums of weights."""

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


def _summed(table: Frame, keys: Sequence[str], q: int, ends: Sequence[str], *, weighted: bool = False) -> _Sums:
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
        return np.array([_column(result, name)[order] for name in names]).reshape(len(names), len(order))

    second = np.empty((q, q, len(order)))
    for i, k in pairs:
        second[i, k] = second[k, i] = _column(result, f"p{i}_{k}")[order]
    first, lows, highs = (
        values([f"{what}{e}" for e in names]) for what, names in ((of, range(q)), ("low_", ends), ("high_", ends))
    )
    (n,) = values(["n"])
    w, log_weight = values([WEIGHT, LOG_WEIGHT]) if weighted else (n, np.zeros_like(n))
    keyed = frame.iloc[order].reset_index(drop=True)
    return _Sums(keyed, n, w, log_weight, first, second, lows, highs)


def _column(result: nw.DataFrame[Any], name: str) -> Array:
    return result.get_column(name).to_numpy().astype(float)


def _far_apart(w: Array, mean: Array, within: Array, constant: Array) -> bool:
    """Whether some column varies so much more between groups than within them that sums have lost digits."""
    inside = np.where(constant, 0.0, within).sum(axis=1)
    overall = (mean @ w / w.sum())[:, None]
    varies = ~constant.all(axis=1)
    return bool((varies & (((mean - overall) ** 2) @ w > FAR * inside)).any())


def _may_be_constant(sums: _Sums, column: int) -> bool:
    """Whether in some group of several rows all that a column varies may be the rounding errors of its sums."""
    squares = sums.second[column, column]
    return bool(((squares - sums.first[column] ** 2 / sums.n <= 4 * EPSILON * sums.n * squares) & (sums.n > 1)).any())


def _about_own_means(
    table: Frame, keys: Sequence[str], q: int, before: _Sums, *, weighted: bool
) -> tuple[Array, Array]:
    """Means and cross-products once more, of what is left of the columns when the groups' own means are taken out."""
    names = [f"c{k}" for k in range(q)]
    means = table.group_by(*keys).agg(*(nw.col(c).mean().alias(f"m{c}") for c in names))
    left = [(nw.col(c) - nw.col(f"m{c}")).alias(c) for c in names]
    weight = [nw.col(WEIGHT)] if weighted else []
    joined = table.join(means, on=list(keys), how="inner")
    apart = joined.select(*keys, *left, *weight, *(nw.col(f"m{c}") for c in names))
    result = _summed(apart, keys, q, [f"m{c}" for c in names], weighted=weighted)
    assert len(result.n) == len(before.n)
    return result.low + result.first / result.w, result.about_means()


def plain(values: pd.Series) -> pd.Series:
    """Categories as what they stand for: those of a sample's rows and of the groups need not be the same."""
    return values.astype(values.cat.categories.dtype) if isinstance(values.dtype, pd.CategoricalDtype) else values
