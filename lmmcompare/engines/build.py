"""A model and a table that an engine has, to the model's design and its moments: sums and a sample are all that is fetched."""

from __future__ import annotations

from collections.abc import Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.build import focal_factor, outcome_column, predictor_names, random_blocks
from ..design.design import Design
from ..design.encoding import DesignColumn, Encoder
from ..design.grouping import Grouping
from ..design.kinds import columns_as_numbers
from ..design.sample import Sample
from ..design.terms import ColumnMaker, RandomBlock
from ..design.validation import refuse_few_rows, refuse_unusable_columns, required_columns, required_groupings
from ..design.weights_offsets import PriorWeights, label, numbers_of, offset_of, refuse_levels, subtract_offset
from ..errors import LmmCompareError
from ..formula import read
from ..formula.baselines import is_of_own_levels
from ..formula.spec import Column, ModelSpec, columns_of, group_name
from ..moments.crossed import Crossing
from .assumed_scan import AssumptionError, assume_complete, refuse_too_large
from .dates import learn_dates
from .expressions import Expressions, column_expressions
from .files import from_data
from .first_pass import Origins, learn, weigh
from .grouping_factors import Group, cross_factors, known_codes, sum_factors
from .sample import SIZE, draw
from .scan import Scan, present, scan
from .sums import Rough, Weights
from .table import Kind, Table, readable_errors


@dataclass(frozen=True)
class FurtherColumns:
    """Columns that are needed of every row beside those of the formula, so that rows without them are left out.

    Parameters
    ----------
    groups : tuple of str
        Columns of groups that no sums are taken by.
    times : tuple of str
        Columns of numbers or dates.
    levels : tuple of str
        Columns that are used by their levels.
    """

    groups: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.groups, *self.times, *self.levels)


@dataclass(frozen=True, eq=False)
class Measured:
    """A model's design and moments, and what further sums over the same rows are asked with.

    Parameters
    ----------
    design : Design
    crossing : Crossing
    scan : Scan
        With the rows used.
    columns : tuple of expressions
        The design's columns, the outcome last.
    kinds, origins : dict
        What the table's columns hold, and the days that dates are counted from.
    """

    design: Design
    crossing: Crossing
    scan: Scan
    columns: tuple[nw.Expr, ...]
    kinds: dict[str, Kind]
    origins: Origins


def measure(
    spec: ModelSpec, data: Any, *, group: str | None = None, sample: int | None = None
) -> tuple[Design, Crossing]:
    """The design and the moments of a model, from a table that need not fit into memory.

    Parameters
    ----------
    spec : ModelSpec
    data : table, str or Path
        Whatever narwhals wraps (Polars, PyArrow, DuckDB, Dask, Spark, ...), or the path or pattern of Parquet or CSV files.
    group : str, optional
        As in `design.build`.
    sample : int, optional
        Rows that the design holds, drawn uniformly, `SIZE` when left out; all of them where there are no more.

    Raises
    ------
    LmmCompareError
        As `design.build` does; and when the engine fails, or the moments would take more memory than is allowed.
    """
    result = measure_with_columns(spec, data, group=group, sample=sample)
    return result.design, result.crossing


def measure_with_columns(
    spec: ModelSpec,
    data: Any,
    *,
    group: str | None = None,
    sample: int | None = None,
    further: FurtherColumns | None = None,
) -> Measured:
    """As `measure`, with columns beside the model's own, and what further sums over the same rows need."""
    names = [*([group] if group else []), *(further.columns if further else ())]
    table = from_data(data, None if spec.pattern else [*spec.columns, *names])
    with readable_errors(table.engine):
        return measure_table(spec, table, group, sample, further)


def measure_table(
    spec: ModelSpec,
    table: Table,
    group: str | None = None,
    sample: int | None = None,
    further: FurtherColumns | None = None,
) -> Measured:
    """As `measure_with_columns`, of an opened table; to be called within `readable_errors`."""
    further = further or FurtherColumns()
    spec = read(spec, table.kinds)
    needed = required_columns(spec, group)
    used = list(dict.fromkeys([*needed, *further.columns]))
    refuse_unusable_columns(used, list(table.kinds), lambda name: table.kinds[name] == "other")
    times, size = {*further.times, *_own_times(spec)}, sample or SIZE
    table = _selected(spec, table, used, times)
    if not further.columns and (assumed := assume_complete(spec, table.frame, size)):
        # whatever is wrong is told by the first pass that counts
        with suppress(AssumptionError, LmmCompareError), np.errstate(over="ignore", invalid="ignore"):
            return _measured(spec, table, *assumed, group, size, times)
    table, first_pass = _scan(table, further)
    return _measured(spec, table, first_pass, None, group, size, times)


def _measured(
    spec: ModelSpec,
    table: Table,
    first_pass: Scan,
    frame: pd.DataFrame | None,
    group: str | None,
    size: int,
    times: Set[str],
) -> Measured:
    """Measure a table that has only the columns used, after a first pass; ``frame`` is its sample if that was drawn already."""
    asked = required_groupings(spec, group)
    drawn_from = first_pass.rows
    table, first_pass, origins = _count_dates(spec, table, first_pass, times)
    for one in spec.offset:
        refuse_levels(one, "an offset")
    first_pass, weights, unweighted = weigh(spec, table, first_pass, origins)
    learnt = learn(spec, table, first_pass, origins)

    if frame is None or first_pass.rows is not drawn_from:
        frame = draw(first_pass.rows, first_pass.n, size)
    encoder = Encoder(learnt.levels, learnt.states, origins)
    encoder.ordered |= _ordered(spec, frame)
    encoder.learn_sources(spec.factors, frame)
    columns, terms, blocks = _laid_out(spec, encoder, frame, asked)
    laid_out = _laid_out(spec, learnt, frame, asked)[0]
    expressions = column_expressions(laid_out)
    factors = [name for term in spec.terms for factor in term.factors for name in columns_of(factor)]
    numeric = [name for name in factors if table.kinds[name] in ("number", "truth") or name in origins]
    extra = {name: _predictor(name, laid_out, learnt) for name in numeric}
    result = sum_factors(first_pass, asked, laid_out, _rough(columns), list(extra.values()), weights)
    crossing = cross_factors(first_pass, result, expressions, [c for b in blocks for c in b.columns], weights)
    fixed = tuple(k for of_term in terms.values() for k in of_term)

    sums = [(g, one) for g, one in result if g]
    groupings = tuple(
        Grouping(g, known_codes(one.codes(frame), first_pass), one.levels, dict(one.keys.items())) for g, one in sums
    )
    place = {g.columns: k for k, g in enumerate(groupings)}
    focal = focal_factor(groupings, asked, group)
    ranges = {name: (result[focal][1].low[k], result[focal][1].high[k]) for k, name in enumerate(extra)}
    if first_pass.is_assumed:
        refuse_too_large(result[focal][1], ranges)
    held = Sample(
        frame,
        ranges,
        {group_name(g): one.keys for g, one in sums},
        _nested(groupings, crossing),
    )
    design = Design(
        spec=spec,
        columns=columns,
        intercept=spec.intercept,
        fixed=fixed,
        terms=terms,
        blocks=tuple(sorted((replace(b, factor=place[asked[b.factor]]) for b in blocks), key=lambda b: b.factor)),
        groupings=groupings,
        focal=focal,
        rows=None,
        n_total=first_pass.n_total,
        n=first_pass.n,
        missing=first_pass.missing,
        encoder=encoder,
        index=frame.index,
        sampled=held,
        weights=_held_weights(spec, frame, encoder, weights),
        unweighted=unweighted,
        offset=offset_of(spec, frame, encoder),
        predictors={name: frame[name] for name in predictor_names(spec)},
    )
    return Measured(design, crossing, first_pass, tuple(expressions), table.kinds, origins)


def _selected(spec: ModelSpec, table: Table, used: Sequence[str], times: Set[str]) -> Table:
    """The table with the columns used, each of its one type."""
    numeric_parts = (*spec.factors, spec.outcome, *spec.known_parts)
    as_numbers = {name for factor in numeric_parts for name in columns_as_numbers(factor)} | times
    return table.select(used, levels=[name for name in used if name not in as_numbers])


def _scan(table: Table, further: FurtherColumns) -> tuple[Table, Scan]:
    """The table's rows that have the further columns, and what counting them gave."""
    first_pass = scan(table)
    if absent := {name: n for name in dict.fromkeys(further.columns) if (n := first_pass.missing.get(name, 0))}:
        # rows without these are none of the table's, also for what a transform learns
        table = replace(table, frame=present(table, absent))
        rest = scan(table)
        first_pass = replace(rest, n_total=first_pass.n_total, missing={**absent, **rest.missing})
    refuse_few_rows(first_pass.n, first_pass.n_total, first_pass.missing)
    return table, first_pass


def _count_dates(spec: ModelSpec, table: Table, first_pass: Scan, times: Set[str]) -> tuple[Table, Scan, Origins]:
    """The table and its first pass with dates among the predictors as numbers of days, and the days that these are counted from."""
    used = list(table.frame.collect_schema())
    origins: Origins = {name: None for name in used if table.kinds[name] == "duration"}
    # a weight or an offset is no date
    of_factors = {name for factor in spec.factors for name in columns_as_numbers(factor)} | times
    predictors = [name for name in used if name in of_factors and name not in columns_of(spec.outcome)]
    kinds, rows, first_days = learn_dates(table.kinds, first_pass.rows, predictors)
    return replace(table, kinds=kinds), replace(first_pass, rows=rows), origins | first_days


def _own_times(spec: ModelSpec) -> tuple[str, ...]:
    """The column of times of a model whose residuals are serially correlated; of others none."""
    correlation = spec.correlation
    if correlation is None or correlation.order is None or correlation.kind == "us":
        return ()
    return (correlation.order,)


def _held_weights(
    spec: ModelSpec, frame: pd.DataFrame, encoder: Encoder, weights: Weights | None
) -> PriorWeights | None:
    """The prior weights of a sample's rows, over the mean of all."""
    if spec.weights is None or weights is None:
        return None
    values = numbers_of(spec.weights, frame, encoder, "the weights")
    return PriorWeights(label(spec.weights), values / weights.mean, weights.mean, weights.low, weights.high)


def _ordered(spec: ModelSpec, frame: pd.DataFrame) -> dict[str, str]:
    """Columns whose levels have an order, as far as the engine tells, each with its factor's text (as ``Encoder.ordered``)."""
    factors = [f for f in spec.factors if is_of_own_levels(f)]
    names = [next(columns_of(f)) for f in factors]
    return {n: str(f) for n, f in zip(names, factors, strict=True) if getattr(frame[n].dtype, "ordered", False)}


def _laid_out(
    spec: ModelSpec, encoder: Encoder, frame: pd.DataFrame, asked: Sequence[Group]
) -> tuple[list[DesignColumn], dict[str, tuple[int, ...]], tuple[RandomBlock, ...]]:
    """Columns, of arrays or of expressions as the encoder makes them; terms; blocks with the formula's order of factors."""
    maker = ColumnMaker(encoder, frame, spec, learn=False)
    terms = maker.add_terms(spec.terms, spec.intercept)
    blocks = random_blocks(maker, spec, [Grouping(g, np.zeros(0, dtype=int), pd.Index([]), {}) for g in asked])
    outcome = outcome_column(spec.outcome, encoder.numbers(spec.outcome, frame))
    return [*maker.columns, subtract_offset(outcome, spec, frame, encoder)], terms, blocks


def _predictor(name: str, laid_out: Sequence[DesignColumn], learnt: Expressions) -> nw.Expr:
    """A numeric predictor's expression; that of the column that is nothing else, where there is one."""
    alone = [c.pieces[0] for c in laid_out if c.name == str(Column(name)) and len(c.pieces) == 1]
    return next((piece for piece in alone if isinstance(piece, nw.Expr)), learnt.expressions(Column(name))[0])


def _rough(columns: Sequence[DesignColumn]) -> Rough:
    """What the sample says of the columns."""
    values = [column[:] for column in columns]
    # not the mean, which one outlier may move far from all others
    center, spread = np.array([np.median(v) for v in values]), np.array([v.std() for v in values])
    few = np.array([len(np.unique(v)) <= len(v) / 2 for v in values])
    return Rough(center, np.where(spread > 0, spread, np.where(center != 0, np.abs(center), 1.0)), few)


def _nested(groupings: Sequence[Grouping], crossing: Crossing) -> dict[tuple[str, str], Array]:
    """The factors that lie within others: each of their levels meets one level only."""
    result = {}
    for (i, j), cells in crossing.cells.items():
        for inner, outer, a, b in ((i, j, cells.first, cells.second), (j, i, cells.second, cells.first)):
            if len(a) == len(groupings[inner].levels):
                result[groupings[inner].name, groupings[outer].name] = b[np.argsort(a)]
    return result
