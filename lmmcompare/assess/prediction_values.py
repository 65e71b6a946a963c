"""The values that a prediction needs: its columns, those that a group decides, and the next time that a group would be seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..design.design import Design
from ..design.dtypes import dates, is_date, plain_column
from ..design.encoding import is_level_call
from ..design.grouping import Grouping
from ..fit.residual.serial import Serial
from ..formula.expressions import columns_of


def required_columns(comparison: Comparison) -> list[str]:
    """The columns that a comparison's formula predicts from."""
    spec = comparison.spec
    return list(dict.fromkeys(name for factor in (*spec.factors, *spec.offset) for name in columns_of(factor)))


def categorical_columns(comparison: Comparison) -> set[str]:
    """Columns of which a formula has a category for each value, so that no prediction can be made between them."""
    return {name for f in comparison.spec.factors if is_level_call(f) for name in columns_of(f)}


def next_place(comparison: Comparison, frame: pd.DataFrame, row: Mapping[str, Any]) -> Any:
    """The time after a group's last, by the shortest gap between two rows of any; the first of all where ``row`` names no group.

    Of a covariance by visit the first visit at which the group was not seen.
    """
    fit = comparison.structured
    assert fit is not None and fit.correlation is not None and fit.correlation.order is not None
    rows = fit.design.rows_of(frame)
    column = plain_column(rows[fit.correlation.order])
    grouping = fit.design.grouping
    known = grouping is not None and {*grouping.columns} <= row.keys()
    code = int(grouping.find(pd.DataFrame([row]))[0][0]) if grouping is not None and known else -1
    among = grouping.codes == code if grouping is not None and code >= 0 else np.zeros(len(column), dtype=bool)
    own, visits = column[among], fit.residuals.visits
    if visits is not None:
        assert fit.residuals.visit is not None
        seen = set(visits[np.unique(fit.residuals.visit[among])])
        return next((visit for visit in visits if visit not in seen), visits[0])
    moment = dates(column) if is_date(column) else column
    if not len(own):
        return moment.min()
    structure = fit.fit.structure
    assert isinstance(structure, Serial)
    gap = float(structure.sums.gap.min())
    return moment[own.index].max() + (pd.Timedelta(days=gap) if is_date(column) else gap)


def free_factors(design: Design) -> list[Grouping]:
    """The grouping factors whose levels determine those of all others: factors that others are nested in are left out."""
    free: list[Grouping] = []
    for grouping in design.groupings:  # the one with the most levels first
        if not any(_outer_levels(design, known, grouping) is not None for known in free):
            free.append(grouping)
    return free


def group_columns(design: Design, frame: pd.DataFrame, grouping: Grouping, level: int) -> dict[str, Any]:
    """The values of all grouping columns that a level determines, as in the table."""
    decided = [(g, outer) for g in design.groupings if (outer := _outer_levels(design, grouping, g)) is not None]
    if design.sampled:  # no row of the sample need be of this level
        rows = [design.sampled.groups[g.name].iloc[int(outer[level])] for g, outer in decided]
    else:
        rows = [design.rows_of(frame).iloc[int(np.flatnonzero(grouping.codes == level)[0])]] * len(decided)
    return {name: row[name] for (g, _), row in zip(decided, rows, strict=True) for name in g.columns}


def columns_between(comparison: Comparison, frame: pd.DataFrame) -> list[str]:
    """The predicting columns that are the same in all rows of each group that is shown; none where only a sample is held."""
    design, grouping = comparison.design, comparison.grouping
    if design.sampled:
        return []
    rows = design.rows_of(frame)
    names = [n for n in required_columns(comparison) if n not in grouping.columns]
    return [n for n in names if rows[n].groupby(grouping.codes).nunique().max() == 1]


def _outer_levels(design: Design, inner: Grouping, outer: Grouping) -> Array | None:
    """For each level of one factor the level of another that it lies within; None where some meet several."""
    if inner is outer:
        return np.arange(len(inner.levels))
    if design.sampled:
        return design.sampled.nested.get((inner.name, outer.name))
    first = np.empty(len(inner.levels), dtype=outer.codes.dtype)
    first[inner.codes] = outer.codes
    return first if (first[inner.codes] == outer.codes).all() else None
