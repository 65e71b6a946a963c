"""One group-by for each grouping factor: sums and cross-products, from which the same moments come as from the rows.

Columns are taken about a rough centre and over a rough scale (those of a sample), so that a large offset costs no digits.
Within a group where a column's smallest and largest values are equal its cross-products are exactly 0. Where groups lie so
far apart that differences of sums would lose digits, a second group-by is taken about the groups' own means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import narwhals as nw
import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.grouping import joint_levels
from ..moments.groups import ROUNDING, Moments
from .dense_groups import dense_groups, in_arrays
from .group_by import WEIGHT, about_own_means, are_far_apart, may_be_constant, sum_groups
from .scan import Scan


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
    group : sequence of str
        The grouping columns; none for all rows together.
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
        result = sum_groups(table, keys, q, [f"v{k}" for k in np.flatnonzero(asked)], weighted=weighted)
    low, high = np.full((2, len(values), len(result.n)), np.nan)
    low[asked], high[asked] = result.low, result.high
    if more := [k for k in np.flatnonzero(~asked) if may_be_constant(result, int(k))]:
        with in_arrays(rows, dense):
            again = sum_groups(table, keys, 0, [f"v{k}" for k in more])
        low[more], high[more] = again.low, again.high

    w, mean, within = result.w, result.first / result.w, result.about_means()
    lowest, highest = ((ends[:q] - center[:, None]) / scale[:, None] for ends in (low, high))
    only = np.isnan(lowest) & (result.n == 1)
    lowest[only] = highest[only] = mean[only]
    constant = lowest == highest
    mean[constant] = lowest[constant]
    if keys and are_far_apart(w, mean, np.einsum("kkj->kj", within), constant):
        mean, within = about_own_means(table, keys, q, result, weighted=weighted)
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


def plain(values: pd.Series) -> pd.Series:
    """Categories as what they stand for: those of a sample's rows and of the groups need not be the same."""
    return values.astype(values.cat.categories.dtype) if isinstance(values.dtype, pd.CategoricalDtype) else values
