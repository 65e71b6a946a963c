"""The rows of a model's basis as an engine computes them, beside their groups, times, visits and levels of residual spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.coefficients import CONSTANT
from ..design.grouping import joint_levels
from ..design.residual_columns import (
    infinite_times_error,
    not_whole_times_error,
    refuse_level_number,
    refuse_visit_number,
    same_places_error,
    text_times_error,
)
from ..formula.correlation import Correlation
from ..formula.expressions import Column
from .dates import days
from .design_of_sums import Measured
from .expressions import Expressions, own_levels
from .first_pass import levels_in
from .function_expressions import rounded
from .previous_row import with_windows
from .table import Frame, fetch, numbers

TIME, VISIT, LEVEL = "time", "visit", "level"


@dataclass(frozen=True, eq=False)
class BasisRows:
    """Rows of a basis, in an engine.

    Parameters
    ----------
    rows : LazyFrame
        With ``keys``, ``names``, and `TIME` or `VISIT` and `LEVEL` where there are such, all of these floats.
    keys : tuple of str
        The grouping columns; none where rows are not correlated.
    names : tuple of str
        The basis' columns but for the constant: ``c`` and the place in it.
    at : (len(names),) int array
        Their places in the basis.
    visits, levels : Index or None
        In order.
    ordered : bool
        Whether rows are correlated with those before them in time.
    """

    rows: Frame
    keys: tuple[str, ...]
    names: tuple[str, ...]
    at: Array
    size: int
    visits: pd.Index | None = None
    levels: pd.Index | None = None
    ordered: bool = False

    @property
    def n_levels(self) -> int:
        """Levels of residual spread."""
        return 1 if self.levels is None else len(self.levels)

    @property
    def constant(self) -> Array:
        """The constant's place in the basis, as an array of one or none."""
        return np.setdiff1d(np.arange(self.size), self.at)

    @property
    def unordered(self) -> BasisRows:
        """The same rows, none of which is correlated with another."""
        return replace(self, ordered=False)

    def leading(self, size: int) -> BasisRows:
        """The same rows of the first columns only."""
        within = self.at < size
        names = tuple(name for name, keep in zip(self.names, within, strict=True) if keep)
        return replace(self, names=names, at=self.at[within], size=size)


def basis_rows(
    measured: Measured,
    columns: Sequence[int],
    center: Array,
    scale: Array,
    group: tuple[str, ...],
    correlation: Correlation | None,
    variance: str | None,
) -> BasisRows:
    """The rows of some columns.

    Parameters
    ----------
    columns : sequence of int
        Indices into the design's columns, or `CONSTANT`; the outcome is the last.
    center, scale : (len(columns),) arrays
        What is taken from each column, and what it is divided by; of the constant nothing.
    group : tuple of str
        The grouping columns that are kept beside the rows.

    Raises
    ------
    DataError, DesignError
        As `models.residual_rows.read_residuals` does.
    """
    chosen: dict[str, nw.Expr] = {}
    visits, levels = None, None
    keys = tuple(f"g{k}" for k in range(len(group)))
    if correlation is not None and correlation.kind == "us":
        assert correlation.order is not None
        visits = levels_in(correlation.order, measured.scan, text=False)
        refuse_visit_number(visits, correlation)
        chosen[VISIT] = _code(correlation.order, visits, measured)
    elif correlation is not None and correlation.order is not None:
        chosen[TIME] = _time(measured, correlation)
    if variance is not None:
        levels = levels_in(variance, measured.scan, text=False)
        refuse_level_number(variance, levels)
        chosen[LEVEL] = _code(variance, levels, measured)
    at = [k for k, c in enumerate(columns) if c != CONSTANT]
    names = tuple(f"c{k}" for k in at)
    for k, name in zip(at, names, strict=True):
        value = measured.columns[columns[k]]
        chosen[name] = (value - float(center[k]) if center[k] else value) / float(scale[k])
    named = [nw.col(g).alias(key) for g, key in zip(group, keys, strict=True)]
    rows = measured.scan.rows.select(*named, *(value.cast(nw.Float64).alias(name) for name, value in chosen.items()))
    ordered = correlation is not None and correlation.kind in ("ar1", "car1")
    rows = with_windows(rows) if ordered else rows
    return BasisRows(rows, keys, names, np.array(at, dtype=int), len(columns), visits, levels, ordered)


def repeated_places(measured: Measured, correlation: Correlation) -> Exception:
    """Rows of a group at the same time or visit, as an error that names the first."""
    assert correlation.order is not None
    group, order = list(correlation.group), correlation.order
    counted = measured.scan.rows.group_by(*group, order).agg(nw.len().alias("rows of it"))
    several = counted.filter(nw.col("rows of it") > 1)
    n = int(numbers(several.select((nw.col("rows of it") - 1).sum().alias("n")))["n"])
    first = fetch(several.sort(*group, order).head(1)).to_pandas()
    (label,) = joint_levels(tuple(group), first[group])[1].astype(str)
    return same_places_error(correlation, n, label, first[order].iloc[0])


def _code(name: str, levels: pd.Index, measured: Measured) -> nw.Expr:
    """The number of each row's level."""
    encoder = Expressions(levels={name: levels}, kinds=dict(measured.kinds), values={name: own_levels(levels)})
    column: Any = encoder.codes(Column(name), pd.DataFrame())
    terms = [column.is_level(k).cast(nw.Float64) * float(k) for k in range(len(levels))]
    while len(terms) > 1:  # by halves: Dask walks through a long chain by recursion
        terms = [left + right for left, right in zip(terms[::2], terms[1::2], strict=False)] + terms[
            len(terms) // 2 * 2 :
        ]
    return terms[0]


def _time(measured: Measured, correlation: Correlation) -> nw.Expr:
    """Times as numbers, those of dates in days; of ar1() whole ones."""
    assert correlation.order is not None
    name = correlation.order
    kind, column = measured.kinds[name], nw.col(name).cast(nw.Float64)
    if kind == "date":
        origin = measured.origins[name]
        assert origin is not None
        column = days(nw.col(name), origin)
    elif kind not in ("number", "duration"):
        raise text_times_error(correlation)
    if name in measured.scan.infinite:
        raise infinite_times_error(correlation)
    if correlation.kind != "ar1":
        return column
    whole = rounded(column, 0)
    room = nw.max_horizontal(nw.lit(1.0), column.abs()) * 1e-9
    apart = measured.scan.rows.select(((column - whole).abs() > room).cast(nw.Int64).sum().alias("n"))
    if numbers(apart)["n"]:
        raise not_whole_times_error(correlation)
    return whole
