"""`gls` of a table that an engine has: the design, and the sums that a structure of the residuals needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..design.build import Design
from ..design.coefficients import CONSTANT
from ..design.validation import refuse_useless_groups
from ..engines.files import of_any
from ..engines.gaps import sum_by_gap
from ..engines.measure import Beside, Measured, measure_table
from ..engines.rows import BasisRows, basis_rows, repeated_places
from ..engines.sizes import sum_by_size_and_level
from ..engines.table import failures_in_words
from ..engines.visits import sum_by_visit
from ..fit.bases import Basis, basis
from ..fit.residual.compound import UnequalCompoundSymmetry
from ..fit.residual.serial import Serial
from ..fit.residual.structure import Structure
from ..formula import read
from ..formula.correlation import Correlation, with_residuals
from ..formula.spec import ModelSpec, RandomTerm
from ..moments.groups import Moments
from .aliasing import estimable_part
from .fitting import fixed_columns
from .residual_structure import (
    Residuals,
    no_pairs,
    refuse_small_levels,
    spacing,
    structure_of,
    unstructured,
    within_groups,
)

Gathered = tuple[Design, Moments, Basis, Residuals, Structure]


def gather_structure(spec: ModelSpec, data: Any, correlation: Correlation | None, variance: str | None) -> Gathered:
    """What `gls` fits, from an engine.

    Groups are summed one by one only for ``cs``; for all else the sums are those of gaps and of patterns of visits, so that there
    may be any number of groups, and the design has none.

    Raises
    ------
    LmmCompareError
        As `gls` does; and when the engine fails, or the sums would take more memory than is allowed.
    """
    alike = correlation is not None and correlation.kind == "cs"
    order = (correlation.order,) if correlation is not None and correlation.order else ()
    by_visit = correlation is not None and correlation.kind == "us"
    levels = (*(order if by_visit else ()), *((variance,) if variance else ()))
    beside = Beside(correlation.group if correlation else (), () if by_visit else order, levels)
    table = of_any(data, None if spec.pattern else [*spec.columns, *beside.columns])
    asked = with_residuals(read(spec, table.kinds))
    if correlation is not None and alike:
        asked = asked.with_random(RandomTerm(correlation.group))
    with failures_in_words(table.engine):
        measured = measure_table(asked, table, beside=beside)
        moments = measured.crossing.factors[0]
        design = estimable_part(replace(measured.design, spec=measured.design.spec.fixed_only(), blocks=()), moments)
        whole = basis(moments, [*fixed_columns(design), len(moments.center) - 1])
        none = np.zeros(0, dtype=np.int64)
        if correlation is not None and alike and variance is None:
            residuals = Residuals(correlation, None, None, none)
            return design, moments, whole, residuals, structure_of(design, moments, whole, residuals)
        rows = _rows(measured, moments, whole, correlation, variance)
        residuals = Residuals(correlation, variance, rows.levels, none, visits=rows.visits)
        return design, moments, whole, residuals, _structure(measured, design, (moments, whole), rows, residuals)


def _rows(
    measured: Measured, moments: Moments, whole: Basis, correlation: Correlation | None, variance: str | None
) -> BasisRows:
    columns = whole.columns.tolist()
    centred = CONSTANT in columns
    constant = np.array(columns) == CONSTANT
    center = np.where(constant | (not centred), 0.0, moments.center[columns])
    return basis_rows(measured, columns, center, np.where(constant, 1.0, moments.scale[columns]), correlation, variance)


def _structure(
    measured: Measured, design: Design, sums_of: tuple[Moments, Basis], rows: BasisRows, residuals: Residuals
) -> Structure:
    """The structure with its sums.

    Raises
    ------
    DataError
        When two rows of a group stand at one time or visit.
    DesignError
        When the data say nothing of the correlation, or too little of a level's variance.
    """
    correlation, (moments, whole) = residuals.correlation, sums_of
    if correlation is None:
        sums = sum_by_gap(rows)
        refuse_small_levels(sums.first, sums.rows, residuals)
        return Serial(sums, "none")
    if correlation.kind == "cs":
        if moments.n.max() < 2:
            raise no_pairs(correlation)
        by_size = sum_by_size_and_level(rows, moments.n_groups, within_groups(moments, whole))
        refuse_small_levels(by_size.own, by_size.rows, residuals)
        return UnequalCompoundSymmetry(by_size)
    if correlation.kind == "us":
        by_visit = sum_by_visit(rows)
        if by_visit is None:
            raise repeated_places(measured, correlation)
        refuse_useless_groups(correlation.group_label, int(by_visit.groups.sum()), moments.n_rows)
        return unstructured(design, by_visit, residuals)
    sums = sum_by_gap(rows)
    if (sums.gap == 0).any():
        raise repeated_places(measured, correlation)
    refuse_useless_groups(correlation.group_label, int(sums.first_count.sum()), moments.n_rows)
    if rows.levels is not None:
        refuse_small_levels(sums.by_level, sums.rows, residuals)
    structure = Serial(sums, "steps" if correlation.kind == "ar1" else "continuous")
    residuals.notes.extend(spacing(structure, correlation))
    return structure
