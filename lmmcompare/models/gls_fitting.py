"""`gls`: formula text, a structure of the residuals and a table in, a result out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..design.build import build
from ..design.design import Design
from ..design.validation import refuse_unknown_columns
from ..errors import DesignError, FormulaError, OptionError
from ..fit.bases import Basis, basis
from ..fit.residual.gls import fit_gls
from ..fit.residual.structure_protocol import Structure
from ..formula import read
from ..formula.correlation import Correlation
from ..formula.correlation_parser import with_residuals
from ..formula.spec import ModelSpec, RandomTerm
from ..moments.groups import Moments
from .aliasing import estimable_part
from .arguments import Known, with_structure
from .gathering import compute_crossing, fixed_columns
from .gls import GLSResult
from .request import FormulaLike, resolve
from .residual_rows import Residuals, read_residuals
from .residual_structure import structure_of

if TYPE_CHECKING:
    from ..engines.design_of_sums import Measured

OneTimeEach = Callable[[str, str], bool]
"""Whether all rows of a visit, a column, are at one time, another."""


def gls(
    formula: FormulaLike,
    data: Any,
    correlation: str | Correlation | None = None,
    variance: str | None = None,
    reml: bool = True,
    *,
    offset: Known | None = None,
) -> GLSResult:
    """Generalized least squares: residuals correlated within groups, or with unequal variances (nlme's `gls`).

    Parameters
    ----------
    formula : str
        R formula text without a random part.
    data : DataFrame, table, str or Path
        A pandas DataFrame; or a table that an engine has, as in `models.gathering.gather`: the engine sums, whatever the number of
        rows. Rows with a missing value in any column used are left out.
    correlation : str, optional
        ``"cs(1 | g)"``: any two rows of a group alike, positively or negatively; ``"ar1(time | g)"``: rho^d for rows d whole
        units of time apart; ``"car1(time | g)"``: the same for any times, with rho from 0 to 1; ``"us(visit | g)"``: a free
        covariance between visits, with a variance for each.
    variance : str, optional
        A column whose levels have a residual variance each.
    reml : bool
        REML, or maximum likelihood where False.
    offset : str, Expression or array, optional
        A known part of the outcome's mean, as in `lm`.

    Returns
    -------
    GLSResult
        What `lm` returns, ``robust()`` by the structure's groups; ``residual_correlation``, ``residual_sd``, ``llf``, ``outcome`` (what
        became of the search). Pinheiro and Bates (2000), Mixed-Effects Models in S and S-PLUS, chapter 5.

    Raises
    ------
    LmmCompareError
        Naming what is wrong and the remedy.
    """
    spec, data, reml = resolve(formula, data, reml, offset=offset)
    if spec.random:
        raise FormulaError(f"gls() takes no random part, but found {spec.random[0]}.", "Use lmer(), or remove it.")
    spec = with_structure(spec, correlation, variance)
    correlation, variance, spec = spec.correlation, spec.variance or None, with_residuals(spec)
    _refuse_twice(correlation, variance)
    refuse_weights(spec)
    return _fitted(*_gather(spec, data, correlation, variance), reml)


def gls_of_sums(measured: Measured, correlation: Correlation | None, variance: str | None, *, reml: bool) -> GLSResult:
    """`gls` of an engine's rows that a model's sums have been taken of: of its fixed part, over the same rows.

    Raises
    ------
    LmmCompareError
        As `gls` does.
    """
    from .gls_engine import structure_from

    _refuse_twice(correlation, variance)
    return _fitted(*structure_from(measured, correlation, variance), reml)


def gls_each(
    spec: ModelSpec, data: Any, correlations: Sequence[Correlation | None], *, reml: bool
) -> tuple[list[GLSResult], OneTimeEach]:
    """`gls` with each of some structures, over the rows that all can be fitted to; and whether a visit of these is at one time.

    Raises
    ------
    LmmCompareError
        As `gls` does.
    """
    if isinstance(data, pd.DataFrame):
        needed = dict.fromkeys(c for of in correlations if of for c in of.columns if c in data.columns)
        rows = data.loc[data[list(needed)].notna().all(axis=1)]

        def in_rows(visit: str, time: str) -> bool:
            return bool((rows.groupby(visit, observed=True)[time].nunique() <= 1).all())

        return [gls(spec, rows, correlation, reml=reml) for correlation in correlations], in_rows

    from ..engines.table import engine_name, readable_errors
    from ..engines.visit_sums import has_one_time_each
    from .gls_engine import measure_for_structures

    refuse_weights(spec)
    measured = measure_for_structures(spec, data, correlations)

    def in_engine(visit: str, time: str) -> bool:
        with readable_errors(engine_name(measured.scan.rows)):
            return has_one_time_each(measured.scan.rows, visit, time)

    return [gls_of_sums(measured, correlation, None, reml=reml) for correlation in correlations], in_engine


def _fitted(
    design: Design, moments: Moments, whole: Basis, residuals: Residuals, structure: Structure, reml: bool
) -> GLSResult:
    fit = fit_gls(moments, whole, structure, reml=reml)
    return GLSResult(design, moments, design.fixed_names, fixed_columns(design), fit, whole, residuals)


def _refuse_twice(correlation: Correlation | None, variance: str | None) -> None:
    """Raise for a variance by visit and by another column."""
    if correlation is not None and correlation.kind == "us" and variance is not None:
        raise OptionError(
            "us() has a variance for each visit already.", "Leave variance out, or choose another correlation."
        )


def _gather(
    spec: ModelSpec, data: Any, correlation: Correlation | None, variance: str | None
) -> tuple[Design, Moments, Basis, Residuals, Structure]:
    """Design, moments, basis and the structure with its sums, from rows in memory or from the engine that has the table."""
    if not isinstance(data, pd.DataFrame):
        from .gls_engine import gather_structure  # slow to import, and needed only here

        return gather_structure(spec, data, correlation, variance)
    design, frame = residual_design(spec, data, correlation, variance)
    residuals = read_residuals(design, frame, correlation, variance)
    moments = compute_crossing(design).factors[0]
    design = estimable_part(design, moments)
    whole = basis(moments, [*fixed_columns(design), moments.outcome])
    return design, moments, whole, residuals, structure_of(design, moments, whole, residuals)


def residual_design(
    spec: ModelSpec, data: Any, correlation: Correlation | None, variance: str | None
) -> tuple[Design, pd.DataFrame]:
    """The design over rows that have times, visits and levels too, and the table's rows that it holds."""
    if spec.pattern:
        spec = with_residuals(read(spec, list(map(str, data.columns))))
    further = dict.fromkeys([*(correlation.columns if correlation else ()), *([variance] if variance else [])])
    refuse_unknown_columns(further, list(data.columns))
    absent = {name: int(data[name].isna().sum()) for name in further if data[name].hasnans}
    keep = data[list(absent)].notna().all(axis=1).to_numpy() if absent else None
    table = data if keep is None else data.loc[keep]
    grouped = spec.with_random(RandomTerm(correlation.group)) if correlation and not spec.random else spec
    design = build(grouped, table)
    frame = design.rows_of(table)
    if not set(further) <= set(frame.columns):
        frame = table if design.rows is None else table.iloc[design.rows]
    if keep is not None:
        positions = np.flatnonzero(keep)
        rows = positions if design.rows is None else positions[design.rows]
        design = replace(design, rows=rows, n_total=len(data), missing={**absent, **design.missing})
    return (design if spec.random else replace(design, spec=spec, blocks=())), frame


def refuse_weights(spec: ModelSpec) -> None:
    """Raise for prior weights beside correlated or unequal residuals."""
    if spec.weights is not None:
        raise DesignError(
            "Prior weights beside correlated or unequal residuals are not fitted.",
            "Leave the weights out, or name a column with the levels whose variances differ as variance.",
        )


def compound_symmetry(design: Design, moments: Moments, *, reml: bool) -> GLSResult:
    """One correlation within the groups that a design shows, from its moments alone: `gls` with ``cs(1 | g)``, without a pass over rows."""
    assert design.grouping is not None
    residuals = Residuals(Correlation("cs", design.grouping.columns), None, None, np.zeros(0, dtype=np.int64))
    columns = fixed_columns(design)
    whole = basis(moments, [*columns, moments.outcome])
    fit = fit_gls(moments, whole, structure_of(design, moments, whole, residuals), reml=reml)
    return GLSResult(design, moments, design.fixed_names, columns, fit, whole, residuals)
