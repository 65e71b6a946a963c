"""`gls` of a table that an engine has: the design, and the sums that a structure of the residuals needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..arrays import Array
from ..design.coefficients import CONSTANT
from ..design.design import Design
from ..design.validation import refuse_useless_groups
from ..engines.basis_rows import BasisRows, basis_rows, repeated_places
from ..engines.build import FurtherColumns, measure
from ..engines.design_of_sums import Measured
from ..engines.files import from_data
from ..engines.grouping_factors import moments_by
from ..engines.serial_sums import sum_by_gap
from ..engines.size_sums import sum_by_size_and_level
from ..engines.table import engine_name, readable_errors
from ..engines.visit_sums import sum_by_visit
from ..fit.bases import Basis, basis
from ..fit.residual.compound import UnequalCompoundSymmetry
from ..fit.residual.serial import Serial
from ..fit.residual.structure_protocol import Structure
from ..formula import read
from ..formula.correlation import Correlation
from ..formula.correlation_parser import with_residuals
from ..formula.spec import ModelSpec, RandomTerm
from ..moments.groups import Moments
from .aliasing import estimable_part
from .gathering import fixed_columns
from .residual_rows import Residuals, rows_at_hand
from .residual_structure import no_pairs, refuse_small_levels, spacing, structure_of, unstructured, within_groups

Gathered = tuple[Design, Moments, Basis, Residuals, Structure]


def gather_structure(spec: ModelSpec, data: Any, correlation: Correlation | None, variance: str | None) -> Gathered:
    """What `gls` fits, from an engine.

    Groups are summed one by one only for ``cs``; for all else the sums are those of gaps and of patterns of visits, so that there
    may be any number of groups; the design has them where it holds all rows.

    Raises
    ------
    LmmCompareError
        As `gls` does; and when the engine fails, or the sums would take more memory than is allowed.
    """
    return structure_from(measure_for_structures(spec, data, [correlation], variance), correlation, variance)


def measure_for_structures(
    spec: ModelSpec, data: Any, correlations: Sequence[Correlation | None], variance: str | None = None
) -> Measured:
    """The design and the moments of a fixed part, over the rows that some structures can be fitted to.

    Raises
    ------
    LmmCompareError
        As `gls` does; and when the engine fails, or the moments would take more memory than is allowed.
    """
    if spec.pattern:
        spec = with_residuals(read(spec, from_data(data).kinds))
    alike = [c.group for c in correlations if c is not None and c.kind == "cs"]
    if alike:
        spec = spec.with_random(RandomTerm(alike[0]))
    each = [further_columns(correlation, variance) for correlation in correlations]
    joined = (
        tuple(dict.fromkeys(n for of in each for n in getattr(of, what))) for what in ("groups", "times", "levels")
    )
    measured = measure(spec, data, further=FurtherColumns(*joined))
    return replace(measured, design=estimable_part(measured.design, measured.crossing.factors[0]))


def further_columns(correlation: Correlation | None, variance: str | None) -> FurtherColumns:
    """The columns that a structure needs of every row beside those of the formula."""
    order = (correlation.order,) if correlation is not None and correlation.order else ()
    by_visit = correlation is not None and correlation.kind == "us"
    levels = (*(order if by_visit else ()), *((variance,) if variance else ()))
    return FurtherColumns(correlation.group if correlation else (), () if by_visit else order, levels)


def structure_from(measured: Measured, correlation: Correlation | None, variance: str | None) -> Gathered:
    """What `gls` fits, from rows that have been summed already; of their design's random part nothing is left.

    Raises
    ------
    LmmCompareError
        As `gls` does; and when the engine fails, or the sums would take more memory than is allowed.
    """
    own = () if correlation is None else correlation.group
    groupings = tuple(g for g in measured.design.groupings if g.columns == own)
    spec = with_residuals(measured.design.spec).fixed_only()
    design = replace(measured.design, spec=spec, blocks=(), groupings=groupings, focal=0)
    moments = measured.crossing.factors[0]
    with readable_errors(engine_name(measured.scan.rows)):
        if correlation is not None and correlation.kind == "cs":
            moments = _moments_by(measured, correlation.group)
        whole = basis(moments, [*fixed_columns(design), moments.outcome])
        none = np.zeros(0, dtype=np.int64)
        if correlation is not None and correlation.kind == "cs" and variance is None:
            residuals = Residuals(correlation, None, None, none)
            structure = structure_of(design, moments, whole, residuals)
            design, residuals = rows_at_hand(design, residuals)
            return design, moments, whole, residuals, structure
        rows = basis_rows(measured, whole.columns.tolist(), *units(moments, whole), own, correlation, variance)
        residuals = Residuals(correlation, variance, rows.levels, none, visits=rows.visits)
        structure = _structure(measured, design, (moments, whole), rows, residuals)
    design, residuals = rows_at_hand(design, residuals)
    return design, moments, whole, residuals, structure


def _moments_by(measured: Measured, group: tuple[str, ...]) -> Moments:
    """The moments over the groups of a factor: the model's own where it is one of them."""
    factors = measured.crossing.factors
    result = {g.columns: m for g, m in zip(measured.design.groupings, factors, strict=False)}
    return result[group] if group in result else moments_by(measured.scan, group, measured.columns, factors[0])


def units(moments: Moments, whole: Basis) -> tuple[Array, Array]:
    """What is taken from each column of a basis, and what it is divided by."""
    constant = whole.columns == CONSTANT
    center = np.where(constant | (not constant.any()), 0.0, moments.center[whole.columns])
    return center, np.where(constant, 1.0, moments.scale[whole.columns])


def _structure(
    measured: Measured, design: Design, sums_of: tuple[Moments, Basis], rows: BasisRows, residuals: Residuals
) -> Structure:
    """The structure with its sums.

    Raises
    ------
    DataError
        When two rows of a group have the same time or visit.
    DesignError
        When the data say nothing of the correlation, or too little of a level's variance.
    """
    correlation, (moments, whole) = residuals.correlation, sums_of
    if correlation is None:
        sums = sum_by_gap(rows)
        if rows.levels is not None:
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
        refuse_useless_groups(correlation.group, int(by_visit.groups.sum()), moments.n_rows)
        return unstructured(design, by_visit, residuals)
    sums = sum_by_gap(rows)
    if (sums.gap == 0).any():
        raise repeated_places(measured, correlation)
    refuse_useless_groups(correlation.group, int(sums.first_count.sum()), moments.n_rows)
    if rows.levels is not None:
        refuse_small_levels(sums.by_level, sums.rows, residuals)
    structure = Serial(sums, "steps" if correlation.kind == "ar1" else "continuous")
    residuals.notes.extend(spacing(structure, correlation))
    return structure
