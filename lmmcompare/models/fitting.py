"""`lm` and `lmer`: formula text and a table in, a result out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias, overload

import numpy as np
import pandas as pd

from ..design.build import Design, build
from ..design.coefficients import CONSTANT
from ..design.terms import RandomBlock
from ..errors import FormulaError
from ..fit.linear import ols
from ..fit.mixed import mixed
from ..fit.threads import one_thread
from ..formula.correlation_parser import with_residuals
from ..formula.spec import ModelSpec
from ..inference.influence_crossed import CrossedRows
from ..moments import groups as moments_module
from ..moments.crossed import Crossing, cross_factors
from ..moments.groups import Moments, Rows
from . import MixedResult, OLSResult, collinearity
from .aliasing import estimable_part
from .arguments import Known, with_structure
from .estimability import refuse_impossible
from .random_structures import structures
from .request import FormulaLike, resolve

if TYPE_CHECKING:
    from ..engines.build import Measured

    RowsOf: TypeAlias = pd.DataFrame | Measured
    """A table in memory, or what an engine that has one is asked with."""
    from .serial_mixed import SerialMixedResult


def lm(
    formula: FormulaLike,
    data: Any,
    cluster: str | None = None,
    *,
    weights: Known | None = None,
    offset: Known | None = None,
) -> OLSResult:
    """Ordinary least squares.

    Parameters
    ----------
    formula : str
        R formula text without a random part, or a call of another program as in `read_call`.
    data : DataFrame, table, str or Path
        A pandas DataFrame; or a table that an engine has, as in `gather`. Rows with a missing value in any column used are
        left out.
    cluster : str, optional
        A column of clusters; standard errors are then cluster-robust (CR2, with Satterthwaite degrees of freedom).
    weights : str, Expression or array, optional
        Prior weights as R's `lm` has them: a row's residual variance is sigma^2 over its weight. A column's name, an expression
        such as ``"1 / variance"``, or a number for each row. Rows of weight 0 are left out.
    offset : str, Expression or array, optional
        A known part of the outcome's mean; ``offset(x)`` in the formula is the same, and all of them add up.

    Raises
    ------
    LmmCompareError
        Naming what is wrong and the remedy.
    """
    spec, data, _ = resolve(formula, data, weights=weights, offset=offset)
    if spec.has_structure:
        raise FormulaError("lm() takes residuals for independent and of one variance.", "Use gls().")
    if spec.random:
        raise FormulaError(f"lm() takes no random part, but found {spec.random[0]}.", "Use lmer(), or remove it.")
    design, crossing = gather(spec, data, group=cluster)
    moments = crossing.factors[0]
    columns = fixed_columns(design)
    return OLSResult(design, moments, design.fixed_names, columns, ols(moments, columns), cluster)


@overload
def lmer(
    formula: FormulaLike, data: Any, reml: bool = True, *, weights: Known | None = None, offset: Known | None = None
) -> MixedResult: ...


@overload
def lmer(
    formula: FormulaLike,
    data: Any,
    reml: bool = True,
    *,
    weights: Known | None = None,
    offset: Known | None = None,
    correlation: str | None = None,
    variance: str | None = None,
) -> MixedResult | SerialMixedResult: ...


def lmer(
    formula: FormulaLike,
    data: Any,
    reml: bool = True,
    *,
    weights: Known | None = None,
    offset: Known | None = None,
    correlation: str | None = None,
    variance: str | None = None,
) -> MixedResult | SerialMixedResult:
    """A linear mixed model.

    Parameters
    ----------
    formula : str
        lme4 formula text such as ``y ~ x + (x | g)``, or a call of another program as in `read_call`, whose own method
        is then used.
    data : DataFrame, table, str or Path
        A pandas DataFrame; or a table that an engine has, as in `gather`. Rows with a missing value in any column used are
        left out.
    reml : bool
        REML, or maximum likelihood where False.
    weights, offset : str, Expression or array, optional
        As in `lm`. Weights are precision weights (lme4's), not frequencies: doubling all of them changes sigma only.
    correlation : str, optional
        ``"ar1(time | group)"`` or ``"car1(time | group)"``, the residuals' correlation within the groups of the random part,
        as in `gls` (nlme's `lme`).
    variance : str, optional
        A column whose levels have a residual variance each.

    Raises
    ------
    LmmCompareError
        Naming what is wrong and the remedy.
    """
    spec, data, reml = resolve(formula, data, reml, weights=weights, offset=offset)
    spec = with_structure(spec, correlation, variance)
    if spec.has_structure:
        from .serial_mixed import serial_mixed  # it needs what is defined here

        return serial_mixed(with_residuals(spec), data, spec.correlation, spec.variance or None, reml=reml)
    if not spec.random:
        raise FormulaError("lmer() needs a random part.", "Add one such as (1 | group), or use lm().")
    with one_thread():
        design, crossing = gather(spec, data)
        refuse_impossible(design, crossing)
        return fit_mixed(design, crossing, fixed_columns(design), design.fixed_names, design.blocks, reml=reml)


def gather(spec: ModelSpec, data: Any, *, group: str | None = None) -> tuple[Design, Crossing]:
    """The design and the moments of a model, from rows in memory or from the engine that has the table.

    Columns of the fixed part that are linear combinations of earlier ones are left out, as in R, and listed in the design's
    ``aliased``.

    Parameters
    ----------
    spec : ModelSpec
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


def gather_with_rows(spec: ModelSpec, data: Any, *, group: str | None = None) -> tuple[Design, Crossing, RowsOf]:
    """As `gather`, with the source for a further model of these rows: the table, or the engine's specification of it."""
    if isinstance(data, pd.DataFrame):
        design = build(spec, data, group=group)
        crossing = compute_crossing(design)
        return estimable_part(design, crossing.factors[0]), crossing, data
    from ..engines.build import measure_with_columns  # slow to import, and needed only here

    measured = measure_with_columns(spec, data, group=group)
    design = estimable_part(measured.design, measured.crossing.factors[0])
    return design, measured.crossing, replace(measured, design=design)


def compute_moments(design: Design, further: Sequence[Rows] = ()) -> Moments:
    """The moments of a design's columns over the groups that are shown; ``further`` columns come before the outcome."""
    columns = [*design.columns[:-1], *further, design.columns[-1]]
    if design.grouping is None:
        return moments_module.compute(columns, None, design.n, weights=design.weights)
    codes, levels = design.grouping.codes, design.grouping.levels
    return moments_module.compute(columns, codes, design.n, len(levels), weights=design.weights)


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


def fit_mixed(
    design: Design,
    data: Moments | Crossing,
    columns: list[int],
    names: list[str],
    blocks: Sequence[RandomBlock],
    *,
    reml: bool,
    start: np.ndarray | None = None,
) -> MixedResult:
    """Fit a mixed model with the given fixed columns and covariance blocks.

    Over ``Moments`` the groups are those of the design's shown factor; over a ``Crossing`` those of all its factors.
    """
    crossed = isinstance(data, Crossing)
    factors = [b.factor for b in blocks] if crossed else None
    fit = mixed(
        data,
        columns,
        [b.columns for b in blocks],
        reml=reml,
        factors=factors,
        structures=structures(blocks),
        start=start,
    )
    crossing = data if isinstance(data, Crossing) else Crossing((data,), {})
    moments = data.factors[design.focal] if isinstance(data, Crossing) else data
    groupings = design.groupings if crossed else (design.groupings[design.focal],)
    if not crossed:
        blocks = [replace(b, factor=0) for b in blocks]
    return MixedResult(design, moments, names, columns, fit, tuple(blocks), groupings, crossing)
