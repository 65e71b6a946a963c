"""Random coefficients beside serially correlated or unequal residuals, of a table that an engine has: its design and its sums."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..design.coefficients import CONSTANT
from ..design.design import Design
from ..engines.basis_rows import basis_rows, repeated_places
from ..engines.build import measure
from ..engines.design_of_sums import Measured
from ..engines.serial_group_sums import sum_by_gap_and_group
from ..engines.serial_sums import sum_by_gap
from ..engines.table import engine_name, readable_errors
from ..fit.bases import Basis
from ..formula.correlation import Correlation
from ..formula.spec import ModelSpec
from ..moments.crossed import Crossing
from ..moments.groups import Moments
from .gls_engine import further_columns, units
from .residual_rows import Residuals
from .residual_structure import refuse_small_levels
from .serial_problem import Sums, SumsOf, intercept_place


def in_engine(
    spec: ModelSpec, data: Any, correlation: Correlation | None, variance: str | None
) -> tuple[Design, Crossing, SumsOf]:
    """The design and the moments, and what sums the rows once the basis is known.

    Raises
    ------
    LmmCompareError
        As `lmer` does; and when the engine fails, or the sums would take more memory than is allowed.
    """
    measured = (
        data if isinstance(data, Measured) else measure(spec, data, further=further_columns(correlation, variance))
    )

    def sums_of(moments: Moments, whole: Basis, random: tuple[Basis, ...]) -> Sums:
        with readable_errors(engine_name(measured.scan.rows)):
            return _sums(measured, moments, whole, random, correlation, variance)

    return measured.design, measured.crossing, sums_of


def _sums(
    measured: Measured,
    moments: Moments,
    whole: Basis,
    random: tuple[Basis, ...],
    correlation: Correlation | None,
    variance: str | None,
) -> Sums:
    parts = [whole, *random]
    center, scale = (np.concatenate(of) for of in zip(*(units(moments, part) for part in parts), strict=True))
    columns = [int(c) for part in parts for c in part.columns]
    group = measured.design.groupings[0].columns
    rows = basis_rows(measured, columns, center, scale, group, correlation, variance)
    residuals = Residuals(correlation, variance, rows.levels, np.zeros(0, dtype=np.int64))
    if variance is not None:
        by_level = sum_by_gap(rows.unordered.leading(whole.size))
        refuse_small_levels(by_level.first, by_level.rows, residuals)
    varying = [k for k, c in enumerate(whole.columns) if c != CONSTANT and moments.varies_within[c]]
    centred = intercept_place(random) is not None
    sums, groups = sum_by_gap_and_group(rows, whole.size, moments.n_groups, varying if centred else None)
    if (sums.gap == 0).any():
        assert correlation is not None
        raise repeated_places(measured, correlation)
    return sums, groups, residuals
