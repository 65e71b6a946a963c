"""The rows' times, visits and levels, which a structure of the residuals needs: read from the columns that have them, and checked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.design import Design
from ..design.dtypes import days, first_day, is_date, is_numeric, plain_column
from ..design.grouping import grouping
from ..design.levels import factorize, positions
from ..design.residual_columns import (
    infinite_times_error,
    not_whole_times_error,
    refuse_level_number,
    refuse_visit_number,
    same_places_error,
    text_times_error,
)
from ..errors import DataError
from ..fit.residual.whiten import Places
from ..formula.correlation import Correlation
from ..formula.factor_names import factor_name


@dataclass(frozen=True, eq=False)
class Residuals:
    """What is known of each row's residual beside its value.

    Parameters
    ----------
    variance : str or None
        The column whose levels have a residual variance each.
    levels : Index or None
        Its levels, the baseline first.
    level : (n,) int array
        Each row's level; 0 where there is one variance.
    time : (n,) array or None
        Times as numbers, of serial correlation.
    visits : Index or None
        The visits, in order, of an unstructured covariance.
    visit : (n,) int array or None
    order : (n,) int array or None
        The rows sorted by group and time or visit; None where they lie so.
    """

    correlation: Correlation | None
    variance: str | None
    levels: pd.Index | None
    level: Array
    time: Array | None = None
    visits: pd.Index | None = None
    visit: Array | None = None
    order: Array | None = None
    origin: pd.Timestamp | None = None
    """The day that times count from, where they are dates."""
    notes: list[str] = field(default_factory=list)
    """What a reader must know of how the columns were read."""


def read_residuals(
    design: Design, frame: pd.DataFrame, correlation: Correlation | None, variance: str | None
) -> Residuals:
    """Read the columns of times, visits and levels; ``frame`` has the design's rows.

    Raises
    ------
    DataError, DesignError
        Naming the column, what is wrong with it and the remedy.
    """
    level, levels = np.zeros(len(frame), dtype=np.int64), None
    if variance is not None:
        level, levels = factorize(frame[variance])
        refuse_level_number(variance, levels)
    result = Residuals(correlation, variance, levels, level.astype(np.int64))
    if correlation is None or correlation.order is None:
        return result
    assert design.grouping is not None
    if correlation.kind == "us":
        visit, visits = factorize(frame[correlation.order])
        refuse_visit_number(visits, correlation)
        visit = visit.astype(np.int64)
        order = _sorted(design, frame, correlation, visit)
        return Residuals(correlation, variance, levels, result.level, visits=visits, visit=visit, order=order)
    column = plain_column(frame[correlation.order])
    origin = first_day(column) if is_date(column) else None
    time = _time(column, correlation, origin)
    order = _sorted(design, frame, correlation, time)
    return Residuals(correlation, variance, levels, result.level, time=time, order=order, origin=origin)


def read_places(residuals: Residuals, rows: pd.DataFrame, codes: Array) -> Places:
    """Where new rows stand by the times, visits and levels of a fit, in groups ``codes``; they must have no missing value.

    The times of rows without a group (code -1) are not needed.

    Raises
    ------
    DataError
        When they lack a column; for a visit or level that the fit does not know, and for times that cannot be counted.
    """
    correlation, level = residuals.correlation, np.zeros(len(rows), dtype=np.int64)
    if residuals.variance is not None:
        assert residuals.levels is not None
        level = _known_levels(residuals.variance, residuals.levels, rows)
    place = np.zeros(len(rows))
    if correlation is None or correlation.order is None:
        return Places(codes, level, place)
    if residuals.visits is not None:
        return Places(codes, level, _known_levels(correlation.order, residuals.visits, rows))
    grouped = codes >= 0
    if grouped.any():
        column = plain_column(_column_of(correlation.order, rows)[grouped])
        place[grouped] = _time(column, correlation, residuals.origin)
    return Places(codes, level, place)


def placing_columns(residuals: Residuals) -> list[str]:
    """The columns that say where a new row stands: of times or visits, and of levels of residual variance."""
    correlation = residuals.correlation
    names = [correlation.order if correlation is not None else None, residuals.variance]
    return list(dict.fromkeys(name for name in names if name))


def _column_of(name: str, rows: pd.DataFrame) -> pd.Series:
    if name not in rows.columns:
        raise DataError(
            f"There is no column “{name}” in the new rows.", "The residuals’ structure needs it to predict: add it."
        )
    return rows[name]


def _known_levels(name: str, known: pd.Index, rows: pd.DataFrame) -> Array:
    """Places of a column's values among those of the fit."""
    own, values = factorize(_column_of(name, rows))
    result = positions(known, values)
    if (result < 0).any():
        raise DataError(
            f"“{name}” has no {values[result < 0][0]} in the data that the model was fitted to, so nothing is known of residuals there.",
            f"Choose one of {', '.join(map(str, known[:8]))}{' …' if len(known) > 8 else ''}.",
        )
    return result[own]


def rows_at_hand(design: Design, residuals: Residuals) -> tuple[Design, Residuals]:
    """Design and residuals with each row's time, visit, level and group, where the design holds all rows of a table that an engine has."""
    if design.sampled is None or design.is_sample:
        return design, residuals
    correlation, frame = residuals.correlation, design.sampled.frame
    if correlation is not None and not design.groupings:
        design = replace(
            design,
            groupings=(grouping(correlation.group, frame, name=factor_name(design.spec, correlation.group)),),
            focal=0,
        )
    known = read_residuals(design, frame, correlation, residuals.variance)
    return design, replace(known, notes=residuals.notes)


def _time(column: pd.Series, correlation: Correlation, origin: pd.Timestamp | None) -> Array:
    """A plain column's times as numbers; of dates days since ``origin``."""
    if origin is not None:
        time = days(column, origin)
    elif is_numeric(column):
        time = column.to_numpy(dtype=float)
    else:
        raise text_times_error(correlation)
    if not np.isfinite(time).all():
        raise infinite_times_error(correlation)
    if correlation.kind == "ar1" and (np.abs(time - np.round(time)) > 1e-9 * np.maximum(1.0, np.abs(time))).any():
        raise not_whole_times_error(correlation)
    return np.round(time) if correlation.kind == "ar1" else time


def _sorted(design: Design, frame: pd.DataFrame, correlation: Correlation, place: Array) -> Array | None:
    """The rows in the order of their groups and, in these, of times or visits; None where they lie so.

    Raises
    ------
    DataError
        When two rows of a group have the same time or visit; the message names them.
    """
    assert design.grouping is not None
    codes, order = design.grouping.codes, None
    step, apart = np.diff(codes), np.diff(place)
    if (step < 0).any() or (apart[step == 0] < 0).any():
        order = np.lexsort((place, codes))
        step, apart = np.diff(codes[order]), np.diff(place[order])
    same = (step == 0) & (apart == 0)
    if same.any():
        row, n = int(np.flatnonzero(same)[0]), int(same.sum())
        row = row if order is None else int(order[row])
        raise same_places_error(correlation, n, design.grouping.labels[codes[row]], frame[correlation.order].iloc[row])
    return order
