"""The rows as a residual correlation structure needs them: times, visits and levels, checked, and the sums over them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.coefficients import CONSTANT
from ..design.design import Design
from ..design.dtypes import days, first_day, is_date, is_numeric, plain
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
from ..errors import DataError, DesignError
from ..fit.bases import Basis
from ..fit.residual.compound import CompoundSymmetry, UnequalCompoundSymmetry
from ..fit.residual.serial import Serial
from ..fit.residual.structure_protocol import Structure
from ..fit.residual.unstructured import Unstructured
from ..fit.residual.whiten import Places
from ..formula.correlation import Correlation
from ..moments.groups import Moments
from ..moments.serial_sums import by_gap, products
from ..moments.size_sums import by_size, by_size_and_level
from ..moments.visit_sums import Visits, by_visit
from ..text.numbers import count
from . import collinearity


@dataclass(frozen=True, eq=False)
class Residuals:
    """What is known of each row's residual beside its value.

    Parameters
    ----------
    correlation : Correlation or None
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
    column = plain(frame[correlation.order])
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
        column = plain(_column_of(correlation.order, rows)[grouped])
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
        design = replace(design, groupings=(grouping(correlation.group, frame),), focal=0)
    known = read_residuals(design, frame, correlation, residuals.variance)
    return design, replace(known, notes=residuals.notes)


def basis_rows(design: Design, moments: Moments, whole: Basis) -> Array:
    """The rows of the basis' columns, (q, n)."""
    centred = bool((whole.columns == CONSTANT).any())
    remainders = {r.at: r for r in moments.remainders}
    last = len(moments.center) - 1
    result = np.ones((whole.size, design.n))
    for k, column in enumerate(whole.columns):
        if column == CONSTANT:
            continue
        if column in remainders:
            values = collinearity.differences(design.columns, [remainders[column]])[0][slice(0, design.n)]
        else:
            values = design.columns[-1 if column == last else column][:]
        result[k] = ((values - moments.center[column]) if centred else values) / moments.scale[column]
    return result


def structure_of(design: Design, moments: Moments, whole: Basis, residuals: Residuals) -> Structure:
    """The structure with its sums over the design's rows.

    Raises
    ------
    DesignError
        When the data say nothing of the correlation, or too little of a level's variance.
    """
    correlation = residuals.correlation
    n_levels = 1 if residuals.levels is None else len(residuals.levels)
    if correlation is not None:
        if moments.n.max() < 2:
            raise no_pairs(correlation)
        if correlation.kind == "cs" and residuals.levels is None:
            return CompoundSymmetry(by_size(moments.n, whole.mean, within_groups(moments, whole)))
    values = basis_rows(design, moments, whole)
    if residuals.levels is not None:
        rows = np.bincount(residuals.level, minlength=n_levels)
        refuse_small_levels(products(values, values, residuals.level, n_levels), rows, residuals)
    if correlation is None:
        everywhere = np.ones(design.n, dtype=bool)
        return Serial(by_gap(values, everywhere, np.zeros(design.n), residuals.level, n_levels), "none")
    assert design.grouping is not None
    codes = design.grouping.codes
    if correlation.kind == "cs":
        within = within_groups(moments, whole)
        sums_by_size = by_size_and_level(values, codes, moments.n_groups, residuals.level, n_levels, within)
        return UnequalCompoundSymmetry(sums_by_size)
    if correlation.kind == "us":
        assert residuals.visit is not None and residuals.visits is not None
        sums = by_visit(values, codes, moments.n_groups, residuals.visit, len(residuals.visits))
        return unstructured(design, sums, residuals)
    assert residuals.time is not None
    time, level = residuals.time, residuals.level
    if residuals.order is not None:
        values, codes, time, level = (of[..., residuals.order] for of in (values, codes, time, level))
    sums_by_gap = by_gap(values, np.diff(codes, prepend=-1) != 0, time, level, n_levels)
    structure = Serial(sums_by_gap, "steps" if correlation.kind == "ar1" else "continuous")
    residuals.notes.extend(spacing(structure, correlation))
    return structure


def within_groups(moments: Moments, whole: Basis) -> Array:
    """Cross-products of the basis' columns about the groups' own means, over all groups, (q, q)."""
    result = np.zeros((whole.size, whole.size))
    named = np.flatnonzero(whole.columns != CONSTANT)
    result[np.ix_(named, named)] = moments.within_total[np.ix_(whole.columns[named], whole.columns[named])]
    return result


def unstructured(design: Design, sums: Visits, residuals: Residuals) -> Unstructured:
    """A free covariance between visits, with a note where little is known of it.

    Raises
    ------
    DesignError
        When it cannot be known.
    """
    _refuse_unseen_pairs(sums, residuals)
    residuals.notes.extend(_few_complete(design, sums))
    return Unstructured.of(sums)


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


def no_pairs(correlation: Correlation) -> DesignError:
    """Groups of one row each, as an error."""
    return DesignError(
        f"Every “{correlation.group_label}” has one row only, so the data say nothing of a correlation within groups.",
        "Choose a grouping column whose values repeat, or leave the correlation out.",
    )


def refuse_small_levels(by_level: Array, rows: Array, residuals: Residuals) -> None:
    """Raise for a level with hardly more rows than coefficients that it alone determines.

    Parameters
    ----------
    by_level : (L, q, q) array
        Cross-products of each level's rows.
    rows : (L,) array
        How many these are.
    residuals : Residuals
    """
    assert residuals.levels is not None and residuals.variance is not None
    x = by_level[:, :-1, :-1]
    rank = np.linalg.matrix_rank(x.sum(axis=0))
    for at, n in enumerate(rows):
        own = int(rank - np.linalg.matrix_rank(np.delete(x, at, axis=0).sum(axis=0)))
        if n <= own + 1:
            raise DesignError(
                f"Level “{residuals.levels[at]}” of “{residuals.variance}” has {count(int(n), 'row')}"
                + (f" and {count(own, 'coefficient')} of its own" if own else "")
                + ", too few for a residual variance of its own.",
                "Join it with another level, leave its rows out, or choose another column.",
            )


def _refuse_unseen_pairs(sums: Visits, residuals: Residuals) -> None:
    """Raise when two visits are never seen in one group: their covariance cannot be known."""
    assert residuals.visits is not None and residuals.correlation is not None
    sentence = sums.observed.astype(float)
    together = (sentence.T * sums.groups) @ sentence
    apart = np.argwhere(np.tril(together == 0))
    if len(apart):
        i, k = apart[0]
        raise DesignError(
            f"No “{residuals.correlation.group_label}” was seen both at {residuals.visits[k]} and at {residuals.visits[i]}, so their "
            "covariance cannot be estimated.",
            "Join visits or leave one of them out, or choose ar1() or cs().",
        )
    if sums.groups.sum() <= sums.n_visits:
        raise DesignError(
            f"{count(int(sums.groups.sum()), 'group')} cannot carry a free covariance between {sums.n_visits} visits.",
            "Choose ar1() or cs(), which have one correlation.",
        )


def _few_complete(design: Design, sums: Visits) -> list[str]:
    """A warning where so few groups were seen at all visits that the covariance may tend to a singular one."""
    complete = int(sums.groups[sums.observed.all(axis=1)].sum())
    if complete >= sums.n_visits + len(design.fixed):
        return []
    return [
        f"Only {count(complete, 'group was', 'groups were')} seen at all {sums.n_visits} visits: a free covariance rests on little here, "
        "and may have no best value."
    ]


def spacing(structure: Serial, correlation: Correlation) -> list[str]:
    """What was done with gaps that are not all one unit."""
    gaps = np.unique(structure.sums.gap)
    if len(gaps) == 1 and gaps[0] == 1:
        return []
    notes = []
    if len(gaps) > 1:
        notes.append(
            f"Rows of a group lie {gaps[0]:g} to {gaps[-1]:g} units of “{correlation.order}” from the row before: a gap of d counts "
            "with the correlation to the power of d."
        )
    elif gaps[0] != 1:
        notes.append(
            f"Neighbouring rows lie {gaps[0]:g} units of “{correlation.order}” apart; the correlation given is that of one unit."
        )
    if correlation.kind == "ar1" and not structure.signed:
        notes.append("All gaps are even, so the correlation’s sign cannot be known; it is taken for positive.")
    return notes
