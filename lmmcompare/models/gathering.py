"""The design and the moments of a model: from rows in memory, or from the engine that has the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from ..design.build import build
from ..design.coefficients import CONSTANT
from ..design.design import Design
from ..formula.spec import ModelSpec
from ..inference.influence_crossed import CrossedRows
from ..moments.crossed import Crossing, cross_factors
from ..moments.groups import Moments
from ..moments.row_pass import Rows, compute
from . import MixedResult, collinearity
from .aliasing import estimable_part

if TYPE_CHECKING:
    from ..engines.design_of_sums import Measured

    RowsOf: TypeAlias = pd.DataFrame | Measured
    """A table in memory, or what an engine that has one is asked with."""


def gather(spec: ModelSpec, data: Any, *, group: str | None = None) -> tuple[Design, Crossing]:
    """The design and the moments of a model, from rows in memory or from the engine that has the table.

    Columns of the fixed part that are linear combinations of earlier ones are left out, as in R, and listed in the design's
    ``aliased``.

    Parameters
    ----------
    data : DataFrame, table, str or Path
        A pandas DataFrame; any table that narwhals wraps (Polars, PyArrow, DuckDB, Dask, Spark, ...); or the path or pattern
        of Parquet or CSV files, which DuckDB reads. Of these the engine sums, and the design holds a uniform sample.
    group : str, optional
        The grouping factor to show; of models without a random part a column of clusters.

    Raises
    ------
    LmmCompareError
        Naming what is wrong and the remedy.
    """
    design, crossing, _ = gather_with_rows(spec, data, group=group)
    return design, crossing


def gather_with_rows(spec: ModelSpec, data: Any, *, group: str | None) -> tuple[Design, Crossing, RowsOf]:
    """As `gather`, with the source for a further model of these rows: the table, or the engine's specification of it."""
    if isinstance(data, pd.DataFrame):
        design = build(spec, data, group=group)
        crossing = compute_crossing(design)
        return estimable_part(design, crossing.factors[0]), crossing, data
    from ..engines.build import measure  # slow to import, and needed only here

    measured = measure(spec, data, group=group)
    design = estimable_part(measured.design, measured.crossing.factors[0])
    return design, measured.crossing, replace(measured, design=design)


def compute_moments(design: Design, further: Sequence[Rows] = ()) -> Moments:
    """The moments of a design's columns over the groups that are shown; ``further`` columns come before the outcome."""
    columns = [*design.columns[:-1], *further, design.columns[-1]]
    if design.grouping is None:
        return compute(columns, None, design.n, weights=design.weights)
    codes, levels = design.grouping.codes, design.grouping.levels
    return compute(columns, codes, design.n, len(levels), weights=design.weights)


def compute_crossing(design: Design) -> Crossing:
    """The moments of every grouping factor, and of the cells in which their levels meet."""
    crossing = _crossing(design)
    remainders = collinearity.remainders(crossing.factors[0], fixed_columns(design), design.columns)
    if not remainders:
        return crossing
    crossing = _crossing(design, collinearity.differences(design.columns, remainders))
    return replace(crossing, factors=tuple(replace(m, remainders=tuple(remainders)) for m in crossing.factors))


def _crossing(design: Design, further: Sequence[Rows] = ()) -> Crossing:
    if len(design.groupings) < 2:
        return Crossing((compute_moments(design, further),), {})
    random = [c for block in design.blocks for c in block.columns]
    levels = [len(g.levels) for g in design.groupings]
    columns, codes = [*design.columns[:-1], *further, design.columns[-1]], [g.codes for g in design.groupings]
    return cross_factors(columns, codes, levels, design.n, random, design.weights)


def crossed_rows(fit: MixedResult) -> CrossedRows:
    """The rows of a model with several grouping factors that was fitted to a table in memory."""
    design, moments = fit.design, fit.crossing.factors[0]
    further = collinearity.differences(design.columns, moments.remainders)
    columns: list[Rows] = [*design.columns[:-1], *further, design.columns[-1]]
    return CrossedRows(
        [np.asarray(column[slice(None)]) for column in columns],
        [grouping.codes for grouping in design.groupings],
        tuple(c for block in design.blocks for c in block.columns),
        None if design.weights is None else design.weights.values,
        moments.remainders,
    )


def fixed_columns(design: Design) -> list[int]:
    """Columns of the fixed part, the constant first."""
    return [CONSTANT] * design.intercept + list(design.fixed)
